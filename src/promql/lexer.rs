//! Cuts a query into tokens.
//!
//! One pass over the bytes, never more than a few bytes of look-ahead, so that time is linear. Keywords are not told
//! from names here: whether `sum` is an aggregation or a metric depends on what stands around it, which the parser
//! knows. Two things do depend on the brackets the lexer is in: a colon is part of a metric name only outside of `[ ]`
//! and `{ }`, since there it separates range and step, or is a mistake.

use super::error::Error;
use super::version::Version;
use std::ops::Range;

/// What a token is; its text is the slice of the query at its range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A keyword, function, metric or label name.
    Name,
    /// A number or a duration such as `5m`; which of them, and whether it is a good one, [`literal`](super::literal) says.
    Number,
    /// A quoted or raw string, with its quotes.
    String,
    /// `${name}`
    Placeholder,
    /// `(`
    LeftParen,
    /// `)`
    RightParen,
    /// `{`
    LeftBrace,
    /// `}`
    RightBrace,
    /// `[`
    LeftBracket,
    /// `]`
    RightBracket,
    /// `,`
    Comma,
    /// `:` inside of brackets
    Colon,
    /// `@`
    At,
    /// `=`
    Assign,
    /// `=~`
    MatchesRegex,
    /// `!~`
    MatchesNotRegex,
    /// An operator made of signs: `+ - * / % ^ == != < <= > >= </ >/`
    Sign,
    /// The end of the query.
    End,
}

/// A token and its bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub kind: TokenKind,
    pub start: usize,
    pub end: usize,
}

impl Token {
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}

/// The tokens of `text`, ending with one [`TokenKind::End`]; or what is read up to the first character that cannot be
/// part of a query, and the mistake there. `$` begins a placeholder only where `placeholders` says so.
pub(super) fn tokenize(text: &str, placeholders: bool, release: Version) -> (Vec<Token>, Option<Error>) {
    let mut lexer = Lexer {
        text,
        bytes: text.as_bytes(),
        at: 0,
        in_braces: false,
        in_brackets: false,
        past_number: false,
        letters_are_colons: release < Version::new(3, 4),
        placeholders,
    };
    let mut tokens = Vec::new();
    loop {
        match lexer.next() {
            Ok(token) => {
                tokens.push(token);
                if token.kind == TokenKind::End {
                    return (tokens, None);
                }
            }
            Err(error) => {
                tokens.push(Token { kind: TokenKind::End, start: error.range.start, end: error.range.start });
                return (tokens, Some(error));
            }
        }
    }
}

#[expect(clippy::struct_excessive_bools, reason = "independent facts about the place in the text")]
struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    in_braces: bool,
    in_brackets: bool,
    /// Whether a number stands between the last `[` and here. Only from there on does Prometheus read comments and the
    /// colon of a subquery.
    past_number: bool,
    /// Behind that number, a letter by itself is the colon of a subquery: so read all releases before durations could be
    /// computed.
    letters_are_colons: bool,
    placeholders: bool,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn skip_while(&mut self, wanted: impl Fn(u8) -> bool) {
        while self.peek(0).is_some_and(&wanted) {
            self.at += 1;
        }
    }

    /// The character at the current place, for messages.
    fn character(&self) -> Range<usize> {
        let length = self.text.get(self.at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        self.at..self.at + length
    }

    fn next(&mut self) -> Result<Token, Error> {
        loop {
            self.skip_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
            if self.peek(0) != Some(b'#') || (self.in_brackets && !self.past_number) {
                break;
            }
            self.skip_while(|byte| byte != b'\n');
        }
        let start = self.at;
        let Some(first) = self.peek(0) else {
            return Ok(Token { kind: TokenKind::End, start, end: start });
        };
        let kind = match first {
            b'(' => self.one(TokenKind::LeftParen),
            b')' => self.one(TokenKind::RightParen),
            b'{' => {
                self.in_braces = true;
                self.one(TokenKind::LeftBrace)
            }
            b'}' => {
                self.in_braces = false;
                self.one(TokenKind::RightBrace)
            }
            b'[' => {
                self.in_brackets = true;
                self.past_number = false;
                self.one(TokenKind::LeftBracket)
            }
            b']' => {
                self.in_brackets = false;
                self.one(TokenKind::RightBracket)
            }
            b',' => self.one(TokenKind::Comma),
            b'@' => self.one(TokenKind::At),
            b':' if self.in_brackets && self.past_number => self.one(TokenKind::Colon),
            b'+' | b'-' | b'*' | b'/' | b'%' | b'^' => self.one(TokenKind::Sign),
            b'=' => match self.peek(1) {
                Some(b'~') => self.two(TokenKind::MatchesRegex),
                Some(b'=') => self.two(TokenKind::Sign),
                _ => self.one(TokenKind::Assign),
            },
            b'!' => match self.peek(1) {
                Some(b'~') => self.two(TokenKind::MatchesNotRegex),
                Some(b'=') => self.two(TokenKind::Sign),
                _ => return Err(Error::new(start..start + 1, "`!` stands alone; the operators are `!=` and `!~`")),
            },
            b'<' | b'>' => match self.peek(1) {
                Some(b'=' | b'/') => self.two(TokenKind::Sign),
                _ => self.one(TokenKind::Sign),
            },
            b'"' | b'\'' | b'`' => self.string(first)?,
            b'$' if self.placeholders => {
                self.past_number = true;
                self.placeholder()?
            }
            b'0'..=b'9' => self.number(),
            b'.' if self.peek(1).is_some_and(|byte| byte.is_ascii_digit()) => self.number(),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' if self.letter_is_colon() => self.one(TokenKind::Colon),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.name(),
            b':' if !self.in_braces && !self.in_brackets => self.name(),
            _ => return Err(self.stray()),
        };
        Ok(Token { kind, start, end: self.at })
    }

    fn letter_is_colon(&self) -> bool {
        let alone = !self.peek(1).is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, b'_' | b':'));
        self.letters_are_colons && self.in_brackets && self.past_number && alone
    }

    fn one(&mut self, kind: TokenKind) -> TokenKind {
        self.at += 1;
        kind
    }

    fn two(&mut self, kind: TokenKind) -> TokenKind {
        self.at += 2;
        kind
    }

    fn stray(&self) -> Error {
        let range = self.character();
        let character = self.text.get(range.clone()).unwrap_or_default().escape_debug();
        let error = Error::new(range.clone(), format!("`{character}` cannot stand in a query here"));
        match self.peek(0) {
            Some(b'$') if self.text.get(range.start..).is_some_and(|rest| rest.starts_with("${")) => {
                error.with_help("`${name}` is a parameter only where parameters are declared")
            }
            Some(b'#') => error.with_help("a comment cannot stand between `[` and the duration"),
            Some(b':') if self.in_brackets => {
                error.with_help("in front of the colon of a subquery stands its window, a duration with a number in it")
            }
            Some(b'$') => error.with_help("a dashboard variable such as `$interval` has no meaning in a rule"),
            Some(b'&' | b'|') => error.with_help("the set operators are the words `and`, `or` and `unless`"),
            Some(byte) if byte >= 0x80 => {
                error.with_help("quote names that are not plain ASCII: `{\"metric name\", \"label name\"=\"value\"}`")
            }
            _ => error,
        }
    }

    fn name(&mut self) -> TokenKind {
        let colon = !self.in_braces && !self.in_brackets;
        self.skip_while(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || (colon && byte == b':'));
        TokenKind::Name
    }

    /// Takes everything that could belong to a number or duration, and the sign of an exponent.
    fn number(&mut self) -> TokenKind {
        let start = self.at;
        self.past_number = true;
        let hexadecimal = self.peek(0) == Some(b'0') && matches!(self.peek(1), Some(b'x' | b'X'));
        self.skip_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_'));
        let exponent = !hexadecimal
            && matches!(self.peek(0), Some(b'+' | b'-'))
            && self.bytes.get(start..self.at).and_then(<[u8]>::split_last).is_some_and(|(last, mantissa)| {
                matches!(last, b'e' | b'E')
                    && mantissa.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'_'))
            });
        if exponent {
            self.at += 1;
            self.skip_while(|byte| byte.is_ascii_alphanumeric());
        }
        TokenKind::Number
    }

    /// Finds the closing quote; what stands between is read by [`literal::unquote`](super::literal::unquote).
    fn string(&mut self, quote: u8) -> Result<TokenKind, Error> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek(0) {
                Some(byte) if byte == quote => return Ok(self.one(TokenKind::String)),
                Some(b'\\') if quote != b'`' && self.at + 1 < self.bytes.len() => self.at += 2,
                Some(b'\n') if quote != b'`' => break,
                Some(0xef) if self.text.get(self.at..).is_some_and(|rest| rest.starts_with('\u{fffd}')) => {
                    let character = self.character();
                    return Err(Error::new(
                        character,
                        "Prometheus refuses the replacement character U+FFFD in a string",
                    ));
                }
                Some(_) => self.at += 1,
                None => break,
            }
        }
        let quote = char::from(quote);
        Err(Error::new(start..self.at.min(self.bytes.len()), format!("this string has no closing {quote}")))
    }

    fn placeholder(&mut self) -> Result<TokenKind, Error> {
        let start = self.at;
        match placeholder_at(self.text, start) {
            Some(name) => {
                self.at = name.end + 1;
                Ok(TokenKind::Placeholder)
            }
            None => Err(Error::new(start..start + 1, "`$` begins a parameter, which is written `${name}`")),
        }
    }
}

/// The range of the name in a `${name}` that starts at `start`, if there is one.
pub(super) fn placeholder_at(text: &str, start: usize) -> Option<Range<usize>> {
    let rest = text.get(start..)?.strip_prefix("${")?;
    let length = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')).count();
    let begins_well = rest.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    (begins_well && rest.as_bytes().get(length) == Some(&b'}')).then(|| start + 2..start + 2 + length)
}
