//! Messages that are counted without a record, against a record of each: what is found of a log is the same.

use std::fmt::Write as _;

use super::*;
use crate::bundle::Limits;
use crate::grammar::Grammars;

/// A journal of some writers. In turns they write what tells nothing, words of rules, lines of a time of their own, colours, several
/// lines, and of a clock that was set back.
fn journal(entries: u64) -> String {
    let mut text = String::new();
    for number in 0..entries {
        let (name, message) = match number % 7 {
            0 => ("sshd", format!("Accepted publickey for deploy from 10.20.0.{}", number % 251)),
            1 | 2 => ("gunicorn", own_time(number)),
            3 => ("postgres", format!("checkpoint complete: wrote {number} buffers")),
            4 => (
                "cron",
                format!("(www-data) CMD (/srv/shop/bin/cron --task \x1b[1m{number}\x1b[0m)"),
            ),
            5 => (
                "kernel",
                format!("[UFW BLOCK] IN=eth0 OUT= SRC=203.0.113.{} LEN=40", number % 250),
            ),
            _ => ("app", format!("took {number} ms")),
        };
        let message = match number % 97 {
            13 => {
                "Traceback (most recent call last):\n  File \"a.py\", line 3, in b\nKeyError: 'c'"
                    .to_owned()
            }
            29 => "FATAL:  sorry, too many clients already".to_owned(),
            31 => {
                format!("{message} \x1b[31mFATAL\x1b[0m:  sorry, too m\x1b[0many clients already")
            }
            _ => message,
        };
        let back = if number % 1000 > 900 { 3_600_000_000 } else { 0 };
        let at = 1_795_300_000_000_000 + number * 120_000 - back;
        let transport = if name == "kernel" { "kernel" } else { "stdout" };
        let host = if number % 50 == 0 { "web-02" } else { "web-01" };
        let _ = write!(
            text,
            "__CURSOR=s=1;i={number:x}\n__REALTIME_TIMESTAMP={at}\n__MONOTONIC_TIMESTAMP={}\n\
             _BOOT_ID=5f3c9a7e1b2d4c60a8e7f1d2c3b4a596\n_TRANSPORT={transport}\n_HOSTNAME={host}\n\
             SYSLOG_IDENTIFIER={name}\n_PID={}\n",
            1_000_000 + number * 120_000,
            2000 + number % 3
        );
        if transport == "kernel" {
            let _ = writeln!(text, "_SOURCE_MONOTONIC_TIMESTAMP={}", 1_000_000 + number * 120_000);
        }
        if message.contains('\n') {
            let _ = writeln!(text, "MESSAGE");
            let length = u32::try_from(message.len()).expect("a short message");
            text.extend(length.to_le_bytes().into_iter().chain([0; 4]).map(char::from));
            let _ = write!(text, "{message}\n\n");
        } else {
            let _ = write!(text, "MESSAGE={message}\n\n");
        }
    }
    text
}

/// A line of Python's, some of them with an offset that the others lack.
fn own_time(number: u64) -> String {
    let (minute, second) = (number / 500 % 60, number / 8 % 60);
    format!(
        "2026-11-22 15:{minute:02}:{second:02},168 INFO [2006] shop.views: GET /product/{number}"
    )
}

fn read(text: &str, is_counted: bool) -> (String, u64) {
    let grammars = Grammars::built_in().expect("they are right");
    let limits = Limits::default();
    let reading = Reading { grammars: &grammars, log_format: None, limits: &limits };
    let mut source = empty_source("journal.export", String::new(), Envelope::JournalExport);
    let mut reader = Reader::new(&mut source, &reading, None);
    let mut unwrapper = Unwrapper::new(Envelope::JournalExport);
    let mut taken = 0;
    for block in text.as_bytes().chunks(50_000) {
        match is_counted {
            true => unwrapper.feed_to(block, &mut Taken(&mut reader, &mut taken)),
            false => unwrapper.feed(block, &mut |record| reader.record(record)),
        }
    }
    unwrapper.finish(true, &mut |record| reader.record(record));
    reader.finish();
    (format!("{source:#?}"), taken)
}

/// Counts the records that a reader takes.
struct Taken<'t, 'r, 'g>(&'t mut Reader<'r, 'g>, &'t mut u64);

impl Receiver for Taken<'_, '_, '_> {
    fn take(&mut self, record: &Record<'_>) {
        *self.1 += 1;
        self.0.take(record);
    }

    fn counts(&mut self, kin: Kin, stamp: RawStamp, body: &[u8]) -> bool {
        self.0.counts(kin, stamp, body)
    }
}

#[test]
fn what_is_counted_is_told_as_what_is_read() {
    const ENTRIES: u64 = 40_000;
    let text = journal(ENTRIES);
    let ((read, _), (counted, taken)) = (read(&text, false), read(&text, true));
    let other = read.lines().zip(counted.lines()).find(|(one, other)| one != other);
    assert_eq!(other, None);
    assert!(taken < ENTRIES / 2, "{taken} of {ENTRIES} are read");
}
