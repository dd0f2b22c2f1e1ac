//! Records of several lines: an entry of journald goes in whole or not at all, without the fields that nobody reads. In: lines of a
//! source and which of them are wanted. Out: the lines of the entries that these are in, and which of them are framed by their
//! length, as fields with newlines are (systemd: docs/JOURNAL_EXPORT_FORMATS.md): masking changes lengths, so that the frame is put
//! around them last.

use std::collections::{BTreeMap, BTreeSet};

use crate::cited::Opens;
use crate::envelope::Envelope;

/// Lines in which the end of a framed value is looked for.
const ENTRY_LINES: u64 = 150;
/// What the export format opens an entry with.
const OPENING: &[u8] = b"__CURSOR=";
/// Bytes of the length before a framed field.
const LENGTH_BYTES: usize = 8;

/// Fields of journald that tell nothing of an incident, and partly identify the machine (systemd.journal-fields(7)).
const UNREAD: [&str; 16] = [
    "__CURSOR",
    "__SEQNUM",
    "_AUDIT_",
    "_CAP_EFFECTIVE",
    "_MACHINE_ID",
    "_RUNTIME_SCOPE",
    "_SELINUX_CONTEXT",
    "_STREAM_ID",
    "_SYSTEMD_INVOCATION_ID",
    "_SYSTEMD_SLICE",
    "CODE_",
    "CPU_USAGE_NSEC",
    "INVOCATION_ID",
    "JOB_",
    "SYSLOG_RAW",
    "TID",
];

/// Lines that go in.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Whole {
    pub(super) lines: BTreeMap<u64, Vec<u8>>,
    /// First and last line of values that are framed by their length.
    pub(super) framed: Vec<(u64, u64)>,
}

/// How an entry of several lines begins; none where each line is one.
pub(super) fn opens(envelope: Envelope) -> Option<Opens> {
    match envelope {
        Envelope::JournalExport => Some(|line| line.starts_with(OPENING)),
        Envelope::JournalVerbose => Some(|line| line.first().is_some_and(|byte| *byte != b' ')),
        _ => None,
    }
}

/// The wanted lines and those that are of the same entries.
pub(super) fn whole(
    envelope: Envelope,
    lines: &BTreeMap<u64, Vec<u8>>,
    wanted: &BTreeSet<u64>,
) -> Whole {
    let mut whole = Whole::default();
    let mut done = 0;
    for number in wanted.iter().filter(|number| lines.contains_key(number)) {
        match envelope {
            Envelope::JournalExport | Envelope::JournalVerbose if *number <= done => {}
            Envelope::JournalExport => done = export_entry(lines, *number, &mut whole),
            Envelope::JournalVerbose => done = verbose_entry(lines, *number, &mut whole),
            _ => whole.lines.extend(lines.get(number).map(|line| (*number, line.clone()))),
        }
    }
    whole
}

/// Goes back to the line that opens the entry.
fn opening(lines: &BTreeMap<u64, Vec<u8>>, number: u64, opens: Opens) -> u64 {
    let mut first = number;
    while lines.get(&first).is_some_and(|line| !opens(line)) && lines.contains_key(&(first - 1)) {
        first -= 1;
    }
    first
}

fn verbose_entry(lines: &BTreeMap<u64, Vec<u8>>, number: u64, whole: &mut Whole) -> u64 {
    let opens: Opens = |line| line.first().is_some_and(|byte| *byte != b' ');
    let first = opening(lines, number, opens);
    let mut last = first;
    for (number, line) in (first..).map_while(|number| Some((number, lines.get(&number)?))) {
        if number > first && opens(line) {
            break;
        }
        last = number;
        if number == first || !is_unread(line.trim_ascii_start()) {
            whole.lines.insert(number, line.clone());
        }
    }
    last
}

fn export_entry(lines: &BTreeMap<u64, Vec<u8>>, number: u64, whole: &mut Whole) -> u64 {
    let first = opening(lines, number, |line| line.starts_with(OPENING));
    let mut number = first;
    while let Some(line) = lines.get(&number) {
        if line.is_empty() {
            whole.lines.insert(number, Vec::new());
            break;
        }
        // The first line stays, for its number is the entry's.
        let read = number == first || !is_unread(line);
        if line.contains(&b'=') {
            if read {
                whole.lines.insert(number, line.clone());
            }
            number += 1;
            continue;
        }
        let Some((value, next)) = framed(lines, number + 1) else { break };
        if read {
            whole.lines.insert(number, line.clone());
            let mut last = number;
            for part in value.split(|byte| *byte == b'\n').take((next - number - 1) as usize) {
                last += 1;
                whole.lines.insert(last, part.to_vec());
            }
            whole.framed.push((number + 1, last));
        }
        number = next;
    }
    number
}

/// A value with its length before it, and the line behind it.
fn framed(lines: &BTreeMap<u64, Vec<u8>>, start: u64) -> Option<(Vec<u8>, u64)> {
    let mut bytes = Vec::new();
    for number in start..start.saturating_add(ENTRY_LINES) {
        bytes.extend_from_slice(lines.get(&number)?);
        bytes.push(b'\n');
        let length = bytes.first_chunk::<LENGTH_BYTES>().map(|length| u64::from_le_bytes(*length));
        let Some(length) = length.and_then(|length| usize::try_from(length).ok()) else { continue };
        let end = LENGTH_BYTES.checked_add(length)?;
        if bytes.len() > end {
            return Some((bytes.get(LENGTH_BYTES..end)?.to_vec(), number + 1));
        }
    }
    None
}

/// Puts lengths before the values that are framed by them. No byte of a length may be a newline: a space more makes another length.
pub(super) fn frame(lines: &mut BTreeMap<u64, Vec<u8>>, framed: &[(u64, u64)]) {
    for (first, last) in framed {
        let length = |lines: &BTreeMap<u64, Vec<u8>>| {
            lines
                .range(first..=last)
                .map(|(_, line)| line.len() + 1)
                .sum::<usize>()
                .saturating_sub(1)
        };
        while length(lines).to_le_bytes().contains(&b'\n') {
            lines.entry(*last).or_default().push(b' ');
        }
        let mut value = (length(lines) as u64).to_le_bytes().to_vec();
        let line = lines.entry(*first).or_default();
        value.append(line);
        *line = value;
    }
}

fn is_unread(line: &[u8]) -> bool {
    UNREAD.iter().any(|name| line.starts_with(name.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(text: &[u8]) -> BTreeMap<u64, Vec<u8>> {
        (1..).zip(text.split(|byte| *byte == b'\n').map(<[u8]>::to_vec)).collect()
    }

    #[track_caller]
    fn check(envelope: Envelope, text: &str, wanted: u64, expected: &[u64]) {
        let lines = numbered(text.replace('|', "\n").as_bytes());
        let found = whole(envelope, &lines, &BTreeSet::from([wanted]));
        assert_eq!(found.lines.into_keys().collect::<Vec<_>>(), expected, "{text}");
    }

    #[test]
    fn an_entry_is_whole() {
        let export = "__CURSOR=a|_PID=1|_MACHINE_ID=x|MESSAGE=m||__CURSOR=b|MESSAGE=n|";
        check(Envelope::JournalExport, export, 1, &[1, 2, 4, 5]);
        check(Envelope::JournalExport, export, 4, &[1, 2, 4, 5]);
        check(Envelope::JournalExport, export, 6, &[6, 7, 8]);
        let verbose = "Fri a|    _PID=1|    TID=3|Fri b|    _PID=2";
        check(Envelope::JournalVerbose, verbose, 1, &[1, 2]);
        check(Envelope::JournalVerbose, verbose, 2, &[1, 2]);
        check(Envelope::JournalVerbose, verbose, 4, &[4, 5]);
        check(Envelope::Plain, verbose, 2, &[2]);
    }

    #[test]
    fn a_value_with_newlines_keeps_them() {
        let text = b"__CURSOR=a\n_SELINUX_CONTEXT\n\x02\0\0\0\0\0\0\0u\n\nMESSAGE\n\x04\0\0\0\0\0\0\0a\n\nb\n_PID=1\n\n__CURSOR=b\n";
        let mut found = whole(Envelope::JournalExport, &numbered(text), &BTreeSet::from([1]));
        assert_eq!(found.lines.keys().copied().collect::<Vec<_>>(), [1, 5, 6, 7, 8, 9, 10]);
        assert_eq!(found.framed, [(6, 8)]);
        // Masking made it longer, up to a length that holds a newline.
        found.lines.insert(8, b"1234567".to_vec());
        frame(&mut found.lines, &found.framed);
        assert_eq!(found.lines[&6], b"\x0b\0\0\0\0\0\0\0a");
        assert_eq!(found.lines[&8], b"1234567 ");
    }
}
