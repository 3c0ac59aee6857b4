//! Numbers, durations and strings: reading them as Prometheus (that is, Go) does, and writing them.

use super::error::Error;
use std::borrow::Cow;
use std::fmt::Write;

/// Why a number or duration cannot be read.
pub(super) type Complaint = &'static str;

/// A number literal: `12`, `1e3`, `0x1f`, `017` (octal), `1_000`, `.5`, `5.`, `inf`, `nan`.
pub(super) fn number(text: &str) -> Result<f64, Complaint> {
    if text.eq_ignore_ascii_case("inf") {
        return Ok(f64::INFINITY);
    }
    if text.eq_ignore_ascii_case("nan") {
        return Ok(f64::NAN);
    }
    if let Some(hexadecimal) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return integer(hexadecimal.strip_prefix('_').unwrap_or(hexadecimal), 16).ok_or("this is not a number");
    }
    let octal = text.len() > 1 && text.starts_with('0');
    if octal && let Some(value) = integer(text, 8) {
        return Ok(value);
    }
    let value = without_underscores(text).ok_or("this is not a number")?.parse::<f64>();
    match value {
        Ok(value) if value.is_infinite() => Err("this number is too large"),
        Ok(value) if text.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-_".contains(&byte)) => Ok(value),
        _ => Err("this is not a number"),
    }
}

/// The text of a number in which single underscores may stand between digits, without them.
fn without_underscores(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('_') {
        return Some(Cow::Borrowed(text));
    }
    let digit = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = text.split('_').collect();
    let well = parts.windows(2).all(|pair| match pair {
        [before, after] => digit(before.bytes().last()) && digit(after.bytes().next()),
        _ => false,
    });
    well.then(|| Cow::Owned(parts.concat()))
}

#[expect(clippy::cast_precision_loss, reason = "Prometheus converts the integer to a float as well")]
fn integer(text: &str, radix: u32) -> Option<f64> {
    let well =
        text.split('_').all(|part| !part.is_empty() && part.bytes().all(|byte| char::from(byte).is_digit(radix)));
    if !well {
        return None;
    }
    i64::from_str_radix(&text.replace('_', ""), radix).ok().map(|value| value as f64)
}

/// Whether a token of digits and letters is meant as a duration: it ends in a unit.
pub(super) fn looks_like_duration(text: &str) -> bool {
    let hexadecimal = text.starts_with("0x") || text.starts_with("0X");
    !hexadecimal
        && text.bytes().next().is_some_and(|byte| byte.is_ascii_digit())
        && text.bytes().last().is_some_and(|byte| b"smhdwy".contains(&byte))
}

/// The units of a duration, from large to small, in milliseconds.
const UNITS: [(&str, u64); 7] = [
    ("y", 365 * 24 * 3_600_000),
    ("w", 7 * 24 * 3_600_000),
    ("d", 24 * 3_600_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1000),
    ("ms", 1),
];

/// A duration literal in milliseconds: whole numbers with units from large to small, each at most once.
pub(super) fn duration(text: &str) -> Result<u64, Complaint> {
    let mut rest = text;
    let mut next_unit = 0;
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let letters = rest.bytes().skip(digits).take_while(u8::is_ascii_alphabetic).count();
        let (Some(number), Some(unit)) = (rest.get(..digits), rest.get(digits..digits + letters)) else {
            return Err("this is not a duration");
        };
        if number.is_empty() || unit.is_empty() {
            return Err("a duration is whole numbers with units, such as `5m` or `1h30m`");
        }
        let Some(place) = UNITS.iter().position(|(name, _)| *name == unit) else {
            return Err("the units of a duration are ms, s, m, h, d, w and y");
        };
        if place < next_unit {
            return Err("the units of a duration go from large to small, each at most once");
        }
        next_unit = place + 1;
        let factor = UNITS.get(place).map_or(0, |(_, factor)| *factor);
        total = number
            .parse::<u64>()
            .ok()
            .and_then(|number| number.checked_mul(factor))
            .and_then(|part| total.checked_add(part))
            .filter(|total| *total <= MAX_DURATION_MS)
            .ok_or("this duration is too long")?;
        rest = rest.get(digits + letters..).unwrap_or_default();
    }
    if next_unit == 0 { Err("a duration needs a number and a unit") } else { Ok(total) }
}

/// The longest duration Prometheus can hold, 2^63 nanoseconds, in milliseconds.
pub(super) const MAX_DURATION_MS: u64 = (i64::MAX / 1_000_000) as u64;

/// Writes a duration as Prometheus does: `1h30m`, `5m`, `1d`, `500ms`; `0s` for none.
pub fn format_duration(milliseconds: u64) -> String {
    if milliseconds == 0 {
        return "0s".to_owned();
    }
    let mut rest = milliseconds;
    let mut text = String::new();
    for (unit, factor) in UNITS {
        // Years and weeks only for whole ones, as `366d` reads better than `1y1d`.
        let exact = matches!(unit, "y" | "w");
        let count = rest / factor;
        if count == 0 || (exact && !rest.is_multiple_of(factor)) {
            continue;
        }
        let _ = write!(text, "{count}{unit}");
        rest %= factor;
    }
    text
}

/// Writes a number so that Prometheus reads the same value back: `12`, `0.5`, `1e+100`, `+Inf`, `NaN`.
pub fn format_number(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let magnitude = value.abs();
    if magnitude != 0.0 && !(1e-7..1e21).contains(&magnitude) {
        let text = format!("{value:e}");
        // Go writes the sign and at least two digits of an exponent.
        return match text.split_once('e') {
            Some((mantissa, exponent)) => {
                let (sign, digits) = match exponent.strip_prefix('-') {
                    Some(digits) => ('-', digits),
                    None => ('+', exponent),
                };
                format!("{mantissa}e{sign}{digits:0>2}")
            }
            None => text,
        };
    }
    format!("{value}")
}

/// Writes a string in double quotes with the escapes PromQL knows.
pub fn quote(value: &str) -> String {
    let mut text = String::with_capacity(value.len() + 2);
    text.push('"');
    escape_into(&mut text, value, '"');
    text.push('"');
    text
}

/// Appends `value` escaped for a string in the given quotes (`"` or `'`).
pub(super) fn escape_into(text: &mut String, value: &str, quote: char) {
    for character in value.chars() {
        match character {
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            character if character == quote => {
                text.push('\\');
                text.push(character);
            }
            character if character.is_control() || matches!(character, '\u{feff}' | '\u{fffd}') => {
                let _ = if (character as u32) < 0x80 {
                    write!(text, "\\x{:02x}", character as u32)
                } else {
                    write!(text, "\\u{:04x}", character as u32)
                };
            }
            character => text.push(character),
        }
    }
}

/// The value of a string token, which starts at byte `at` of the query. Bytes that are not UTF-8 (`\xff`) become U+FFFD.
pub(super) fn unquote(token: &str, at: usize) -> Result<String, Error> {
    let Some(quote) = token.chars().next() else { return Ok(String::new()) };
    let inner = token.get(1..token.len().saturating_sub(1)).unwrap_or_default();
    if quote == '`' || !inner.contains('\\') {
        return Ok(inner.to_owned());
    }
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(place) = rest.find('\\') {
        bytes.extend_from_slice(rest.as_bytes().get(..place).unwrap_or_default());
        let escape = rest.get(place..).unwrap_or_default();
        let start = at + 1 + inner.len() - escape.len();
        let length = unescape(escape, quote, &mut bytes)
            .map_err(|(width, message)| Error::new(start..start + width, message))?;
        rest = escape.get(length..).unwrap_or_default();
    }
    bytes.extend_from_slice(rest.as_bytes());
    Ok(String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

/// Reads the escape at the start of `text`; says how many bytes it has, or how many to point at and why.
fn unescape(text: &str, quote: char, out: &mut Vec<u8>) -> Result<usize, (usize, &'static str)> {
    let Some(letter) = text.chars().nth(1) else { return Err((1, "an escape needs a character after the backslash")) };
    let simple = match letter {
        'a' => Some(7),
        'b' => Some(8),
        'f' => Some(12),
        'n' => Some(b'\n'),
        'r' => Some(b'\r'),
        't' => Some(b'\t'),
        'v' => Some(11),
        '\\' => Some(b'\\'),
        letter if letter == quote && letter.is_ascii() => Some(letter as u8),
        _ => None,
    };
    if let Some(byte) = simple {
        out.push(byte);
        return Ok(2);
    }
    let (digits, skip, radix) = match letter {
        'x' => (2, 2, 16),
        'u' => (4, 2, 16),
        'U' => (8, 2, 16),
        '0'..='7' => (3, 1, 8),
        _ => return Err((1 + letter.len_utf8(), "PromQL has no such escape; a backslash itself is written `\\\\`")),
    };
    let end = skip + digits;
    let value = text
        .get(skip..end)
        .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        .and_then(|digits| u32::from_str_radix(digits, radix).ok());
    let Some(value) = value else { return Err((skip, "this escape has too few digits")) };
    if digits < 4 {
        let Ok(byte) = u8::try_from(value) else { return Err((end, "this escape is larger than one byte")) };
        out.push(byte);
    } else {
        let Some(character) = char::from_u32(value) else { return Err((end, "this escape is not a character")) };
        out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }
    Ok(end)
}

/// Whether `name` can be written as a metric name without quotes (keywords apart).
pub fn is_plain_metric_name(name: &str) -> bool {
    plain(name, true)
}

/// Whether `name` can be written as a label name without quotes.
pub fn is_plain_label_name(name: &str) -> bool {
    plain(name, false)
}

fn plain(name: &str, colon: bool) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_' || (colon && byte == b':');
    name.bytes().next().is_some_and(letter) && name.bytes().all(|byte| letter(byte) || byte.is_ascii_digit())
}

/// The name within a `${name}` token.
pub(super) fn placeholder_name(token: &str) -> &str {
    token.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).unwrap_or_default()
}

/// Milliseconds as seconds.
#[expect(clippy::cast_precision_loss, reason = "durations stay far below 2^53 ms")]
pub(super) fn as_seconds(milliseconds: u64) -> f64 {
    milliseconds as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_go_reads_them() {
        for (text, value) in [
            ("1", 1.0),
            (".5", 0.5),
            ("5.", 5.0),
            ("5e-3", 0.005),
            ("0755", 493.0),
            ("08", 8.0),
            ("0x1F", 31.0),
            ("0", 0.0),
            ("1_000", 1000.0),
            ("1e3", 1000.0),
            ("0.1_5", 0.15),
            ("0.1", 0.1),
            ("iNF", f64::INFINITY),
        ] {
            assert_eq!(number(text), Ok(value), "{text}");
        }
        assert!(number("nan").is_ok_and(f64::is_nan));
        for text in ["1_", "1__0", "1_.5", "1e_5", "0x", "0b1", "1e", "1.2.3", "1e999", "infinity"] {
            assert!(number(text).is_err(), "{text}");
        }
    }

    #[test]
    fn numbers_are_written_so_that_they_read_back() {
        for value in [0.0, 1.0, -1.5, 0.1, 1e21, 1.5e-9, 123_456_789.125, f64::MAX, f64::MIN_POSITIVE] {
            let text = format_number(value);
            assert_eq!(text.parse::<f64>(), Ok(value), "{text}");
        }
        assert_eq!(format_number(1e100), "1e+100");
        assert_eq!(format_number(-f64::INFINITY), "-Inf");
    }

    #[test]
    fn durations_read_and_write() {
        for (text, milliseconds) in
            [("5m", 300_000), ("1h30m", 5_400_000), ("1y", 31_536_000_000), ("1001ms", 1001), ("0s", 0)]
        {
            assert_eq!(duration(text), Ok(milliseconds), "{text}");
        }
        for text in ["", "5", "m", "5m1h", "5m1m", "1.5h", "5x", "99999999999999y"] {
            assert!(duration(text).is_err(), "{text}");
        }
        for (milliseconds, text) in
            [(0, "0s"), (1001, "1s1ms"), (90 * 60_000, "1h30m"), (7 * 86_400_000, "1w"), (8 * 86_400_000, "8d")]
        {
            assert_eq!(format_duration(milliseconds), text);
            assert_eq!(duration(text), Ok(milliseconds));
        }
    }

    #[test]
    fn strings_are_unquoted_and_quoted() {
        let text = r#""\a\b\f\n\r\t\v\\\" - \xE2\x98\xBA\101\u1234\U00010111\U0001011111☺""#;
        let value = unquote(text, 0).unwrap();
        assert_eq!(value, "\u{7}\u{8}\u{c}\n\r\t\u{b}\\\" - ☺A\u{1234}\u{10111}\u{10111}11☺");
        assert_eq!(unquote(&quote(&value), 0).unwrap(), value);
        assert_eq!(unquote(r"`a\d`", 0).unwrap(), r"a\d");
        for (text, range) in [
            (r#""a\d""#, 12..14),
            (r#""\x1""#, 11..13),
            (r#""\400""#, 11..15),
            (r#""\ud800""#, 11..17),
            (r#""\'""#, 11..13),
        ] {
            assert_eq!(unquote(text, 10).unwrap_err().range, range, "{text}");
        }
    }
}
