//! Log drains of hosting platforms, behind the time: Heroku's `heroku[router]: `, `app[web.1]: `, and Fly's
//! `app[9185e1a2] fra [info] `. In: the text behind the stamp; out: who wrote it. Exists because they name no host and put their
//! process where a syslog line has its pid, and because the app's own line stands behind it.
//! Must never take a syslog tag with a pid for a process of a platform.

/// Longest process name in brackets, in bytes.
const PROCESS_MAX_BYTES: usize = 64;
/// Fly's regions have three letters (`fra`, `ams`).
const REGION_BYTES: usize = 3;

/// Who wrote a line, and what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Source<'a> {
    /// `heroku`, `app`, `runner`, `proxy`, `health`.
    pub(super) ident: &'a [u8],
    /// `router`, `web.1`, a machine's id.
    pub(super) process: &'a [u8],
    /// The message.
    pub(super) body: &'a [u8],
    /// Whether the platform itself wrote it: its grammar wants the whole line, for an app must not speak in its name.
    pub(super) own_words: bool,
}

/// The source behind the stamp, or `None` where the line is no platform's.
pub(super) fn source(text: &[u8]) -> Option<Source<'_>> {
    let open = text.iter().take(8).position(|byte| *byte == b'[')?;
    let (ident, rest) = text.split_at(open);
    let inner = &rest[1..];
    let end = inner.iter().take(PROCESS_MAX_BYTES).position(|byte| *byte == b']')?;
    let (process, rest) = (&inner[..end], &inner[end + 1..]);
    let named = process.iter().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(byte));
    if process.is_empty() || !named {
        return None;
    }
    if let Some(body) = rest.strip_prefix(b":") {
        let is_pid = process.iter().all(u8::is_ascii_digit);
        let body = body.strip_prefix(b" ").unwrap_or(body);
        let own_words = (ident == b"heroku" && process != b"router") || process == b"api";
        let source = Source { ident, process, body, own_words };
        return (is_heroku(ident) && !is_pid).then_some(source);
    }
    let is_fly = matches!(ident, b"app" | b"runner" | b"proxy" | b"health");
    let body = regional(rest).filter(|_| is_fly)?;
    // The guest's init writes as the app does, with its level before the words.
    let by_init =
        [b"INFO ".as_slice(), b"WARN ", b"ERROR "].iter().any(|word| body.starts_with(word));
    Some(Source { ident, process, body, own_words: by_init || ident != b"app" })
}

/// The two sources of a Heroku drain.
pub(super) fn is_heroku(ident: &[u8]) -> bool {
    matches!(ident, b"heroku" | b"app")
}

/// ` fra [info] msg`, as `fly logs` prints a line behind its machine.
fn regional(rest: &[u8]) -> Option<&[u8]> {
    let (region, rest) = rest.strip_prefix(b" ")?.split_at_checked(REGION_BYTES)?;
    let level = rest.strip_prefix(b" [")?;
    let width = level.iter().take(8).position(|byte| *byte == b']')?;
    let body = &level[width + 1..];
    (region.iter().all(u8::is_ascii_lowercase) && super::syslog::is_level(&level[..width]))
        .then(|| body.strip_prefix(b" ").unwrap_or(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let show = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let found = source(text.as_bytes()).map_or("-".to_owned(), |found| {
            let whole = if found.own_words { " whole" } else { "" };
            format!("{} {}{whole}|{}", show(found.ident), show(found.process), show(found.body))
        });
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn drains() {
        check("heroku[router]: at=error code=H12", "heroku router|at=error code=H12");
        check("app[web.1]: x", "app web.1|x");
        check("app[api]:", "app api whole|");
        check("heroku[web.1]: Error R15", "heroku web.1 whole|Error R15");
        check(
            "app[9185e1a2] fra [info] [  123.45] Out of memory: Killed process 523 (node)",
            "app 9185e1a2|[  123.45] Out of memory: Killed process 523 (node)",
        );
        check("app[9185e1a2] fra [info] INFO Main child", "app 9185e1a2 whole|INFO Main child");
        check("proxy[9185e1a2] ams [error] could not", "proxy 9185e1a2 whole|could not");
    }

    #[test]
    fn other_tags() {
        for text in [
            "app[9]: x",
            "sshd[web.1]: x",
            "host app[9]: x",
            "app[9185e1a2] x",
            "app[9185e1a2] fra [web] x",
            "app[a b]: x",
            "app[]: x",
            "app[",
            "",
        ] {
            check(text, "-");
        }
    }
}
