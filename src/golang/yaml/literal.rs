//! Scalars: plain, quoted and in blocks, each with the places of its parts.

use super::cursor::Cursor;
use super::scanner::{Kind, Scanned, Scanner};
use super::{Error, Piece, Style};

/// A value while it is read: verbatim stretches of the text, and stretches that stand for something else.
#[derive(Debug, Default)]
struct Cooked {
    value: String,
    pieces: Vec<Piece>,
}

impl Cooked {
    /// Adds text that stands in the file from `at` on.
    fn copy(&mut self, text: &str, at: usize) {
        if text.is_empty() {
            return;
        }
        let inner = self.value.len();
        self.value.push_str(text);
        match self.pieces.last_mut() {
            Some(last)
                if last.verbatim
                    && last.outer.end == at
                    && last.inner + (last.outer.end - last.outer.start) == inner =>
            {
                last.outer.end += text.len();
            }
            _ => self.pieces.push(Piece { inner, outer: at..at + text.len(), verbatim: true }),
        }
    }

    /// Adds text that the bytes `outer` of the file stand for.
    fn add(&mut self, text: &str, outer: std::ops::Range<usize>) {
        if !text.is_empty() {
            self.pieces.push(Piece { inner: self.value.len(), outer, verbatim: false });
            self.value.push_str(text);
        }
    }

    fn finish(self, style: Style) -> Kind {
        Kind::Scalar { value: self.value, pieces: self.pieces, style }
    }
}

/// Line breaks and blanks between two words of a scalar that is folded.
#[derive(Debug, Default)]
struct Gap {
    start: usize,
    end: usize,
    /// Whether a line break is in it.
    broken: bool,
    first: String,
    further: String,
}

impl Gap {
    /// Reads the gap at the cursor. A tab that stands left of column `indent` on a new line is refused.
    fn read(&mut self, cursor: &mut Cursor<'_>, indent: Option<isize>) -> Result<(), usize> {
        loop {
            if cursor.blank() {
                let left = indent.is_some_and(|indent| cursor.mark.column.cast_signed() < indent);
                if self.broken && left && cursor.byte() == b'\t' {
                    return Err(cursor.mark.at);
                }
                cursor.skip();
            } else if cursor.line_break() {
                let text = cursor.skip_break();
                if self.broken {
                    self.further.push_str(text);
                } else {
                    self.first.push_str(text);
                    self.broken = true;
                }
            } else {
                break;
            }
        }
        self.end = cursor.mark.at;
        Ok(())
    }

    /// What the gap means.
    fn fold(&self, cursor: &Cursor<'_>, into: &mut Cooked) {
        if !self.broken {
            into.copy(cursor.slice(self.start, self.end), self.start);
        } else if self.first.starts_with('\n') {
            into.add(if self.further.is_empty() { " " } else { &self.further }, self.start..self.end);
        } else {
            into.add(&format!("{}{}", self.first, self.further), self.start..self.end);
        }
    }
}

impl Scanner<'_> {
    /// A plain scalar with the byte behind it.
    pub(super) fn plain_scalar(&mut self) -> Scanned<(Kind, usize)> {
        let mut cooked = Cooked::default();
        let indent = self.indent + 1;
        let mut end = self.here();
        let mut gap: Option<Gap> = None;
        let mut broken = false;
        while !self.cursor.document_indicator() && self.cursor.byte() != b'#' {
            while !self.cursor.blank_break_or_end(0) {
                let byte = self.cursor.byte();
                if byte == b':' && self.cursor.blank_break_or_end(1)
                    || self.flow_level > 0 && matches!(byte, b',' | b'?' | b'[' | b']' | b'{' | b'}')
                {
                    break;
                }
                if let Some(gap) = gap.take() {
                    gap.fold(&self.cursor, &mut cooked);
                    broken = false;
                }
                let start = self.here();
                self.cursor.skip();
                end = self.here();
                cooked.copy(self.cursor.slice(start, end), start);
            }
            if !self.cursor.blank() && !self.cursor.line_break() {
                break;
            }
            let mut next = Gap { start: self.here(), ..Gap::default() };
            next.read(&mut self.cursor, Some(indent))
                .map_err(|at| Error::new("a tab cannot indent YAML", at).to(at + 1))?;
            broken = next.broken;
            gap = Some(next);
            if self.flow_level == 0 && self.cursor.mark.column.cast_signed() < indent {
                break;
            }
        }
        if broken {
            self.simple_key_allowed = true;
        }
        Ok((cooked.finish(Style::Plain), end))
    }

    /// A scalar in single or double quotes.
    pub(super) fn quoted_scalar(&mut self) -> Scanned<Kind> {
        let (open, quote) = (self.here(), self.cursor.byte());
        let mut cooked = Cooked::default();
        self.cursor.skip();
        loop {
            if self.cursor.document_indicator() {
                return Err(Error::new("a document begins before the quote is closed", open).to(open + 1));
            }
            if self.cursor.ended() {
                return Err(Error::new("this quote is never closed", open).to(open + 1));
            }
            let mut escaped_break = None;
            while !self.cursor.blank_break_or_end(0) {
                let start = self.here();
                match (self.cursor.byte(), self.cursor.peek(1)) {
                    (b'\'', b'\'') if quote == b'\'' => {
                        self.cursor.skip();
                        self.cursor.skip();
                        cooked.add("'", start..self.here());
                    }
                    (byte, _) if byte == quote => break,
                    (b'\\', _) if quote == b'"' && self.cursor.break_at(1) > 0 => {
                        self.cursor.skip();
                        self.cursor.skip_break();
                        escaped_break = Some(start);
                        break;
                    }
                    (b'\\', _) if quote == b'"' => {
                        let character = self.escape()?;
                        cooked.add(character.encode_utf8(&mut [0; 4]), start..self.here());
                    }
                    _ => {
                        self.cursor.skip();
                        cooked.copy(self.cursor.slice(start, self.here()), start);
                    }
                }
            }
            if self.cursor.byte() == quote {
                break;
            }
            let mut gap = Gap { start: self.here(), broken: escaped_break.is_some(), ..Gap::default() };
            // No tab is refused in quotes.
            let _ = gap.read(&mut self.cursor, None);
            gap.start = escaped_break.unwrap_or(gap.start);
            gap.fold(&self.cursor, &mut cooked);
        }
        self.cursor.skip();
        Ok(cooked.finish(if quote == b'"' { Style::DoubleQuoted } else { Style::SingleQuoted }))
    }

    /// An escape of double quotes.
    fn escape(&mut self) -> Scanned<char> {
        let start = self.here();
        let letter = self.cursor.peek(1);
        let simple = match letter {
            b'0' => '\0',
            b'a' => '\u{7}',
            b'b' => '\u{8}',
            b't' | b'\t' => '\t',
            b'n' => '\n',
            b'v' => '\u{b}',
            b'f' => '\u{c}',
            b'r' => '\r',
            b'e' => '\u{1b}',
            b' ' => ' ',
            b'"' => '"',
            b'\'' => '\'',
            b'\\' => '\\',
            b'N' => '\u{85}',
            b'_' => '\u{a0}',
            b'L' => '\u{2028}',
            b'P' => '\u{2029}',
            b'x' | b'u' | b'U' => {
                let digits = match letter {
                    b'x' => 2,
                    b'u' => 4,
                    _ => 8,
                };
                let hex = self.cursor.slice(start + 2, start + 2 + digits);
                let whole = hex.len() == digits && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
                let code = u32::from_str_radix(hex, 16).ok().filter(|_| whole);
                let Some(character) = code.and_then(char::from_u32) else {
                    let wrong = Error::new("this escape names no character", start).to(start + 2);
                    return Err(wrong);
                };
                (0..digits + 2).for_each(|_| self.cursor.skip());
                return Ok(character);
            }
            _ => return Err(Error::new("double quotes know no such escape", start).to(start + 2)),
        };
        self.cursor.skip();
        self.cursor.skip();
        Ok(simple)
    }

    /// A scalar below `|` or `>`, with the byte behind its last line.
    pub(super) fn block_scalar(&mut self) -> Scanned<(Kind, usize)> {
        let literal = self.cursor.byte() == b'|';
        self.cursor.skip();
        let (keep, strip, increment) = self.block_header()?;
        self.cursor.skip_break();
        let mut indent = increment.map(|increment| self.indent.max(0) + increment);
        let mut cooked = Cooked::default();
        let mut end = self.here();
        let mut gap_start = self.here();
        // The break behind the last line, and those of the empty lines after it.
        let mut last_break = String::new();
        let mut further = self.block_breaks(&mut indent, &mut end)?;
        let column = indent.unwrap_or(1);
        let mut begins_blank = false;
        while self.cursor.mark.column.cast_signed() == column && !self.cursor.ended() {
            let blank = self.cursor.blank();
            let gap = if !literal && !begins_blank && !blank && last_break.starts_with('\n') {
                if further.is_empty() { " ".to_owned() } else { further.clone() }
            } else {
                format!("{last_break}{further}")
            };
            // A single break maps to itself.
            let gap_end = if gap.len() == 1 { gap_start + 1 } else { self.here() };
            cooked.add(&gap, gap_start..gap_end.min(self.here()));
            begins_blank = blank;
            let start = self.here();
            self.cursor.skip_to_break();
            cooked.copy(self.cursor.slice(start, self.here()), start);
            gap_start = self.here();
            self.cursor.skip_break().clone_into(&mut last_break);
            further = self.block_breaks(&mut indent, &mut end)?;
        }
        if !strip {
            cooked.add(&last_break, gap_start..(gap_start + last_break.len()).min(self.here()));
        }
        if keep {
            cooked.add(&further, gap_start..self.here());
        }
        Ok((cooked.finish(if literal { Style::Literal } else { Style::Folded }), end))
    }

    /// What stands behind `|` or `>`: keep or strip the last breaks, and the indentation if it is given.
    fn block_header(&mut self) -> Scanned<(bool, bool, Option<isize>)> {
        let (mut keep, mut strip, mut increment) = (false, false, None);
        for _ in 0..2 {
            match self.cursor.byte() {
                sign @ (b'+' | b'-') if !keep && !strip => {
                    (keep, strip) = (sign == b'+', sign == b'-');
                    self.cursor.skip();
                }
                b'0' if increment.is_none() => {
                    let at = self.here();
                    return Err(Error::new("the indentation of a block is a digit from 1 to 9", at).to(at + 1));
                }
                digit @ b'1'..=b'9' if increment.is_none() => {
                    increment = Some(isize::from(digit - b'0'));
                    self.cursor.skip();
                }
                _ => {}
            }
        }
        self.cursor.skip_blanks();
        if self.cursor.byte() == b'#' {
            self.comment();
        }
        if !self.cursor.break_or_end() {
            let at = self.here();
            return Err(Error::new("behind `|` or `>` the line has to end", at));
        }
        Ok((keep, strip, increment))
    }

    /// Empty lines of a block, and the indentation before the next line; finds out the block's own on the first call.
    fn block_breaks(&mut self, indent: &mut Option<isize>, end: &mut usize) -> Scanned<String> {
        let mut breaks = String::new();
        let mut deepest = 0;
        *end = self.here();
        loop {
            let inside = |column: usize| indent.is_none_or(|indent| column.cast_signed() < indent);
            while inside(self.cursor.mark.column) && self.cursor.byte() == b' ' {
                self.cursor.skip();
            }
            deepest = deepest.max(self.cursor.mark.column.cast_signed());
            if inside(self.cursor.mark.column) && self.cursor.byte() == b'\t' {
                let at = self.here();
                return Err(Error::new("a tab cannot indent YAML", at).to(at + 1));
            }
            if !self.cursor.line_break() {
                break;
            }
            breaks.push_str(self.cursor.skip_break());
            *end = self.here();
        }
        indent.get_or_insert(deepest.max(self.indent + 1).max(1));
        Ok(breaks)
    }
}
