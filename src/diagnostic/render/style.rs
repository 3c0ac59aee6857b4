//! Text for terminals: colours, wrapping, and characters that must not reach a terminal as they are.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::diagnostic::Level;

/// The colour of a level.
pub(super) fn level(level: Level) -> Style {
    match level {
        Level::Error => AnsiColor::Red.on_default().bold(),
        Level::Warning => AnsiColor::Yellow.on_default().bold(),
    }
}

/// The colour of `why:` and `help:`.
pub(super) const HINT: Style = AnsiColor::Cyan.on_default().bold();

/// Headlines and the closing line.
pub(crate) const STRONG: Style = Style::new().bold();

/// `text` in `style`, or plain.
pub(crate) fn paint(text: &str, style: Style, color: bool) -> String {
    if color { format!("{style}{text}{style:#}") } else { text.to_owned() }
}

/// What a terminal would obey instead of show, or show where it does not stand (control characters, and characters that
/// turn the direction of writing), as a visible stand-in.
pub(crate) fn visible(character: char) -> char {
    match character {
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(character)).unwrap_or('\u{fffd}'),
        '\x7f' => '\u{2421}',
        '\u{80}'..='\u{9f}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}' => '\u{fffd}',
        _ => character,
    }
}

/// `text` on one line, with [`visible`] characters only.
pub(crate) fn one_line(text: &str) -> String {
    text.chars().map(visible).collect()
}

/// How many columns a character takes.
pub(super) fn width_of(character: char) -> usize {
    character.width().unwrap_or(0)
}

/// Wraps `text` to `width` columns at blanks. Line breaks in the text stay; words that are too long (queries, addresses)
/// are not broken, so that they can be copied. The result has no indentation and at least one line.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        let mut used = 0;
        // Blanks at the front are kept: they indent an example.
        let body = paragraph.trim_start_matches(' ');
        let indent = paragraph.len() - body.len();
        for word in body.split(' ').map(one_line) {
            let columns = word.width();
            if used == 0 {
                line = " ".repeat(indent);
                used = indent;
            } else if used + 1 + columns > width {
                lines.push(std::mem::replace(&mut line, " ".repeat(indent)));
                used = indent;
            } else {
                line.push(' ');
                used += 1;
            }
            line.push_str(&word);
            used += columns;
        }
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// Writes `first` and then `text`, wrapped so that following lines stand below its start. `first_width` is the number
/// of columns of `first`, which may hold colours.
pub(crate) fn hang(out: &mut String, first: &str, first_width: usize, text: &str, width: usize) {
    for (number, line) in wrap(text, width.saturating_sub(first_width)).iter().enumerate() {
        let _ = if number == 0 {
            writeln!(out, "{first}{line}")
        } else if line.is_empty() {
            writeln!(out)
        } else {
            writeln!(out, "{:first_width$}{line}", "")
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wraps_by_columns_and_keeps_long_words() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("알림 규칙 이름", 9), ["알림 규칙", "이름"]);
        assert_eq!(wrap("see sum(rate(x[5m]))", 5), ["see", "sum(rate(x[5m]))"]);
        assert_eq!(wrap("a\n  b c", 4), ["a", "  b", "  c"]);
        assert_eq!(wrap("", 4), [""]);
    }

    #[test]
    fn terminals_get_no_orders() {
        assert_eq!(one_line("a\x1b[31mb\u{202e}c"), "a␛[31mb\u{fffd}c");
    }
}
