//! Signs of secrets: parts of which every text has one in which a pattern finds anything. In: a text. Out: the kinds of secrets that
//! may be in it. It exists because most texts of a report hold none, and one automaton tells it for all patterns at once. Must never
//! pass over what a pattern finds: where there is doubt, the pattern is asked.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

/// What a pattern looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    KeyBlock,
    Authorization,
    Scheme,
    Cookie,
    /// `user@host`.
    Address,
    /// A name of something secret: [`super::secrets::NAMES`].
    Name,
    /// A word for something secret in prose.
    Phrase,
    /// The beginning of a token that tells who gave it out.
    Token,
    Hook,
    /// Docker's list of variables.
    Env,
    /// A part of a path behind which a token stands.
    Path,
}

/// How the tokens begin that tell by it who gave them out.
pub(super) const TOKENS: [&str; 38] = [
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "gldt-",
    "glrt-",
    "xoxa-",
    "xoxb-",
    "xoxe-",
    "xoxo-",
    "xoxp-",
    "xoxr-",
    "xoxs-",
    "xapp-",
    "sk_live_",
    "sk_test_",
    "rk_live_",
    "rk_test_",
    "whsec_",
    "npm_",
    "pypi-",
    "dop_v1_",
    "shpat_",
    "shpss_",
    "hf_",
    "hvs.",
    "SG.",
    "sk-ant-",
    "sk-proj-",
    "AIza",
    "ya29.",
    "NRAK-",
    "PMAK-",
    "lin_api_",
    "dckr_pat_",
];

/// Where a sign counts: anywhere, or where a word begins, ends, or both.
#[derive(Clone, Copy)]
enum At {
    Any,
    Begin,
    End,
    Word,
}

/// A sign, what it is of, and where it counts. Case does not.
const SIGNS: [(&str, &[Sign], At); 76] = {
    use At::{Any, Begin, End, Word};
    use Sign::{
        Address, Authorization, Cookie, Env, Hook, KeyBlock, Name, Path, Phrase, Scheme, Token,
    };
    [
        ("-----begin", &[KeyBlock], Any),
        ("authorization", &[Authorization], Any),
        ("bearer", &[Scheme], Any),
        ("basic", &[Scheme], Any),
        ("cookie", &[Cookie], Any),
        ("@", &[Address], Any),
        ("%40", &[Address], Any),
        ("env", &[Env], Any),
        ("passw", &[Name, Phrase, Path], Any),
        ("passphrase", &[Name, Phrase], Any),
        ("pwd", &[Name], Begin),
        ("secret", &[Name, Phrase], Any),
        ("token", &[Name, Phrase, Path], Any),
        ("api key", &[Phrase], Any),
        ("apikey", &[Name], Any),
        ("api-key", &[Name], Any),
        ("api_key", &[Name], Any),
        ("accesskey", &[Name], Any),
        ("access-key", &[Name], Any),
        ("access_key", &[Name], Any),
        ("privatekey", &[Name], Any),
        ("private-key", &[Name], Any),
        ("private_key", &[Name], Any),
        ("signingkey", &[Name], Any),
        ("signing-key", &[Name], Any),
        ("signing_key", &[Name], Any),
        ("encryptionkey", &[Name], Any),
        ("encryption-key", &[Name], Any),
        ("encryption_key", &[Name], Any),
        ("accountkey", &[Name], Any),
        ("account-key", &[Name], Any),
        ("account_key", &[Name], Any),
        ("credential", &[Name], Any),
        ("signature", &[Name], Any),
        ("sig", &[Name], Word),
        ("sessionid", &[Name], Any),
        ("session-id", &[Name], Any),
        ("session_id", &[Name], Any),
        ("sessid", &[Name], Any),
        ("sid", &[Name], Word),
        ("csrf", &[Name], Any),
        ("xsrf", &[Name], Any),
        ("otp", &[Name], End),
        ("auth", &[Name], Word),
        ("jwt", &[Name], Word),
        ("pin", &[Name], Word),
        ("cvv", &[Name], Word),
        ("eyj", &[Token], Begin),
        ("akia", &[Token], Begin),
        ("asia", &[Token], Begin),
        ("agpa", &[Token], Begin),
        ("aroa", &[Token], Begin),
        ("aida", &[Token], Begin),
        ("sk-", &[Token], Begin),
        (":aa", &[Token], Any),
        ("hooks.slack.com", &[Hook], Any),
        ("/verify/", &[Path], Any),
        ("/verification/", &[Path], Any),
        ("/confirm/", &[Path], Any),
        ("/confirmation/", &[Path], Any),
        ("/activate/", &[Path], Any),
        ("/activation/", &[Path], Any),
        ("/invit", &[Path], Any),
        ("/magic", &[Path], Any),
        ("/unsubscribe/", &[Path], Any),
        ("/share/", &[Path], Any),
        ("/auth/", &[Path], Any),
        ("/webhook", &[Path], Any),
        ("/hook", &[Path], Any),
        ("/key/", &[Path], Any),
        ("/session", &[Path], Any),
        ("/sso/", &[Path], Any),
        ("/login/", &[Path], Any),
        ("/signed/", &[Path], Any),
        ("/bot/", &[Path], Any),
        ("/reset", &[Path], Any),
    ]
};

static AUTOMATON: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let signs = SIGNS.iter().map(|(sign, ..)| *sign);
    let mut builder = AhoCorasick::builder();
    builder.ascii_case_insensitive(true).build(signs.chain(TOKENS)).ok()
});

/// The kinds of secrets that may be in a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signs(u32);

impl Signs {
    pub(super) const ALL: Self = Self(u32::MAX);

    pub(super) fn of(text: &str) -> Self {
        // Two letters that are none of ASCII are the same as `k` and `s` where case does not count.
        if text.contains(['\u{17f}', '\u{212a}']) {
            return Self::ALL;
        }
        let Some(automaton) = AUTOMATON.as_ref() else { return Self::ALL };
        let bytes = text.as_bytes();
        let is_word = |byte: Option<&u8>| {
            byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        };
        let mut signs = 0;
        for found in automaton.find_overlapping_iter(text) {
            let own: (&[Sign], At) = match SIGNS.get(found.pattern().as_usize()) {
                Some((_, kinds, at)) => (kinds, *at),
                None => (&[Sign::Token], At::Any),
            };
            let begins =
                || !is_word(found.start().checked_sub(1).and_then(|before| bytes.get(before)));
            let ends = || !is_word(bytes.get(found.end()));
            let counts = match own.1 {
                At::Any => true,
                At::Begin => begins(),
                At::End => ends(),
                At::Word => begins() && ends(),
            };
            if counts {
                signs |= own.0.iter().fold(0, |bits, kind| bits | 1 << *kind as u32);
            }
        }
        Self(signs)
    }

    pub(super) const fn has(self, sign: Sign) -> bool {
        self.0 >> sign as u32 & 1 != 0
    }

    /// Whether there may be anything but a path with a token.
    pub(super) const fn any(self) -> bool {
        self.0 & !(1 << Sign::Path as u32) != 0
    }
}
