//! The type of a scalar.

use super::{CORE, Style};

/// A scalar with its type.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Resolved {
    /// Nothing.
    Null,
    /// `true` or `false`; `yes` and `on` are text.
    Bool(bool),
    /// A whole number within 64 bits, with or without a sign.
    Int(i128),
    /// Any other number.
    Float(f64),
    /// A day or a point in time.
    Timestamp,
    /// Base64 that is decoded.
    Binary,
    /// Text.
    Text,
}

/// The short name of a tag: `!!str` for YAML's own types.
pub fn short(tag: &str) -> String {
    tag.strip_prefix(CORE).map_or_else(|| tag.to_owned(), |name| format!("!!{name}"))
}

/// The type of a scalar that is written like this, with this tag; the error names the tag that it does not fit.
pub fn resolve(value: &str, style: Style, tag: Option<&str>) -> Result<Resolved, String> {
    let tag = tag.map(short).filter(|tag| tag != "!");
    let wanted = match tag.as_deref() {
        None if style != Style::Plain => return Ok(Resolved::Text),
        Some("!!str") => return Ok(Resolved::Text),
        Some("!!binary") => return Ok(Resolved::Binary),
        Some(tag @ ("!!bool" | "!!int" | "!!float" | "!!null" | "!!timestamp")) => Some(tag),
        Some(_) => return Ok(Resolved::Text),
        None => None,
    };
    let found = plain(value, matches!(wanted, None | Some("!!timestamp")));
    let fits = match (wanted, found) {
        (None, _)
        | (Some("!!bool"), Resolved::Bool(_))
        | (Some("!!int"), Resolved::Int(_))
        | (Some("!!float"), Resolved::Float(_))
        | (Some("!!null"), Resolved::Null)
        | (Some("!!timestamp"), Resolved::Timestamp) => true,
        (Some("!!float"), Resolved::Int(_)) => return Ok(float(&value.replace('_', ""))),
        _ => false,
    };
    if fits { Ok(found) } else { Err(wanted.unwrap_or_default().to_owned()) }
}

/// The type of a plain scalar.
fn plain(value: &str, timestamps: bool) -> Resolved {
    match value {
        "" | "~" | "null" | "Null" | "NULL" => return Resolved::Null,
        "true" | "True" | "TRUE" => return Resolved::Bool(true),
        "false" | "False" | "FALSE" => return Resolved::Bool(false),
        ".nan" | ".NaN" | ".NAN" => return Resolved::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Resolved::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Resolved::Float(f64::NEG_INFINITY),
        _ => {}
    }
    match value.bytes().next() {
        Some(b'.') => float(value),
        Some(b'0'..=b'9' | b'+' | b'-') => {
            if timestamps && is_timestamp(value) {
                return Resolved::Timestamp;
            }
            let digits = value.replace('_', "");
            if let Some(number) = integer(&digits) {
                return Resolved::Int(number);
            }
            float(&digits)
        }
        _ => Resolved::Text,
    }
}

/// A whole number in any of Go's notations: `0x`, `0o`, `0b`, and octal after a plain `0`.
fn integer(text: &str) -> Option<i128> {
    let (negative, unsigned) = match text.as_bytes().first() {
        Some(b'-') => (true, text.get(1..)?),
        Some(b'+') => (false, text.get(1..)?),
        _ => (false, text),
    };
    let signed = unsigned.len() < text.len();
    let lower = unsigned.to_ascii_lowercase();
    let (digits, radix) = if let Some(digits) = lower.strip_prefix("0x") {
        (digits, 16)
    } else if let Some(digits) = lower.strip_prefix("0b") {
        (digits, 2)
    } else if let Some(digits) = lower.strip_prefix("0o") {
        (digits, 8)
    } else if lower.len() > 1 && lower.starts_with('0') {
        (lower.get(1..)?, 8)
    } else {
        (lower.as_str(), 10)
    };
    if digits.starts_with(['+', '-']) {
        return None;
    }
    let number = i128::from(u64::from_str_radix(digits, radix).ok()?);
    // Only what has no sign may need all 64 bits.
    let number = if negative { -number } else { number };
    (!signed || i64::try_from(number).is_ok()).then_some(number)
}

fn float(text: &str) -> Resolved {
    let number = if is_float(text) { text.parse().ok() } else { None };
    number.filter(|number: &f64| number.is_finite()).map_or(Resolved::Text, Resolved::Float)
}

fn is_float(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mantissa = digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty());
    let exponent = exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !exponent.is_empty() && digits(exponent)
    });
    mantissa && exponent
}

/// Four digits of a year and a day, perhaps with a time. Nothing that a rule file can hold depends on which time it is.
fn is_timestamp(text: &str) -> bool {
    let number = |text: &str, longest: usize, range: std::ops::RangeInclusive<u32>| {
        (1..=longest).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_digit())
            && text.parse().is_ok_and(|number| range.contains(&number))
    };
    let (day, time) = match text.split_once(['T', 't', ' ']) {
        Some((day, time)) => (day, Some(time)),
        None => (text, None),
    };
    let parts: Vec<&str> = day.split('-').collect();
    let &[year, month, day] = parts.as_slice() else { return false };
    if year.len() != 4 || !number(year, 4, 0..=9999) || !number(month, 2, 1..=12) || !number(day, 2, 1..=31) {
        return false;
    }
    let Some(time) = time else { return true };
    let zoned = !text.contains(' ');
    let (clock, zone) = match time.find(['Z', '+', '-']) {
        Some(at) if zoned => time.split_at(at),
        Some(_) => return false,
        None => (time, ""),
    };
    let parts: Vec<&str> = clock.split(':').collect();
    let &[hour, minute, second] = parts.as_slice() else { return false };
    let (second, fraction) = second.split_once(['.', ',']).unwrap_or((second, "0"));
    number(hour, 2, 0..=23)
        && number(minute, 2, 0..=59)
        && number(second, 2, 0..=59)
        && !fraction.is_empty()
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
        && (!zoned || zone == "Z" || zone.len() == 6 && zone.as_bytes().get(3) == Some(&b':'))
}
