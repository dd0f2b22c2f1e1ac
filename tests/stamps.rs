//! Stamps in the text of a log, as far as the corpus writes them: read, moved, and told in another zone.

use std::sync::LazyLock;

use chrono::{FixedOffset, NaiveDateTime, TimeDelta};
use regex::bytes::{Captures, Regex};

use crate::packing::Member;

/// What is done to every stamp of a file.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Change {
    /// Its clock goes wrong by so many seconds; a zone that is written stays as it is.
    Seconds(i64),
    /// Its writer moves to a zone so many minutes east of UTC; the moments stay the same, the digits and the written zone change.
    Zone(i32),
}

/// One form of a stamp: its name as a group of [`STAMP`], and how chrono reads and writes it.
const FORMS: [(&str, &str); 6] = [
    ("access", "%d/%b/%Y:%H:%M:%S"),
    ("slashed", "%Y/%m/%d %H:%M:%S"),
    ("iso", "%Y-%m-%dT%H:%M:%S"),
    ("spaced", "%Y-%m-%d %H:%M:%S"),
    ("redis", "%d %b %Y %H:%M:%S"),
    ("ctime", "%a %b %e %H:%M:%S %Y"),
];

/// Any stamp. Those of the boot clock are taken at the start of a line only: after a wall clock's they are the message's own.
static STAMP: LazyLock<Regex> = LazyLock::new(|| {
    let month = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
    let clock = r"\d\d:\d\d:\d\d";
    let zone = r"(?P<fraction>[.,]\d+)?(?P<zone>Z| ?[+-]\d\d:?\d\d)?";
    let any = format!(
        r"(?m)(?:(?P<access>\d\d/{month}/\d{{4}}:{clock})|(?P<slashed>\d{{4}}/\d\d/\d\d {clock})|(?P<iso>\d{{4}}-\d\d-\d\dT{clock})|(?P<spaced>\d{{4}}-\d\d-\d\d {clock})|(?P<redis>\d\d {month} \d{{4}} {clock})){zone}|(?P<ctime>(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) {month} [ \d]\d {clock} \d{{4}})|^(?P<syslog>{month} [ \d]\d {clock})|^\[ *(?P<boot>\d+)(?P<micros>\.\d{{6}})\]|(?P<before>_REALTIME_TIMESTAMP(?:=|\x22:\x22))(?P<realtime>\d{{16}})|\x22time\x22:(?P<time>\d{{10}}),\x22timeNano\x22:\d{{10}}(?P<nano>\d{{9}})"
    );
    Regex::new(&any).unwrap()
});

/// Year of stamps that have none: that of the corpus.
const YEAR: i32 = 2026;

/// A file with every stamp changed.
pub(crate) fn changed(member: &Member, change: Change) -> Member {
    Member::new(&member.name, changed_text(&member.bytes, change))
}

pub(crate) fn changed_text(text: &[u8], change: Change) -> Vec<u8> {
    STAMP.replace_all(text, |found: &Captures| one(found, change)).into_owned()
}

/// Whether each stamp of a text tells its zone, or counts from 1970; what has no stamp does not.
pub(crate) fn tells_zone(text: &[u8]) -> bool {
    STAMP.captures(text).is_some_and(|found| {
        ["zone", "realtime", "time"].iter().any(|group| found.name(group).is_some())
    })
}

/// Seconds since 1970 of the first stamp of a line; one without a zone stands so many seconds east of UTC. None of boot clocks.
pub(crate) fn seconds(line: &[u8], east: i64) -> Option<i64> {
    let found = STAMP.captures(line)?;
    if let Ok(micros) = text(&found, "realtime").parse::<i64>() {
        return Some(micros / 1_000_000);
    }
    if let Ok(seconds) = text(&found, "time").parse::<i64>() {
        return Some(seconds);
    }
    let zone = text(&found, "zone");
    let east = if zone.is_empty() { east } else { i64::from(zone_seconds(zone)) };
    let stamp = syslog(&found).or_else(|| digits(&found).map(|(_, stamp)| stamp))?;
    Some(stamp.and_utc().timestamp() - east)
}

fn text<'a>(found: &'a Captures, group: &str) -> &'a str {
    found.name(group).map_or("", |part| std::str::from_utf8(part.as_bytes()).unwrap())
}

/// How a wall clock's stamp is written, and what it says.
fn digits(found: &Captures) -> Option<(&'static str, NaiveDateTime)> {
    let (group, format) = FORMS.into_iter().find(|(group, _)| found.name(group).is_some())?;
    Some((format, NaiveDateTime::parse_from_str(text(found, group), format).unwrap()))
}

fn syslog(found: &Captures) -> Option<NaiveDateTime> {
    let dated = format!("{YEAR} {}", text(found, "syslog"));
    NaiveDateTime::parse_from_str(&dated, "%Y %b %e %H:%M:%S").ok()
}

/// Seconds east of UTC of a written zone, 0 of none.
fn zone_seconds(zone: &str) -> i32 {
    let digits: String = zone.chars().filter(char::is_ascii_digit).collect();
    let Ok(number) = digits.parse::<i32>() else { return 0 };
    let seconds = (number / 100 * 60 + number % 100) * 60;
    if zone.contains('-') { -seconds } else { seconds }
}

fn one(found: &Captures, change: Change) -> Vec<u8> {
    let delta = match change {
        Change::Seconds(seconds) => seconds,
        Change::Zone(_) => 0,
    };
    let number = |group: &str| text(found, group).parse::<i64>().ok();
    if let Some(seconds) = number("boot") {
        return format!("[{:5}{}]", seconds + delta, text(found, "micros")).into_bytes();
    }
    if let Some(micros) = number("realtime") {
        return format!("{}{}", text(found, "before"), micros + delta * 1_000_000).into_bytes();
    }
    if let Some(seconds) = number("time") {
        let seconds = seconds + delta;
        return format!("\"time\":{seconds},\"timeNano\":{seconds}{}", text(found, "nano"))
            .into_bytes();
    }
    if let Some(stamp) = syslog(found) {
        return (stamp + moved(change, "")).format("%b %e %H:%M:%S").to_string().into_bytes();
    }
    let (format, stamp) = digits(found).unwrap();
    let zone = text(found, "zone");
    let stamp = (stamp + moved(change, zone)).format(format).to_string();
    let zone = match change {
        Change::Zone(minutes) if !zone.is_empty() => in_zone(zone, minutes),
        _ => zone.to_owned(),
    };
    format!("{stamp}{}{zone}", text(found, "fraction")).into_bytes()
}

/// By how much the digits of a stamp change. One without a zone belongs to somebody who did not move.
fn moved(change: Change, zone: &str) -> TimeDelta {
    TimeDelta::seconds(match change {
        Change::Seconds(seconds) => seconds,
        Change::Zone(_) if zone.is_empty() => 0,
        Change::Zone(minutes) => i64::from(minutes * 60 - zone_seconds(zone)),
    })
}

/// Another zone in the form in which one was written.
fn in_zone(written: &str, minutes: i32) -> String {
    let zone = FixedOffset::east_opt(minutes * 60).unwrap().to_string();
    let zone = if written == "Z" || written.contains(':') { zone } else { zone.replace(':', "") };
    if written.starts_with(' ') { format!(" {zone}") } else { zone }
}
