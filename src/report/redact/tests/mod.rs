//! Secrets of each promised kind do not leave in any form, raw, URL-encoded or as base64; and what is no secret stays.

mod kinds;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Key, Level, Masker, ids, quoted, secrets, text};
use crate::report::text::sample;
use crate::report::{Format, Settings, write};
use kinds::SECRETS;

#[test]
fn all_patterns_compile() {
    assert_eq!(secrets::rules(), secrets::RULES_TOTAL);
    assert_eq!(quoted::places(), quoted::PLACES_TOTAL);
}

#[test]
fn each_kind_is_masked() {
    let leaked: Vec<String> = SECRETS
        .iter()
        .filter(|(_, line, secret)| text(line).contains(secret))
        .map(|(kind, line, _)| format!("{kind}: {line}\n  {}", text(line)))
        .collect();
    assert!(leaked.is_empty(), "{} of {}:\n{}", leaked.len(), SECRETS.len(), leaked.join("\n"));
    for (kind, line, _) in SECRETS {
        let once = text(line);
        assert_eq!(text(&once), once, "{kind}: {line}: masked twice");
    }
}

/// What stands around secrets, what names them, and what is only like it.
const PIECES: [&str; 76] = [
    "password",
    "Passwd",
    "passphrase",
    "PWD",
    "secret",
    "token",
    "tokens",
    "api key",
    "apikey",
    "API-KEY",
    "x-api-key",
    "access_key",
    "private-key",
    "signingKey",
    "encryption_key",
    "AccountKey",
    "credential",
    "signature",
    "sig",
    "SIGKILL",
    "sessionid",
    "session_id",
    "JSESSIONID",
    "sessid",
    "sid",
    "inside",
    "csrf",
    "xsrf",
    "otp",
    "TOTP",
    "option",
    "auth",
    "author",
    "jwt",
    "pin",
    "pinned",
    "cvv",
    "Authorization",
    "Bearer",
    "Basic",
    "digest",
    "Cookie",
    "set-cookie2",
    "Env",
    "with",
    "/reset",
    "reset-password",
    "verify",
    "/invites/",
    "magic-link",
    "/hooks/",
    "webhook",
    "/key/",
    "sso",
    "bot",
    "hooks.slack.com/services/",
    "eyJhbGciOi",
    "AKIAABCDEFGH",
    "ghp_abcdefgh",
    "sk-abcdefghijklmnopq",
    "123456789:AAabcdefghijklmnopqrstu",
    "-----BEGIN PRIVATE KEY-----",
    "-----END PRIVATE KEY-----",
    "postgres://",
    "user",
    "hunter2x",
    "a.b",
    "%40",
    "\\x22",
    "%22",
    "&quot;",
    "\u{212a}",
    "\u{17f}",
    "é",
    "…",
    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj",
];

#[test]
fn what_has_no_sign_of_a_secret_holds_none() {
    let mut state = 5_u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) as usize % below
    };
    let marks: Vec<char> = " =:/@\"'-_.\\[]{}(),;&?|<>+%x1Z".chars().collect();
    let mut hidden = 0;
    for _ in 0..if cfg!(debug_assertions) { 6_000 } else { 60_000 } {
        let mut line = String::new();
        for _ in 0..1 + next(5) {
            line.push_str(PIECES[next(PIECES.len())]);
            for _ in 0..next(4) {
                line.push(marks[next(marks.len())]);
            }
        }
        let masked = text(&line);
        assert_eq!(masked, secrets::masked_by_all(&line), "{line}");
        hidden += u32::from(masked != line);
    }
    assert!(hidden > 1_000, "{hidden}");
}

/// How a line is written inside of another.
type Wrap = fn(&str) -> String;

/// A line as it stands inside of others.
const WRAPPINGS: [(&str, Wrap); 5] = [
    ("JSON", |line| serde_json::to_string(line).unwrap()),
    ("JSON in JSON", |line| serde_json::to_string(&serde_json::to_string(line).unwrap()).unwrap()),
    ("a client's words in nginx's log", |line| {
        line.replace('\\', "\\x5C").replace('"', "\\x22").replace('\n', "\\x0A")
    }),
    ("quotes of a URL", |line| line.replace('"', "%22").replace('\'', "%27")),
    ("HTML", |line| line.replace('"', "&quot;").replace('\'', "&#39;").replace('>', "&gt;")),
];

#[test]
fn each_kind_is_masked_however_it_is_wrapped() {
    let mut leaked = Vec::new();
    for (wrapping, wrap) in WRAPPINGS {
        for (kind, line, secret) in SECRETS {
            let line = wrap(line);
            let shown = text(&line);
            if shown.contains(secret) {
                leaked.push(format!("{kind} in {wrapping}: {line}\n  {shown}"));
            }
            assert_eq!(text(&shown), shown, "{kind} in {wrapping}: {line}: masked twice");
        }
    }
    assert!(leaked.is_empty(), "{}:\n{}", leaked.len(), leaked.join("\n"));
}

/// A log is found by its path, also in a folder whose name announces a token; a token that ends like a file is still one.
#[test]
fn paths_of_logs_are_no_tokens() {
    for path in [
        "var/log/auth/gunicorn.log:6",
        "logs/login/access.log-20261120.gz",
        "x/session/worker-2.log.1",
    ] {
        assert_eq!(text(path), path);
    }
    for path in ["/verify/a9Xk2mQpLw73.log", "/auth/9f8e7d6c5b4a", "/invite/QWxhZGRpbjpv.json"] {
        assert!(text(path).ends_with("***"), "{path}: {}", text(path));
    }
}

/// Which quote closes which, and that a line stays what it was: here JSON.
#[test]
fn quotes_stay_as_they_were() {
    for (line, masked) in [
        (r#"{"password":"it's","b":"c"}"#, r#"{"password":"***","b":"c"}"#),
        (r#"{"password":"a\"b","b":"c"}"#, r#"{"password":"***","b":"c"}"#),
        (
            r#"{"log":"{\"password\":\"a\\\"b\",\"c\":1}"}"#,
            r#"{"log":"{\"password\":\"***\",\"c\":1}"}"#,
        ),
        (r#"{"log":"password is \"x y\" here"}"#, r#"{"log":"password is \"***\" here"}"#),
        (r#"{"log":"-H \"Cookie: a=b\" -v"}"#, r#"{"log":"-H \"Cookie: ***\" -v"}"#),
        (
            r#""Env":["A=[x]","B=c, \"d\"","E"],"F":"g=h""#,
            r#""Env":["A=***","B=***","***"],"F":"g=h""#,
        ),
        (r#"{"a":"password","b":"c"}"#, r#"{"a":"password","b":"c"}"#),
    ] {
        assert_eq!(text(line), masked);
    }
}

#[test]
fn no_form_lets_a_secret_out() {
    for (kind, line, secret) in SECRETS {
        let report = sample::report(line);
        let encoded: String = secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
        for (format, name, _) in Format::ALL {
            let mut bytes = Vec::new();
            write(&report, *format, Settings::default(), &mut bytes).unwrap();
            let shown = String::from_utf8(bytes).unwrap();
            for form in [secret.to_owned(), encoded.clone(), STANDARD.encode(secret)] {
                assert!(!shown.contains(&form), "{kind}: {form} in {name}");
            }
        }
    }
}

#[test]
fn half_a_token_at_a_cut_goes_too() {
    for line in [
        "GET /x HTTP/1.1 for alice.smith@mail.exa…",
        "remote: ghp_ab…",
        "see AKIAIO…",
        "at aB3dE5fG7hI…",
        "mail alice.smit…",
    ] {
        let shown = text(line);
        for part in ["alice", "ghp_ab", "AKIAIO", "aB3dE5"] {
            assert!(!shown.contains(part), "{shown}");
        }
        assert!(shown.ends_with('…'));
    }
}

#[test]
fn what_is_no_secret_stays() {
    for line in [
        "postgresql@15-main.service: Main process exited, code=killed, status=9/KILL",
        "Memory cgroup out of memory: Killed process 30778 (gunicorn) total-vm:148648kB, anon-rss:129536kB, UID:33 pgtables:328kB oom_score_adj:0",
        "2026/11/20 21:47:31 [error] 30776#30776: *2022 upstream prematurely closed connection while reading response header from upstream, client: 203.0.113.7, server: shop.example.test, request: \"GET /api/reports/export?id=7 HTTP/1.1\", upstream: \"http://127.0.0.1:8000/api/reports/export?id=7\"",
        "task_memcg=/system.slice/docker-3f2a9c0d1b7e4f5a6c8d9e0f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d.scope,task=node,pid=584,uid=0",
        "/var/lib/docker/containers/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef/x-json.log",
        "Started cart.service - Cart service (node).",
        "ERROR shop[419]: redis failed: Error 111 connecting to 127.0.0.1:6379. Connection refused.",
        "GET /api/v1/customers/42/orders/2026-11-20 HTTP/1.1",
        "/usr/lib/python3/dist-packages/gunicorn/workers/sync.py",
        "The kernel's OOM killer killed gunicorn of shop-api.service 17 times because its cgroup hit its limit of 150 MiB.",
        "a text that is cut…",
    ] {
        assert_eq!(text(line), line);
    }
}

#[test]
fn off_is_off_and_says_so() {
    let report = sample::report("token=hunter2");
    let settings = Settings { redact: Level::Off, ..Settings::default() };
    for (format, word) in [
        (Format::Text, "not masked"),
        (Format::Markdown, "not masked"),
        (Format::Html, "not masked"),
        (Format::Json, "\"redaction\": \"off\""),
    ] {
        let mut bytes = Vec::new();
        write(&report, format, settings, &mut bytes).unwrap();
        let shown = String::from_utf8(bytes).unwrap();
        assert!(shown.contains("hunter2") && shown.contains(word), "{format:?}");
    }
}

#[test]
fn a_secret_of_several_lines_is_masked_in_each() {
    let mut given = [
        "before",
        "app: -----BEGIN RSA PRIVATE KEY-----",
        "app: MIIEpAIBAAKCAQEAx",
        "app: x",
        "app: -----END RSA PRIVATE KEY-----",
        "    \"Env\": [",
        "        \"SHOP_DSN=whatever it holds\",",
        "        \"PATH=/usr/bin\"",
        "MIIEpAIBAAKCAQEA0Z3VS5JJcds3xfn/ygWyF8PbnGy0AHB7MhgHcTz6sE2I2yPB",
        "GET /index.html HTTP/1.1",
    ]
    .map(str::to_owned);
    Masker::new(Level::Secrets, std::iter::empty()).lines(given.iter_mut());
    assert_eq!(
        given,
        [
            "before",
            "app: -----BEGIN ***-----",
            "***",
            "***",
            "***",
            "    \"Env\": [",
            "        \"SHOP_DSN=***\",",
            "        \"PATH=***\"",
            "***",
            "GET /index.html HTTP/1.1",
        ]
    );
}

/// Lines around a cited one begin and end anywhere: also in a key, and behind a word that looks like the beginning of one.
#[test]
fn a_key_that_is_cut_is_masked_as_far_as_it_goes() {
    let hidden = |given: &[&str]| -> Vec<bool> {
        let mut lines: Vec<String> = given.iter().map(|line| (*line).to_owned()).collect();
        Masker::new(Level::Secrets, std::iter::empty()).lines(lines.iter_mut());
        lines.iter().map(|line| line == "***").collect()
    };
    let body = "app: MIIEpAIBAAKCAQEA0Z3VS5JJcds3xfn";
    let end = "app: -----END PRIVATE KEY-----";
    assert_eq!(
        hidden(&["ready", body, "app: x9==", end, "GET /"]),
        [false, true, true, false, false]
    );
    assert_eq!(hidden(&["-----BEGIN PRIVATE KEY-----", body]), [false, true]);
    let lines: Vec<String> = (0..9).map(|n| format!("worker {n}: it was killed.")).collect();
    let lines: Vec<&str> = std::iter::once("app: -----BEGIN PRIVATE KEY-----")
        .chain(lines.iter().map(String::as_str))
        .collect();
    assert_eq!(hidden(&lines).iter().filter(|hidden| **hidden).count(), 4);
    assert_eq!(hidden(&lines).last(), Some(&false));
}

#[test]
fn all_patterns_of_names_compile() {
    assert_eq!(ids::patterns(), ids::PATTERNS);
}

/// A line, and the names in it that must not leave.
const NAMED: [(&str, &[&str]); 14] = [
    (
        "2026/11/20 21:47:31 [error] 7#7: *2 connect() failed, client: 203.0.113.7, server: shop.example.test, request: \"GET / HTTP/1.1\", upstream: \"http://10.1.2.3:8000/\"",
        &["203.0.113.7", "shop.example", "10.1.2.3"],
    ),
    (
        "203.0.113.7 - alice [20/Nov/2026:22:40:54 +0000] \"GET / HTTP/1.1\" 502 157",
        &["203.0.113.7", "alice"],
    ),
    (
        "Nov 20 22:00:00 web-01 sshd[7]: Accepted publickey for alice from 2a02:908:1:2::5 port 22 ssh2",
        &["web-01", "alice", "2a02:908"],
    ),
    (
        "Nov 20 22:00:00 WEB-01 sudo[7]: alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/bin/kill -9 77",
        &["WEB-01", "alice"],
    ),
    ("web-01.corp.example.test login failed", &["web-01", "corp.example"]),
    ("session opened for user alice by (uid=0)", &["alice"]),
    ("postgres://alice:***@db.corp.test:5432/shop", &["alice", "db.corp"]),
    ("user=alice database=shop host=192.0.2.1", &["alice", "192.0.2.1"]),
    ("connect to [2a02:908:1:2::5]:8000 refused", &["2a02:908"]),
    ("peer ::ffff:203.0.113.7 gone", &["203.0.113.7"]),
    ("var/log/web-01/syslog", &["web-01"]),
    ("web-01,web-01 web-01", &["web-01"]),
    ("fe80::1ff:fe23:4567:890a%eth0 up", &["fe80"]),
    ("Failed password for invalid user bob from 198.51.100.9", &["bob", "198.51.100.9"]),
];

fn under(secret: &[u8]) -> Masker {
    Masker::new(Level::Ids(Key::of(secret)), ["web-01"].into_iter())
}

#[test]
fn names_become_pseudonyms_that_last() {
    let masker = under(b"one");
    for (line, names) in NAMED {
        let shown = masker.text(line);
        for name in names {
            assert!(!shown.contains(name), "{name}: {shown}");
        }
        assert_eq!(masker.text(&shown), shown, "once is enough: {line}");
    }
    let one = |text: &str| masker.text(text);
    assert_eq!(one("203.0.113.7"), one("203.0.113.7"));
    assert_eq!(one("WEB-01"), one("web-01"));
    assert_ne!(one("203.0.113.7"), one("203.0.113.8"));
    assert_ne!(one("203.0.113.7"), under(b"two").text("203.0.113.7"));
    assert!(one("203.0.113.7").parse::<std::net::Ipv4Addr>().unwrap().octets()[0] >= 240);
    assert!(one("2a02:908:1:2::5").parse::<std::net::Ipv6Addr>().is_ok());
}

#[test]
fn what_is_nobodys_name_stays() {
    for line in [
        "connect() to 127.0.0.1:8000 failed, [::1]:80, 0.0.0.0:80, localhost",
        "2026-11-20T22:40:54.345Z 22:40:54 10:20:30:40 std::io::Error a::b",
        "[   12.345678] Out of memory: Killed process 77 (node) UID:33 pgtables:328kB",
        "systemd[1]: shop-api.service: Main process exited, code=killed, status=9/KILL",
        "web-012 and xweb-01 and web-01x are other hosts",
        "user root, user=www-data, /home/ubuntu/x",
    ] {
        assert_eq!(under(b"one").text(line), line);
    }
}

#[test]
fn every_form_says_what_was_masked() {
    let report = sample::report("client 203.0.113.7");
    let settings = Settings { redact: Level::Ids(Key::of(b"k")), ..Settings::default() };
    for (format, name, _) in Format::ALL {
        let mut bytes = Vec::new();
        write(&report, *format, settings, &mut bytes).unwrap();
        let shown = String::from_utf8(bytes).unwrap();
        assert!(!shown.contains("203.0.113.7"), "{name}");
        let mark = [
            "pseudonyms",
            "\"redaction\": \"ids\"",
            "\"redaction\":\"ids\"",
            ",ids",
            "redaction:ids",
        ];
        assert!(mark.iter().any(|mark| shown.contains(mark)), "{name}");
        let mut bytes = Vec::new();
        let settings = Settings { redact: Level::Off, ..Settings::default() };
        write(&report, *format, settings, &mut bytes).unwrap();
        let shown = String::from_utf8(bytes).unwrap();
        let mark = [
            "not masked",
            "\"redaction\": \"off\"",
            "\"redaction\":\"off\"",
            ",off",
            "redaction:off",
        ];
        assert!(mark.iter().any(|mark| shown.contains(mark)), "{name}");
    }
}

#[test]
fn a_host_called_as_a_word_of_ours_changes_no_word() {
    let mut report = sample::report("gateway confirmed");
    report.sources[0].host = Some("gateway".to_owned());
    report.sources[1].host = Some("confirmed".to_owned());
    let shown = super::report(&report, Level::Ids(Key::of(b"k"))).unwrap();
    assert_eq!(shown.incidents[1].verdict, report.incidents[1].verdict);
    assert_eq!(shown.incidents[1].class, report.incidents[1].class);
    assert!(shown.sources[0].host.as_ref().unwrap().starts_with("host-"));
}
