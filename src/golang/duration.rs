//! The two duration grammars of Prometheus and Alertmanager.
//!
//! [`Duration`] is the Prometheus style (`1w2d3h`, whole numbers, units at most once and largest first) of rules,
//! routes and most settings. [`GoDuration`] is Go's own (`1.5h`, `-2m3s`, no days) of some receiver fields.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

/// Why a text is no duration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DurationError {
    /// The offending bytes of the text.
    pub range: Range<usize>,
    /// What is wrong there: a clause without a full stop.
    pub message: &'static str,
}

/// A non-negative duration in whole milliseconds, at most about 292 years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Duration {
    milliseconds: u64,
}

/// Largest duration Go can hold, in milliseconds.
const LIMIT: u64 = i64::MAX as u64 / 1_000_000;

/// Units in the order in which they must be written, with their milliseconds.
const UNITS: [(&str, u64); 7] = [
    ("y", 365 * 24 * 3_600_000),
    ("w", 7 * 24 * 3_600_000),
    ("d", 24 * 3_600_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1000),
    ("ms", 1),
];

impl Duration {
    /// No time at all.
    pub const ZERO: Self = Self { milliseconds: 0 };

    /// A duration of whole seconds, capped at the largest.
    pub const fn from_seconds(seconds: u64) -> Self {
        Self::from_milliseconds(seconds.saturating_mul(1000))
    }

    /// A duration of whole milliseconds, capped at the largest.
    pub const fn from_milliseconds(milliseconds: u64) -> Self {
        Self { milliseconds: if milliseconds > LIMIT { LIMIT } else { milliseconds } }
    }

    /// Its length in milliseconds.
    pub const fn milliseconds(self) -> u64 {
        self.milliseconds
    }

    /// Whether it has no length.
    pub const fn is_zero(self) -> bool {
        self.milliseconds == 0
    }
}

impl FromStr for Duration {
    type Err = DurationError;

    /// Parses the Prometheus style: `0`, or numbers with the units y, w, d, h, m, s, ms, each at most once and in this
    /// order.
    fn from_str(text: &str) -> Result<Self, DurationError> {
        let fail = |range, message| Err(DurationError { range, message });
        if text == "0" {
            return Ok(Self::ZERO);
        }
        if text.is_empty() {
            return fail(0..0, "a duration is missing");
        }
        let mut total: u64 = 0;
        let mut units = UNITS.iter();
        let mut at = 0;
        while at < text.len() {
            let start = at;
            let rest = text.get(at..).unwrap_or("");
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let letters = rest.bytes().skip(digits).take_while(u8::is_ascii_alphabetic).count();
            let number = rest.get(..digits).unwrap_or("");
            let unit = rest.get(digits..digits + letters).unwrap_or("");
            if digits == 0 {
                let width = rest.chars().next().map_or(1, char::len_utf8);
                return fail(
                    start..start + width.max(letters),
                    "expected a whole number with a unit, such as 5m or 1h30m",
                );
            }
            at += digits + letters;
            if unit.is_empty() {
                return fail(start..at, "a unit is missing: y, w, d, h, m, s or ms");
            }
            let Some((_, length)) = units.find(|(name, _)| *name == unit) else {
                let known = UNITS.iter().any(|(name, _)| *name == unit);
                let message = if known {
                    "units go from large to small, each at most once"
                } else {
                    "unknown unit: use y, w, d, h, m, s or ms"
                };
                return fail(start + digits..at, message);
            };
            let added = number.parse::<u64>().ok().and_then(|number| number.checked_mul(*length));
            match added.and_then(|added| total.checked_add(added)).filter(|total| *total <= LIMIT) {
                Some(sum) => total = sum,
                None => return fail(0..text.len(), "longer than 292 years"),
            }
        }
        Ok(Self { milliseconds: total })
    }
}

impl fmt::Display for Duration {
    /// The form Prometheus prints: years and weeks only when nothing smaller remains (`90d`, `12w`), zero as `0s`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.milliseconds == 0 {
            return formatter.write_str("0s");
        }
        let mut left = self.milliseconds;
        for (unit, length) in UNITS {
            let whole_only = matches!(unit, "y" | "w");
            if (whole_only && !left.is_multiple_of(length)) || left < length {
                continue;
            }
            write!(formatter, "{}{unit}", left / length)?;
            left %= length;
        }
        Ok(())
    }
}

/// A duration as Go's standard library writes it, in nanoseconds; it may be negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct GoDuration {
    nanoseconds: i64,
}

const GO_UNITS: [(&str, u64); 8] = [
    ("ns", 1),
    ("us", 1000),
    ("µs", 1000),
    ("μs", 1000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

impl GoDuration {
    /// A duration of that many nanoseconds.
    pub const fn from_nanoseconds(nanoseconds: i64) -> Self {
        Self { nanoseconds }
    }

    /// Its length in nanoseconds.
    pub const fn nanoseconds(self) -> i64 {
        self.nanoseconds
    }
}

impl FromStr for GoDuration {
    type Err = DurationError;

    /// Parses Go's style: an optional sign, then decimal numbers with the units ns, us, ms, s, m, h in any order.
    fn from_str(text: &str) -> Result<Self, DurationError> {
        let fail = |range, message| Err(DurationError { range, message });
        let negative = text.starts_with('-');
        let mut at = usize::from(negative || text.starts_with('+'));
        let body = text.get(at..).unwrap_or("");
        if body == "0" {
            return Ok(Self::default());
        }
        if body.is_empty() {
            return fail(0..text.len(), "a duration is missing");
        }
        let too_long = || DurationError { range: 0..text.len(), message: "longer than 292 years" };
        let mut total: u64 = 0;
        while at < text.len() {
            let start = at;
            let rest = text.get(at..).unwrap_or("");
            let whole: String = rest.chars().take_while(char::is_ascii_digit).collect();
            let fraction: Option<String> = rest
                .get(whole.len()..)
                .and_then(|rest| rest.strip_prefix('.'))
                .map(|rest| rest.chars().take_while(char::is_ascii_digit).collect());
            let length = whole.len() + fraction.as_ref().map_or(0, |fraction| fraction.len() + 1);
            if whole.is_empty() && fraction.as_deref().unwrap_or("").is_empty() {
                let width = rest.chars().next().map_or(1, char::len_utf8);
                return fail(start..start + width, "expected a number with a unit, such as 90s or 1.5h");
            }
            let after = rest.get(length..).unwrap_or("");
            let unit = after.split(|letter: char| letter == '.' || letter.is_ascii_digit()).next().unwrap_or("");
            at += length + unit.len();
            let Some((_, nanoseconds)) = GO_UNITS.iter().find(|(name, _)| *name == unit) else {
                return fail(
                    start..at,
                    if unit.is_empty() {
                        "a unit is missing: ns, us, ms, s, m or h"
                    } else {
                        "unknown unit: this field takes ns, us, ms, s, m or h, and no days"
                    },
                );
            };
            let whole = if whole.is_empty() { 0 } else { whole.parse::<u64>().map_err(|_| too_long())? };
            let parts = part_of(fraction.as_deref().unwrap_or(""), *nanoseconds);
            total = whole
                .checked_mul(*nanoseconds)
                .and_then(|value| value.checked_add(parts))
                .and_then(|value| value.checked_add(total))
                .filter(|total| *total <= 1 << 63)
                .ok_or_else(too_long)?;
        }
        let nanoseconds = if negative { 0_i64.checked_sub_unsigned(total) } else { i64::try_from(total).ok() };
        nanoseconds.map(|nanoseconds| Self { nanoseconds }).ok_or_else(too_long)
    }
}

/// `0.fraction` of a unit in nanoseconds, rounded down.
fn part_of(fraction: &str, unit: u64) -> u64 {
    let mut numerator: u128 = 0;
    let mut denominator: u128 = 1;
    // Eighteen digits are beyond a nanosecond for every unit.
    for digit in fraction.chars().take(18).filter_map(|digit| digit.to_digit(10)) {
        numerator = numerator * 10 + u128::from(digit);
        denominator *= 10;
    }
    u64::try_from(numerator * u128::from(unit) / denominator).unwrap_or(u64::MAX)
}

impl fmt::Display for GoDuration {
    /// Go's own form: `1h0m0s`, `1.5s`, `250ms`, `0s`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = self.nanoseconds.unsigned_abs();
        let sign = if self.nanoseconds < 0 { "-" } else { "" };
        let decimal = |value: u64, unit: u64| {
            let (whole, rest) = (value / unit, value % unit);
            let width = unit.ilog10() as usize;
            let digits = format!("{rest:0width$}");
            let digits = digits.trim_end_matches('0');
            if rest == 0 { whole.to_string() } else { format!("{whole}.{digits}") }
        };
        match length {
            0 => formatter.write_str("0s"),
            1..1000 => write!(formatter, "{sign}{length}ns"),
            1000..1_000_000 => write!(formatter, "{sign}{}µs", decimal(length, 1000)),
            1_000_000..1_000_000_000 => write!(formatter, "{sign}{}ms", decimal(length, 1_000_000)),
            _ => {
                let minutes = length / 60_000_000_000;
                let seconds = decimal(length % 60_000_000_000, 1_000_000_000);
                formatter.write_str(sign)?;
                match (minutes / 60, minutes % 60) {
                    (0, 0) => write!(formatter, "{seconds}s"),
                    (0, minutes) => write!(formatter, "{minutes}m{seconds}s"),
                    (hours, minutes) => write!(formatter, "{hours}h{minutes}m{seconds}s"),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prometheus_style() {
        for (text, milliseconds, printed) in [
            ("0", 0, "0s"),
            ("0s", 0, "0s"),
            ("5m", 300_000, "5m"),
            ("90m", 5_400_000, "1h30m"),
            ("1h30m", 5_400_000, "1h30m"),
            ("1y2w3d4h5m6s7ms", 33_019_506_007, "382d4h5m6s7ms"),
            ("12w", 7_257_600_000, "12w"),
            ("90d", 7_776_000_000, "90d"),
            ("365d", 31_536_000_000, "1y"),
            ("1500ms", 1500, "1s500ms"),
        ] {
            let duration: Duration = text.parse().unwrap();
            assert_eq!(duration.milliseconds(), milliseconds, "{text}");
            assert_eq!(duration.to_string(), printed, "{text}");
            assert_eq!(printed.parse::<Duration>(), Ok(duration));
        }
        for (text, at) in [
            ("", ""),
            ("300", "300"),
            ("1.5h", "1"),
            ("5m1h", "h"),
            ("-5m", "-"),
            ("5x", "x"),
            ("5m5m", "m"),
            ("300y", "300y"),
            ("5 m", "5"),
            ("5µ", "5"),
            ("m", "m"),
        ] {
            let error = text.parse::<Duration>().unwrap_err();
            assert_eq!(&text[error.range], at, "{text}: {}", error.message);
        }
    }

    #[test]
    fn go_style() {
        for (text, nanoseconds, printed) in [
            ("0", 0, "0s"),
            ("-0", 0, "0s"),
            ("1.5h", 5_400_000_000_000, "1h30m0s"),
            (".5s", 500_000_000, "500ms"),
            ("5.s", 5_000_000_000, "5s"),
            ("-2m3.4s", -123_400_000_000, "-2m3.4s"),
            ("1h2m3s4ms5us6ns", 3_723_004_005_006, "1h2m3.004005006s"),
            ("1500ms", 1_500_000_000, "1.5s"),
            ("100ns", 100, "100ns"),
            ("1.1µs", 1100, "1.1µs"),
            ("-9223372036854775808ns", i64::MIN, "-2562047h47m16.854775808s"),
        ] {
            let duration: GoDuration = text.parse().unwrap();
            assert_eq!(duration.nanoseconds(), nanoseconds, "{text}");
            assert_eq!(duration.to_string(), printed, "{text}");
            assert_eq!(printed.parse::<GoDuration>(), Ok(duration));
        }
        for text in ["", "+", "1", "1d", "1w", ".s", "1h ", "9223372036854775808ns", "1 h", "3000000h", "é"] {
            assert!(text.parse::<GoDuration>().is_err(), "{text}");
        }
    }
}
