//! The shape of a grammar file, and its loading. Every fault names file, line and remedy; an unknown key is a fault.

use std::fmt;

use aho_corasick::{AhoCorasick, MatchKind};
use regex::bytes::{Regex, RegexBuilder};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

use super::time::Layout;
use super::{Grammar, Line, Role, Rule};
use crate::access::log_format::LogFormat;
use crate::event::EventKind;

/// Largest compiled regular expression, in bytes; a grammar that needs more is hostile or wrong.
const REGEX_MAX_BYTES: usize = 1 << 20;
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GrammarFile {
    format: String,
    title: String,
    docs: String,
    role: RoleName,
    #[serde(default)]
    fallback: bool,
    #[serde(default)]
    idents: Vec<String>,
    /// The lines have no shape of their own: only messages of these idents are the format's.
    #[serde(default)]
    only_idents: bool,
    #[serde(default)]
    comms: Vec<String>,
    service: Option<String>,
    #[serde(default)]
    line: Vec<Spanned<LineTable>>,
    #[serde(default)]
    event: Vec<Spanned<EventTable>>,
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
struct LineTable {
    pattern: Option<String>,
    log_format: Option<String>,
    json: Option<BTreeMap<String, OneOrMany>>,
    #[serde(default)]
    require: Vec<String>,
    #[serde(default)]
    pairs: BTreeMap<String, String>,
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
struct EventTable {
    kind: String,
    needle: String,
    pattern: Option<String>,
    #[serde(default)]
    set: BTreeMap<String, String>,
}

/// A line with what it must be read as.
#[derive(Deserialize)]
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
    for spanned in &table.line {
        let line_number = line_at(text, spanned.span().start);
        match line(spanned.get_ref()) {
            Ok(Shape::Line(line)) => lines.push(line),
            Ok(Shape::Access(format)) => access = Some(format),
            Err(message) => fault(line_number, message),
        }
    }
    let mut rules = Vec::new();
    let mut needles = Vec::new();
    for spanned in &table.event {
        match rule(spanned.get_ref()) {
            Ok(rule) => {
                rules.push(rule);
                needles.push(spanned.get_ref().needle.clone());
            }
            Err(message) => fault(line_at(text, spanned.span().start), message),
        }
    }
    if table.sample.is_empty() {
        fault(
            0,
            "no [[sample]]; add at least one line that the format claims, with what it means"
                .to_owned(),
        );
    }
    let needles = match AhoCorasick::builder().match_kind(MatchKind::Standard).build(&needles) {
        Ok(automaton) if !rules.is_empty() => Some(automaton),
        _ => None,
    };
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(Grammar {
        format: table.format,
        title: table.title,
        docs: table.docs,
        role,
        fallback: table.fallback,
        idents: table.idents,
        comms: table.comms,
        service: table.service,
        access,
        unverified: table.sample.iter().filter(|sample| sample.get_ref().unverified).count(),
        lines,
        rules,
        needles,
        needs_ident: table.only_idents,
        user,
    })
}

enum Shape {
    Line(Line),
    Access(LogFormat),
}

fn line(table: &LineTable) -> Result<Shape, String> {
    let layout = table.time.as_deref().map(|layout| Layout::new(layout, table.utc)).transpose()?;
    match (&table.pattern, &table.log_format, &table.json) {
        (Some(pattern), None, None) => {
            let regex = regex(pattern)?;
            let has_time = regex.capture_names().flatten().any(|name| name == "time");
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
            Ok(Shape::Line(Line::Pattern { regex, layout, pairs }))
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

fn rule(table: &EventTable) -> Result<Rule, String> {
    let kind = EventKind::from_name(&table.kind).ok_or_else(|| {
        format!("unknown event kind \"{}\"; {}", table.kind, closest(&table.kind))
    })?;
    if table.needle.len() < 2 {
        return Err("needle is shorter than 2 bytes; give a literal part of the message".to_owned());
    }
    let regex = table.pattern.as_deref().map(regex).transpose()?;
    let set = table.set.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    Ok(Rule { kind, regex, set })
}

/// Compiles for bytes, not characters: with Unicode on, `.` would not match a byte that is no UTF-8, and one hostile request
/// would make a line unreadable. `.` matches line feeds too, since journald keeps multi-line messages in one piece.
fn regex(pattern: &str) -> Result<Regex, String> {
    RegexBuilder::new(pattern)
        .unicode(false)
        .dot_matches_new_line(true)
        .size_limit(REGEX_MAX_BYTES)
        .build()
        .map_err(|error| error.to_string().replace('\n', " "))
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
