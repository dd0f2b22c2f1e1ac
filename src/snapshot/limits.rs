//! Settings that decide how much a service may take and how long: unit files, compose files, manifests of Kubernetes, Procfiles, and
//! the command lines of app servers in them. In: the text; out: [`StateFact`]s. Exists because "raise the limit" needs the limit.
//! Must never be a YAML parser: it reads the few keys it knows by their indentation and passes over the rest.

use super::sizes::{Letters, bytes, seconds};
use super::{FACTS_MAX, StateFact, fact};

/// Lines looked at to tell what a file is.
const HEAD_LINES: usize = 60;
/// Programs whose command lines are read.
const SERVERS: [&str; 8] =
    ["gunicorn", "uvicorn", "hypercorn", "celery", "puma", "uwsgi", "node", "java"];

/// What the text is.
pub(super) fn name(text: &[u8]) -> Option<&'static str> {
    let head = String::from_utf8_lossy(text.get(..16 * 1024).unwrap_or(text)).into_owned();
    let lines: Vec<&str> = head
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
        .take(HEAD_LINES)
        .collect();
    let has = |wanted: &dyn Fn(&str) -> bool| lines.iter().any(|line| wanted(line));
    let first = *lines.first()?;
    if ["[Unit]", "[Service]"].contains(&first.trim()) {
        return has(&|line| line.contains('=')).then_some("systemd-unit");
    }
    let service = |line: &str| {
        ["image:", "build:", "command:"].iter().any(|key| line.trim_start().starts_with(key))
            && line.starts_with("    ")
    };
    if has(&|line| line.trim_end() == "services:") && has(&service) {
        return Some("docker-compose");
    }
    if has(&|line| line.starts_with("apiVersion: ")) && has(&|line| line.starts_with("kind: ")) {
        return Some("kubernetes-manifest");
    }
    let process = |line: &&str| {
        line.split_once(": ").is_some_and(|(name, command)| {
            name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
                && !command_line(&command.split_whitespace().collect::<Vec<_>>(), 0).is_empty()
        })
    };
    let whole = head.len() < 4096 && lines.len() <= 12;
    (whole && lines.iter().all(|line| line.contains(": ")) && lines.iter().any(process))
        .then_some("procfile")
}

/// The facts of a text that [`name`] knows.
pub(super) fn read(name: &str, text: &[u8]) -> Vec<StateFact> {
    let text = String::from_utf8_lossy(text);
    let mut facts = match name {
        "systemd-unit" => unit(&text),
        "procfile" => {
            (1..).zip(text.lines()).flat_map(|(line, text)| process(line, text)).collect()
        }
        _ => yaml(&text, name == "kubernetes-manifest"),
    };
    facts.truncate(FACTS_MAX);
    facts
}

fn process(line: u64, text: &str) -> Vec<StateFact> {
    let command = text.split_once(": ").map_or("", |(_, command)| command);
    command_line(&command.split_whitespace().collect::<Vec<_>>(), line)
}

/// systemd.resource-control(5) and systemd.service(5). The unit is named by the comment that `systemctl cat` writes, else by its
/// description.
fn unit(text: &str) -> Vec<StateFact> {
    let mut facts = Vec::new();
    let mut subject = String::new();
    for (line, text) in (1..).zip(text.lines()) {
        if let Some(path) = text.strip_prefix("# /") {
            path.rsplit('/').next().unwrap_or(path).clone_into(&mut subject);
        }
        let Some((key, value)) = text.split_once('=') else { continue };
        let size = |what| bytes(value, Letters::Binary).map(|value| (what, value));
        let span = |what| seconds(value).map(|value| (what, value));
        let found = match key.trim() {
            "Description" if subject.is_empty() => {
                value.clone_into(&mut subject);
                None
            }
            "MemoryMax" | "MemoryLimit" => size("memory_limit_bytes"),
            "MemoryHigh" => size("memory_high_bytes"),
            "LimitNOFILE" => value.parse().ok().map(|value| ("open_files_limit", value)),
            "TasksMax" => value.parse().ok().map(|value| ("tasks_limit", value)),
            "WatchdogSec" => span("watchdog_seconds"),
            "TimeoutStopSec" => span("stop_timeout_seconds"),
            "Environment" => {
                facts.extend(environment(value, line));
                None
            }
            "ExecStart" => {
                let words: Vec<&str> = value.split_whitespace().collect();
                facts.extend(command_line(&words, line));
                None
            }
            _ => None,
        };
        facts.extend(found.map(|(what, value)| fact(what, &subject, value, false, line)));
    }
    facts
}

/// Limits by the path of keys that the indentation gives: `services.shop.mem_limit`,
/// `services.shop.deploy.resources.limits.memory`, `...containers.resources.limits.memory`.
fn yaml(text: &str, manifest: bool) -> Vec<StateFact> {
    let mut facts = Vec::new();
    let mut path: Vec<(usize, String)> = Vec::new();
    let mut name = String::new();
    let mut command = Command::default();
    for (line, text) in (1..).zip(text.lines()) {
        if command.goes_on(text) {
            continue;
        }
        let bare = text.trim_start_matches([' ', '-']);
        // What Kubernetes splits into `command` and `args` is one command.
        if !bare.starts_with("args:") {
            facts.extend(command.finish());
        }
        if bare.is_empty() || bare.starts_with('#') {
            continue;
        }
        facts.extend(environment(bare, line));
        let indent = text.len() - bare.len();
        let Some((key, value)) = bare.split_once(':') else { continue };
        path.retain(|(own, _)| *own < indent);
        let value = value.trim();
        let parents: Vec<&str> = path.iter().map(|(_, key)| key.as_str()).collect();
        if key == "name" && parents.last() == Some(&"containers") {
            value.clone_into(&mut name);
        }
        let subject = match parents.as_slice() {
            ["services", service, ..] => (*service).to_owned(),
            _ => name.clone(),
        };
        let letters = if manifest { Letters::Decimal } else { Letters::Binary };
        let limit = key == "mem_limit" || (key == "memory" && parents.last() == Some(&"limits"));
        if limit && let Some(value) = bytes(value, letters) {
            facts.push(fact("memory_limit_bytes", &subject, value, false, line));
        }
        if ["command", "args", "entrypoint"].contains(&key) {
            (command.indent, command.line) = (text.len() - text.trim_start().len(), line);
            match value {
                "" | ">" | "|" | ">-" | "|-" => command.open = true,
                value => command.words.extend(words(value)),
            }
        }
        path.push((indent, key.to_owned()));
        if path.len() > 32 {
            path.clear();
        }
    }
    facts.extend(command.finish());
    facts
}

/// A command that a file gives in several lines: a block of text, a list, or Kubernetes' `command` and `args`.
#[derive(Debug, Default)]
struct Command {
    indent: usize,
    line: u64,
    words: Vec<String>,
    open: bool,
}

/// Words of one command that are read.
const WORDS_MAX: usize = 200;

impl Command {
    /// Takes a line that belongs to the command.
    fn goes_on(&mut self, text: &str) -> bool {
        let bare = text.trim_start();
        let indent = text.len() - bare.len();
        let own = indent > self.indent || (indent == self.indent && bare.starts_with("- "));
        self.open &= own && self.words.len() < WORDS_MAX;
        if self.open {
            self.words.extend(words(bare.strip_prefix("- ").unwrap_or(bare)));
        }
        self.open
    }

    fn finish(&mut self) -> Vec<StateFact> {
        let words = std::mem::take(&mut self.words);
        command_line(&words.iter().map(String::as_str).collect::<Vec<_>>(), self.line)
    }
}

/// The words of a command or of a list in brackets, without quotes.
fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split([' ', '"', '\'', ',', '[', ']']).filter(|word| !word.is_empty()).map(str::to_owned)
}

/// Variables that servers and runtimes read their options from: `NODE_OPTIONS=--max-old-space-size=460`, also with a colon.
fn environment(text: &str, line: u64) -> Vec<StateFact> {
    const READERS: [(&str, &str); 5] = [
        ("GUNICORN_CMD_ARGS", "gunicorn"),
        ("NODE_OPTIONS", "node"),
        ("JAVA_OPTS", "java"),
        ("JAVA_TOOL_OPTIONS", "java"),
        ("_JAVA_OPTIONS", "java"),
    ];
    let bare = text.trim_start_matches(['"', '\'']);
    READERS
        .iter()
        .find_map(|(name, server)| {
            let value = bare.strip_prefix(name)?.strip_prefix(['=', ':'])?;
            let line_of: Vec<String> =
                std::iter::once((*server).to_owned()).chain(words(value)).collect();
            Some(command_line(&line_of.iter().map(String::as_str).collect::<Vec<_>>(), line))
        })
        .unwrap_or_default()
}

/// Workers, threads, timeouts and heap limits of a server's command line.
pub(super) fn command_line(words: &[&str], line: u64) -> Vec<StateFact> {
    let base =
        |word: &str| word.rsplit('/').next().unwrap_or(word).trim_matches(['"', '\'']).to_owned();
    // An interpreter, `exec`, `poetry run` and variables may stand before the server.
    let Some((at, server)) = words.iter().take(6).enumerate().find_map(|(at, word)| {
        SERVERS.iter().find(|own| base(word) == **own).map(|own| (at, *own))
    }) else {
        return Vec::new();
    };
    let arguments = words.get(at + 1..).unwrap_or_default();
    let mut facts = Vec::new();
    for (place, word) in arguments.iter().enumerate() {
        let (flag, value) = word.split_once('=').map_or(
            (*word, arguments.get(place + 1).copied().unwrap_or_default()),
            |(flag, value)| (flag, value),
        );
        if let Some((what, value)) = option(server, flag, value) {
            facts.push(fact(what, server, value, false, line));
        }
    }
    facts
}

fn option(server: &str, flag: &str, value: &str) -> Option<(&'static str, u64)> {
    let number = || value.trim_matches(['"', '\'']).parse::<u64>().ok();
    let what = match (server, flag) {
        ("gunicorn" | "uvicorn" | "hypercorn", "--workers")
        | ("gunicorn" | "hypercorn" | "puma", "-w")
        | ("puma", "--workers")
        | ("celery", "-c" | "--concurrency")
        | ("uwsgi", "-p" | "--processes" | "--workers") => "workers",
        ("gunicorn" | "uwsgi", "--threads") => "threads",
        ("gunicorn", "-t" | "--timeout") | ("uwsgi", "--harakiri") => "timeout_seconds",
        ("gunicorn", "--graceful-timeout") => "stop_timeout_seconds",
        ("gunicorn", "--max-requests") | ("uvicorn", "--limit-max-requests") => "max_requests",
        ("node", "--max-old-space-size" | "--max_old_space_size") => {
            return Some(("heap_limit_bytes", number()?.checked_mul(1 << 20)?));
        }
        ("java", flag) => {
            let size = flag.strip_prefix("-Xmx")?;
            return Some(("heap_limit_bytes", bytes(size, Letters::Binary)?));
        }
        _ => return None,
    };
    Some((what, number()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected_name: &str, expected: &[(&str, &str, u64)]) {
        let name = name(text.as_bytes()).unwrap_or("nothing");
        assert_eq!(name, expected_name, "{text}");
        let facts = read(name, text.as_bytes());
        let got: Vec<_> =
            facts.iter().map(|fact| (fact.what, fact.subject.as_str(), fact.value)).collect();
        assert_eq!(got, expected, "{text}");
    }

    #[test]
    fn units() {
        check(
            "# /etc/systemd/system/shop.service\n[Unit]\nDescription=The shop\n\n[Service]\nExecStart=/srv/venv/bin/gunicorn --workers=4 --timeout 30 shop:app\nMemoryMax=512M\nTimeoutStopSec=1min\n",
            "systemd-unit",
            &[
                ("workers", "gunicorn", 4),
                ("timeout_seconds", "gunicorn", 30),
                ("memory_limit_bytes", "shop.service", 512 << 20),
                ("stop_timeout_seconds", "shop.service", 60),
            ],
        );
    }

    #[test]
    fn compose_and_manifests() {
        check(
            "services:\n  shop:\n    image: shop:1\n    mem_limit: 256m\n    command: [\"gunicorn\", \"-w\", \"2\", \"shop:app\"]\n  cart:\n    image: cart\n    deploy:\n      resources:\n        limits:\n          memory: 128M\n        reservations:\n          memory: 64M\n",
            "docker-compose",
            &[
                ("memory_limit_bytes", "shop", 256 << 20),
                ("workers", "gunicorn", 2),
                ("memory_limit_bytes", "cart", 128 << 20),
            ],
        );
        check(
            "apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n      - name: shop\n        resources:\n          limits:\n            memory: 512Mi\n          requests:\n            memory: 64Mi\n",
            "kubernetes-manifest",
            &[("memory_limit_bytes", "shop", 512 << 20)],
        );
    }

    #[test]
    fn commands_in_lines_and_variables() {
        check(
            "services:\n  shop:\n    image: shop:1\n    command:\n      - gunicorn\n      - --workers=4\n      - shop:app\n    environment:\n      - NODE_OPTIONS=--max-old-space-size=460\n  cart:\n    image: cart\n    command: >-\n      gunicorn --timeout 60\n      cart:app\n    mem_limit: 128m\n    environment:\n      GUNICORN_CMD_ARGS: \"--threads 8\"\n",
            "docker-compose",
            &[
                ("workers", "gunicorn", 4),
                ("heap_limit_bytes", "node", 460 << 20),
                ("timeout_seconds", "gunicorn", 60),
                ("memory_limit_bytes", "cart", 128 << 20),
                ("threads", "gunicorn", 8),
            ],
        );
        check(
            "apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n      - name: shop\n        command: [\"gunicorn\"]\n        args: [\"--workers\", \"3\", \"shop:app\"]\n        resources:\n          limits:\n            memory: 512Mi\n      - name: cart\n        command:\n        - java\n        args:\n        - -Xmx256m\n        - -jar\n        - cart.jar\n",
            "kubernetes-manifest",
            &[
                ("workers", "gunicorn", 3),
                ("memory_limit_bytes", "shop", 512 << 20),
                ("heap_limit_bytes", "java", 256 << 20),
            ],
        );
        check(
            "[Service]\nEnvironment=\"NODE_OPTIONS=--max-old-space-size=460\"\nExecStart=/usr/bin/node server.js\n",
            "systemd-unit",
            &[("heap_limit_bytes", "node", 460 << 20)],
        );
    }

    #[test]
    fn procfiles_and_heaps() {
        check(
            "web: gunicorn shop:app --workers 3\nworker: node --max-old-space-size=460 worker.js\n",
            "procfile",
            &[("workers", "gunicorn", 3), ("heap_limit_bytes", "node", 460 << 20)],
        );
        let facts = command_line(&["/usr/bin/java", "-Xmx1g", "-jar", "shop.jar"], 1);
        assert_eq!(facts.first().map(|fact| fact.value), Some(1 << 30));
    }

    #[test]
    fn logs_are_none_of_these() {
        for text in [
            "",
            "error: boom\ninfo: fine\n",
            "[Unit] of work failed\n",
            "services: none\n",
            "web: gunicorn said: --workers\n",
        ] {
            assert_eq!(name(text.as_bytes()), None, "{text}");
        }
    }
}
