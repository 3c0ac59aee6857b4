//! Matcher texts: the classic grammar, the UTF-8 grammar, and how Alertmanager chooses between them.
//!
//! Every version up to 0.26 reads the classic grammar only. Later ones read with both: the UTF-8 result counts where
//! both agree, the classic one where they disagree or where the UTF-8 grammar refuses the text.

use super::matcher::{Matcher, Operator, is_reserved};
use crate::golang::unquote;
use std::ops::Range;

/// Which grammar a text is read with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// The only grammar up to 0.26, and `classic-mode` later.
    Classic,
    /// `utf8-strict-mode`.
    Utf8,
    /// The default from 0.27 on: both.
    Fallback,
}

/// Why a text is no list of matchers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatcherError {
    /// The offending bytes of the text.
    pub range: Range<usize>,
    /// What is wrong there: a clause without a full stop.
    pub message: String,
}

/// The matchers of one text.
#[derive(Debug, Clone)]
pub struct ParsedMatchers {
    /// In order, each with its bytes.
    pub matchers: Vec<(Matcher, Range<usize>)>,
    /// The text is understood, but not by the UTF-8 grammar, which a later version will read alone.
    pub classic_only: bool,
    /// Both grammars accept the text and read it differently; the classic reading is the one that counts.
    pub disagreement: bool,
}

type Matchers = Vec<(Matcher, Range<usize>)>;

fn fail<T>(range: Range<usize>, message: impl Into<String>) -> Result<T, MatcherError> {
    Err(MatcherError { range, message: message.into() })
}

/// Parses one entry of `matchers:`, which may hold several matchers, or none.
pub fn parse_matchers(text: &str, syntax: Syntax) -> Result<ParsedMatchers, MatcherError> {
    let plain = |matchers| ParsedMatchers { matchers, classic_only: false, disagreement: false };
    match syntax {
        Syntax::Classic => classic(text).map(plain),
        Syntax::Utf8 => Utf8::parse(text).map(plain),
        Syntax::Fallback => match (Utf8::parse(text), classic(text)) {
            (Ok(modern), Ok(old)) => {
                let same = modern.iter().map(|(matcher, _)| matcher).eq(old.iter().map(|(matcher, _)| matcher));
                Ok(ParsedMatchers { disagreement: !same, ..plain(if same { modern } else { old }) })
            }
            (Ok(modern), Err(_)) => Ok(plain(modern)),
            (Err(_), Ok(old)) => Ok(ParsedMatchers { classic_only: true, ..plain(old) }),
            // Alertmanager prints the classic parser's complaint; this one points at the exact place.
            (Err(error), Err(_)) => Err(error),
        },
    }
}

/// Parses a text that must hold exactly one matcher without braces, such as one argument of amtool.
pub fn parse_matcher(text: &str, syntax: Syntax) -> Result<Matcher, MatcherError> {
    let modern = || {
        let mut matchers = Utf8::parse(text)?.into_iter();
        match (matchers.next(), matchers.next()) {
            (Some((matcher, _)), None) => Ok(matcher),
            (None, _) => fail(0..text.len(), "there is no matcher"),
            (Some(_), Some((_, range))) => fail(range, "there is more than one matcher"),
        }
    };
    if syntax == Syntax::Classic {
        return classic_matcher(text, 0);
    }
    if text.starts_with('{') || text.ends_with('}') {
        return fail(0..text.len(), "braces are not allowed here");
    }
    match (modern(), syntax) {
        (Ok(matcher), Syntax::Fallback) => {
            Ok(classic_matcher(text, 0).ok().filter(|old| *old != matcher).unwrap_or(matcher))
        }
        (Err(error), Syntax::Fallback) => classic_matcher(text, 0).map_err(|_| error),
        (result, Syntax::Utf8 | Syntax::Classic) => result,
    }
}

/// White space of the classic grammar.
fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\u{c}' | '\r')
}

fn classic(text: &str) -> Result<Matchers, MatcherError> {
    let start = usize::from(text.starts_with('{'));
    let inner = text.get(start..).unwrap_or("");
    let inner = inner.strip_suffix('}').unwrap_or(inner);
    let mut pieces = Vec::new();
    let (mut quoted, mut escaped, mut from) = (false, false, 0);
    for (at, character) in inner.char_indices() {
        match character {
            ',' if !quoted => {
                pieces.push(from..at);
                from = at + 1;
            }
            // A comma inside quotes does not end an escape.
            ',' => {}
            '"' => {
                quoted ^= !escaped;
                escaped = false;
            }
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    let last = inner.get(from..).unwrap_or("");
    let trimmed = last.trim();
    if !trimmed.is_empty() {
        let offset = from + last.len() - last.trim_start().len();
        pieces.push(offset..offset + trimmed.len());
    }
    pieces
        .into_iter()
        .map(|piece| {
            let range = start + piece.start..start + piece.end;
            let matcher = classic_matcher(inner.get(piece).unwrap_or(""), range.start)?;
            Ok((matcher, range))
        })
        .collect()
}

/// One matcher of the classic grammar; `offset` is where it stands in the whole text.
fn classic_matcher(text: &str, offset: usize) -> Result<Matcher, MatcherError> {
    let name_start = text.len() - text.trim_start_matches(is_space).len();
    let after_space = text.get(name_start..).unwrap_or("");
    let is_name = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | ':');
    let name_end = name_start + after_space.len() - after_space.trim_start_matches(is_name).len();
    let name = text.get(name_start..name_end).unwrap_or("");
    if name.is_empty() || name.starts_with(|first: char| first.is_ascii_digit()) {
        return fail(offset..offset + text.len(), "expected a label name of letters, digits and underscores");
    }
    let rest = text.get(name_end..).unwrap_or("").trim_start_matches(is_space);
    let operator =
        [("=~", Operator::Matches), ("=", Operator::Equal), ("!=", Operator::NotEqual), ("!~", Operator::NotMatches)];
    let Some((written, operator)) = operator.iter().find(|(written, _)| rest.starts_with(written)) else {
        return fail(offset..offset + text.len(), "expected one of `=`, `!=`, `=~`, `!~` after the label name");
    };
    let raw = rest.get(written.len()..).unwrap_or("").trim_matches(is_space);
    let raw_start = offset + text.trim_end_matches(is_space).len() - raw.len();
    let value = classic_value(raw).map_err(|(range, message)| MatcherError {
        range: raw_start + range.start..raw_start + range.end,
        message: message.to_owned(),
    })?;
    build(name.to_owned(), *operator, value, &(raw_start..raw_start + raw.len()))
}

/// Removes quotes and the three escapes `\n`, `\"`, `\\`; other backslashes stand for themselves.
fn classic_value(raw: &str) -> Result<String, (Range<usize>, &'static str)> {
    let body = raw.strip_prefix('"');
    let mut open = body.is_some();
    let (body, shift) = (body.unwrap_or(raw), usize::from(open));
    let mut value = String::with_capacity(body.len());
    let mut escaped = false;
    for (at, character) in body.char_indices() {
        let last = at + character.len_utf8() == body.len();
        if std::mem::take(&mut escaped) {
            match character {
                'n' => value.push('\n'),
                '"' | '\\' => value.push(character),
                _ => {
                    value.push('\\');
                    value.push(character);
                }
            }
            continue;
        }
        match character {
            '\\' if !last => escaped = true,
            '"' if open && last => open = false,
            '"' => return Err((shift + at..shift + at + 1, "a double quote inside the value must be escaped")),
            _ => value.push(character),
        }
    }
    if open { Err((0..1, "this quote is never closed")) } else { Ok(value) }
}

fn build(name: String, operator: Operator, value: String, range: &Range<usize>) -> Result<Matcher, MatcherError> {
    let length = value.len();
    Matcher::new(name, operator, value).map_err(|error| {
        // Offsets are only the same when the value has neither quotes nor escapes.
        let at = if length == range.len() {
            range.start + error.range.start..range.start + error.range.end
        } else if length + 2 == range.len() {
            range.start + 1 + error.range.start..range.start + 1 + error.range.end
        } else {
            range.clone()
        };
        MatcherError { range: at, message: format!("not a regular expression: {}", error.message) }
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    End,
    Open,
    Close,
    Comma,
    Operator(Operator),
    Quoted,
    Word,
}

/// The UTF-8 grammar.
struct Utf8<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Utf8<'a> {
    fn parse(text: &'a str) -> Result<Matchers, MatcherError> {
        let mut parser = Self { text, at: 0 };
        let mut matchers = Vec::new();
        let (first, range) = parser.peek()?;
        let braces = first == Kind::Open;
        if braces {
            parser.at = range.end;
        }
        loop {
            let (kind, range) = parser.peek()?;
            match kind {
                // Without braces only an empty text or a comma may end here.
                Kind::End if !braces => return Ok(matchers),
                Kind::Close if braces => {
                    parser.at = range.end;
                    return match parser.peek()? {
                        (Kind::End, _) => Ok(matchers),
                        (_, range) => fail(range, "nothing may follow the closing brace"),
                    };
                }
                Kind::End => return fail(range, "the opening brace is never closed"),
                Kind::Close => return fail(range, "this brace closes nothing"),
                Kind::Quoted | Kind::Word | Kind::Open | Kind::Comma | Kind::Operator(_) => {}
            }
            matchers.push(parser.matcher()?);
            let (kind, range) = parser.peek()?;
            match kind {
                Kind::Comma => parser.at = range.end,
                Kind::End | Kind::Close => {}
                Kind::Open | Kind::Quoted | Kind::Word | Kind::Operator(_) => {
                    return fail(range, "expected a comma or the end; quote values with other characters than letters");
                }
            }
        }
    }

    fn matcher(&mut self) -> Result<(Matcher, Range<usize>), MatcherError> {
        let (name, name_range) = self.word("expected a label name")?;
        let operator = match self.peek()? {
            (Kind::Operator(operator), range) => {
                self.at = range.end;
                operator
            }
            (_, range) => return fail(range, "expected one of `=`, `!=`, `=~`, `!~`"),
        };
        let (value, value_range) = self.word("expected a value; quote it if it has special characters")?;
        let range = name_range.start..value_range.end;
        Ok((build(name, operator, value, &value_range)?, range))
    }

    fn word(&mut self, message: &str) -> Result<(String, Range<usize>), MatcherError> {
        let (kind, range) = self.peek()?;
        let text = self.text.get(range.clone()).unwrap_or("");
        let word = match kind {
            Kind::Word => text.to_owned(),
            Kind::Quoted => match unquote(text).map(String::from_utf8) {
                Ok(Ok(word)) => word,
                Ok(Err(_)) => return fail(range, "the escapes do not make valid UTF-8"),
                Err(error) => {
                    let at = range.start + error.range.start..range.start + error.range.end;
                    return fail(at, error.message);
                }
            },
            Kind::End | Kind::Open | Kind::Close | Kind::Comma | Kind::Operator(_) => return fail(range, message),
        };
        self.at = range.end;
        Ok((word, range))
    }

    /// The next token and its bytes; the position stays.
    fn peek(&self) -> Result<(Kind, Range<usize>), MatcherError> {
        let rest = self.text.get(self.at..).unwrap_or("");
        let trimmed = rest.trim_start();
        let start = self.at + rest.len() - trimmed.len();
        let token = |kind, length: usize| Ok((kind, start..start + length));
        let Some(first) = trimmed.chars().next() else { return token(Kind::End, 0) };
        match first {
            '{' => token(Kind::Open, 1),
            '}' => token(Kind::Close, 1),
            ',' => token(Kind::Comma, 1),
            '=' if trimmed.starts_with("=~") => token(Kind::Operator(Operator::Matches), 2),
            '=' => token(Kind::Operator(Operator::Equal), 1),
            '!' if trimmed.starts_with("!=") => token(Kind::Operator(Operator::NotEqual), 2),
            '!' if trimmed.starts_with("!~") => token(Kind::Operator(Operator::NotMatches), 2),
            '!' => fail(start..start + 1, "`!` must be followed by `=` or `~`"),
            '"' => {
                let mut escaped = false;
                for (at, character) in trimmed.char_indices().skip(1) {
                    if std::mem::take(&mut escaped) {
                        continue;
                    }
                    match character {
                        '\\' => escaped = true,
                        '"' => return token(Kind::Quoted, at + 1),
                        _ => {}
                    }
                }
                fail(start..start + 1, "this quote is never closed")
            }
            _ if is_reserved(first) => {
                fail(start..start + first.len_utf8(), format!("`{first}` must be inside double quotes"))
            }
            _ => token(Kind::Word, trimmed.find(is_reserved).unwrap_or(trimmed.len())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_point_at_the_bytes() {
        for (text, at) in [
            ("{foo=bar", ""),
            ("foo=bar}", "}"),
            ("{foo!bar}", "!"),
            ("foo=\"a\\d\"x", "\\d"),
            ("{foo=~\"a[\"}", "["),
            ("{,}", ","),
            ("foo=bar baz", "baz"),
        ] {
            let error = parse_matchers(text, Syntax::Utf8).unwrap_err();
            assert_eq!(&text[error.range], at, "{text}: {}", error.message);
        }
        for (text, at) in [("foo=a\"b", "\""), ("foo=\"a", "\""), ("a=b, c d", "c d"), ("a=~*", "*")] {
            let error = parse_matchers(text, Syntax::Classic).unwrap_err();
            assert_eq!(&text[error.range], at, "{text}: {}", error.message);
        }
    }

    #[test]
    fn the_classic_reading_wins() {
        let parsed = parse_matchers(r#"foo="\xf0\x9f\x99\x82""#, Syntax::Fallback).unwrap();
        assert!(parsed.disagreement);
        assert_eq!(parsed.matchers[0].0.value(), r"\xf0\x9f\x99\x82");
        assert!(parse_matchers("foo=", Syntax::Fallback).unwrap().classic_only);
        assert!(!parse_matchers("foo=bar", Syntax::Fallback).unwrap().disagreement);
    }

    #[test]
    fn what_is_printed_is_read_back_by_both() {
        for value in ["", "a", "a\"b", "\\", "\\d+", "\n", "\t x ", "{}", "é🙂", "a,b", "'`"] {
            let matcher = Matcher::new("team", Operator::Equal, value).unwrap();
            let text = matcher.to_string();
            for syntax in [Syntax::Classic, Syntax::Utf8, Syntax::Fallback] {
                let parsed = parse_matchers(&text, syntax).unwrap();
                assert_eq!(parsed.matchers.len(), 1, "{text}");
                assert_eq!(parsed.matchers[0].0, matcher, "{text}");
                assert!(!parsed.disagreement);
                assert_eq!(parse_matcher(&text, syntax).unwrap(), matcher);
            }
        }
    }
}
