//! How often words and probabilities were right.

use coroner::Judgement;
use coroner::diagnose::Verdict;

use crate::cases::Case;

/// An incident that was found, against what it was.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    pub(crate) case: String,
    pub(crate) verdict: Verdict,
    /// What was named.
    pub(crate) named: Vec<&'static str>,
    /// Whether one of those is what it was.
    pub(crate) right: bool,
    /// Probability of the first cause, and whether that is right.
    pub(crate) first: (f64, bool),
    /// Probability of all that would have been right, "unknown" where there was no such incident; 0 where no cause spoke for it.
    pub(crate) of_truth: f64,
}

impl Outcome {
    /// None for an answer of the app itself (of which the truth does not speak) and for what may be passed over.
    pub(crate) fn of(case: &Case, judgement: &Judgement) -> Option<Self> {
        let about: Vec<_> =
            case.incidents.iter().filter(|incident| incident.touches(judgement.span)).collect();
        if judgement.class != "gateway" || about.iter().any(|incident| incident.optional) {
            return None;
        }
        let accepts = |cause: &str| about.iter().any(|incident| incident.accepts(cause));
        let named: Vec<&'static str> = match judgement.verdict {
            Verdict::Unknown => Vec::new(),
            Verdict::Undetermined => judgement.causes.iter().take(2).map(|cause| cause.0).collect(),
            _ => judgement.causes.iter().take(1).map(|cause| cause.0).collect(),
        };
        let all: f64 = judgement.causes.iter().map(|cause| cause.2).sum();
        let accepted = judgement.causes.iter().filter(|cause| accepts(cause.0));
        Some(Self {
            case: case.name.clone(),
            verdict: judgement.verdict,
            right: named.iter().any(|cause| accepts(cause)),
            named,
            first: judgement
                .causes
                .first()
                .map_or((0.0, false), |cause| (cause.2, accepts(cause.0))),
            of_truth: if about.is_empty() {
                1.0 - all
            } else {
                accepted.map(|cause| cause.2).sum()
            },
        })
    }
}

/// Wilson's interval of 95 % for a share.
fn wilson(right: usize, of: usize) -> (f64, f64) {
    const Z: f64 = 1.96;
    let (n, p) = (of as f64, right as f64 / of.max(1) as f64);
    if of == 0 {
        return (0.0, 1.0);
    }
    let middle = p + Z * Z / (2.0 * n);
    let width = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    (((middle - width) / scale).max(0.0), ((middle + width) / scale).min(1.0))
}

fn share(right: usize, of: usize) -> String {
    let (low, high) = wilson(right, of);
    let percent = right as f64 / of.max(1) as f64 * 100.0;
    format!("{right} of {of} | {percent:.0} % | {:.0} to {:.0} %", low * 100.0, high * 100.0)
}

/// Upper ends of the classes of probability.
const CLASSES: [f64; 7] = [0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1.001];

pub(crate) fn print(title: &str, outcomes: &[Outcome]) {
    println!("## {title}\n");
    println!("| verdict | right | share | 95 % interval (Wilson) |\n|---|---|---|---|");
    for verdict in
        [Verdict::Confirmed, Verdict::Probable, Verdict::Suspected, Verdict::Undetermined]
    {
        let of: Vec<&Outcome> = outcomes.iter().filter(|one| one.verdict == verdict).collect();
        let right = of.iter().filter(|one| one.right).count();
        println!("| {} | {} |", verdict.name(), share(right, of.len()));
    }
    let unknown = outcomes.iter().filter(|one| one.verdict == Verdict::Unknown).count();
    println!("| unknown | {unknown} times nothing was claimed | | |\n");
    println!(
        "| probability of the first cause | mean | right | share | 95 % interval |\n|---|---|---|---|---|"
    );
    let mut low = 0.0;
    for high in CLASSES {
        let of: Vec<&Outcome> = outcomes
            .iter()
            .filter(|one| one.first.0 > 0.0 && (low..high).contains(&one.first.0))
            .collect();
        if !of.is_empty() {
            let mean = of.iter().map(|one| one.first.0).sum::<f64>() / of.len() as f64;
            let right = of.iter().filter(|one| one.first.1).count();
            let row = share(right, of.len());
            println!("| {low:.2} to {:.2} | {mean:.3} | {row} |", high.min(1.0));
        }
        low = high;
    }
    let number = outcomes.len().max(1) as f64;
    let brier = outcomes
        .iter()
        .map(|one| (one.first.0 - f64::from(u8::from(one.first.1))).powi(2))
        .sum::<f64>();
    let losses: Vec<f64> =
        outcomes.iter().filter(|one| one.of_truth > 0.0).map(|one| -one.of_truth.ln()).collect();
    println!(
        "\n{} incidents. Brier score of the first cause {:.4}. Mean log loss of the truth {:.4} nats where a cause spoke for it at \
         all; in {} none did.\n",
        outcomes.len(),
        brier / number,
        losses.iter().sum::<f64>() / losses.len().max(1) as f64,
        outcomes.len() - losses.len(),
    );
    let wrong: Vec<&Outcome> =
        outcomes.iter().filter(|one| !one.right && one.verdict != Verdict::Unknown).collect();
    for one in wrong {
        println!("- wrong: {} says {} {}", one.case, one.named.join(" or "), one.verdict.name());
    }
    println!();
}
