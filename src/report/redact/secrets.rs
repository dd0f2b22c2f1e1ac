//! How secrets look in logs, as patterns with what stays of them.
//! In: a text. Out: the text with `***` where a secret was. The kinds are those that logs are known to leak (OWASP's logging cheat
//! sheet, the public prefixes of token issuers). Rather masks a word too many than a secret too few, but never what joins
//! facts: unit names such as `postgresql@15-main.service`, container ids, checksums.

use std::sync::{LazyLock, OnceLock};

use regex::{Captures, Regex, RegexBuilder};

use super::quoted;
use super::signs::{Sign, Signs};

/// What stands where a secret was.
pub(super) const MASK: &str = "***";

/// Names of parameters, headers, variables and fields that hold a secret; parts of longer names too (`DB_PASSWORD`).
pub(super) const NAMES: &str = r"passw(?:or)?d|passphrase|passwd|\bpwd|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|signing[-_]?key|encryption[-_]?key|account[-_]?key|credentials?|signature|\bsig\b|session[-_]?id|sessid|jsessionid|\bsid\b|csrf|xsrf|otp\b|\bauth\b|\bjwt\b|x-api-key|\bpin\b|\bcvv\b";

/// What a pattern may take for states that it has met, in bytes: there are forty of them, and the default of 2 MiB for each is more
/// than a whole report takes.
const CACHE_MAX_BYTES: usize = 256 << 10;

/// A pattern; `None` where it is wrong, which the tests find. Its word boundaries are those of ASCII: at the first letter beyond it
/// the engine would leave its automaton for one that is twenty times as slow.
pub(super) fn compiled(pattern: &str) -> Option<Regex> {
    let pattern = pattern.replace(r"\b", r"(?-u:\b)");
    RegexBuilder::new(&pattern).dfa_size_limit(CACHE_MAX_BYTES).build().ok()
}

/// A pattern that is compiled when a text has its sign: most reports need none, and all of them together take longer to compile
/// than a report takes.
pub(super) struct Pattern {
    pub(super) sign: Sign,
    source: String,
    regex: OnceLock<Option<Regex>>,
}

impl Pattern {
    pub(super) fn new(sign: Sign, source: impl Into<String>) -> Self {
        Self { sign, source: source.into(), regex: OnceLock::new() }
    }

    pub(super) fn regex(&self) -> Option<&Regex> {
        self.regex.get_or_init(|| compiled(&self.source)).as_ref()
    }
}

/// A pattern and what it becomes.
struct Rule(Pattern, &'static str);

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let value = r#"[^\s"'&;,<>\\(){}\]|…]"#;
    let rules: Vec<(Sign, String, &'static str)> = vec![
        // A key of several lines, or what a cut left of it; newlines may be written as \n.
        (Sign::KeyBlock, r"-----BEGIN [A-Z0-9 ]*(?:PRIVATE KEY|CERTIFICATE|PGP MESSAGE)[A-Z ]*-----(?s:.*?)(?:-----END [A-Z0-9 ]+-----|$)".into(), "-----BEGIN ***-----"),
        // Headers, to the end of their value.
        (Sign::Authorization, r#"(?i)\b((?:proxy-)?authorization["']?\s*(?:[:=]|%3A)\s*["']?(?:(?:bearer|basic|digest|token|negotiate|apikey|aws4-hmac-sha256)(?:\s|%20|\+)+)?)(?:[^"'\s,;…\\]|\\[^"'\sx])+(?:\s+(?:credential|signedheaders|signature|username|realm|nonce|response)=[^"'…]*)?"#.into(), "${1}***"),
        (Sign::Scheme, r"(?i)\b(bearer|basic)(\s+|%20|\+)[A-Za-z0-9+/._~-]{8,}=*".into(), "${1}${2}***"),
        (Sign::Cookie, r#"(?i)\b((?:set-)?cookie2?["']?\s*(?:[:=]|%3A)\s*["']?)(?:[^"'\r\n…\\]|\\[^"'\r\nx])+"#.into(), "${1}***"),
        // user:password@host of any scheme; the user stays.
        (Sign::Address, r"(?i)\b([a-z][a-z0-9+.-]*(?:://|%3A%2F%2F)[^\s/:@%]*(?::|%3A))[^\s/@]+?(@|%40)".into(), "${1}***${2}"),
        // name=value, name: value, --name value, in any wrapping; what is quoted was masked before.
        (Sign::Name, format!(r#"(?i)((?:{NAMES})[\w.-]*["'\]\\]*\s*(?:=>|[=]|%3D|%3A)\s*){value}+"#), "${1}***"),
        (Sign::Name, format!(r#"(?i)((?:{NAMES})[\w.-]*["'\]\\]*:\s*)({value}+)"#), "${1}***"),
        (Sign::Name, format!(r#"(?i)(--?(?:{NAMES})[\w-]*\s+){value}+"#), "${1}***"),
        // In prose: password is hunter2, password "hunter2", with password hunter2.
        (Sign::Phrase, r#"(?i)\b(passw(?:or)?d|passphrase|secret|token|api key)(\s+(?:is|was|of|set to|changed to|used)\s+["'`]?|\s+["'`])(?:[^\s"'`,;…\\]|\\[^\s"'x])+"#.into(), "${1}${2}***"),
        (Sign::Phrase, r#"(?i)\b((?:with|using|wrong|bad|invalid|the)\s+(?:password|passphrase)\s+)(\S*[0-9!$%^&*]\S*)"#.into(), "${1}***"),
        // Tokens that tell what they are.
        (Sign::Token, r"\beyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*){0,4}".into(), MASK),
        (Sign::Token, r"\b(?:AKIA|ASIA|AGPA|AROA|AIDA)[A-Z0-9]{8,}".into(), MASK),
        (Sign::Token, format!(r"\b(?:{})[A-Za-z0-9._/+=-]{{6,}}", super::signs::TOKENS.map(regex::escape).join("|")), MASK),
        (Sign::Token, r"\bsk-[A-Za-z0-9]{16,}".into(), MASK),
        (Sign::Token, r"(?:\b|bot)[0-9]{8,10}:AA[A-Za-z0-9_-]{20,}".into(), MASK),
        (Sign::Hook, r"(?i)(hooks\.slack\.com/services/)[A-Za-z0-9/]+".into(), "${1}***"),
    ];
    rules.into_iter().map(|(sign, source, kept)| Rule(Pattern::new(sign, source), kept)).collect()
});

/// How many patterns there must be.
#[cfg(test)]
pub(super) const RULES_TOTAL: usize = 16;

#[cfg(test)]
pub(super) fn rules() -> usize {
    RULES.iter().filter(|Rule(pattern, _)| pattern.regex().is_some()).count()
}

/// Mail addresses, plain and URL-encoded.
static MAIL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compiled(r"(?i)[a-z0-9._+-]+(?:@|%40)[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}\b")
});
/// Endings of systemd's unit names, whose instances are written with an `@`.
const UNITS: [&str; 10] =
    ["service", "socket", "timer", "scope", "slice", "mount", "target", "device", "swap", "path"];
/// Endings of log files that bear a node's name: `rabbit@mq1.log`.
const FILES: [&str; 4] = ["log", "gz", "txt", "json"];

/// A token in a path: after a word that says so.
static PATH_TOKEN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compiled(
        r"(?i)(/(?:password[-_]?reset|reset[-_]?password|reset|verify|verification|confirm|confirmation|activate|activation|invite|invitation|invites|magic|magic-link|unsubscribe|token|tokens|share|auth|webhook|webhooks|hooks|key|session|sessions|sso|login|signed|bot)/)([A-Za-z0-9._~%+=-]{12,})",
    )
});

/// A part of a path that no person wrote: long, with both cases and digits.
static SEGMENT: LazyLock<Option<Regex>> = LazyLock::new(|| compiled(r"/[A-Za-z0-9_-]{20,}"));

/// A line that is nothing but one of docker's variables, or one of a key's lines: after the beginnings that wrappers write.
static ONE_VARIABLE: LazyLock<Option<Regex>> =
    LazyLock::new(|| compiled(r#"^(\s*"[A-Za-z_][A-Za-z0-9_]*=)[^"]*("?,?\s*)$"#));
static BARE_KEY: LazyLock<Option<Regex>> =
    LazyLock::new(|| compiled(r"(?:^|\s)[A-Za-z0-9+/]{60,}={0,2}…?\s*$"));

/// The last word of a key's line, after what a wrapper wrote before it.
static KEY_WORD: LazyLock<Option<Regex>> =
    LazyLock::new(|| compiled(r"(?:^|\s)[A-Za-z0-9+/]{16,}={0,2}…?\s*$"));
static SHORT_KEY_WORD: LazyLock<Option<Regex>> =
    LazyLock::new(|| compiled(r"(?:^|\s)[A-Za-z0-9+/]+={0,2}\s*$"));

/// Lines in a row that are not of a key's form and still are inside of one: its headers, an empty line, its short last line.
const STRANGE_MAX: usize = 4;
/// Lines of a key whose beginning is not there: more than the largest in use have.
const KEY_LINES_MAX: usize = 200;

/// Which of these lines are inside of a key. It need not be whole: lines of a log are cut out anywhere, and a word that only begins
/// like a key must not hide all that follows.
pub(super) fn in_keys(lines: &[&mut String]) -> Vec<bool> {
    let matches = |pattern: &Option<Regex>, line: &str| {
        pattern.as_ref().is_some_and(|own| own.is_match(line))
    };
    let mut hidden = vec![false; lines.len()];
    let (mut inside, mut strange) = (false, 0);
    for (at, line) in lines.iter().enumerate() {
        let begin = line.rfind("-----BEGIN ");
        let end = line.rfind("-----END ");
        strange = if matches(&KEY_WORD, line) { 0 } else { strange + 1 };
        inside &= strange <= STRANGE_MAX || end.is_some();
        if let Some(own) = hidden.get_mut(at) {
            *own = inside || matches(&BARE_KEY, line);
        }
        if end.is_some() && begin.is_none() && !inside {
            let before = lines.iter().zip(&mut hidden).take(at).rev().enumerate();
            for (back, (line, own)) in before.take(KEY_LINES_MAX) {
                if !matches(if back == 0 { &SHORT_KEY_WORD } else { &KEY_WORD }, line) {
                    break;
                }
                *own = true;
            }
        }
        inside = match (begin, end) {
            (Some(begin), Some(end)) => begin > end,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (None, None) => inside,
        };
        if begin.is_some() {
            strange = 0;
        }
    }
    hidden
}

/// A line of docker's list of variables without the value.
pub(super) fn variable_hidden(line: &str) -> Option<String> {
    let pattern = ONE_VARIABLE.as_ref()?;
    pattern.is_match(line).then(|| pattern.replace(line, "${1}***${2}").into_owned())
}

/// Whether a field of this name holds nothing but a secret.
pub(super) fn is_named_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let words =
        ["password", "passwd", "secret", "token", "apikey", "api_key", "cookie", "authorization"];
    words.iter().any(|word| {
        let before = name.strip_suffix(word);
        before.is_some_and(|before| before.is_empty() || before.ends_with(['_', '-']))
    })
}

/// A word that a cut has shortened may be the beginning of a secret that no pattern knows any more.
static CUT: LazyLock<Option<Regex>> = LazyLock::new(|| compiled(r"[A-Za-z0-9._~+/=%@-]{6,}…$"));

/// What one rule masks may make another's secret out of what stands around it, one `@` after the other: as often as a line that is
/// quoted has room for.
const PASSES_MAX: usize = 256;

/// The text with its secrets masked, so that no rule finds any more; a text without any is the same.
pub(super) fn masked(text: &str) -> String {
    let mut now = once(text);
    let mut before = text.to_owned();
    for _ in 1..PASSES_MAX {
        if now == before {
            break;
        }
        before = std::mem::take(&mut now);
        now = once(&before);
    }
    now
}

/// The text after each rule has masked what it finds.
fn once(text: &str) -> String {
    once_by(text, Signs::of)
}

/// As [`masked`], with all patterns asked.
#[cfg(test)]
pub(super) fn masked_by_all(text: &str) -> String {
    let (mut before, mut now) = (text.to_owned(), once_by(text, |_| Signs::ALL));
    while now != before {
        before = std::mem::take(&mut now);
        now = once_by(&before, |_| Signs::ALL);
    }
    now
}

fn once_by(text: &str, signs: fn(&str) -> Signs) -> String {
    let mut text = match CUT.as_ref() {
        Some(cut) if text.ends_with('…') => cut.replace(text, "…").into_owned(),
        _ => text.to_owned(),
    };
    let signs = signs(&text);
    if signs.any() {
        text = quoted::masked(&text, signs).unwrap_or(text);
        for Rule(pattern, kept) in RULES.iter().filter(|Rule(own, _)| signs.has(own.sign)) {
            if let Some(pattern) = pattern.regex().filter(|pattern| pattern.is_match(&text)) {
                text = pattern.replace_all(&text, *kept).into_owned();
            }
        }
    }
    if let Some(token) = PATH_TOKEN.as_ref().filter(|_| signs.has(Sign::Path)) {
        let hide = |found: &Captures<'_>| {
            if is_file(&found[2]) { found[0].to_owned() } else { format!("{}{MASK}", &found[1]) }
        };
        text = token.replace_all(&text, hide).into_owned();
    }
    if let Some(mail) = MAIL.as_ref().filter(|_| text.contains('@') || text.contains("%40")) {
        let hide = |found: &Captures<'_>| {
            let word = &found[0];
            let ending = word.rsplit('.').next().unwrap_or_default();
            let domain = word.rsplit('@').next().unwrap_or_default();
            let is_file = FILES.contains(&ending) && domain.matches('.').count() == 1;
            let is_name = UNITS.contains(&ending) || is_file;
            if is_name { word.to_owned() } else { MASK.to_owned() }
        };
        text = mail.replace_all(&text, hide).into_owned();
    }
    if let Some(segment) = SEGMENT.as_ref().filter(|_| text.len() > 20) {
        let hide = |found: &Captures<'_>| {
            if is_random(&found[0]) { format!("/{MASK}") } else { found[0].to_owned() }
        };
        text = segment.replace_all(&text, hide).into_owned();
    }
    text
}

/// A log in a folder that has such a name, `auth/gunicorn.log`: words with the ending of a file of a bundle.
fn is_file(segment: &str) -> bool {
    let mut parts = segment.rsplit('.').peekable();
    // `access.log.1`
    let _ = parts.next_if(|part| part.len() <= 2 && part.bytes().all(|byte| byte.is_ascii_digit()));
    let ending = parts.next_if(|part| FILES.contains(part)).is_some();
    let word = |part: &str| {
        let (letters, digits) =
            part.split_at(part.trim_end_matches(|c: char| c.is_ascii_digit()).len());
        digits.len() <= 8
            && letters.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'_'))
    };
    ending && parts.all(|part| FILES.contains(&part) || word(part))
}

/// Small and large letters and digits, changing often: not a word, a camel-cased name or a checksum.
fn is_random(segment: &str) -> bool {
    let class = |byte: u8| match byte {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    };
    let classes: Vec<u8> = segment.bytes().skip(1).map(class).collect();
    let has = |wanted: u8| classes.contains(&wanted);
    let changes = classes.windows(2).filter(|pair| pair[0] != pair[1]).count();
    has(0) && has(1) && has(2) && changes * 4 >= classes.len()
}
