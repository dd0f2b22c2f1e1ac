//! Numbers, shares, durations, sizes and times as people read them.
//! In: values of the report. Out: short strings of digits, units and plain spaces, which need no escaping.
//! Why: the text and the Markdown form must say the same figure in the same way.
//! Must never make a figure rounder than it is: a share that is not whole is neither `0 %` nor `100 %`.

/// Between groups of three digits: U+202F narrow no-break space.
const GROUP: char = '\u{202f}';

/// What stands where a time is not one.
const NO_TIME: &str = "?";

/// A count with its digits in groups of three.
#[must_use]
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() * 2);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(GROUP);
        }
        text.push(digit);
    }
    text
}

/// A share or probability (0 to 1) in per cent; what is nearly 0 or 1 says so.
#[must_use]
pub fn per_cent(share: f64) -> String {
    let percent = share * 100.0;
    match percent {
        p if p.is_nan() => "? %".to_owned(),
        p if p <= 0.0 => "0 %".to_owned(),
        p if p >= 100.0 => "100 %".to_owned(),
        p if p < 0.05 => "<0.1 %".to_owned(),
        p if p < 0.95 => format!("{p:.1} %"),
        p if p > 99.0 => ">99 %".to_owned(),
        p => format!("{p:.0} %"),
    }
}

/// How sure something is: nothing that is inferred is quite sure, nor quite out of the question.
#[must_use]
pub fn likelihood(probability: f64) -> String {
    per_cent(if probability.is_nan() { probability } else { probability.clamp(1e-9, 1.0 - 1e-9) })
}

/// A duration in its two largest units: `29 s`, `2 min 11 s`, `18 h 4 min`, `3 d 2 h`.
#[must_use]
pub fn duration(seconds: f64) -> String {
    if !seconds.is_finite() || seconds < 0.0 {
        return "?".to_owned();
    }
    if seconds > 0.0 && seconds < 0.95 {
        return format!("{:.1} s", seconds.max(0.1));
    }
    // Saturates for what no log can hold.
    let whole = seconds.round() as u64;
    match whole {
        0..60 => format!("{whole} s"),
        60..3_600 => two_units(whole / 60, "min", whole % 60, "s"),
        3_600..86_400 => two_units(whole / 3_600, "h", whole % 3_600 / 60, "min"),
        _ => two_units(whole / 86_400, "d", whole % 86_400 / 3_600, "h"),
    }
}

/// How long something lasted. What a log of whole seconds tells as no time at all took some.
#[must_use]
pub fn lasted(seconds: f64) -> String {
    if seconds == 0.0 { "<1 s".to_owned() } else { duration(seconds) }
}

fn two_units(large: u64, large_unit: &str, small: u64, small_unit: &str) -> String {
    if small == 0 {
        format!("{large} {large_unit}")
    } else {
        format!("{large} {large_unit} {small} {small_unit}")
    }
}

/// A size in binary units: `150 MiB`, `1.5 GiB`.
#[must_use]
pub fn bytes(count: u64) -> String {
    let mut size = count as f64;
    let mut unit = "B";
    for larger in ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"] {
        if size < 1_024.0 {
            break;
        }
        size /= 1_024.0;
        unit = larger;
    }
    let text = format!("{size:.1}");
    format!("{} {unit}", text.strip_suffix(".0").unwrap_or(&text))
}

/// How uncertain a time is, with its sign; nothing where there is none.
#[must_use]
pub fn spread(time: Option<&str>, seconds: f64) -> String {
    time.map(|_| format!("±{}", sigma(seconds))).unwrap_or_default()
}

/// One standard deviation without its sign: `0.5 s`, `0.01 s`, `30 min`.
#[must_use]
pub fn sigma(seconds: f64) -> String {
    match seconds {
        s if !s.is_finite() || s < 0.0 => "?".to_owned(),
        0.0 => "0 s".to_owned(),
        s if s < 0.005 => "<0.01 s".to_owned(),
        s if s < 0.095 => format!("{s:.2} s"),
        s if s < 9.95 => format!("{s:.1} s"),
        s => duration(s),
    }
}

/// The day of an RFC 3339 time in UTC; empty where it is none.
#[must_use]
pub fn day(time: &str) -> &str {
    if is_utc(time) { time.get(..10).unwrap_or("") } else { "" }
}

/// `21:56:05`, with the date before it where it is not `day`.
#[must_use]
pub fn moment(time: &str, known_day: &str) -> String {
    clipped(time, known_day, 19)
}

/// `21:56:05.9`, with the date before it where it is not `day`.
#[must_use]
pub fn fine_moment(time: &str, known_day: &str) -> String {
    clipped(time, known_day, 21)
}

/// `2026-01-02 21:56:05-21:56:34 UTC`; the second date only where it is another, and one time where both are the same second.
#[must_use]
pub fn span(start: &str, end: &str) -> String {
    if moment(start, "") == moment(end, "") {
        return format!("{} UTC", moment(start, ""));
    }
    format!("{}-{} UTC", moment(start, ""), moment(end, day(start)))
}

/// Seconds from `start` to `time`.
#[must_use]
pub fn seconds_between(start: &str, time: &str) -> Option<f64> {
    let start = chrono::DateTime::parse_from_rfc3339(start).ok()?;
    let time = chrono::DateTime::parse_from_rfc3339(time).ok()?;
    Some((time - start).num_milliseconds() as f64 / 1_000.0)
}

/// A time in milliseconds since 1970.
#[must_use]
pub fn epoch_millis(time: &str) -> Option<i64> {
    Some(chrono::DateTime::parse_from_rfc3339(time).ok()?.timestamp_millis())
}

/// A time given in milliseconds since 1970, as the model writes times.
#[must_use]
pub fn of_epoch_millis(millis: i64) -> String {
    chrono::DateTime::from_timestamp_millis(millis)
        .map(|time| time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
        .unwrap_or_default()
}

/// Cuts `2026-01-02T21:56:05.912Z` to its first `length` characters and leaves a known day out.
fn clipped(time: &str, known_day: &str, length: usize) -> String {
    if !is_utc(time) {
        return NO_TIME.to_owned();
    }
    let kept = time.get(..length).unwrap_or(time).trim_end_matches('Z');
    let clock = kept.get(11..).unwrap_or("");
    if day(time) == known_day { clock.to_owned() } else { format!("{} {clock}", day(time)) }
}

/// The shape that the model promises; anything else is not shown as a time.
fn is_utc(time: &str) -> bool {
    time.len() >= 20
        && time.ends_with('Z')
        && time.as_bytes().get(10) == Some(&b'T')
        && time.bytes().all(|b| b.is_ascii_digit() || b"-T:.Z".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::{
        bytes, duration, fine_moment, grouped, moment, per_cent, seconds_between, sigma, span,
    };

    #[track_caller]
    fn check(shown: &str, expected: &str) {
        assert_eq!(shown, expected);
    }

    #[test]
    fn counts_are_grouped() {
        check(&grouped(0), "0");
        check(&grouped(999), "999");
        check(&grouped(1_124), "1\u{202f}124");
        check(&grouped(1_234_567), "1\u{202f}234\u{202f}567");
    }

    #[test]
    fn shares_are_never_rounder_than_they_are() {
        check(&per_cent(0.971), "97 %");
        check(&per_cent(0.999), ">99 %");
        check(&per_cent(1.0), "100 %");
        check(&per_cent(0.001), "0.1 %");
        check(&per_cent(0.000_01), "<0.1 %");
        check(&per_cent(0.0), "0 %");
        check(&per_cent(f64::NAN), "? %");
    }

    #[test]
    fn durations_have_two_units() {
        check(&duration(29.4), "29 s");
        check(&duration(131.0), "2 min 11 s");
        check(&duration(120.0), "2 min");
        check(&duration(65_040.0), "18 h 4 min");
        check(&duration(266_400.0), "3 d 2 h");
        check(&duration(0.4), "0.4 s");
        check(&duration(f64::INFINITY), "?");
    }

    #[test]
    fn sizes_are_binary() {
        check(&bytes(157_286_400), "150 MiB");
        check(&bytes(1_610_612_736), "1.5 GiB");
        check(&bytes(12), "12 B");
    }

    #[test]
    fn sigmas_are_short() {
        check(&sigma(0.5), "0.5 s");
        check(&sigma(0.01), "0.01 s");
        check(&sigma(1_800.0), "30 min");
    }

    #[test]
    fn the_day_is_told_once() {
        check(&moment("2026-01-02T21:56:05.912Z", "2026-01-02"), "21:56:05");
        check(&moment("2026-01-02T21:56:05Z", "2026-01-01"), "2026-01-02 21:56:05");
        check(&moment("\u{1b}[2J", ""), "?");
        check(&fine_moment("2026-01-02T21:56:05.912Z", "2026-01-02"), "21:56:05.9");
        check(&fine_moment("2026-01-02T21:56:05Z", "2026-01-02"), "21:56:05");
        check(
            &span("2026-01-02T21:56:05Z", "2026-01-02T21:56:34Z"),
            "2026-01-02 21:56:05-21:56:34 UTC",
        );
        check(
            &span("2026-01-02T23:56:05Z", "2026-01-03T00:01:00Z"),
            "2026-01-02 23:56:05-2026-01-03 00:01:00 UTC",
        );
    }

    #[test]
    fn seconds_are_counted_over_days() {
        assert_eq!(seconds_between("2026-01-02T23:59:59.5Z", "2026-01-03T00:00:01Z"), Some(1.5));
        assert_eq!(seconds_between("x", "2026-01-03T00:00:01Z"), None);
    }
}
