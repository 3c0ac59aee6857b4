//! What Go's YAML reader makes of a scalar: it follows YAML 1.1, where `yes` is true and `010` is eight.

use crate::syntax::{Scalar, ScalarKind};

/// A scalar as Go sees it before it looks at the field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Resolved {
    /// Nothing.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number that fits 64 bits, with or without a sign.
    Integer(i128),
    /// Any other number.
    Float(f64),
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
        ".nan" | ".NaN" | ".NAN" => return Resolved::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
            return Resolved::Float(f64::INFINITY);
        }
        "-.inf" | "-.Inf" | "-.INF" => return Resolved::Float(f64::NEG_INFINITY),
        _ => {}
    }
    match text.bytes().next() {
        Some(b'.') => match text.parse::<f64>() {
            Ok(value) => Resolved::Float(value),
            Err(_) => Resolved::Text,
        },
        Some(b'0'..=b'9' | b'+' | b'-') => {
            if is_date(text) {
                return Resolved::Date;
            }
            let plain = text.replace('_', "");
            if let Some(value) = integer(&plain) {
                return Resolved::Integer(value);
            }
            match plain.parse::<f64>() {
                Ok(value) if is_float(&plain) => Resolved::Float(value),
                _ => Resolved::Text,
            }
        }
        _ => Resolved::Text,
    }
}

/// A whole number of 64 bits in any of Go's notations.
fn integer(text: &str) -> Option<i128> {
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
    let value = i128::from(u64::from_str_radix(digits, radix).ok()?);
    if negative {
        return (value <= 1 << 63).then_some(-value);
    }
    // With a sign it must be a signed number.
    (!text.starts_with('+') || i64::try_from(value).is_ok()).then_some(value)
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
        for (text, expected) in [
            ("yes", Resolved::Bool(true)),
            ("off", Resolved::Bool(false)),
            ("010", Resolved::Integer(8)),
            ("08", Resolved::Float(8.0)),
            ("0x1F", Resolved::Integer(31)),
            ("1_000", Resolved::Integer(1000)),
            ("-5", Resolved::Integer(-5)),
            ("1e3", Resolved::Float(1000.0)),
            (".5", Resolved::Float(0.5)),
            ("2020-01-02", Resolved::Date),
            ("1:30", Resolved::Text),
            ("5m", Resolved::Text),
            ("-", Resolved::Text),
            ("18446744073709551616", Resolved::Float(18_446_744_073_709_551_616.0)),
        ] {
            assert_eq!(plain(text), expected, "{text}");
        }
    }
}
