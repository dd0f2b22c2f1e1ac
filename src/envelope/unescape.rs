//! Control characters that a log daemon wrote out: rsyslog's `#033[31m`, `#011`, `#012`, and `^[[31m` of a pager. In: a message;
//! out: the message with the characters that the program wrote. Exists so that grammars see the program's own text.
//! Must never be used on what the kernel wrote: a made-up line end would hide the rest of its message.

/// The message with its control characters; `scratch` is only used when one is written out.
pub(super) fn written_out<'a>(body: &'a [u8], scratch: &'a mut Vec<u8>) -> &'a [u8] {
    if memchr::memchr2(b'#', b'^', body).is_none() {
        return body;
    }
    scratch.clear();
    let mut rest = body;
    while let Some(at) = memchr::memchr2(b'#', b'^', rest) {
        let (text, code) = rest.split_at(at);
        scratch.extend_from_slice(text);
        let (byte, width) = control(code).unwrap_or((code[0], 1));
        scratch.push(byte);
        rest = code.get(width..).unwrap_or_default();
    }
    scratch.extend_from_slice(rest);
    scratch
}

/// The character that `code` stands for, and how many bytes it takes. `#011` before a digit is a number of something.
fn control(code: &[u8]) -> Option<(u8, usize)> {
    if let Some(rest) = code.strip_prefix(b"^[[") {
        return is_colour(rest).then_some((0x1b, 2));
    }
    let (digits, rest) = code.strip_prefix(b"#")?.split_at_checked(3)?;
    let byte = match digits {
        b"033" if rest.first().is_some_and(|next| b"[](".contains(next)) => return Some((0x1b, 4)),
        b"011" => b'\t',
        b"012" => b'\n',
        b"015" => b'\r',
        _ => return None,
    };
    (!rest.first().is_some_and(u8::is_ascii_digit)).then_some((byte, 4))
}

/// `0m`, `1;31m`, `2K`: a regular expression that begins with `^[[` does not look like this.
fn is_colour(rest: &[u8]) -> bool {
    let width =
        rest.iter().take(16).take_while(|byte| byte.is_ascii_digit() || **byte == b';').count();
    matches!(rest.get(width), Some(b'm' | b'K'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, expected: &str) {
        let mut scratch = Vec::new();
        let text = written_out(body.as_bytes(), &mut scratch);
        assert_eq!(String::from_utf8_lossy(text), expected);
    }

    #[test]
    fn controls_that_were_written_out() {
        check("plain", "plain");
        check("#033[31mERROR#033[0m x", "\u{1b}[31mERROR\u{1b}[0m x");
        check("Traceback:#012  File \"x\"#011y", "Traceback:\n  File \"x\"\ty");
        check("^[[0mdone^[[1;31m", "\u{1b}[0mdone\u{1b}[1;31m");
        check("issue #01", "issue #01");
        check("order #0112 and #033", "order #0112 and #033");
        check("PR #345 ^[[0-9]+$", "PR #345 ^[[0-9]+$");
        check("#", "#");
        check("^[[", "^[[");
    }
}
