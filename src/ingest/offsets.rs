//! Offsets that a log writes behind its times. In: its first bytes; out: local minus UTC, each once.

use std::collections::BTreeSet;

use crate::stamp::MINUTE;

/// Offsets after a time of day, as `12:00:00 +0300` or `12:00:00.123+03:00`, in the first lines.
pub(super) fn written_offsets(head: &[u8]) -> BTreeSet<i64> {
    let mut found = BTreeSet::new();
    let head = head.get(..16 * 1024).unwrap_or(head);
    for (at, _) in head.iter().enumerate().filter(|(_, byte)| **byte == b'+' || **byte == b'-') {
        let before = head.get(at.saturating_sub(4)..at).unwrap_or_default();
        let clock =
            before.iter().rev().skip_while(|byte| **byte == b' ').take(2).all(u8::is_ascii_digit)
                && before.len() == 4;
        let digits: Vec<i64> = head
            .iter()
            .skip(at + 1)
            .take(5)
            .filter(|byte| **byte != b':')
            .take_while(|byte| byte.is_ascii_digit())
            .map(|byte| i64::from(byte - b'0'))
            .collect();
        let colon = head
            .get(at.saturating_sub(12)..at)
            .unwrap_or_default()
            .iter()
            .filter(|byte| **byte == b':')
            .count()
            >= 2;
        if let (true, true, [a, b, c, d, ..]) = (clock, colon, digits.as_slice()) {
            let minutes = (a * 10 + b) * 60 + c * 10 + d;
            if minutes <= 14 * 60 && minutes % 15 == 0 {
                found.insert(if head.get(at) == Some(&b'-') {
                    -minutes * MINUTE
                } else {
                    minutes * MINUTE
                });
            }
        }
    }
    found
}
