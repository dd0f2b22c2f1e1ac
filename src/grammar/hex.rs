//! Captures that a program wrote in hexadecimal: auditd prints a name that holds a blank or a colon as the digits of its bytes,
//! and arguments of system calls as numbers. In: the digits; out: text or a decimal number.

/// Groups whose name ends so hold a number in hexadecimal; the field has the name without it, and the number in decimal.
const NUMBER: &str = "_hex";
/// Groups whose name ends so hold the bytes of a text; the field has the name without it.
const TEXT: &str = "_hextext";

/// The field that a group gives: its name and value, decoded where the name asks for it. Digits that are none stay as they are.
pub(super) fn field(name: &str, value: &[u8]) -> (String, String) {
    let plain = || (name.to_owned(), String::from_utf8_lossy(value).into_owned());
    if let Some(bare) = name.strip_suffix(TEXT) {
        return text(value).map_or_else(plain, |text| (bare.to_owned(), text));
    }
    if let Some(bare) = name.strip_suffix(NUMBER) {
        let digits = std::str::from_utf8(value).ok();
        let number = digits.and_then(|digits| u64::from_str_radix(digits, 16).ok());
        return number.map_or_else(plain, |number| (bare.to_owned(), number.to_string()));
    }
    plain()
}

/// Bytes from pairs of digits; what no text holds is shown as such, and a NUL ends it.
fn text(digits: &[u8]) -> Option<String> {
    let pairs = digits.chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?;
        u8::from_str_radix(pair, 16).ok()
    });
    let bytes: Vec<u8> = pairs.collect::<Option<_>>()?;
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    Some(String::from_utf8_lossy(bytes.get(..end)?).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_become_text_and_numbers() {
        let check = |name: &str, value: &str, expected: (&str, &str)| {
            let got = field(name, value.as_bytes());
            assert_eq!((got.0.as_str(), got.1.as_str()), expected, "{name} {value}");
        };
        check("comm_hextext", "7068702D66706D", ("comm", "php-fpm"));
        check("comm_hextext", "67756E69636F726E3A206D61737465", ("comm", "gunicorn: maste"));
        check("comm_hextext", "7068702D66706", ("comm_hextext", "7068702D66706"));
        check("comm_hextext", "FF41", ("comm", "\u{fffd}A"));
        check("comm_hextext", "4100FF", ("comm", "A"));
        check("target_hex", "13760", ("target", "79712"));
        check("target_hex", "ffffffffffffffffff", ("target_hex", "ffffffffffffffffff"));
        check("comm", "7068", ("comm", "7068"));
    }
}
