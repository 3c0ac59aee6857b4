//! A place in the text and the smallest steps from there: characters, line breaks, words.

use super::class;

/// Walks over a text. All offsets are on character boundaries.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'t> {
    /// The whole file.
    pub(super) text: &'t str,
    /// Byte offset of the next character.
    pub(super) at: usize,
}

impl<'t> Cursor<'t> {
    /// The text between two offsets; empty where they make no range.
    pub(super) fn slice(&self, from: usize, to: usize) -> &'t str {
        self.text.get(from..to).unwrap_or_default()
    }

    /// What is left.
    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The next byte, without going there.
    pub(super) fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The byte `ahead` bytes after the next one.
    pub(super) fn byte_after(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    /// The next character, without going there.
    pub(super) fn peek(&self) -> Option<char> {
        match self.byte() {
            Some(byte) if byte.is_ascii() => Some(byte as char),
            Some(_) => self.rest().chars().next(),
            None => None,
        }
    }

    /// The character before the next one.
    pub(super) fn before(&self) -> Option<char> {
        self.text.get(..self.at).and_then(|text| text.chars().next_back())
    }

    /// Goes over one character.
    pub(super) fn bump(&mut self) {
        self.at += self.peek().map_or(0, char::len_utf8);
    }

    /// Whether the text goes on with `prefix`.
    pub(super) fn sees(&self, prefix: &str) -> bool {
        self.text.as_bytes().get(self.at..).is_some_and(|rest| rest.starts_with(prefix.as_bytes()))
    }

    /// Goes over `prefix` if the text goes on with it.
    pub(super) fn eat(&mut self, prefix: &str) -> bool {
        let seen = self.sees(prefix);
        if seen {
            self.at += prefix.len();
        }
        seen
    }

    /// How many bytes the line break at the cursor has; 0 if there is none.
    pub(super) fn newline_length(&self) -> usize {
        match self.byte() {
            Some(b'\r') if self.byte_after(1) == Some(b'\n') => 2,
            Some(b'\n' | b'\r' | 0xB | 0xC) => 1,
            Some(byte) if !byte.is_ascii() => {
                self.peek().filter(|&next| class::is_newline(next)).map_or(0, char::len_utf8)
            }
            Some(_) | None => 0,
        }
    }

    /// Goes over one line break.
    pub(super) fn eat_newline(&mut self) -> bool {
        let length = self.newline_length();
        self.at += length;
        length > 0
    }

    /// Goes over blanks within a line and says whether there were any.
    pub(super) fn eat_blanks(&mut self) -> bool {
        let start = self.at;
        loop {
            match self.byte() {
                Some(b' ' | b'\t') => self.at += 1,
                Some(byte) if !byte.is_ascii() && self.peek().is_some_and(class::is_blank) => self.bump(),
                Some(_) | None => return self.at > start,
            }
        }
    }

    /// Goes to the end of the line, in front of its line break.
    pub(super) fn go_to_line_end(&mut self) {
        while self.byte().is_some() && self.newline_length() == 0 {
            self.bump();
        }
    }

    /// Goes over the characters of a bare word and gives them.
    pub(super) fn eat_word(&mut self) -> &'t str {
        let start = self.at;
        loop {
            match self.byte() {
                Some(byte) if byte.is_ascii() => {
                    if !class::is_word_byte(byte) {
                        break;
                    }
                    self.at += 1;
                }
                Some(_) if self.peek().is_some_and(class::is_word) => self.bump(),
                Some(_) | None => break,
            }
        }
        self.slice(start, self.at)
    }

    /// Goes over a block comment, which may hold further ones. `false` if it is not closed; the cursor is then at the end.
    pub(super) fn eat_block_comment(&mut self) -> bool {
        let mut depth = 0_usize;
        while let Some(byte) = self.byte() {
            match (byte, self.byte_after(1)) {
                (b'/', Some(b'*')) => {
                    depth += 1;
                    self.at += 2;
                }
                (b'*', Some(b'/')) => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        return true;
                    }
                }
                _ if byte.is_ascii() => self.at += 1,
                _ => self.bump(),
            }
        }
        false
    }
}
