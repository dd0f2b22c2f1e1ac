//! Secrets of each promised kind do not leave in any form, raw, URL-encoded or as base64; and what is no secret stays.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Key, Level, Masker, ids, secrets, text};
use crate::report::text::sample;
use crate::report::{Format, Settings, write};

/// Kind, a line, and the secret in it.
const SECRETS: [(&str, &str, &str); 44] = [
    ("token in a query", "GET /a?token=tok3nS3cretValue&x=1 HTTP/1.1", "tok3nS3cretValue"),
    ("token in a query", "GET /cb?access_token=ya99.abcDEF123456 HTTP/1.1", "ya99.abcDEF123456"),
    ("token in a query", "request: \"GET /x?sig=Zm9vYmFyYmF6 HTTP/1.1\"", "Zm9vYmFyYmF6"),
    ("token in a query", "GET /r?next=%2Fa%3Ftoken%3DabcTOKEN99%26b HTTP/1.1", "abcTOKEN99"),
    ("key in a query", "GET /maps?api_key=K3yK3yK3y HTTP/1.1", "K3yK3yK3y"),
    ("key in a query", "GET /b?X-Amz-Signature=deadbeefcafe0123 HTTP/1.1", "deadbeefcafe0123"),
    ("authorization", "Authorization: Bearer abcdef.ghijkl-123", "abcdef.ghijkl-123"),
    ("authorization", "authorization=Basic dXNlcjpodW50ZXIy", "dXNlcjpodW50ZXIy"),
    ("authorization", "{\"Authorization\": \"Token 9944b09199c62bcf\"}", "9944b09199c62bcf"),
    (
        "authorization",
        "curl -H 'Authorization: Bearer s3cr3tBearer' https://x.test",
        "s3cr3tBearer",
    ),
    ("authorization", "sent header bearer QWxhZGRpbjpvcGVu", "QWxhZGRpbjpvcGVu"),
    ("cookie", "Cookie: session=s3ss10n; theme=dark", "s3ss10n"),
    ("cookie", "set-cookie: sid=31d4d96e407aad42; Path=/", "31d4d96e407aad42"),
    ("cookie", "{\"cookie\":\"_app_session=QUJDREVG\"}", "QUJDREVG"),
    ("password in a URL", "could not connect to postgres://shop:hunter2@db:5432/shop", "hunter2"),
    ("password in a URL", "redis://:p4ssw0rd@cache:6379/0 refused", "p4ssw0rd"),
    ("password in a URL", "amqp://guest:gu%40est!@mq/ closed", "gu%40est!"),
    ("password in a URL", "target=https%3A%2F%2Fbob%3Ahunter2%40evil.test", "hunter2"),
    ("password in a variable", "DB_PASSWORD=correct-horse ./run", "correct-horse"),
    ("password in a variable", "export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI", "wJalrXUtnFEMI"),
    ("password in a variable", "PGPASSWORD='two words' psql", "two words"),
    ("password in JSON", "{\"user\":\"bob\",\"password\":\"hunter2\"}", "hunter2"),
    ("password in JSON", "{\\\"client_secret\\\":\\\"abcSECRET12\\\"}", "abcSECRET12"),
    ("password in YAML", "smtp_password: hunter2", "hunter2"),
    ("password in Ruby", "{\"password\"=>\"hunter2\"}", "hunter2"),
    ("password in options", "mysqld --password hunter2 --port 1", "hunter2"),
    ("password in options", "mysqld --password=hunter2 --port 1", "hunter2"),
    ("password in prose", "user bob logged in, password is hunter2", "hunter2"),
    ("password in prose", "login failed with password hunter2 from 10.0.0.1", "hunter2"),
    ("password in prose", "password 'open sesame9' refused", "sesame9"),
    ("JWT", "jwt malformed: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "eyJzdWIiOiIxIn0"),
    ("AWS key", "InvalidAccessKeyId AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"),
    (
        "token with a prefix",
        "remote: ghp_abcdefghijklmnopqrstuvwxyz012345",
        "ghp_abcdefghijklmnopqrstuvwxyz012345",
    ),
    (
        "token with a prefix",
        "stripe key sk_live_4eC39HqLyjWDarjtT1zdp7dc",
        "4eC39HqLyjWDarjtT1zdp7dc",
    ),
    ("token with a prefix", "using glpat-x1y2z3x1y2z3x1y2z3xx", "glpat-x1y2z3x1y2z3x1y2z3xx"),
    (
        "token with a prefix",
        "slack xoxb-123456789012-abcdefABCDEF",
        "xoxb-123456789012-abcdefABCDEF",
    ),
    (
        "token with a prefix",
        "POST https://api.telegram.org/bot110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw/x",
        "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
    ),
    ("token in a path", "GET /password-reset/MTIz-5f2b8c9d7e6a HTTP/1.1", "MTIz-5f2b8c9d7e6a"),
    ("token in a path", "GET /d/aB3dE5fG7hI9jK1lM3nO5 HTTP/1.1", "aB3dE5fG7hI9jK1lM3nO5"),
    ("PEM", "key: -----BEGIN RSA PRIVATE KEY-----\\nMIIEowIBAAKCAQEA", "MIIEowIBAAKCAQEA"),
    (
        "PEM",
        "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----",
        "MIIEvQIBADANBg",
    ),
    ("mail address", "no such user: alice.smith+x@mail.example.org", "alice.smith"),
    ("mail address", "GET /u?mail=alice.smith%40mail.example.org HTTP/1.1", "alice.smith"),
    ("environment", "\"Env\": [\"PATH=/usr/bin\", \"LICENCE=abc-licence-1\"]", "abc-licence-1"),
];

#[test]
fn all_patterns_compile() {
    assert_eq!(secrets::rules(), secrets::RULES_TOTAL);
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
