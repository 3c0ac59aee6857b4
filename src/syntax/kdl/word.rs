//! Words, numbers, keywords, and what people write without the quotes it needs.

use super::class;
use super::mistake;
use super::number::{self, Fault};
use super::parser::Parser;
use crate::source::Text;
use crate::syntax::ScalarKind;

/// Where a token stands; decides what is allowed there and what is said otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The name of a node.
    Name,
    /// An argument, or the name of a property.
    Entry,
    /// The value of a property.
    Value,
    /// A type in parentheses.
    Annotation,
}

/// How many characters a text between typographic quotes is looked through for its end.
const LONGEST_TEXT: usize = 1000;

/// Longer words in front of `=` are not taken for the labels of a selector.
const LONGEST_LABEL: usize = 200;

/// A string, number or keyword.
#[derive(Debug)]
pub(super) struct Token {
    pub(super) text: Text,
    pub(super) kind: ScalarKind,
}

impl Parser<'_> {
    /// Reads one string, number or keyword. Goes forward in any case; `None` if nothing can be kept, which has been
    /// reported.
    pub(super) fn token(&mut self, place: Place) -> Option<Token> {
        let start = self.cursor.at;
        match self.cursor.byte()? {
            b'"' => self.quoted().map(|text| Token { text, kind: ScalarKind::Quoted }),
            b'#' if self.sees_raw() => self.raw().map(|text| Token { text, kind: ScalarKind::Quoted }),
            b'#' => self.keyword(place),
            byte if !byte.is_ascii() || class::is_word_byte(byte) => Some(self.word(place)),
            b'/' | b'=' if place != Place::Name => Some(self.unquoted(start, place, false)),
            b'[' if place == Place::Value => {
                let diagnostic = mistake::brackets(self.span(start..start + 1));
                self.report_unless_troubled(diagnostic);
                Some(self.unquoted(start, place, false))
            }
            b'{' => {
                self.report_unless_troubled(mistake::lonely_block(self.span(start..start + 1)));
                self.skip_block();
                None
            }
            _ => {
                self.cursor.bump();
                let span = self.span(start..self.cursor.at);
                let written = self.cursor.slice(start, self.cursor.at);
                self.report_unless_troubled(mistake::unexpected(span, written));
                None
            }
        }
    }

    /// Whether the `#` at the cursor begin a raw string.
    pub(super) fn sees_raw(&self) -> bool {
        let rest = self.cursor.text.as_bytes().get(self.cursor.at..).unwrap_or_default();
        rest.iter().find(|&&byte| byte != b'#') == Some(&b'"')
    }

    /// The bytes `start..end` of the file, as they stand.
    fn written(&self, start: usize, end: usize) -> Text {
        Text::verbatim(self.cursor.slice(start, end), self.span(start..end))
    }

    /// Reads `#true` and its kind; the cursor is at the `#`.
    fn keyword(&mut self, place: Place) -> Option<Token> {
        let start = self.cursor.at;
        self.cursor.at += 1;
        let word = self.cursor.eat_word();
        let end = self.cursor.at;
        let kind = match word {
            "true" | "false" => ScalarKind::Bool,
            "null" => ScalarKind::Null,
            "inf" | "-inf" | "nan" => ScalarKind::Number,
            _ if word.is_empty() || place == Place::Name => {
                self.hash_comment(start);
                return None;
            }
            _ => {
                let meant = mistake::meant_keyword(word);
                let span = self.span(start..end);
                self.report(mistake::unknown_keyword(span, word, meant));
                return Some(match meant {
                    Some("true" | "false") => {
                        Token { text: Text::synthetic(meant.unwrap_or_default(), span), kind: ScalarKind::Bool }
                    }
                    Some(_) | None => Token { text: self.written(start, end), kind: ScalarKind::Plain },
                });
            }
        };
        if place == Place::Name || place == Place::Annotation {
            self.report_unless_troubled(mistake::not_a_name(self.span(start..end), self.cursor.slice(start, end)));
        }
        // The number keywords keep their `#`: without it they would read like a word.
        let text = match kind {
            ScalarKind::Number => self.written(start, end),
            ScalarKind::Plain | ScalarKind::Quoted | ScalarKind::Bool | ScalarKind::Null => {
                self.written(start + 1, end).within(self.span(start..end))
            }
        };
        Some(Token { text, kind })
    }

    /// Goes over a comment as shells and YAML have it. One report speaks for all of them.
    fn hash_comment(&mut self, start: usize) {
        self.cursor.go_to_line_end();
        if let Some((_, more)) = &mut self.hash_comments {
            *more += 1;
            self.troubled = true;
            return;
        }
        let index = self.diagnostics.len();
        let mark = self.span(start..start + 1);
        let comment = self.span(start..self.cursor.at);
        self.report(mistake::hash_comment(mark, comment));
        if self.diagnostics.len() > index {
            self.hash_comments = Some((index, 0));
        }
    }

    /// Reads a bare word or a number.
    fn word(&mut self, place: Place) -> Token {
        let start = self.cursor.at;
        if let Some(token) = self.foreign_quotes() {
            return token;
        }
        let mut word = self.cursor.eat_word();
        if word == "r" && self.cursor.byte().is_some_and(|byte| byte == b'"' || byte == b'#') && self.sees_raw() {
            return self.legacy_raw(start);
        }
        if self.in_list {
            word = word.trim_end_matches(',');
        }
        let end = start + word.len();
        if self.is_glued(word, place) {
            return self.unquoted(start, place, false);
        }
        let first = word.as_bytes().first().copied().unwrap_or_default();
        let plain = |parser: &Self| Token { text: parser.written(start, end), kind: ScalarKind::Plain };
        match first {
            b'0'..=b'9' | b'+' | b'-' | b'.' if number::looks_like(word) => self.number(start, word, place),
            b't' | b'f' | b'n' | b'i' | b'-' if matches!(word, "true" | "false" | "null" | "inf" | "-inf" | "nan") => {
                self.bare_keyword(start, word, place)
            }
            _ => plain(self),
        }
    }

    /// Checks a word that starts like a number.
    fn number(&mut self, start: usize, word: &str, place: Place) -> Token {
        let end = start + word.len();
        let span = self.span(start..end);
        let outcome = number::check(word);
        if place == Place::Name || place == Place::Annotation {
            self.report_unless_troubled(mistake::not_a_name(span, word));
            return Token { text: self.written(start, end), kind: ScalarKind::Plain };
        }
        let Err(fault) = outcome else {
            return Token { text: self.written(start, end), kind: ScalarKind::Number };
        };
        self.report(mistake::number(span, word, fault));
        match fault {
            Fault::Comma => Token { text: self.written(start, end - 1), kind: ScalarKind::Number },
            Fault::LeadingPoint | Fault::TrailingPoint | Fault::Exponent | Fault::Base(_) | Fault::Unit => {
                Token { text: self.written(start, end), kind: ScalarKind::Plain }
            }
        }
    }

    /// A keyword without its `#`, as in KDL 1 and YAML. It is taken for the keyword, except where a name must stand.
    fn bare_keyword(&mut self, start: usize, word: &str, place: Place) -> Token {
        let end = start + word.len();
        let names_property = place == Place::Entry && self.cursor.byte() == Some(b'=');
        let text = self.written(start, end);
        if place == Place::Name || place == Place::Annotation || names_property {
            self.report_unless_troubled(mistake::keyword_as_name(self.span(start..end), word));
            return Token { text, kind: ScalarKind::Plain };
        }
        self.report(mistake::bare_keyword(self.span(start..end), word));
        let kind = match word {
            "true" | "false" => ScalarKind::Bool,
            "null" => ScalarKind::Null,
            _ => ScalarKind::Number,
        };
        Token { text, kind }
    }

    /// Reads a raw string as KDL 1 has it, `r"…"` or `r#"…"#`; the cursor is behind the `r`.
    fn legacy_raw(&mut self, start: usize) -> Token {
        let from = self.cursor.at;
        while self.cursor.eat("#") {}
        let hashes = self.cursor.at - from;
        let reports = self.diagnostics.len();
        let text = if hashes == 0 {
            self.cursor.at += 1;
            self.raw_line(start, 0)
        } else {
            self.cursor.at = from;
            self.raw().unwrap_or_else(|| self.written(start, from))
        };
        if self.diagnostics.len() == reports {
            let literal = self.cursor.slice(from, self.cursor.at);
            let span = self.span(start..self.cursor.at);
            self.report(mistake::legacy_raw(span, literal, hashes));
        }
        Token { text, kind: ScalarKind::Quoted }
    }

    /// Reads a text between typographic or single quotes or backticks as if the quotes were straight double ones, if such
    /// a quote is at the cursor. A single quote or backtick is let go if no other ends a word on its line.
    fn foreign_quotes(&mut self) -> Option<Token> {
        let start = self.cursor.at;
        let first = match self.cursor.byte()? {
            b'\'' => '\'',
            b'`' => '`',
            0xC2 | 0xE2 => self.cursor.peek()?,
            _ => return None,
        };
        let closing = match first {
            '“' | '”' | '„' | '‘' | '’' | '«' => "”“’‘»\"",
            '\'' => "'",
            '`' => "`",
            _ => return None,
        };
        let from = start + first.len_utf8();
        let line = self.cursor.slice(from, self.cursor.text.len());
        let end = line
            .char_indices()
            .take(LONGEST_TEXT)
            .take_while(|&(_, character)| !class::is_newline(character))
            .find(|&(_, character)| closing.contains(character));
        let (length, quote) = match end {
            Some((length, quote)) => (length, quote.len_utf8()),
            None if first.is_ascii() => return None,
            None => (self.cursor.eat_word().len().saturating_sub(first.len_utf8()), 0),
        };
        let end = from + length + quote;
        let next = self.cursor.slice(end, self.cursor.text.len()).chars().next();
        if first.is_ascii() && (length == 0 || next.is_some_and(class::is_word)) {
            return None;
        }
        self.cursor.at = end;
        let span = self.span(start..end);
        let text = self.written(from, from + length).within(span);
        self.report(mistake::foreign_quotes(span, text.as_str()));
        Some(Token { text, kind: ScalarKind::Quoted })
    }

    /// Whether the word in front of the cursor goes on with characters that a bare word cannot have, and no other rule
    /// would explain them.
    fn is_glued(&self, word: &str, place: Place) -> bool {
        let next = self.cursor.byte_after(1);
        match self.cursor.byte() {
            Some(b'/') => match next {
                Some(b'/') => word.ends_with(':') && self.cursor.byte_after(2).is_some_and(|byte| byte > b' '),
                Some(b'*') => self.cursor.sees("/*.") || self.glob_stars(),
                Some(b'-') => false,
                _ => true,
            },
            Some(b'\\') => next.is_some_and(|byte| !byte.is_ascii() || class::is_word_byte(byte) || byte == b'\\'),
            Some(b'(' | b'[') => true,
            Some(b')') => place != Place::Annotation,
            Some(b']') => !self.in_list,
            Some(b'#') => !self.sees_raw(),
            Some(b'=') => place == Place::Value,
            Some(b'{') => place != Place::Name && self.sees_matchers(),
            Some(_) | None => false,
        }
    }

    /// `{job="x"` and its kind, the matchers of a PromQL selector. No block can start like that.
    fn sees_matchers(&self) -> bool {
        let mut ahead = self.cursor.clone();
        ahead.bump();
        ahead.eat_blanks();
        let label = ahead.eat_word();
        let operator = ahead.eat("=~") || ahead.eat("=");
        label.len() < LONGEST_LABEL && operator && ahead.byte() == Some(b'"')
    }

    /// `/**/` between two parts of a path.
    fn glob_stars(&self) -> bool {
        self.cursor.sees("/**/") && self.cursor.byte_after(4).is_some_and(class::is_word_byte)
    }

    /// Reports what needs quotes and takes it as text: up to the next blank, or, if it is an expression with brackets, up
    /// to the end of the statement.
    pub(super) fn unquoted(&mut self, start: usize, place: Place, expression: bool) -> Token {
        let comment = self.cursor.byte() == Some(b'/') && matches!(self.cursor.byte_after(1), Some(b'/' | b'*'));
        let bracket = self.cursor.byte().is_some_and(|byte| matches!(byte, b'(' | b'[' | b'{'));
        let expression = expression || (place != Place::Name && bracket);
        let mut depth = 0_usize;
        let mut end = self.cursor.at;
        while let Some(next) = self.cursor.peek() {
            match next {
                '"' => self.skip_quoted(),
                '(' | '[' => depth += 1,
                '{' if depth > 0 || (expression && !self.opens_block()) => depth += 1,
                ')' | ']' | '}' if depth > 0 => depth -= 1,
                '{' | '}' => break,
                ']' if self.in_list => break,
                ')' if place == Place::Annotation => break,
                ';' if depth == 0 => break,
                '/' if self.cursor.sees("//") && self.cursor.before().is_some_and(class::is_blank) => break,
                _ if class::is_newline(next) => break,
                _ if class::is_blank(next) && depth == 0 && !expression => break,
                _ => {}
            }
            self.cursor.bump();
            if !class::is_blank(next) {
                end = self.cursor.at;
            }
        }
        self.cursor.at = end;
        let span = self.span(start..end);
        let written = self.cursor.slice(start, end);
        let diagnostic = if comment {
            mistake::comment_in_word(span, written)
        } else {
            mistake::needs_quotes(span, written, self.in_list)
        };
        // A path among paths stands on its own; what is odd in other ways may be a consequence.
        let before = self.cursor.slice(0, start);
        let bracket_free = !written.contains(['(', ')', '[', ']', '{', '}', '"']);
        if before.ends_with([' ', '\t', '=']) && bracket_free && !self.in_list {
            self.report(diagnostic);
        } else {
            self.report_unless_troubled(diagnostic);
        }
        Token { text: self.written(start, end), kind: ScalarKind::Plain }
    }

    /// Whether the brace at the cursor is the last thing on its line.
    fn opens_block(&self) -> bool {
        let mut ahead = self.cursor.clone();
        ahead.bump();
        ahead.eat_blanks();
        ahead.byte().is_none() || ahead.newline_length() > 0 || ahead.sees("//")
    }

    /// Warns about a node name as YAML would have it.
    pub(super) fn check_name(&mut self, name: &Token) {
        if name.kind == ScalarKind::Plain && name.text.as_str() == "-" {
            self.report(mistake::name_is_dash(name.text.span()));
        }
        if name.kind == ScalarKind::Plain && name.text.as_str().ends_with(':') && !self.troubled {
            let span = name.text.span();
            self.report(mistake::name_with_colon(span, self.span(span.end as usize - 1..span.end as usize)));
        }
        if name.kind == ScalarKind::Plain {
            self.check_comma(&name.text);
        }
    }

    /// Warns about an argument as YAML or JSON would have it. `spaced`: a blank follows it.
    pub(super) fn check_argument(&mut self, argument: &Token, spaced: bool) {
        if argument.kind != ScalarKind::Plain || self.troubled {
            return;
        }
        let word = argument.text.as_str();
        if word.len() > 1 && word.ends_with(':') && spaced && self.cursor.byte().is_some_and(starts_value) {
            let span = argument.text.span();
            let colon = self.span(span.end as usize - 1..self.cursor.at);
            self.report(mistake::argument_with_colon(span, colon, word));
        }
        self.check_comma(&argument.text);
    }

    /// Warns about a word that ends in a comma.
    pub(super) fn check_comma(&mut self, word: &Text) {
        if word.as_str().ends_with(',') && !self.troubled {
            let span = word.span();
            self.report(mistake::word_with_comma(span, self.span(span.end as usize - 1..span.end as usize)));
        }
    }

    /// Refuses a number or keyword as the name of a property.
    pub(super) fn check_property_name(&mut self, name: &Token) {
        match name.kind {
            ScalarKind::Plain | ScalarKind::Quoted => {}
            ScalarKind::Number | ScalarKind::Bool | ScalarKind::Null => {
                let span = name.text.span();
                self.report_unless_troubled(mistake::not_a_name(
                    span,
                    self.cursor.slice(span.start as usize, span.end as usize),
                ));
            }
        }
    }
}

/// Whether a value can start with this byte.
fn starts_value(byte: u8) -> bool {
    !byte.is_ascii() || class::is_word_byte(byte) || byte == b'"' || byte == b'#'
}
