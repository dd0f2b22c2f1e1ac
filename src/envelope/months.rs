//! Month names as syslog, journalctl and `dmesg -T` write them: in the locale of the host. In: a word; out: 1 to 12.
//! Exists because a German or Russian kernel log is as good as an English one. Must never be asked before the English name.

use crate::stamp::month_number;

/// Longest month word that is looked at, in bytes (`września` and Cyrillic abbreviations are below it).
pub(super) const MONTH_MAX_BYTES: usize = 24;

/// Starts of the abbreviated names (glibc `abmon`) in de, fr, es, pt, it, nl, pl, ru, uk, tr, hu and ro, where they differ from English.
const FOREIGN: [&[&str]; 12] = [
    &["янв", "ene", "gen", "sty", "січ", "oca", "ian"],
    &["фев", "fév", "fev", "lut", "лют", "şub"],
    &["мар", "mär", "mrt", "бер", "márc"],
    &["апр", "avr", "abr", "kwi", "кві", "nis", "ápr"],
    &["мая", "май", "mai", "mag", "maj", "mei", "тра", "máj"],
    &["июн", "juin", "giu", "cze", "чер", "haz", "jún", "iun"],
    &["июл", "juil", "lug", "lip", "лип", "tem", "júl", "iul"],
    &["авг", "aoû", "ago", "sie", "сер", "ağu"],
    &["сен", "set", "wrz", "вер", "eyl", "szept"],
    &["окт", "okt", "out", "ott", "paź", "жов", "eki"],
    &["ноя", "lis", "лис", "kas", "noi"],
    &["дек", "dez", "déc", "dic", "gru", "гру", "ara"],
];

/// The month that a word names.
pub(super) fn month(word: &[u8]) -> Option<u32> {
    if let Some(month) = month_number(word) {
        return Some(month);
    }
    if word.len() > MONTH_MAX_BYTES {
        return None;
    }
    let word = std::str::from_utf8(word).ok()?.to_lowercase();
    if let Some(number) = word.strip_suffix('月').or_else(|| word.strip_suffix('월')) {
        return number.parse().ok().filter(|month| (1..=12).contains(month));
    }
    let index = FOREIGN.iter().position(|names| names.iter().any(|name| word.starts_with(name)))?;
    u32::try_from(index + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(word: &str, expected: Option<u32>) {
        assert_eq!(month(word.as_bytes()), expected, "{word}");
    }

    #[test]
    fn months_of_other_locales() {
        check("Nov", Some(11));
        check("août", Some(8));
        check("juin", Some(6));
        check("juil.", Some(7));
        check("avril", Some(4));
        check("Mär", Some(3));
        check("Dez", Some(12));
        check("ноя", Some(11));
        check("Kas", Some(11));
        check("Şub", Some(2));
        check("márc.", Some(3));
        check("5月", Some(5));
        check("13月", None);
        check("foo", None);
        check("", None);
    }
}
