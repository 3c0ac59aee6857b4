//! Quoted, raw and multi-line strings into [`Text`], so that every cooked byte knows its file bytes.
//!
//! A string is read in two steps: first its end is found, going over escapes; then what lies between is decoded. A
//! multi-line string is cut into lines in the first step. An escape of blanks (a backslash, then blanks and line breaks)
//! takes its line breaks out of the text, so such a break does not end a line. The blanks in front of the closing quotes
//! are the indentation that every other line must start with and loses, except lines of nothing but blanks, which become
//! empty.

use std::ops::Range;

use super::class;
use super::cursor::Cursor;
use super::mistake;
use super::parser::Parser;
use crate::source::{Span, Text, TextBuilder};

/// After so many multi-line strings without end, another one takes the rest of the file; each has to look for its end in
/// all of it.
const MOST_UNCLOSED: usize = 3;

/// Where the end of a string was looked for.
enum End {
    /// The offset of the closing quote.
    Closed(usize),
    /// The line or the file ends before a closing quote, at this offset.
    Open(usize),
}

impl Parser<'_> {
    /// Reads a quoted string, on one line or on several; the cursor is at the quote. `None` if no text can be made of it.
    pub(super) fn quoted(&mut self) -> Option<Text> {
        let open = self.cursor.at;
        if self.cursor.eat("\"\"\"") {
            return self.multi_line(open, 0);
        }
        self.cursor.at += 1;
        let from = self.cursor.at;
        match self.closing_quote() {
            End::Closed(close) => {
                self.cursor.at = close + 1;
                Some(self.decode(open..close + 1, from..close))
            }
            End::Open(line_end) => Some(self.unclosed(open, line_end)),
        }
    }

    /// Reads a raw string; the cursor is at its first `#`. `None` if no text can be made of it.
    pub(super) fn raw(&mut self) -> Option<Text> {
        let open = self.cursor.at;
        while self.cursor.eat("#") {}
        let hashes = self.cursor.at - open;
        if self.cursor.eat("\"\"\"") {
            return self.multi_line(open, hashes);
        }
        self.cursor.at += 1;
        Some(self.raw_line(open, hashes))
    }

    /// Reads the rest of a raw string on one line, after its opening quote.
    pub(super) fn raw_line(&mut self, open: usize, hashes: usize) -> Text {
        let from = self.cursor.at;
        let mut fewer = None;
        loop {
            match self.cursor.byte() {
                Some(b'"') => {
                    let close = self.cursor.at;
                    self.cursor.at += 1;
                    let found = self.eat_hashes(hashes);
                    if found == hashes {
                        return self.verbatim(open..self.cursor.at, from..close);
                    }
                    if found > 0 {
                        fewer = Some(close..self.cursor.at);
                    }
                }
                None => break,
                Some(_) if self.cursor.newline_length() > 0 => break,
                Some(_) => self.cursor.bump(),
            }
        }
        let opener = self.span(open..from);
        let line_end = self.cursor.at;
        if fewer.is_none()
            && let Some(close) = self.closing_quote_below(line_end)
            && self.hashes_at(close + 1) >= hashes
        {
            self.cursor.at = close + 1 + hashes;
            self.report(mistake::string_over_lines(opener, self.span(close..self.cursor.at), hashes));
            return self.verbatim(open..self.cursor.at, from..close);
        }
        self.report(mistake::raw_string_unclosed(opener, hashes, fewer.map(|range| self.span(range))));
        self.verbatim(open..line_end, from..line_end)
    }

    /// Goes over at most `limit` `#` and says how many there were.
    fn eat_hashes(&mut self, limit: usize) -> usize {
        let start = self.cursor.at;
        while self.cursor.at - start < limit && self.cursor.eat("#") {}
        self.cursor.at - start
    }

    /// The text `inner` of the file as it stands, for the literal `whole`.
    fn verbatim(&self, whole: Range<usize>, inner: Range<usize>) -> Text {
        let inner_span = self.span(inner.clone());
        Text::verbatim(self.cursor.slice(inner.start, inner.end), inner_span).within(self.span(whole))
    }

    /// The text `inner` of the file with its escapes decoded, for the literal `whole`.
    fn decode(&mut self, whole: Range<usize>, inner: Range<usize>) -> Text {
        if !self.cursor.slice(inner.start, inner.end).contains('\\') {
            return self.verbatim(whole, inner);
        }
        let mut builder = TextBuilder::new(self.file);
        self.decode_into(&mut builder, inner, &mut false);
        builder.finish(self.span(whole))
    }

    /// Looks for the quote that closes a string on one line, from behind its opening quote.
    fn closing_quote(&self) -> End {
        let mut ahead = self.cursor.clone();
        loop {
            match ahead.byte() {
                Some(b'"') => return End::Closed(ahead.at),
                Some(b'\\') => go_over_escape(&mut ahead),
                Some(b'\n' | b'\r' | 0xB | 0xC) | None => return End::Open(ahead.at),
                // The other line breaks start with one of these two bytes.
                Some(0xC2 | 0xE2) => {
                    if ahead.newline_length() > 0 {
                        return End::Open(ahead.at);
                    }
                    ahead.bump();
                }
                Some(_) => ahead.at += 1,
            }
        }
    }

    /// Reports a string that is not closed on its line and makes the best of it: if the next quote in the file looks like
    /// the closing one, the text goes on to there, else to the end of the line (in front of an opening brace).
    fn unclosed(&mut self, open: usize, line_end: usize) -> Text {
        let opener = self.span(open..open + 1);
        if let Some(close) = self.closing_quote_below(line_end) {
            self.report(mistake::string_over_lines(opener, self.span(close..close + 1), 0));
            self.cursor.at = close + 1;
            return self.decode(open..close + 1, open + 1..close);
        }
        let line = self.cursor.slice(open + 1, line_end).trim_end();
        let text = line.strip_suffix('{').map_or(line, str::trim_end);
        let end = open + 1 + text.len();
        // A trailing backslash would take the quote of the fix as its escape.
        let fixable = !text.is_empty() && !text.ends_with('\\');
        self.report_unless_troubled(mistake::string_unclosed(opener, self.span(end..end), fixable));
        self.cursor.at = end;
        self.decode(open..end, open + 1..end)
    }

    /// The next quote below `line_end`, if it can only be the end of a text begun above: nothing but a separator
    /// follows it, and it does not stand where a string would start.
    fn closing_quote_below(&self, line_end: usize) -> Option<usize> {
        let below = self.cursor.text.get(line_end..)?;
        let close = line_end + below.find('"')?;
        let mut ahead = Cursor { text: self.cursor.text, at: close + 1 + self.hashes_at(close + 1) };
        let ends = ahead.eat_blanks() || ahead.newline_length() > 0 || matches!(ahead.byte(), None | Some(b';' | b'}'));
        let line = self.cursor.slice(line_end, close).rsplit(class::is_newline).next().unwrap_or_default();
        let starts = !line.trim().is_empty() && line.ends_with(|last| class::is_blank(last) || "=(#".contains(last));
        (ends && !starts).then_some(close)
    }

    /// Reads a multi-line string from behind its opening quotes; raw if it has `hashes`.
    fn multi_line(&mut self, open: usize, hashes: usize) -> Option<Text> {
        let opener = self.span(open..self.cursor.at);
        let after_quotes = self.cursor.at;
        let starts_on_new_line = self.cursor.eat_newline();
        let from = self.cursor.at;
        let Some((lines, close)) = self.lines(hashes) else {
            return self.unclosed_multi_line(opener, hashes, None);
        };
        self.cursor.at = close + 3 + hashes;
        let whole = open..self.cursor.at;
        let (last, content) = lines.split_last()?;
        if !starts_on_new_line {
            let end = self.cursor.at;
            let one_line = content.is_empty();
            self.report(mistake::block_starts_on_line(opener, self.span(end - 3 - hashes..end), one_line, hashes));
            return Some(match hashes {
                0 => self.decode(whole, after_quotes..close),
                _ => self.verbatim(whole, after_quotes..close),
            });
        }
        let raw = hashes > 0;
        if !self.is_blank_line(last, raw) {
            if self.opens_string(last, close + 3 + hashes) {
                self.cursor.at = from;
                return self.unclosed_multi_line(opener, hashes, Some(close..close + 3 + hashes));
            }
            self.report(mistake::block_ends_on_line(self.span(close..close + 3 + hashes), self.line_text(last)));
            return Some(if raw { self.verbatim(whole, from..close) } else { self.decode(whole, from..close) });
        }
        let indentation = leading_blanks(self.cursor.slice(last.start, last.end));
        Some(self.dedent(whole, content, last.start..last.start + indentation.len(), raw))
    }

    /// Cuts a multi-line string into lines without their line breaks; the last one ends at the closing quotes, whose
    /// offset is given too. `None` if the string is not closed.
    fn lines(&self, hashes: usize) -> Option<(Vec<Range<usize>>, usize)> {
        let mut ahead = self.cursor.clone();
        let mut lines = Vec::new();
        let mut start = ahead.at;
        loop {
            match ahead.byte()? {
                b'"' if ahead.sees("\"\"\"") && self.hashes_at(ahead.at + 3) >= hashes => {
                    lines.push(start..ahead.at);
                    return Some((lines, ahead.at));
                }
                b'\\' if hashes == 0 => go_over_escape(&mut ahead),
                b'\n' | b'\r' | 0xB | 0xC | 0xC2 | 0xE2 => {
                    let end = ahead.at;
                    if ahead.eat_newline() {
                        lines.push(start..end);
                        start = ahead.at;
                    } else {
                        ahead.bump();
                    }
                }
                _ => ahead.at += 1,
            }
        }
    }

    /// Whether the quotes that end at `end` and stand behind the text `line` rather open a string than close one.
    fn opens_string(&self, line: &Range<usize>, end: usize) -> bool {
        let ahead = Cursor { text: self.cursor.text, at: end };
        let before = self.cursor.slice(line.start, line.end).trim_end_matches('#');
        ahead.newline_length() > 0 && before.ends_with(|last| class::is_blank(last) || "=)".contains(last))
    }

    /// Reports a multi-line string that is never closed. Its text are the lines that are indented like its first one, so
    /// that the rest of the file is still read. `next`: where another such string opens.
    fn unclosed_multi_line(&mut self, opener: Span, hashes: usize, next: Option<Range<usize>>) -> Option<Text> {
        let (open, from) = (opener.start as usize, self.cursor.at);
        let limit = next.as_ref().map_or(self.cursor.text.len(), |next| next.start);
        let mut lines = Vec::new();
        let mut indentation = from..from;
        while self.cursor.at < limit {
            let start = self.cursor.at;
            self.cursor.go_to_line_end();
            let line = self.cursor.slice(start, self.cursor.at);
            let blanks = leading_blanks(line);
            if blanks.len() < line.len() {
                if indentation.is_empty() {
                    indentation = start..start + blanks.len();
                }
                if !line.starts_with(self.cursor.slice(indentation.start, indentation.end)) || self.cursor.at > limit {
                    break;
                }
            }
            lines.push(start..self.cursor.at);
            self.cursor.eat_newline();
        }
        while lines.last().is_some_and(|line| self.is_blank_line(line, true)) {
            lines.pop();
        }
        self.unclosed_strings += 1;
        let end = lines.last().map(|line| line.end);
        let blanks = self.cursor.slice(indentation.start, indentation.end).to_owned();
        let insert = end
            .filter(|_| !blanks.is_empty())
            .map(|end| (self.span(end..end), format!("\n{blanks}\"\"\"{}", "#".repeat(hashes))));
        let next = next.map(|next| self.span(next));
        let recovers = insert.is_some() && self.unclosed_strings <= MOST_UNCLOSED;
        self.report(mistake::block_unclosed(opener, hashes, insert, next, !recovers));
        let (Some(end), true) = (end, recovers) else {
            self.cursor.at = self.cursor.text.len();
            self.swallowed = true;
            return None;
        };
        self.cursor.at = end;
        Some(self.dedent(open..end, &lines, indentation, hashes > 0))
    }

    /// How many `#` stand at `at`.
    fn hashes_at(&self, at: usize) -> usize {
        let rest = self.cursor.text.as_bytes().get(at..).unwrap_or_default();
        rest.iter().take_while(|&&byte| byte == b'#').count()
    }

    /// Joins the lines of a multi-line string after taking the indentation of its last line away.
    fn dedent(&mut self, whole: Range<usize>, lines: &[Range<usize>], indentation: Range<usize>, raw: bool) -> Text {
        let wanted = self.cursor.slice(indentation.start, indentation.end);
        let mut builder = TextBuilder::new(self.file);
        let mut reported = false;
        let mut bad_escape = false;
        for (index, line) in lines.iter().enumerate() {
            if !self.is_blank_line(line, raw) {
                let text = self.cursor.slice(line.start, line.end);
                let stripped = if text.starts_with(wanted) {
                    wanted.len()
                } else {
                    let own = leading_blanks(text);
                    if !reported {
                        reported = true;
                        let first = own.len() + text.get(own.len()..).map_or(0, first_length);
                        self.report(mistake::block_indentation(
                            self.span(line.start..line.start + first),
                            self.span(indentation.start..indentation.end),
                            own,
                            wanted,
                        ));
                    }
                    own.len().min(wanted.len())
                };
                let inner = self.boundary(line.start + stripped)..line.end;
                if raw {
                    builder.verbatim(inner.start, self.cursor.slice(inner.start, inner.end));
                } else {
                    self.decode_into(&mut builder, inner, &mut bad_escape);
                }
            }
            // The break behind the last line belongs to the closing quotes.
            if let Some(next) = lines.get(index + 1) {
                match next.start - line.end {
                    1 if self.cursor.slice(line.end, next.start) == "\n" => builder.verbatim(line.end, "\n"),
                    _ => builder.escape(line.end..next.start, "\n"),
                }
            }
        }
        builder.finish(self.span(whole))
    }

    /// The nearest character boundary at or before `at`.
    fn boundary(&self, at: usize) -> usize {
        (0..=at).rev().find(|&at| self.cursor.text.is_char_boundary(at)).unwrap_or_default()
    }

    /// Whether a line holds nothing but blanks, written as such or taken away by an escape.
    fn is_blank_line(&self, line: &Range<usize>, raw: bool) -> bool {
        let mut ahead = Cursor { text: self.cursor.slice(0, line.end), at: line.start };
        loop {
            ahead.eat_blanks();
            match ahead.peek() {
                None => return true,
                Some('\\') if !raw => {
                    let next = ahead.text.get(ahead.at + 1..).and_then(|rest| rest.chars().next());
                    if !next.is_none_or(|next| class::is_blank(next) || class::is_newline(next)) {
                        return false;
                    }
                    go_over_escape(&mut ahead);
                }
                Some(_) => return false,
            }
        }
    }

    /// The bytes of a line behind its leading blanks.
    fn line_text(&self, line: &Range<usize>) -> Span {
        let text = self.cursor.slice(line.start, line.end);
        self.span(line.start + leading_blanks(text).len()..line.end)
    }

    /// Decodes the escapes of `inner` into `builder`. `reported` holds whether this string has had its report about an
    /// unknown escape; a regular expression would have many.
    fn decode_into(&mut self, builder: &mut TextBuilder, inner: Range<usize>, reported: &mut bool) {
        let mut ahead = Cursor { text: self.cursor.slice(0, inner.end), at: inner.start };
        loop {
            let start = ahead.at;
            let rest = ahead.rest();
            let Some(length) = rest.find('\\') else {
                builder.verbatim(start, rest);
                return;
            };
            builder.verbatim(start, rest.get(..length).unwrap_or_default());
            let backslash = start + length;
            ahead.at = backslash + 1;
            let Some(letter) = ahead.peek() else {
                return;
            };
            if class::is_blank(letter) || class::is_newline(letter) {
                while ahead.eat_blanks() || ahead.eat_newline() {}
                continue;
            }
            ahead.bump();
            let plain = match letter {
                'n' => Some("\n"),
                't' => Some("\t"),
                '"' => Some("\""),
                '\\' => Some("\\"),
                'r' => Some("\r"),
                's' => Some(" "),
                'b' => Some("\u{8}"),
                'f' => Some("\u{C}"),
                _ => None,
            };
            if let Some(plain) = plain {
                builder.escape(backslash..ahead.at, plain);
                continue;
            }
            if letter == 'u'
                && let Some(character) = code_point(&mut ahead)
            {
                builder.escape(backslash..ahead.at, character.encode_utf8(&mut [0; 4]));
                continue;
            }
            if !std::mem::replace(reported, true) {
                let escape = self.span(backslash..ahead.at);
                let written = self.cursor.slice(backslash, ahead.at);
                self.report(mistake::escape(escape, written));
            }
            builder.verbatim(backslash, self.cursor.slice(backslash, ahead.at));
        }
    }
}

/// Reads `{…}` of a `\u{…}` escape. Without a value the cursor still goes over what belongs to the escape.
fn code_point(ahead: &mut Cursor<'_>) -> Option<char> {
    if !ahead.eat("{") {
        for _ in 0..4 {
            if ahead.byte().is_some_and(|byte| byte.is_ascii_hexdigit()) {
                ahead.at += 1;
            }
        }
        return None;
    }
    let start = ahead.at;
    while ahead.byte().is_some_and(|byte| byte.is_ascii_hexdigit()) {
        ahead.at += 1;
    }
    let digits = ahead.slice(start, ahead.at);
    let closed = ahead.eat("}");
    (closed && digits.len() <= 6).then(|| u32::from_str_radix(digits, 16).ok().and_then(char::from_u32)).flatten()
}

/// Goes over a backslash and what it escapes.
fn go_over_escape(ahead: &mut Cursor<'_>) {
    ahead.at += 1;
    if ahead.peek().is_some_and(|next| class::is_blank(next) || class::is_newline(next)) {
        while ahead.eat_blanks() || ahead.eat_newline() {}
    } else {
        ahead.bump();
    }
}

/// The blanks at the start of a line.
fn leading_blanks(line: &str) -> &str {
    let text = line.trim_start_matches(class::is_blank);
    line.get(..line.len() - text.len()).unwrap_or_default()
}

/// The length of the first character in bytes.
fn first_length(text: &str) -> usize {
    text.chars().next().map_or(0, char::len_utf8)
}
