//! Records of rsyslog's ForwardFormat that were stored without line ends: `..debug<14>2021-03-06T04:07:33.196352+00:00 host ..`.
//! In: a line; out: its pieces. Exists because a bare TCP dump of a relay looks like this.
//! Must never cut at a bracket that the message has: a priority and a full time with its offset must follow.

use crate::stamp::ClockKind;

use super::{dmesg, times};

/// Where the next record begins, behind the first byte.
pub(super) fn next_record(line: &[u8]) -> Option<usize> {
    let mut from = 1;
    while let Some(at) = line.get(from..).and_then(|rest| memchr::memchr(b'<', rest)) {
        let start = from + at;
        if is_record(&line[start..]) {
            return Some(start);
        }
        from = start + 1;
    }
    None
}

/// `<14>2021-03-06T04:07:33.196352+00:00 `: rsyslog's `date-rfc3339` has six digits and an offset.
pub(super) fn is_record(text: &[u8]) -> bool {
    let Some((priority, rest)) = dmesg::priority(text) else { return false };
    if priority > 191 || rest.get(10) != Some(&b'T') {
        return false;
    }
    times::rfc3339(rest).is_some_and(|(stamp, taken)| {
        stamp.clock == ClockKind::Utc
            && rest.get(19) == Some(&b'.')
            && stamp.resolution == 1
            && rest.get(taken) == Some(&b' ')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_and_what_only_looks_like_one() {
        let one = "<14>2021-03-06T04:07:33.196352+00:00 h t: a";
        assert!(is_record(one.as_bytes()));
        assert_eq!(next_record(format!("{one}{one}").as_bytes()), Some(one.len()));
        assert_eq!(next_record(format!("{one} <b>{one}").as_bytes()), Some(one.len() + 4));
        assert_eq!(next_record(one.as_bytes()), None);
        for text in [
            "<14>2021-03-06 04:07:33.196352 h",
            "<14>2021-03-06T04:07:33Z h",
            "<14>2021-03-06T04:07:33.196352+00:00h",
            "<999>2021-03-06T04:07:33.196352+00:00 h",
            "<>2021-03-06T04:07:33.196352+00:00 h",
            "<14>",
            "",
        ] {
            assert!(!is_record(text.as_bytes()), "{text}");
        }
    }
}
