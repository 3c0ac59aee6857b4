//! What Go's YAML reader makes of a scalar: it follows YAML 1.1, where `yes` is true and `010` is eight.

use crate::syntax::{Scalar, ScalarKind};

/// A scalar as Go sees it before it looks at the field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Resolved {
    /// Nothing.
    Null,
    /// A truth value.
    Bool(bool),
    /// A number; whole numbers beyond 64 bits are none.
    Number {
        /// Its value, rounded.
        value: f64,
        /// Whether it was written with a fraction or an exponent.
        fraction: bool,
    },
    /// A date.
    Date,
    /// Anything else.
    Text,
}

/// Resolves a scalar.
pub(super) fn resolve(scalar: &Scalar) -> Resolved {
    match scalar.kind {
        ScalarKind::Null => Resolved::Null,
        ScalarKind::Bool => Resolved::Bool(scalar.text.as_str() == "true"),
        ScalarKind::Quoted => Resolved::Text,
        ScalarKind::Plain | ScalarKind::Number if scalar.tag.is_some() => Resolved::Text,
        ScalarKind::Plain | ScalarKind::Number => plain(scalar.text.as_str()),
    }
}

fn plain(text: &str) -> Resolved {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => return Resolved::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => return Resolved::Bool(false),
        ".nan" | ".NaN" | ".NAN" => return Resolved::Number { value: f64::NAN, fraction: true },
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
            return Resolved::Number { value: f64::INFINITY, fraction: true };
        }
        "-.inf" | "-.Inf" | "-.INF" => return Resolved::Number { value: f64::NEG_INFINITY, fraction: true },
        _ => {}
    }
    match text.bytes().next() {
        Some(b'.') => match text.parse::<f64>() {
            Ok(value) => Resolved::Number { value, fraction: true },
            Err(_) => Resolved::Text,
        },
        Some(b'0'..=b'9' | b'+' | b'-') => {
            if is_date(text) {
                return Resolved::Date;
            }
            let plain = text.replace('_', "");
            if let Some(value) = integer(&plain) {
                return Resolved::Number { value, fraction: false };
            }
            match plain.parse::<f64>() {
                Ok(value) if is_float(&plain) => Resolved::Number { value, fraction: true },
                _ => Resolved::Text,
            }
        }
        _ => Resolved::Text,
    }
}

/// A whole number of 64 bits in any of Go's notations.
#[expect(clippy::cast_precision_loss, reason = "whether it fits and whether it is 0 is all that is asked")]
fn integer(text: &str) -> Option<f64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = digits.to_ascii_lowercase();
    let (digits, radix) = if let Some(digits) = lower.strip_prefix("0x") {
        (digits, 16)
    } else if let Some(digits) = lower.strip_prefix("0b") {
        (digits, 2)
    } else if let Some(digits) = lower.strip_prefix("0o") {
        (digits, 8)
    } else if lower.len() > 1 && lower.starts_with('0') {
        (lower.get(1..).unwrap_or(""), 8)
    } else {
        (lower.as_str(), 10)
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let value = u64::from_str_radix(digits, radix).ok()?;
    if negative {
        return (value <= 1 << 63).then_some(-(value as f64));
    }
    // A sign is allowed up to the largest signed number only.
    (!text.starts_with('+') || i64::try_from(value).is_ok()).then_some(value as f64)
}

fn is_float(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    digits(whole)
        && digits(part)
        && !(whole.is_empty() && part.is_empty())
        && exponent.is_none_or(|exponent| !exponent.is_empty() && digits(exponent))
}

/// Whether a text is a date, with or without a time of day, as far as it could not be a number anyway.
fn is_date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let (Some(year), Some(month), Some(rest)) = (parts.next(), parts.next(), parts.next()) else { return false };
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()) && matches!(text.len(), 1 | 2);
    let day = rest.split(['T', 't', ' ']).next().unwrap_or("");
    year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit()) && number(month) && number(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yaml_1_1() {
        let number = |value, fraction| Resolved::Number { value, fraction };
        for (text, expected) in [
            ("yes", Resolved::Bool(true)),
            ("off", Resolved::Bool(false)),
            ("010", number(8.0, false)),
            ("08", number(8.0, true)),
            ("0x1F", number(31.0, false)),
            ("1_000", number(1000.0, false)),
            ("-5", number(-5.0, false)),
            ("1e3", number(1000.0, true)),
            (".5", number(0.5, true)),
            ("2020-01-02", Resolved::Date),
            ("1:30", Resolved::Text),
            ("5m", Resolved::Text),
            ("-", Resolved::Text),
            ("18446744073709551616", number(18_446_744_073_709_551_616.0, true)),
        ] {
            assert_eq!(plain(text), expected, "{text}");
        }
    }
}
