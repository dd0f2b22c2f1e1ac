//! Records of /dev/kmsg as `cat` shows them (Documentation/ABI/testing/dev-kmsg): `6,1234,5678901234,-,caller=T1;msg`, with
//! ` KEY=value` lines behind. In: a line; out: priority, boot time and message. Exists because a bundle may hold the raw device.
//! Must never take a row of numbers for it: the flags and the semicolon must be there.

use crate::stamp::Micros;

/// Longest prefix up to the semicolon, in bytes: four numbers of 20 digits and a caller.
const PREFIX_MAX_BYTES: usize = 128;

/// A record without its prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// Facility times 8 plus level.
    pub(super) priority: u32,
    /// Time since boot.
    pub(super) boot: Micros,
    /// The message, with `\xHH` for what is not printable.
    pub(super) body: &'a [u8],
}

/// The parts of a record.
pub(super) fn parse(line: &[u8]) -> Option<Line<'_>> {
    if !line.first().is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let end = line.iter().take(PREFIX_MAX_BYTES).position(|byte| *byte == b';')?;
    let (prefix, body) = (&line[..end], &line[end + 1..]);
    let mut fields = prefix.split(|byte| *byte == b',');
    let mut number = || -> Option<i64> {
        let digits = fields.next()?;
        let plain = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
        std::str::from_utf8(digits).ok().filter(|_| plain)?.parse().ok()
    };
    let (priority, _, boot) = (number()?, number()?, number()?);
    let flags = fields.next()?;
    let rest_is_named = fields.all(|field| field.contains(&b'='));
    (matches!(flags, b"-" | b"c" | b"+") && rest_is_named && priority < 1024).then_some(Line {
        priority: u32::try_from(priority).ok()?,
        boot,
        body,
    })
}

/// ` SUBSYSTEM=pci`, ` DEVICE=+pci:0000:00:02.0`: what the record is about, for udev.
pub(super) fn is_property(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b" ") else { return false };
    let name = rest.iter().take_while(|byte| byte.is_ascii_uppercase() || **byte == b'_').count();
    name > 0 && rest.get(name) == Some(&b'=')
}

/// The message with its `\xHH` decoded.
pub(super) fn decoded<'a>(body: &'a [u8], scratch: &'a mut Vec<u8>) -> &'a [u8] {
    if memchr::memmem::find(body, b"\\x").is_none() {
        return body;
    }
    scratch.clear();
    let mut rest = body;
    while let Some((first, after)) = rest.split_first() {
        let byte = after.strip_prefix(b"x").filter(|_| *first == b'\\').and_then(hex);
        scratch.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { rest.get(4..).unwrap_or_default() } else { after };
    }
    scratch
}

fn hex(digits: &[u8]) -> Option<u8> {
    let digits = digits.get(..2).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))?;
    u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: Option<(u32, Micros, &str)>) {
        let found = parse(line.as_bytes());
        let mut scratch = Vec::new();
        let found = found.map(|line| {
            let body = String::from_utf8_lossy(decoded(line.body, &mut scratch)).into_owned();
            (line.priority, line.boot, body)
        });
        assert_eq!(found, expected.map(|(a, b, c)| (a, b, c.to_owned())), "{line}");
    }

    #[test]
    fn records_of_the_device() {
        check("6,1234,5678901234,-;m", Some((6, 5_678_901_234, "m")));
        check("4,1,0,-,caller=T1;a;b", Some((4, 0, "a;b")));
        check(
            "30,7,5140900,-;NET: \\x0aIPv6 \\x5c \\xzz \\",
            Some((30, 5_140_900, "NET: \nIPv6 \\ \\xzz \\")),
        );
        check("4,339,5140900,c;", Some((4, 5_140_900, "")));
        assert!(is_property(b" SUBSYSTEM=acpi"));
        assert!(!is_property(b"  active_anon:1"));
        assert!(!is_property(b" x=1"));
    }

    #[test]
    fn rows_that_are_none() {
        for line in ["6,1234,5678901234;m", "1,2,3,4;5", "6,1234,-1,-;m", "6,1234,5,-m", "1;2", ""]
        {
            check(line, None);
        }
    }
}
