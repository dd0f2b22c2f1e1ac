//! Audit records in the kernel's log carry the wall clock: `audit: type=1400 audit(1766200000.123:2): ...` (`kernel/audit.c`,
//! audit_log_start). In: a message; out: that time. Must never take a number that does not stand there.

use crate::stamp::{Micros, SECOND};

use super::words;

/// The wall clock, in UTC, that an audit record tells.
#[must_use]
pub fn written_time(body: &[u8]) -> Option<Micros> {
    let text = body.strip_prefix(b"audit: ").unwrap_or(body);
    let (kind, rest) = words::split_at(text.strip_prefix(b"type=")?, b" audit(")?;
    words::whole_u32(kind)?;
    let (seconds, rest) = words::split_at(rest, b".")?;
    let (millis, rest) = words::split_at(rest, b":")?;
    rest.first().filter(|byte| byte.is_ascii_digit())?;
    if millis.len() != 3 || seconds.len() != 10 {
        return None;
    }
    let seconds = Micros::from(words::whole_u32(seconds)?);
    let millis = Micros::from(words::whole_u32(millis)?);
    seconds.checked_mul(SECOND)?.checked_add(millis * 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_an_audit_record() {
        let check = |line: &str, expected: Option<Micros>| {
            assert_eq!(written_time(line.as_bytes()), expected, "{line}");
        };
        check(
            "audit: type=1400 audit(1766200000.123:2): apparmor=\"STATUS\" operation=\"profile_load\"",
            Some(1_766_200_000_123_000),
        );
        // Before 3.10 there was no word before it.
        check("type=2000 audit(1371234567.001:1): initialized", Some(1_371_234_567_001_000));
        check("audit: initializing netlink subsys (disabled)", None);
        check("app: audit: type=1400 audit(1766200000.123:2): x", None);
        check("audit: type=1400 audit(17662.123:2): x", None);
        check("audit: type=x audit(1766200000.123:2): x", None);
    }
}
