//! Works a `log_format` out from lines of an access log that nobody described: the commonest cut into cells, a variable for each
//! column by its key or its content, and the proof that the format so found explains the lines.
//!
//! It must never call another log an access log: without a time as web servers write it, a status and something that was
//! requested in nearly every line, there is no format.

use std::collections::BTreeMap;

use super::cells::{self, Cell, Kind, Separator};
use super::columns::{self, Column};
use super::log_format::LogFormat;
use super::{SAMPLE_MAX_LINES, most, names};

/// The format that explains at least 90 % of the lines. Variables that mean nothing to a request are `$unknown_N` and `$text_N`.
#[must_use]
pub fn infer(sample_lines: &[&[u8]]) -> Option<LogFormat> {
    let trimmed =
        sample_lines.iter().map(|line| line.trim_ascii_end()).filter(|line| !line.is_empty());
    let lines: Vec<&[u8]> = trimmed.take(SAMPLE_MAX_LINES).collect();
    let separator = cells::separator(&lines);
    let rows = commonest(&lines, separator)?;
    let mut columns = columns::from_rows(&rows);
    (!is_syslog(&columns) && columns::name(&mut columns)).then_some(())?;
    let format = LogFormat::compile(&source(&columns, separator)?).ok()?;
    let explained = lines.iter().filter(|line| format.parse(line).is_some()).count();
    most(explained, lines.len()).then_some(format)
}

/// The cells of those lines that are cut in the commonest way; of equally common ones the first in byte order.
fn commonest<'a>(lines: &[&'a [u8]], separator: Separator) -> Option<Vec<Vec<Cell<'a>>>> {
    let mut ways: BTreeMap<Vec<u8>, Vec<Vec<Cell<'a>>>> = BTreeMap::new();
    for row in lines.iter().filter_map(|line| cells::cells(line, separator)) {
        ways.entry(way(&row)).or_default().push(row);
    }
    ways.into_values().reduce(|best, other| if other.len() > best.len() { other } else { best })
}

/// How a line is cut: gaps, keys and kinds, without the values.
fn way(row: &[Cell<'_>]) -> Vec<u8> {
    let mut way = Vec::new();
    for cell in row {
        way.extend_from_slice(cell.gap);
        way.extend_from_slice(cell.key);
        way.extend_from_slice(match cell.kind {
            Kind::Bare => b"\0",
            Kind::Quoted => b"\"",
            Kind::Bracketed => b"[",
        });
    }
    way
}

/// A syslog header in front: `<34>`, `Nov 20 22:46:49 host tag:`. Such a line is a record to be unwrapped, not a format.
fn is_syslog(columns: &[Column<'_>]) -> bool {
    let every =
        |column: &Column<'_>, is: fn(&[u8]) -> bool| column.values.iter().all(|value| is(value));
    let Some(first) = columns.first() else { return true };
    let month = |value: &[u8]| value.len() == 3 && crate::stamp::month_number(value).is_some();
    let tagged = columns.iter().take(5).any(|column| {
        column.kind == Kind::Bare
            && every(column, |value| value.ends_with(b":") && value.first() != Some(&b'['))
    });
    tagged || every(first, month) || every(first, |value| value.starts_with(b"<"))
}

/// The `log_format` string of the columns; `None` where a literal holds what such a string cannot say.
fn source(columns: &[Column<'_>], separator: Separator) -> Option<String> {
    let mut source = String::new();
    for (index, column) in columns.iter().enumerate() {
        let literal = [column.gap, column.key].concat();
        (!literal.contains(&b'$')).then_some(())?;
        source.push_str(std::str::from_utf8(&literal).ok()?);
        if column.name == Some(columns::DASH) {
            source.push_str(columns::DASH);
            continue;
        }
        let (open, close) = match column.kind {
            Kind::Bare => ("", ""),
            Kind::Quoted => ("\"", "\""),
            Kind::Bracketed => ("[", "]"),
        };
        let plain = column.kind == Kind::Bare && separator == Separator::Blank;
        let unknown = if plain { names::UNKNOWN_BARE } else { names::UNKNOWN_TEXT };
        let name = column.name.map_or_else(|| format!("{unknown}{}", index + 1), str::to_owned);
        source.push_str(&format!("{open}${{{name}}}{close}"));
    }
    Some(tidy(&source))
}

/// `${name}` as `$name` where nothing that follows would lengthen the name.
fn tidy(source: &str) -> String {
    let mut tidy = String::new();
    let mut rest = source;
    while let Some((before, (name, after))) =
        rest.split_once("${").and_then(|(before, tail)| Some((before, tail.split_once('}')?)))
    {
        tidy.push_str(before);
        let glued =
            after.starts_with(|letter: char| letter.is_ascii_alphanumeric() || letter == '_');
        tidy.push_str(&if glued { format!("${{{name}}}") } else { format!("${name}") });
        rest = after;
    }
    tidy + rest
}
