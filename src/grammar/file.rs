//! The shape of a grammar file, and its loading. Every fault names file, line and remedy; an unknown key is a fault.

use std::fmt;

use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

use super::grams::NEEDLE_MIN_BYTES;
use super::opening::Opening;
use super::time::Layout;
use super::{Grammar, Line, Needles, Pattern, Role, Rule};
use crate::access::log_format::LogFormat;
use crate::event::EventKind;

/// Largest grammar file, in bytes.
const FILE_MAX_BYTES: usize = 256 * 1024;

/// One thing that is wrong with a grammar.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The grammar's file name.
    pub file: String,
    /// 1-based line, 0 for the file as a whole.
    pub line: usize,
    /// What is wrong and what to do: lower case, no full stop.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            write!(out, "{}: {}", self.file, self.message)
        } else {
            write!(out, "{}:{}: {}", self.file, self.line, self.message)
        }
    }
}

/// A grammar that is compiled in; made by `src/build.rs`.
pub(super) struct Shipped {
    /// Name of its file.
    pub(super) name: &'static str,
    /// The file.
    pub(super) text: &'static str,
    /// What is in it besides its samples, as JSON; and how many of those could not be verified.
    pub(super) shapes: &'static str,
    pub(super) unverified: usize,
    /// The first bytes of each of its lines.
    pub(super) openings: &'static [&'static [[u64; 4]]],
}

/// What a grammar's file holds. The tables of lines and events are with or without their place in it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "L: Deserialize<'de>, E: Deserialize<'de>"))]
pub(super) struct GrammarFile<L = Spanned<LineTable>, E = Spanned<EventTable>> {
    format: String,
    title: String,
    docs: String,
    role: RoleName,
    #[serde(default)]
    fallback: bool,
    #[serde(default)]
    behind_time: bool,
    #[serde(default)]
    idents: Vec<String>,
    /// The lines have no shape of their own: only messages of these idents are the format's.
    #[serde(default)]
    only_idents: bool,
    #[serde(default)]
    comms: Vec<String>,
    service: Option<String>,
    #[serde(default)]
    line: Vec<L>,
    #[serde(default)]
    event: Vec<E>,
    #[serde(default)]
    pub(super) sample: Vec<Spanned<SampleTable>>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum RoleName {
    Proxy,
    App,
    Store,
    Init,
    Anywhere,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LineTable {
    pattern: Option<String>,
    log_format: Option<String>,
    json: Option<BTreeMap<String, OneOrMany>>,
    #[serde(default)]
    require: Vec<String>,
    #[serde(default)]
    pairs: BTreeMap<String, String>,
    context: Option<String>,
    time: Option<String>,
    #[serde(default)]
    utc: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EventTable {
    kind: String,
    needle: String,
    pattern: Option<String>,
    #[serde(default)]
    set: BTreeMap<String, String>,
}

/// A line with what it must be read as.
#[derive(Deserialize, Debug, Clone, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct SampleTable {
    /// The message without its envelope.
    pub(super) line: String,
    /// Program name of the envelope, where the grammar needs one.
    pub(super) ident: Option<String>,
    /// Where the line comes from.
    pub(super) origin: String,
    /// Whether nobody could check it against the program or its source.
    #[serde(default)]
    pub(super) unverified: bool,
    /// Whether the grammar must leave the line alone.
    #[serde(default)]
    pub(super) reject: bool,
    /// `kind` (`none` for no event) and the fields that must come out.
    #[serde(default)]
    pub(super) expect: BTreeMap<String, toml::Value>,
}

/// Line number of a byte offset.
pub(super) fn line_at(text: &str, offset: usize) -> usize {
    text.as_bytes().iter().take(offset).filter(|&&byte| byte == b'\n').count() + 1
}

/// Parses the TOML; the error says where.
pub(super) fn parse(file: &str, text: &str) -> Result<GrammarFile, Vec<Fault>> {
    let fault = |line, message| vec![Fault { file: file.to_owned(), line, message }];
    if text.len() > FILE_MAX_BYTES {
        return Err(fault(
            0,
            format!("larger than {FILE_MAX_BYTES} bytes; a grammar is a page of text"),
        ));
    }
    toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(0, |span| line_at(text, span.start));
        fault(line, error.message().replace('\n', " "))
    })
}

/// Loads one grammar, without running its samples (see [`super::check`]).
pub(super) fn load(file: &str, text: &str, user: bool) -> Result<Grammar, Vec<Fault>> {
    let table = parse(file, text)?;
    let missing = Fault {
        file: file.to_owned(),
        line: 0,
        message: "no [[sample]]; add at least one line that the format claims, with what it means"
            .to_owned(),
    };
    let mut faults: Vec<Fault> = table.sample.is_empty().then_some(missing).into_iter().collect();
    let unverified = table.sample.iter().filter(|sample| sample.get_ref().unverified).count();
    match from_table(file, text, table, Pattern::checked) {
        Ok(grammar) if faults.is_empty() => Ok(Grammar { user, unverified, ..grammar }),
        Ok(_) => Err(faults),
        Err(found) => {
            faults.extend(found);
            Err(faults)
        }
    }
}

/// Loads a grammar that the tests have checked: its samples are passed over, and its patterns compiled when they are needed.
pub(super) fn load_shipped(shipped: &Shipped) -> Result<Grammar, Vec<Fault>> {
    let Shipped { name, shapes, unverified, openings, .. } = *shipped;
    let table: GrammarFile<LineTable, EventTable> =
        serde_json::from_str(shapes).map_err(|error| {
            vec![Fault { file: name.to_owned(), line: 0, message: error.to_string() }]
        })?;
    let mut grammar = from_table(name, "", table, |pattern| Ok(Pattern::new(pattern)))?;
    for (line, first_bytes) in grammar.lines.iter_mut().zip(openings) {
        if let Line::Pattern { opening, .. } = line {
            *opening = Opening(first_bytes);
        }
    }
    Ok(Grammar { unverified, ..grammar })
}

/// A table of a grammar's file.
trait InFile<T> {
    fn table(&self) -> &T;

    /// Its line there; 0 where that is not known.
    fn line(&self, text: &str) -> usize;
}

impl<T> InFile<T> for Spanned<T> {
    fn table(&self) -> &T {
        self.get_ref()
    }

    fn line(&self, text: &str) -> usize {
        line_at(text, self.span().start)
    }
}

impl<T> InFile<T> for T {
    fn table(&self) -> &T {
        self
    }

    fn line(&self, _: &str) -> usize {
        0
    }
}

type Compile = fn(&str) -> Result<Pattern, String>;

fn from_table<L: InFile<LineTable>, E: InFile<EventTable>>(
    file: &str,
    text: &str,
    table: GrammarFile<L, E>,
    compile: Compile,
) -> Result<Grammar, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut fault =
        |line: usize, message: String| faults.push(Fault { file: file.to_owned(), line, message });
    if file != format!("{}.toml", table.format) {
        fault(
            1,
            format!(
                "format \"{0}\" must equal the file name; rename the file to {0}.toml or the format",
                table.format
            ),
        );
    }
    let role = match table.role {
        RoleName::Proxy => Role::Proxy,
        RoleName::App => Role::App,
        RoleName::Store => Role::Store,
        RoleName::Init => Role::Init,
        RoleName::Anywhere => Role::Anywhere,
    };
    if table.only_idents && table.idents.is_empty() {
        fault(0, "only_idents needs idents; name the programs".to_owned());
    }
    if table.line.is_empty() && role != Role::Anywhere {
        fault(0, "no [[line]]; say how a line of the format looks".to_owned());
    }
    let mut lines = Vec::new();
    let mut access = None;
    for own in &table.line {
        match line(own.table(), compile) {
            Ok(Shape::Line(line)) => lines.push(line),
            Ok(Shape::Access(format)) => access = Some(format),
            Err(message) => fault(own.line(text), message),
        }
    }
    let mut rules = Vec::new();
    let mut needles = Vec::new();
    for own in &table.event {
        match rule(own.table(), compile) {
            Ok(rule) => {
                rules.push(rule);
                needles.push(own.table().needle.clone());
            }
            Err(message) => fault(own.line(text), message),
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(Grammar {
        format: table.format,
        title: table.title,
        docs: table.docs,
        role,
        fallback: table.fallback,
        behind_time: table.behind_time,
        idents: table.idents,
        comms: table.comms,
        service: table.service,
        access,
        unverified: 0,
        lines,
        rules,
        needles: Needles::new(needles),
        needs_ident: table.only_idents,
        user: false,
    })
}

enum Shape {
    Line(Line),
    Access(LogFormat),
}

fn line(table: &LineTable, compile: Compile) -> Result<Shape, String> {
    let layout = table.time.as_deref().map(|layout| Layout::new(layout, table.utc)).transpose()?;
    match (&table.pattern, &table.log_format, &table.json) {
        (Some(pattern), None, None) => {
            let regex = compile(pattern)?;
            let has_time = ["(?P<time>", "(?<time>"].iter().any(|group| pattern.contains(group));
            if has_time && layout.is_none() {
                return Err("the pattern captures `time`, but there is no layout; add time = \"%Y-%m-%d ...\"".to_owned());
            }
            if !pattern.starts_with('^') {
                return Err(
                    "a line pattern must start with ^; unanchored ones claim foreign lines"
                        .to_owned(),
                );
            }
            let pairs = table.pairs.iter().map(|(name, key)| (name.clone(), key.clone())).collect();
            let context = table.context.as_deref().map(compile).transpose()?.map(Box::new);
            Ok(Shape::Line(Line::Pattern {
                regex,
                opening: Opening::default(),
                layout,
                pairs,
                context,
            }))
        }
        (None, Some(format), None) => {
            LogFormat::compile(format).map(Shape::Access).map_err(|fault| fault.to_string())
        }
        (None, None, Some(keys)) => {
            let keys: Vec<_> =
                keys.iter().map(|(name, paths)| (name.clone(), paths.list())).collect();
            if !keys.iter().any(|(name, _)| name == "message") {
                return Err("json needs a key for `message`".to_owned());
            }
            if table.require.is_empty() {
                return Err(
                    "json needs `require`: keys that tell the format from other JSON".to_owned()
                );
            }
            Ok(Shape::Line(Line::Json { keys, require: table.require.clone(), layout }))
        }
        _ => Err("a [[line]] has exactly one of pattern, log_format and json".to_owned()),
    }
}

impl OneOrMany {
    fn list(&self) -> Vec<String> {
        match self {
            Self::One(path) => vec![path.clone()],
            Self::Many(paths) => paths.clone(),
        }
    }
}

fn rule(table: &EventTable, compile: Compile) -> Result<Rule, String> {
    let kind = EventKind::from_name(&table.kind).ok_or_else(|| {
        format!("unknown event kind \"{}\"; {}", table.kind, closest(&table.kind))
    })?;
    if table.needle.len() < NEEDLE_MIN_BYTES {
        return Err(format!(
            "needle is shorter than {NEEDLE_MIN_BYTES} bytes; give a literal part of the message"
        ));
    }
    let regex = table.pattern.as_deref().map(compile).transpose()?;
    let set = table.set.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    Ok(Rule { kind, regex, set })
}

/// The kind whose name takes the fewest edits to become the wrong one (Levenshtein).
fn closest(wrong: &str) -> String {
    let best = EventKind::ALL.iter().min_by_key(|kind| edits(kind.name(), wrong));
    best.map_or_else(String::new, |kind| format!("did you mean \"{kind}\"?"))
}

fn edits(one: &str, other: &str) -> usize {
    let other: Vec<u8> = other.bytes().take(64).collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, letter) in one.bytes().enumerate() {
        let mut diagonal = line;
        row[0] = line + 1;
        for (place, own) in other.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *own);
            diagonal = row[place + 1];
            row[place + 1] = changed.min(diagonal + 1).min(row[place] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grammar::BUILT_IN;

    #[test]
    fn a_shipped_grammar_without_its_samples_is_the_same() {
        for shipped in BUILT_IN {
            let name = shipped.name;
            let whole = load(name, shipped.text, false).unwrap();
            let quick = load_shipped(shipped).unwrap();
            assert_eq!(format!("{:?}", quick.idents), format!("{:?}", whole.idents), "{name}");
            let sums = |grammar: &Grammar| {
                (grammar.lines.len(), grammar.rules.len(), grammar.unverified, grammar.role)
            };
            assert_eq!(sums(&quick), sums(&whole), "{name}");
            assert_eq!(shipped.openings.len(), quick.lines.len(), "{name}");
            assert_eq!(quick.needles.words(), whole.needles.words(), "{name}");
        }
    }
}
