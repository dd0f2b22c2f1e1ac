//! Sizes as tools and configurations write them. In: `255.5MiB`, `512m`, `1G`, `16384`; out: bytes. Exists because every tool has
//! units of its own: docker's and Kubernetes' `M` differ, and so the caller says whether a bare letter is binary.
//! Must never overflow on a forged figure.

/// What a unit without `i` counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Letters {
    /// 1024, as docker compose, systemd, Java and `free -h` have it.
    Binary,
    /// 1000, as Kubernetes has it (k, M, G; `m` is a thousandth and no size).
    Decimal,
}

/// Bytes of a size, `None` where it is no size. A number without a unit is bytes.
pub(super) fn bytes(text: &str, letters: Letters) -> Option<u64> {
    let text = text.trim().trim_matches(['"', '\'']);
    let digits = text.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    let (number, unit) = text.split_at(digits);
    let number: f64 = number.parse().ok()?;
    let unit = unit.trim();
    let lower = unit.to_ascii_lowercase();
    let binary = lower.ends_with("ib") || lower.ends_with('i') || letters == Letters::Binary;
    let base: f64 = if binary { 1024.0 } else { 1000.0 };
    let power = match lower.as_bytes().first() {
        None | Some(b'b') => 0,
        Some(b'k') => 1,
        Some(b'm') if letters == Letters::Binary || unit.starts_with('M') => 2,
        Some(b'g') => 3,
        Some(b't') => 4,
        _ => return None,
    };
    let known = ["", "b", "i", "ib"].contains(&lower.get(usize::from(power > 0)..)?);
    let bytes = number * base.powi(power);
    // A cast from a float saturates, so that no forged figure wraps around.
    (known && bytes.is_finite()).then_some(bytes as u64)
}

/// Seconds of `30`, `30s`, `2m`, `1min`, `1h`, `1h30m` is not read.
pub(super) fn seconds(text: &str) -> Option<u64> {
    let text = text.trim().trim_matches(['"', '\'']);
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let factor = match unit {
        "" | "s" | "sec" => 1,
        "m" | "min" => 60,
        "h" => 3600,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, letters: Letters, expected: Option<u64>) {
        assert_eq!(bytes(text, letters), expected, "{text}");
    }

    #[test]
    fn sizes() {
        check("256MiB", Letters::Decimal, Some(256 << 20));
        check("512m", Letters::Binary, Some(512 << 20));
        check("512m", Letters::Decimal, None);
        check("512Mi", Letters::Decimal, Some(512 << 20));
        check("1.5G", Letters::Binary, Some(3 << 29));
        check("512M", Letters::Decimal, Some(512_000_000));
        check("16384", Letters::Binary, Some(16384));
        check("99999999999999999999T", Letters::Binary, Some(u64::MAX));
        check("infinity", Letters::Binary, None);
        check("12 apples", Letters::Binary, None);
        check("", Letters::Binary, None);
        assert_eq!((seconds("90"), seconds("2min"), seconds("5y")), (Some(90), Some(120), None));
    }
}
