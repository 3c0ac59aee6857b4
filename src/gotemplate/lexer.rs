//! Cuts a template text into tokens as Go's `text/template/parse` does.

use crate::golang::is_word;
use std::ops::Range;

/// One token and its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub kind: Kind,
    pub range: Range<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The text cannot be cut further; always the last token.
    Error(&'static str),
    End,
    Text,
    Comment,
    LeftDelimiter,
    RightDelimiter,
    Space,
    Dot,
    Field,
    Variable,
    Identifier,
    Keyword(Keyword),
    Nil,
    Bool,
    Number,
    Character,
    Quoted,
    RawQuoted,
    LeftParenthesis,
    RightParenthesis,
    Pipe,
    Declare,
    Assign,
    Comma,
    /// Another printable ASCII character; no grammar rule takes it.
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keyword {
    Block,
    Break,
    Continue,
    Define,
    Else,
    End,
    If,
    Range,
    Template,
    With,
}

const LEFT: &str = "{{";
const RIGHT: &str = "}}";

/// All tokens of `text`, ending in [`Kind::End`] or [`Kind::Error`].
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer { text, at: 0, tokens: Vec::new() };
    let end = match lexer.run() {
        Ok(()) => Token { kind: Kind::End, range: text.len()..text.len() },
        Err((range, message)) => Token { kind: Kind::Error(message), range },
    };
    lexer.tokens.push(end);
    lexer.tokens
}

type Step<T> = Result<T, (Range<usize>, &'static str)>;

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    tokens: Vec<Token>,
}

fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n')
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn push(&mut self, kind: Kind, start: usize) {
        self.tokens.push(Token { kind, range: start..self.at });
    }

    fn run(&mut self) -> Step<()> {
        while !self.rest().is_empty() {
            let start = self.at;
            let Some(offset) = self.rest().find(LEFT) else {
                self.at = self.text.len();
                self.push(Kind::Text, start);
                break;
            };
            self.at += offset;
            if offset > 0 {
                self.push(Kind::Text, start);
            }
            self.action()?;
        }
        Ok(())
    }

    /// From `{{` to `}}`.
    fn action(&mut self) -> Step<()> {
        let start = self.at;
        self.at += LEFT.len();
        let mut after = self.rest().chars();
        if after.next() == Some('-') && after.next().is_some_and(is_space) {
            self.at += 2;
        }
        if self.rest().starts_with("/*") {
            return self.comment(start);
        }
        self.push(Kind::LeftDelimiter, start);
        let mut open = 0_usize;
        loop {
            if let Some(length) = self.right_delimiter() {
                if open > 0 {
                    return Err((start..self.at, "an opening parenthesis in this action is never closed"));
                }
                let at = self.at;
                self.at += length;
                self.push(Kind::RightDelimiter, at);
                return Ok(());
            }
            let Some(character) = self.peek() else {
                return Err((start..start + LEFT.len(), "this action is never closed with `}}`"));
            };
            let at = self.at;
            self.at += character.len_utf8();
            let kind = match character {
                _ if is_space(character) => {
                    while self.peek().is_some_and(is_space) && !self.trims_right() {
                        self.at += 1;
                    }
                    Kind::Space
                }
                '=' => Kind::Assign,
                ':' => {
                    if self.peek() != Some('=') {
                        return Err((at..self.at, "expected `:=`"));
                    }
                    self.at += 1;
                    Kind::Declare
                }
                '|' => Kind::Pipe,
                '"' => self.quoted('"', at, "this string is never closed")?,
                '\'' => self.quoted('\'', at, "this character constant is never closed")?,
                '`' => match self.rest().find('`') {
                    Some(offset) => {
                        self.at += offset + 1;
                        Kind::RawQuoted
                    }
                    None => return Err((at..self.at, "this raw string is never closed")),
                },
                '$' => self.name(Kind::Variable)?,
                '.' if !self.peek().is_some_and(|next| next.is_ascii_digit()) => {
                    if self.at_terminator() {
                        Kind::Dot
                    } else {
                        self.name(Kind::Field)?
                    }
                }
                '.' | '+' | '-' | '0'..='9' => {
                    self.at = at;
                    self.number(at)?
                }
                '(' => {
                    open += 1;
                    Kind::LeftParenthesis
                }
                ')' => {
                    let Some(fewer) = open.checked_sub(1) else {
                        return Err((at..self.at, "this parenthesis closes nothing"));
                    };
                    open = fewer;
                    Kind::RightParenthesis
                }
                _ if is_word(character) => self.word(at)?,
                ',' => Kind::Comma,
                '!'..='~' => Kind::Other,
                _ => return Err((at..self.at, "this character has no meaning inside an action")),
            };
            self.push(kind, at);
        }
    }

    /// `{{/* … */}}`; nothing but the closing delimiter may follow the comment.
    fn comment(&mut self, start: usize) -> Step<()> {
        let at = self.at;
        self.at += "/*".len();
        let Some(length) = self.rest().find("*/") else {
            return Err((start..self.at, "this comment is never closed with `*/`"));
        };
        self.at += length + "*/".len();
        let comment = Token { kind: Kind::Comment, range: at..self.at };
        let Some(length) = self.right_delimiter() else {
            return Err((at..self.at, "a comment fills its action: `}}` must follow `*/`"));
        };
        self.at += length;
        self.tokens.push(comment);
        Ok(())
    }

    /// A space and a minus sign before the closing delimiter.
    fn trims_right(&self) -> bool {
        let mut characters = self.rest().chars();
        characters.next().is_some_and(is_space)
            && characters.next() == Some('-')
            && characters.as_str().starts_with(RIGHT)
    }

    fn right_delimiter(&self) -> Option<usize> {
        if self.trims_right() {
            return Some(2 + RIGHT.len());
        }
        self.rest().starts_with(RIGHT).then_some(RIGHT.len())
    }

    /// Whether a name may end here.
    fn at_terminator(&self) -> bool {
        match self.peek() {
            None => true,
            Some(next) => {
                is_space(next) || matches!(next, '.' | ',' | '|' | ':' | ')' | '(') || self.rest().starts_with(RIGHT)
            }
        }
    }

    fn word_end(&mut self) -> Step<()> {
        while let Some(next) = self.peek().filter(|next| is_word(*next)) {
            self.at += next.len_utf8();
        }
        if self.at_terminator() {
            return Ok(());
        }
        let length = self.peek().map_or(0, char::len_utf8);
        Err((self.at..self.at + length, "this character cannot follow a name; for such a label use `index`"))
    }

    fn name(&mut self, kind: Kind) -> Step<Kind> {
        self.word_end()?;
        Ok(kind)
    }

    fn word(&mut self, start: usize) -> Step<Kind> {
        self.word_end()?;
        Ok(match self.text.get(start..self.at).unwrap_or("") {
            "block" => Kind::Keyword(Keyword::Block),
            "break" => Kind::Keyword(Keyword::Break),
            "continue" => Kind::Keyword(Keyword::Continue),
            "define" => Kind::Keyword(Keyword::Define),
            "else" => Kind::Keyword(Keyword::Else),
            "end" => Kind::Keyword(Keyword::End),
            "if" => Kind::Keyword(Keyword::If),
            "range" => Kind::Keyword(Keyword::Range),
            "template" => Kind::Keyword(Keyword::Template),
            "with" => Kind::Keyword(Keyword::With),
            "nil" => Kind::Nil,
            "true" | "false" => Kind::Bool,
            _ => Kind::Identifier,
        })
    }

    fn quoted(&mut self, quote: char, start: usize, message: &'static str) -> Step<Kind> {
        while let Some(character) = self.peek() {
            self.at += character.len_utf8();
            match character {
                '\n' => break,
                '\\' => match self.peek() {
                    Some('\n') | None => break,
                    Some(escaped) => self.at += escaped.len_utf8(),
                },
                _ if character == quote => {
                    return Ok(if quote == '"' { Kind::Quoted } else { Kind::Character });
                }
                _ => {}
            }
        }
        Err((start..start + 1, message))
    }

    fn accept(&mut self, set: &str) -> bool {
        match self.peek() {
            Some(next) if set.contains(next) => {
                self.at += 1;
                true
            }
            _ => false,
        }
    }

    fn accept_run(&mut self, set: &str) {
        while self.accept(set) {}
    }

    /// The outer shape of a number; its value is checked by the parser.
    fn number(&mut self, start: usize) -> Step<Kind> {
        self.scan_number(start)?;
        if matches!(self.peek(), Some('+' | '-')) {
            self.scan_number(start)?;
            if !self.text.get(start..self.at).is_some_and(|number| number.ends_with('i')) {
                return Err((start..self.at, "a sum of numbers is only allowed as a complex constant"));
            }
        }
        Ok(Kind::Number)
    }

    fn scan_number(&mut self, start: usize) -> Step<()> {
        self.accept("+-");
        let mut digits = "0123456789_";
        if self.accept("0") {
            if self.accept("xX") {
                digits = "0123456789abcdefABCDEF_";
            } else if self.accept("oO") {
                digits = "01234567_";
            } else if self.accept("bB") {
                digits = "01_";
            }
        }
        self.accept_run(digits);
        if self.accept(".") {
            self.accept_run(digits);
        }
        let exponent = match digits.len() {
            11 => "eE",
            23 => "pP",
            _ => "",
        };
        if self.accept(exponent) {
            self.accept("+-");
            self.accept_run("0123456789_");
        }
        self.accept("i");
        match self.peek() {
            Some(next) if is_word(next) => Err((start..self.at + next.len_utf8(), "not a number")),
            _ => Ok(()),
        }
    }
}
