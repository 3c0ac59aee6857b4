//! Scalars: what kind they are, and which file byte each byte of their text came from.
//!
//! The parser below gives the cooked value and the raw range. The walk here goes over the raw bytes once more and builds
//! the same value with its places. Where the two should ever differ, the parser's value wins and is marked as a whole.

use granit_parser::ScalarStyle;

use crate::source::{FileId, Span, Text, TextBuilder};
use crate::syntax::ScalarKind;

/// The text of a scalar. `range` is its place (for a block, without the header), `whole` its place with everything that
/// belongs to the literal.
pub(super) fn cook(
    file: FileId,
    source: &str,
    range: std::ops::Range<usize>,
    whole: std::ops::Range<usize>,
    value: &str,
    style: ScalarStyle,
) -> Text {
    let span = Span::new(file, whole.clone());
    let mut walk = Walk { source, at: range.start, end: range.end, builder: TextBuilder::new(file) };
    match style {
        ScalarStyle::Plain => walk.flow(Quote::None),
        ScalarStyle::SingleQuoted => walk.quoted(Quote::Single),
        ScalarStyle::DoubleQuoted => walk.quoted(Quote::Double),
        ScalarStyle::Literal | ScalarStyle::Folded => {
            walk.at = block_start(source, range.start);
            walk.end = walk.end.max(whole.end);
            walk.block(value);
        }
    }
    if walk.builder.value() == value { walk.builder.finish(span) } else { Text::synthetic(value, span) }
}

/// The kind of a plain scalar by the core schema of YAML 1.2.
pub(super) fn plain_kind(text: &str) -> ScalarKind {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => ScalarKind::Null,
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => ScalarKind::Bool,
        _ if is_number(text) => ScalarKind::Number,
        _ => ScalarKind::Plain,
    }
}

fn is_number(text: &str) -> bool {
    let every = |text: &str, allowed: fn(&u8) -> bool| !text.is_empty() && text.as_bytes().iter().all(allowed);
    if let Some(digits) = text.strip_prefix("0o") {
        return every(digits, |byte| matches!(byte, b'0'..=b'7'));
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return every(digits, u8::is_ascii_hexdigit);
    }
    if matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return true;
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits_or_nothing = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    (!whole.is_empty() || !fraction.is_empty())
        && digits_or_nothing(whole)
        && digits_or_nothing(fraction)
        && exponent
            .is_none_or(|exponent| every(exponent.strip_prefix(['+', '-']).unwrap_or(exponent), u8::is_ascii_digit))
}

/// The first byte below the header of the block scalar whose content begins at `content`.
fn block_start(source: &str, content: usize) -> usize {
    let before = source.get(..content).unwrap_or_default();
    let header_end = before.trim_end_matches([' ', '\t', '\n', '\r']).len();
    let gap = before.get(header_end..).unwrap_or_default();
    // Only blanks can stand between the header and its line break.
    match gap.find(['\n', '\r']) {
        Some(at) => header_end + at + break_length(gap.as_bytes(), at),
        None => content,
    }
}

/// How many bytes the line break at `at` has; 0 if there is none.
fn break_length(bytes: &[u8], at: usize) -> usize {
    match (bytes.get(at), bytes.get(at + 1)) {
        (Some(b'\r'), Some(b'\n')) => 2,
        (Some(b'\n' | b'\r'), _) => 1,
        _ => 0,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quote {
    None,
    Single,
    Double,
}

struct Walk<'a> {
    source: &'a str,
    at: usize,
    end: usize,
    builder: TextBuilder,
}

impl<'a> Walk<'a> {
    fn slice(&self, from: usize, to: usize) -> &'a str {
        self.source.get(from..to).unwrap_or_default()
    }

    fn byte(&self, at: usize) -> Option<u8> {
        if at < self.end { self.source.as_bytes().get(at).copied() } else { None }
    }

    fn break_at(&self, at: usize) -> usize {
        if at < self.end { break_length(self.source.as_bytes(), at) } else { 0 }
    }

    fn skip_blanks(&self, mut at: usize) -> usize {
        while matches!(self.byte(at), Some(b' ' | b'\t')) {
            at += 1;
        }
        at
    }

    fn quoted(&mut self, quote: Quote) {
        self.at += 1;
        self.end = self.end.saturating_sub(1);
        self.flow(quote);
    }

    /// Plain and quoted scalars: line breaks fold, and quotes bring their escapes.
    fn flow(&mut self, quote: Quote) {
        let mut from = self.at;
        while let Some(byte) = self.byte(self.at) {
            match byte {
                b'\n' | b'\r' | b' ' | b'\t' => {
                    let blanks_end = self.skip_blanks(self.at);
                    if self.break_at(blanks_end) == 0 {
                        self.at = blanks_end;
                        continue;
                    }
                    self.copy(from, self.at);
                    self.fold(blanks_end);
                    from = self.at;
                }
                b'\'' if quote == Quote::Single => {
                    self.copy(from, self.at);
                    self.builder.escape(self.at..self.at + 2, "'");
                    self.at += 2;
                    from = self.at;
                }
                b'\\' if quote == Quote::Double => {
                    self.copy(from, self.at);
                    if !self.escape() {
                        return;
                    }
                    from = self.at;
                }
                _ => self.at += 1,
            }
        }
        self.copy(from, self.end);
    }

    fn copy(&mut self, from: usize, to: usize) {
        self.builder.verbatim(from, self.slice(from, to));
    }

    /// Folds the line breaks at `at` and the blanks around them: one becomes a blank, of several all but the first stay.
    fn fold(&mut self, at: usize) {
        let start = self.at;
        let (breaks, end) = self.breaks(at);
        let folded = if breaks == 1 { " ".to_owned() } else { "\n".repeat(breaks - 1) };
        self.builder.escape(start..end, &folded);
        self.at = end;
    }

    /// Counts line breaks from `at` on and gives the place behind them and the blanks between them.
    fn breaks(&self, mut at: usize) -> (usize, usize) {
        let mut count = 0;
        loop {
            let blanks_end = self.skip_blanks(at);
            match self.break_at(blanks_end) {
                0 => return (count, blanks_end),
                length => at = blanks_end + length,
            }
            count += 1;
        }
    }

    /// One escape sequence of double quotes; `false` if it is none.
    fn escape(&mut self) -> bool {
        let start = self.at;
        let Some(letter) = self.byte(start + 1) else { return false };
        let line_break = self.break_at(start + 1);
        if line_break > 0 {
            let (breaks, end) = self.breaks(start + 1);
            self.builder.escape(start..end, &"\n".repeat(breaks - 1));
            self.at = end;
            return true;
        }
        let simple = match letter {
            b'0' => "\0",
            b'a' => "\u{7}",
            b'b' => "\u{8}",
            b't' | b'\t' => "\t",
            b'n' => "\n",
            b'v' => "\u{b}",
            b'f' => "\u{c}",
            b'r' => "\r",
            b'e' => "\u{1b}",
            b' ' => " ",
            b'"' => "\"",
            b'/' => "/",
            b'\\' => "\\",
            b'N' => "\u{85}",
            b'_' => "\u{a0}",
            b'L' => "\u{2028}",
            b'P' => "\u{2029}",
            b'x' => return self.code_point(2),
            b'u' => return self.code_point(4),
            b'U' => return self.code_point(8),
            _ => return false,
        };
        self.at = start + 2;
        self.builder.escape(start..self.at, simple);
        true
    }

    fn code_point(&mut self, digits: usize) -> bool {
        let start = self.at;
        let hex = |from: usize, digits: usize| u32::from_str_radix(self.slice(from, from + digits), 16).ok();
        let Some(mut code) = hex(start + 2, digits) else { return false };
        let mut end = start + 2 + digits;
        if (0xd800..0xdc00).contains(&code) && self.slice(end, end + 2) == "\\u" {
            // A surrogate pair, as JSON writes characters beyond the basic plane.
            match hex(end + 2, 4) {
                Some(low @ 0xdc00..=0xdfff) => code = 0x1_0000 + ((code - 0xd800) << 10) + (low - 0xdc00),
                _ => return false,
            }
            end += 6;
        }
        let Some(character) = char::from_u32(code) else { return false };
        self.builder.escape(start..end, character.encode_utf8(&mut [0; 4]));
        self.at = end;
        true
    }

    /// Block scalars: the lines' content is in `value` as it is; only what stands between two lines has to be found out,
    /// and the value tells it: a blank if the break was folded, else all its line breaks.
    fn block(&mut self, value: &str) {
        let indent = self.block_indent(value);
        let mut gap_from = self.at;
        while self.at < self.end {
            let line_end = self.source.get(self.at..self.end).and_then(|rest| rest.find(['\n', '\r']));
            let line_end = line_end.map_or(self.end, |length| self.at + length);
            let content = (self.at + indent).min(line_end);
            if content < line_end {
                let done = self.builder.value().len();
                let rest = value.get(done..).unwrap_or_default();
                let gap = match rest.strip_prefix(' ') {
                    Some(_) if done > 0 && !self.slice(content, line_end).starts_with(' ') => " ".to_owned(),
                    _ => "\n".repeat(rest.bytes().take_while(|&byte| byte == b'\n').count()),
                };
                self.gap(gap_from, content, &gap);
                self.copy(content, line_end);
                gap_from = line_end;
            }
            self.at = line_end + self.break_at(line_end).max(1);
        }
        let rest = value.get(self.builder.value().len()..).unwrap_or_default();
        if rest.bytes().all(|byte| byte == b'\n') {
            let rest = rest.to_owned();
            self.gap(gap_from, self.end, &rest);
        }
    }

    /// Line breaks between two lines of content. A single one maps to itself, several to their lines together.
    fn gap(&mut self, from: usize, to: usize, gap: &str) {
        if gap.is_empty() {
            return;
        }
        let first = self.break_at(from).max(1);
        self.builder.escape(from..if gap.len() == 1 { (from + first).min(to) } else { to }, gap);
    }

    /// How many blanks are stripped from each line: what the first line with content has more of them than its value.
    fn block_indent(&self, value: &str) -> usize {
        let leading = |line: &str| line.len() - line.trim_start_matches(' ').len();
        let content = |line: &&str| !line.trim_end_matches('\r').is_empty();
        let raw = self.slice(self.at, self.end);
        let raw_first = raw.split('\n').filter(content).find(|line| !line.trim().is_empty());
        let value_first = value.split('\n').find(|line| !line.trim().is_empty());
        match (raw_first, value_first) {
            (Some(raw), Some(value)) => leading(raw).saturating_sub(leading(value)),
            _ => 0,
        }
    }
}
