//! A report in another language. In: a report whose texts are told in English. Out: the same report with each of them in the other
//! language; its figures, names, ids and lines of logs stay. Must never leave a text out: [`texts`] is held against the model by a
//! test.

use crate::wording::{Language, Text};

use super::model::{Incident, Report};

/// The report with its texts in a language.
#[must_use]
pub fn told(report: &Report, language: Language) -> Report {
    let mut told = report.clone();
    for text in texts(&mut told) {
        text.tell(language);
    }
    told.language = language;
    told
}

/// All texts of ours in a report, in an order that its shape alone decides.
#[must_use]
pub fn texts(report: &mut Report) -> Vec<&mut Text> {
    let mut texts: Vec<&mut Text> = Vec::new();
    let sources = report.sources.iter_mut();
    texts
        .extend(sources.flat_map(|source| [&mut source.clock.evidence, &mut source.taken_because]));
    for incident in &mut report.incidents {
        let Incident {
            summary, chain, causes, ruled_out, missing, actions, suspect_requests, ..
        } = incident;
        texts.push(summary);
        texts.extend(chain.iter_mut().map(|hop| &mut hop.text));
        for cause in causes {
            texts.push(&mut cause.why);
            texts.extend(&mut cause.not_observable);
        }
        texts.extend(ruled_out.iter_mut().map(|other| &mut other.why));
        texts.extend(missing.iter_mut().map(|missing| &mut missing.data));
        texts.extend(actions.iter_mut().flat_map(|action| [&mut action.text, &mut action.verify]));
        texts.extend(suspect_requests.iter_mut().map(|suspect| &mut suspect.text));
    }
    texts.extend(report.gaps.iter_mut().map(|gap| &mut gap.why));
    texts.extend(report.recurrences.iter_mut().map(|recurrence| &mut recurrence.text));
    let negatives = report.negatives.iter_mut();
    texts.extend(negatives.flat_map(|negative| [&mut negative.claim, &mut negative.why]));
    texts.extend(report.data_quality.iter_mut().map(|trouble| &mut trouble.detail));
    texts
}

#[cfg(test)]
mod tests {
    use super::{Text, texts};
    use crate::report::text::sample;

    #[test]
    fn no_text_is_forgotten() {
        let mut report = sample::report("x");
        let marked = texts(&mut report);
        let count = marked.len();
        for text in marked {
            *text = Text::plain("told");
        }
        // Any text of the model, wherever it stands, shows itself in the same way.
        let shown = format!("{report:?}");
        assert_eq!(shown.matches("Text { shown: \"").count(), count);
        assert_eq!(shown.matches("Text { shown: \"told\"").count(), count);
        assert!(count > 20, "the sample has one of each");
    }
}
