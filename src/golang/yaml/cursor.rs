//! A place in the text, and the classes of characters that YAML's tokens are made of.

/// Where the scanner stands. `index` and `column` count characters, as the limits of YAML do; `at` is the byte.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Mark {
    pub at: usize,
    pub index: usize,
    pub line: usize,
    pub column: usize,
}

/// The text with a place in it. Beyond the end there are zero bytes, which cannot stand in YAML themselves.
#[derive(Debug)]
pub(super) struct Cursor<'t> {
    text: &'t str,
    pub mark: Mark,
    /// Line breaks since the last character that is no blank.
    pub newlines: usize,
}

impl<'t> Cursor<'t> {
    pub fn new(text: &'t str) -> Self {
        // One mark of the encoding, and a second one that is passed over as a character.
        let marks: Vec<usize> =
            text.chars().take(2).take_while(|&mark| mark == '\u{feff}').map(char::len_utf8).collect();
        let column = marks.len().saturating_sub(1);
        Self { text, mark: Mark { at: marks.iter().sum(), index: column, line: 0, column }, newlines: 0 }
    }

    pub fn slice(&self, from: usize, to: usize) -> &'t str {
        self.text.get(from..to).unwrap_or_default()
    }

    /// The byte `ahead` of the place.
    pub fn peek(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.mark.at + ahead).copied().unwrap_or(0)
    }

    /// The byte at the place.
    pub fn byte(&self) -> u8 {
        self.peek(0)
    }

    pub fn ended(&self) -> bool {
        self.byte() == 0
    }

    pub fn blank(&self) -> bool {
        self.blank_at(0)
    }

    pub fn blank_at(&self, ahead: usize) -> bool {
        matches!(self.peek(ahead), b' ' | b'\t')
    }

    /// How many bytes the line break `ahead` of the place has; 0 if there is none. The breaks are those of YAML 1.1.
    pub fn break_at(&self, ahead: usize) -> usize {
        match (self.peek(ahead), self.peek(ahead + 1), self.peek(ahead + 2)) {
            (b'\r', b'\n', _) => 2,
            (b'\r' | b'\n', ..) => 1,
            (0xC2, 0x85, _) => 2,
            (0xE2, 0x80, 0xA8 | 0xA9) => 3,
            _ => 0,
        }
    }

    pub fn line_break(&self) -> bool {
        self.break_at(0) > 0
    }

    pub fn break_or_end(&self) -> bool {
        self.ended() || self.line_break()
    }

    pub fn blank_break_or_end(&self, ahead: usize) -> bool {
        self.peek(ahead) == 0 || self.blank_at(ahead) || self.break_at(ahead) > 0
    }

    /// Letters of anchors, tags and directives.
    pub fn word(&self) -> bool {
        matches!(self.byte(), b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' | b'-')
    }

    /// Whether `---` or `...` stands here, at the beginning of a line and by itself.
    pub fn document_indicator(&self) -> bool {
        self.mark.column == 0
            && [b'-', b'.'].iter().any(|&mark| (0..3).all(|ahead| self.peek(ahead) == mark))
            && self.blank_break_or_end(3)
    }

    /// Goes over one character, which is no line break.
    pub fn skip(&mut self) {
        if !self.blank() {
            self.newlines = 0;
        }
        let length = self.text.get(self.mark.at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        self.mark.at += length;
        self.mark.index += 1;
        self.mark.column += 1;
    }

    pub fn skip_blanks(&mut self) {
        while self.blank() {
            self.skip();
        }
    }

    pub fn skip_to_break(&mut self) {
        while !self.break_or_end() {
            self.skip();
        }
    }

    /// Goes over a line break and gives what it means: breaks of old systems are line feeds, the others themselves.
    pub fn skip_break(&mut self) -> &'t str {
        let length = self.break_at(0);
        if length == 0 {
            return "";
        }
        let written = self.slice(self.mark.at, self.mark.at + length);
        self.mark = Mark {
            at: self.mark.at + length,
            index: self.mark.index + if written == "\r\n" { 2 } else { 1 },
            line: self.mark.line + 1,
            column: 0,
        };
        self.newlines += 1;
        if length == 3 { written } else { "\n" }
    }
}

/// The first character that cannot stand in YAML at all.
pub(super) fn forbidden(text: &str) -> Option<(usize, char)> {
    text.char_indices().find(|(_, character)| {
        !matches!(character,
            '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}'
            | '\u{10000}'..='\u{10ffff}')
    })
}
