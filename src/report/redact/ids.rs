//! Pseudonyms for what identifies people and machines: addresses, hosts, users. In: a text, a key, and the names of hosts that the logs
//! carry. Out: the text, in which the same name is always the same pseudonym under the same key (HMAC-SHA256), so that reports and
//! capsules of one team can be compared, and nobody without the key can try all addresses out. An address stays an address, of a
//! range that nobody has (240/4 of RFC 1112, `2001:db8::/32` of RFC 3849): what is read from a text is read from its redacted form too.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

use hmac::{Hmac, Mac as _};
use regex::{Captures, Regex};
use sha2::{Digest as _, Sha256};

/// The key of the pseudonyms.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Key([u8; 32]);

impl Key {
    /// The key that a secret of any length stands for.
    #[must_use]
    pub fn of(secret: &[u8]) -> Self {
        Self(Sha256::digest(secret).into())
    }

    /// A number for a name; kinds have numbers of their own.
    fn number(&self, kind: &str, name: &[u8]) -> u64 {
        // HMAC takes keys of any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return 0 };
        mac.update(kind.as_bytes());
        mac.update(&[0]);
        mac.update(name);
        let code = mac.finalize().into_bytes();
        code.iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte))
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Key(..)")
    }
}

/// Names that tell nothing: of every machine, and of the accounts that services run under.
const NOBODY: [&str; 24] = [
    "localhost",
    "localhost.localdomain",
    "root",
    "nobody",
    "daemon",
    "www-data",
    "www",
    "nginx",
    "apache",
    "postgres",
    "mysql",
    "redis",
    "mongodb",
    "rabbitmq",
    "systemd",
    "syslog",
    "messagebus",
    "sshd",
    "docker",
    "app",
    "node",
    "http",
    "admin",
    "ubuntu",
];
/// Shortest name of a host that is looked for in texts: a shorter one is a part of every other word.
const HOST_MIN_BYTES: usize = 2;
/// Hosts that are looked for.
const HOSTS_MAX: usize = 1000;

static V4: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\b[0-9]{1,3}(?:\.[0-9]{1,3}){3}\b").ok());
static V6: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?:%[a-z0-9]+)?").ok());

/// Where a name can only be a user's. The name is the second group.
static USERS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let patterns = [
        r#"(?i)(\b(?:ruser|logname|remote_user|username|user|login|account|acct)["']?\s*[=:]\s*["']?)([a-z_][a-z0-9_.@\\-]*)"#,
        r"(?i)(\b(?:for|of|by)\s+(?:invalid\s+)?user\s+)([a-z_][a-z0-9_.@-]*)",
        r"(\b(?:Accepted|Failed)\s+\S+\s+for\s+(?:invalid user\s+)?)([A-Za-z_][A-Za-z0-9_.@-]*)",
        r"((?:/home/|/Users/))([A-Za-z_][A-Za-z0-9_.-]*)",
        r"(?i)([a-z][a-z0-9+.-]*://)([^\s/:@%]+)(?::[^\s/@]*)?@",
        // The third column of an access log.
        r"(^\S+ \S+ )([^\s\[\-]\S*)(?: \[[0-9]{2}/[A-Z][a-z]{2}/)",
        r"(\bsudo(?:\[[0-9]+\])?:\s+)([A-Za-z_][A-Za-z0-9_.-]*)(?: : )",
    ];
    patterns.iter().filter_map(|pattern| Regex::new(pattern).ok()).collect()
});

/// Where a name can only be a host's. The name is the second group.
static HOSTS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let patterns = [
        r"(?i)(\b[a-z][a-z0-9+.-]*://(?:[^\s/@]*@)?)([a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+)",
        r#"(?i)(\b(?:host|server|hostname|vhost|server_name)["']?\s*[:=]\s*["']?)([a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+)"#,
    ];
    patterns.iter().filter_map(|pattern| Regex::new(pattern).ok()).collect()
});

/// How many patterns there must be.
#[cfg(test)]
pub(super) const PATTERNS: (usize, usize) = (7, 2);

#[cfg(test)]
pub(super) fn patterns() -> (usize, usize) {
    (USERS.len(), HOSTS.len())
}

/// Replaces names under a key.
#[derive(Debug)]
pub(super) struct Pseudonyms {
    key: Key,
    /// The names of the hosts, as one pattern.
    hosts: Option<Regex>,
}

impl Pseudonyms {
    pub(super) fn new<'a>(key: Key, hosts: impl Iterator<Item = &'a str>) -> Self {
        let mut names: BTreeSet<&str> = hosts
            .filter(|name| name.len() >= HOST_MIN_BYTES && !is_nobody(name))
            .filter(|name| name.parse::<IpAddr>().is_err() && !is_pseudonym(name))
            .take(HOSTS_MAX)
            .collect();
        // The short name of a host stands in its texts too.
        let short: Vec<&str> = names
            .iter()
            .filter_map(|name| name.split_once('.').map(|(short, _)| short))
            .filter(|short| short.len() > HOST_MIN_BYTES && !is_nobody(short))
            .collect();
        names.extend(short);
        let mut names: Vec<String> = names.into_iter().map(regex::escape).collect();
        // The longest first, or the short name would hide it.
        names.sort_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
        // With a domain behind it; a name with one dot may be a file's or a unit's.
        let pattern = format!(
            r"(?i)(^|[^A-Za-z0-9_-])((?:{})(?:(?:\.[a-z0-9-]+){{2,}})?)\b",
            names.join("|")
        );
        let hosts = if names.is_empty() { None } else { Regex::new(&pattern).ok() };
        Self { key, hosts }
    }

    pub(super) fn text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for pattern in USERS.iter() {
            text = self.named(pattern, &text, |name| self.user(name));
        }
        for pattern in HOSTS.iter() {
            text = self.named(pattern, &text, |name| self.host(name));
        }
        if let Some(hosts) = &self.hosts {
            // Neighbours share the character between them.
            for _ in 0..2 {
                text = self.named(hosts, &text, |name| self.host(name));
            }
        }
        if let Some(v4) = V4.as_ref() {
            text = v4.replace_all(&text, |found: &Captures<'_>| self.v4(&found[0])).into_owned();
        }
        if let Some(v6) = V6.as_ref() {
            text = self.v6_in(v6, &text);
        }
        text
    }

    /// Replaces the second group.
    fn named(&self, pattern: &Regex, text: &str, pseudonym: impl Fn(&str) -> String) -> String {
        let replaced = pattern.replace_all(text, |found: &Captures<'_>| {
            let whole = found.get(0).map_or("", |whole| whole.as_str());
            let before = found.get(1).map_or("", |before| before.as_str());
            let name = found.get(2).map_or("", |name| name.as_str());
            let after = whole.get(before.len() + name.len()..).unwrap_or_default();
            format!("{before}{}{after}", pseudonym(name))
        });
        replaced.into_owned()
    }

    pub(super) fn user(&self, name: &str) -> String {
        if is_nobody(name) || is_pseudonym(name) || name.bytes().all(|byte| byte == b'*') {
            return name.to_owned();
        }
        format!("user-{:08x}", self.key.number("user", name.as_bytes()) >> 32)
    }

    fn host(&self, name: &str) -> String {
        if is_nobody(name) || is_pseudonym(name) || name.parse::<IpAddr>().is_ok() {
            return name.to_owned();
        }
        // Upper and lower case are one host; a domain keeps its dot, for a name without one is read in another way.
        let name = name.to_ascii_lowercase();
        let (short, domain) = name.split_once('.').unwrap_or((&name, ""));
        let own = format!("host-{:08x}", self.key.number("host", short.as_bytes()) >> 32);
        if domain.is_empty() {
            return own;
        }
        format!("{own}.d{:08x}.invalid", self.key.number("domain", domain.as_bytes()) >> 32)
    }

    fn v4(&self, text: &str) -> String {
        let Ok(address) = text.parse::<Ipv4Addr>() else { return text.to_owned() };
        if address.is_loopback() || address.is_unspecified() || address.octets()[0] >= 240 {
            return text.to_owned();
        }
        let number = self.key.number("v4", &address.octets());
        // Never the last one, which is the broadcast address.
        let low = u32::try_from(number % 0x0fff_ffff).unwrap_or(0);
        Ipv4Addr::from(0xf000_0000 | low).to_string()
    }

    fn v6_in(&self, pattern: &Regex, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut end = 0;
        for found in pattern.find_iter(text) {
            out.push_str(text.get(end..found.start()).unwrap_or_default());
            end = found.end();
            let word = |letter: &char| letter.is_ascii_alphanumeric() || *letter == '_';
            let inside = text
                .get(..found.start())
                .and_then(|before| before.chars().last())
                .is_some_and(|letter| word(&letter) || letter == ':')
                || text
                    .get(found.end()..)
                    .and_then(|after| after.chars().next())
                    .is_some_and(|letter| word(&letter));
            let bare = found.as_str().split('%').next().unwrap_or_default();
            match bare.parse::<Ipv6Addr>() {
                Ok(address) if !inside && bare.bytes().any(|byte| byte.is_ascii_digit()) => {
                    out.push_str(&self.v6(address, bare));
                }
                _ => out.push_str(found.as_str()),
            }
        }
        out.push_str(text.get(end..).unwrap_or_default());
        out
    }

    fn v6(&self, address: Ipv6Addr, text: &str) -> String {
        let ours = address.segments()[..2] == [0x2001, 0x0db8];
        if address.is_loopback() || address.is_unspecified() || ours {
            return text.to_owned();
        }
        let number = self.key.number("v6", &address.octets());
        let [a, b, c, d] = [48, 32, 16, 0].map(|shift| (number >> shift) & 0xffff);
        format!("2001:db8:0:1:{a:x}:{b:x}:{c:x}:{d:x}")
    }
}

/// Whether a field of this name holds nothing but a user's name.
pub(super) fn is_user_field(name: &str) -> bool {
    matches!(name, "user" | "username" | "ruser" | "remote_user" | "logname" | "login")
}

fn is_nobody(name: &str) -> bool {
    NOBODY.iter().any(|nobody| nobody.eq_ignore_ascii_case(name)) || name.starts_with("systemd-")
}

/// Whether a name is a pseudonym already: what was redacted once passes again unchanged.
fn is_pseudonym(name: &str) -> bool {
    let number = name.strip_prefix("host-").or_else(|| name.strip_prefix("user-"));
    number
        .and_then(|number| number.get(..8))
        .is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
