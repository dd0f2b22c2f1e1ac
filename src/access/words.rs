//! The pieces that access logs of fixed shape are made of: words, quoted and bracketed values, each with the text after it.
//! For the readers of single proxies. Nothing here may look past the piece it was asked for.

use super::matching::closing_quote;

/// A piece of a line, and what follows it and one blank.
type Piece<'a> = Option<(&'a [u8], &'a [u8])>;

fn after_blank(rest: &[u8]) -> &[u8] {
    rest.strip_prefix(b" ").unwrap_or(rest)
}

/// Everything up to the next blank; never empty.
pub(super) fn word(text: &[u8]) -> Piece<'_> {
    let end = memchr::memchr(b' ', text).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    (!word.is_empty()).then(|| (word, after_blank(rest)))
}

/// The inside of `"..."`.
pub(super) fn quoted(text: &[u8]) -> Piece<'_> {
    let inner = text.strip_prefix(b"\"")?;
    let end = closing_quote(inner)?;
    Some((inner.get(..end)?, after_blank(inner.get(end + 1..)?)))
}

/// The inside of `[...]`.
pub(super) fn bracketed(text: &[u8]) -> Piece<'_> {
    let inner = text.strip_prefix(b"[")?;
    let end = memchr::memchr(b']', inner)?;
    Some((inner.get(..end)?, after_blank(inner.get(end + 1..)?)))
}

/// `address:port` without the port; the whole where there is none.
pub(super) fn without_port(address: &[u8]) -> &[u8] {
    match memchr::memrchr(b':', address) {
        Some(colon)
            if address.get(colon + 1..).is_some_and(|port| port.iter().all(u8::is_ascii_digit)) =>
        {
            address.get(..colon).unwrap_or(address)
        }
        _ => address,
    }
}

/// `-` is how most proxies write nothing.
pub(super) fn told(value: &[u8]) -> &[u8] {
    if value == b"-" { b"" } else { value }
}
