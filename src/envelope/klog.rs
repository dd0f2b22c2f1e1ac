//! Lines of Kubernetes' klog and of glog: `E0507 11:59:41.375710    4736 file.go:123] msg`. In: a line; out: time and pid.
//! Exists because kubelet and every controller write it. The line stays whole: grammars tell the writer by the place in it.
//! Must never take words that only begin with a letter and digits.

use crate::stamp::{ClockKind, RawStamp, YEARLESS_BASE};

use super::times;

/// Longest `file.go:123`, in bytes.
const PLACE_MAX_BYTES: usize = 128;

/// What the prefix of a line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Prefix {
    /// Local time; the year only in newer glog.
    pub(super) stamp: RawStamp,
    /// Pid in Go, the thread's id in C++.
    pub(super) pid: Option<u32>,
}

/// The prefix of a line.
pub(super) fn parse(line: &[u8]) -> Option<Prefix> {
    let (level, rest) = line.split_first()?;
    if !b"IWEF".contains(level) {
        return None;
    }
    let date = rest.iter().take(9).take_while(|byte| byte.is_ascii_digit()).count();
    let (date, rest) = rest.split_at(date);
    let (clock, rest) = rest.strip_prefix(b" ")?.split_at_checked(15)?;
    let stamp = stamp(date, clock)?;
    let rest = rest.strip_prefix(b" ")?.trim_ascii_start();
    let digits = rest.iter().take(10).take_while(|byte| byte.is_ascii_digit()).count();
    let (pid, rest) = rest.split_at(digits);
    let rest = rest.strip_prefix(b" ")?;
    let end = rest.iter().take(PLACE_MAX_BYTES).position(|byte| matches!(byte, b']' | b' '))?;
    let (place, rest) = rest.split_at(end);
    let colon = place.iter().rposition(|byte| *byte == b':')?;
    let number = place.get(colon + 1..)?;
    if !rest.starts_with(b"]")
        || colon == 0
        || number.is_empty()
        || !number.iter().all(u8::is_ascii_digit)
    {
        return None;
    }
    let pid = std::str::from_utf8(pid).ok()?.parse().ok();
    Some(Prefix { stamp, pid })
}

/// `0507` or `20240507`, and `11:59:41.375710`.
fn stamp(date: &[u8], clock: &[u8]) -> Option<RawStamp> {
    let (clock_kind, year, day) = match date.len() {
        4 => (ClockKind::Yearless, YEARLESS_BASE.to_string().into_bytes(), date),
        8 => (ClockKind::Local, date[..4].to_vec(), &date[4..]),
        _ => return None,
    };
    let whole = [&year, b"-".as_slice(), &day[..2], b"-", &day[2..], b"T", clock].concat();
    let (stamp, taken) = times::rfc3339(&whole)?;
    (taken == whole.len() && stamp.resolution == 1)
        .then_some(RawStamp { clock: clock_kind, ..stamp })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stamp::rfc3339;

    #[track_caller]
    fn check(line: &str, expected: &str) {
        let found = parse(line.as_bytes()).map_or("-".to_owned(), |line| {
            format!("{} {:?} {:?}", rfc3339(line.stamp.at).unwrap(), line.stamp.clock, line.pid)
        });
        assert_eq!(found, expected, "{line}");
    }

    #[test]
    fn klog_and_glog() {
        check(
            "E0507 11:59:41.375710    4736 kuberuntime_manager.go:123] \"Failed\" pod=\"x\"",
            "1972-05-07T11:59:41.375Z Yearless Some(4736)",
        );
        check(
            "I1105 12:00:00.000001       1 main.go:7] Starting",
            "1972-11-05T12:00:00.000Z Yearless Some(1)",
        );
        check(
            "W20251105 12:00:00.000001 77 a/b.cc:1] x",
            "2025-11-05T12:00:00.000Z Local Some(77)",
        );
        check(
            "I1105 12:00:00.000001       1 main.go:7]",
            "1972-11-05T12:00:00.000Z Yearless Some(1)",
        );
    }

    #[test]
    fn what_is_no_klog() {
        for line in [
            "E0507 11:59:41.375710 4736 file.go] msg",
            "E0507 11:59:41.375 4736 file.go:1] msg",
            "E1307 11:59:41.375710 4736 file.go:1] msg",
            "E0507 25:59:41.375710 4736 file.go:1] msg",
            "X0507 11:59:41.375710 4736 file.go:1] msg",
            "E0507 11:59:41.375710 4736 a file.go:1] msg",
            "INFO 11:59:41 x",
            "E0507",
            "",
        ] {
            check(line, "-");
        }
    }
}
