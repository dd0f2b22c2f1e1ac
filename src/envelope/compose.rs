//! Prefixes of `docker compose logs` and `docker service logs`: `backend-1  | msg`. In: a line; out: the service and what it
//! wrote. Exists because a compose dump mixes all containers of a host in one file.
//! Must never take a table or an app's `LEVEL | text` for it.

use std::collections::BTreeSet;

use super::syslog::is_level;

/// Longest name before the bar, in bytes (a DNS label is 63; swarm adds slot, task id and node).
const NAME_MAX_BYTES: usize = 160;
/// Most names that are counted apart in a sample: compose files have dozens of services, not more.
const NAMES_MAX: usize = 64;
/// Fewest lines of a sample that may tell a table from a log: each row of a table has its own first cell.
const TABLE_ROWS: u64 = 4;

/// A line without its prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// Container or service.
    pub(super) name: &'a [u8],
    /// Node of a swarm, empty elsewhere.
    pub(super) host: &'a [u8],
    /// What it wrote, or compose's own word about its end.
    pub(super) body: &'a [u8],
}

/// The parts of a line; the end of a container keeps its whole line as the message.
pub(super) fn parse(line: &[u8]) -> Option<Line<'_>> {
    let width = line.iter().take(NAME_MAX_BYTES + 1).position(|byte| *byte == b' ')?;
    let (word, rest) = line.split_at(width);
    if !is_name(word) {
        return None;
    }
    let mut parts = word.splitn(2, |byte| *byte == b'@');
    let (name, host) = (parts.next()?, parts.next().unwrap_or_default());
    if rest.starts_with(b" exited with code ") {
        return is_exit(rest).then_some(Line { name, host, body: line });
    }
    let behind = rest.trim_ascii_start().strip_prefix(b"|")?;
    let body = match behind {
        [] => behind,
        [b' ', body @ ..] => body,
        _ => return None,
    };
    Some(Line { name, host, body })
}

/// ` exited with code 137`, of newer compose with ` (restarting)` behind it.
fn is_exit(rest: &[u8]) -> bool {
    let Some(code) = rest.strip_prefix(b" exited with code ") else { return false };
    let digits = code.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (1..=3).contains(&digits)
        && code.get(digits..).is_some_and(|rest| rest.is_empty() || rest.starts_with(b" ("))
}

/// Letters, digits, `_`, `.`, `-`, and one `@` of a swarm; with a letter in it.
fn is_name(word: &[u8]) -> bool {
    word.first().is_some_and(u8::is_ascii_alphanumeric)
        && word.iter().any(u8::is_ascii_alphabetic)
        && word.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_.-@".contains(byte))
        && word.iter().filter(|byte| **byte == b'@').count() <= 1
        && !is_level(word)
        // PM2's own log has the same bar, and its grammar wants it.
        && word != b"PM2"
}

/// Names that a sample has before its bars.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    seen: BTreeSet<Vec<u8>>,
}

impl Names {
    pub(super) fn add(&mut self, name: &[u8]) {
        if self.seen.len() < NAMES_MAX {
            self.seen.insert(name.to_vec());
        }
    }

    /// Whether so many lines are those of a few services and no table.
    pub(super) fn are_services(&self, lines: u64) -> bool {
        lines < TABLE_ROWS || self.seen.len() as u64 * 2 <= lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: &str) {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let found = parse(line.as_bytes()).map_or("-".to_owned(), |line| {
            format!("{} {}|{}", text(line.name), text(line.host), text(line.body))
        });
        assert_eq!(found, expected, "{line}");
    }

    #[test]
    fn every_generation_of_compose() {
        check("backend-1  | msg", "backend-1 |msg");
        check("backend_1  | ", "backend_1 |");
        check("backend_1  |", "backend_1 |");
        check("chvetyk_backend | a | b", "chvetyk_backend |a | b");
        check(
            "nginx.1     | 2021/12/18 00:00:00 [error] x",
            "nginx.1 |2021/12/18 00:00:00 [error] x",
        );
        check("web.1.x2p9@node-3    | msg", "web.1.x2p9 node-3|msg");
        check("backend-1 exited with code 137", "backend-1 |backend-1 exited with code 137");
        check(
            "backend-1 exited with code 1 (restarting)",
            "backend-1 |backend-1 exited with code 1 (restarting)",
        );
    }

    #[test]
    fn other_bars() {
        for line in [
            "0|api  | msg",
            "PM2        | App [api:0] online",
            "INFO     | main:run:12 - x",
            "2025-11-05 12:00:00.123 | INFO     | app:main:1 - x",
            "| id | name |",
            "  1 | abc",
            "12 | 34",
            "cat x | grep y",
            "backend-1 |msg",
            "backend-1 || msg",
            "backend-1|msg",
            "Worker exited with code x",
            "worker process 152 exited with code 0",
            "child exited with code 1, giving up",
            "a@b@c | x",
            "",
        ] {
            check(line, "-");
        }
    }
}
