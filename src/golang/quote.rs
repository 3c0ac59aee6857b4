//! Go string literals: reading (`strconv.Unquote`) and writing (`strconv.Quote`).

use std::fmt::Write as _;
use std::ops::Range;

/// Why a literal is not one, with the bytes of the offending part inside the literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuoteError {
    /// Bytes inside the literal, its quotes included.
    pub range: Range<usize>,
    /// What is wrong there, without a full stop.
    pub message: &'static str,
}

/// Decodes a Go literal in double quotes, backquotes or (one character) single quotes, its quotes included.
///
/// The result is bytes because `\xff` and `\377` may produce text that is not UTF-8.
pub fn unquote(literal: &str) -> Result<Vec<u8>, QuoteError> {
    let whole = |message| QuoteError { range: 0..literal.len(), message };
    let mut characters = literal.chars();
    let (Some(quote), Some(last)) = (characters.next(), characters.next_back()) else {
        return Err(whole("not a quoted string"));
    };
    if quote != last || !matches!(quote, '"' | '`' | '\'') {
        return Err(whole("not a quoted string"));
    }
    let body = characters.as_str();
    if quote == '`' {
        if body.contains('`') {
            return Err(whole("a raw string cannot contain a backquote"));
        }
        return Ok(body.bytes().filter(|byte| *byte != b'\r').collect());
    }
    let mut bytes = Vec::with_capacity(body.len());
    let mut rest = body;
    let mut count = 0;
    while let Some(character) = rest.chars().next() {
        let at = 1 + body.len() - rest.len();
        let error = |length: usize, message| QuoteError { range: at..(at + length).min(literal.len()), message };
        count += 1;
        match character {
            '\n' => return Err(error(1, "a quoted string cannot span lines")),
            '\\' => {
                let (decoded, length) = escape(rest, quote).map_err(|(length, message)| error(length, message))?;
                match decoded {
                    Escape::Byte(byte) => bytes.push(byte),
                    Escape::Character(character) => push(&mut bytes, character),
                }
                rest = rest.get(length..).unwrap_or("");
            }
            _ if character == quote => return Err(error(1, "unescaped quote inside a quoted string")),
            _ => {
                push(&mut bytes, character);
                rest = rest.get(character.len_utf8()..).unwrap_or("");
            }
        }
    }
    if quote == '\'' && count != 1 {
        return Err(whole("a character constant holds exactly one character"));
    }
    Ok(bytes)
}

enum Escape {
    /// `\x` and octal escapes give a byte.
    Byte(u8),
    Character(char),
}

/// Decodes the escape at the start of `rest`; gives its length, on failure too.
fn escape(rest: &str, quote: char) -> Result<(Escape, usize), (usize, &'static str)> {
    let Some(kind) = rest.chars().nth(1) else { return Err((1, "a backslash at the end escapes nothing")) };
    let simple = |character| Ok((Escape::Character(character), 2));
    let digits = |from: usize, count: usize, radix: u32| {
        let text = rest.get(from..from + count).filter(|text| text.chars().all(|digit| digit.is_digit(radix)));
        text.and_then(|text| u32::from_str_radix(text, radix).ok())
    };
    match kind {
        'a' => simple('\u{7}'),
        'b' => simple('\u{8}'),
        'f' => simple('\u{c}'),
        'n' => simple('\n'),
        'r' => simple('\r'),
        't' => simple('\t'),
        'v' => simple('\u{b}'),
        '\\' => simple('\\'),
        '"' | '\'' if kind == quote => simple(kind),
        'x' => match digits(2, 2, 16).and_then(|value| u8::try_from(value).ok()) {
            Some(byte) => Ok((Escape::Byte(byte), 4)),
            None => Err((2, "`\\x` needs two hexadecimal digits")),
        },
        '0'..='7' => match digits(1, 3, 8).and_then(|value| u8::try_from(value).ok()) {
            Some(byte) => Ok((Escape::Byte(byte), 4)),
            None => Err((2, "an octal escape needs three digits up to `\\377`")),
        },
        'u' | 'U' => {
            let count = if kind == 'u' { 4 } else { 8 };
            match digits(2, count, 16).and_then(char::from_u32) {
                Some(character) => Ok((Escape::Character(character), 2 + count)),
                None => Err((2, "not a Unicode code point: `\\u` needs four hexadecimal digits, `\\U` eight")),
            }
        }
        _ => Err((1 + kind.len_utf8(), "unknown escape in a quoted string")),
    }
}

fn push(bytes: &mut Vec<u8>, character: char) {
    bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

/// Writes `text` as a Go literal in double quotes. Control characters are escaped, everything else stays readable.
pub fn quote(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for character in text.chars() {
        match character {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            '\u{7}' => literal.push_str("\\a"),
            '\u{8}' => literal.push_str("\\b"),
            '\u{c}' => literal.push_str("\\f"),
            '\u{b}' => literal.push_str("\\v"),
            control if control.is_ascii_control() => {
                let _ = write!(literal, "\\x{:02x}", u32::from(control));
            }
            // Blanks that look like a space but are none.
            control if control.is_control() || (control.is_whitespace() && control != ' ') => {
                let _ = write!(literal, "\\u{:04x}", u32::from(control));
            }
            other => literal.push(other),
        }
    }
    literal.push('"');
    literal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_what_go_decodes() {
        for (literal, text) in [
            (r#""""#, ""),
            (r#""a\tb""#, "a\tb"),
            (r#""\u00e9\U0001f642\x41\101""#, "é🙂AA"),
            (r#""\"""#, "\""),
            ("`a\\d\r`", "a\\d"),
            (r"'\''", "'"),
            ("'é'", "é"),
        ] {
            assert_eq!(unquote(literal).as_deref(), Ok(text.as_bytes()), "{literal}");
        }
        assert_eq!(unquote(r#""\xff""#), Ok(vec![0xff]));
    }

    #[test]
    fn refuses_what_go_refuses() {
        for literal in [
            "",
            "\"",
            "a",
            "\"a",
            "\"a'",
            r#""\d""#,
            r#""\'""#,
            r#""\x4""#,
            r#""\400""#,
            r#""\ud800""#,
            "\"a\nb\"",
            "''",
            "'ab'",
            "\"a\"b\"",
            "`a`b`",
        ] {
            assert!(unquote(literal).is_err(), "{literal}");
        }
        assert_eq!(unquote(r#""ab\dé""#).map_err(|error| error.range), Err(3..5));
    }

    #[test]
    fn quoting_survives_a_round_trip() {
        for text in ["", "plain", "a\"b\\c\nd\t\r\u{7f}\u{0}\u{85}é🙂", "`"] {
            assert_eq!(unquote(&quote(text)).as_deref(), Ok(text.as_bytes()), "{text:?}");
        }
    }
}
