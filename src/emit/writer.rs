//! The one place that appends output and records where each value ended up.
//!
//! A range is opened where its value begins and closed where it ends. Output only grows, so the ranges come out sorted
//! by start with outer ones first, as [`Output::map`] promises.

use super::Output;
use crate::provenance::Origin;

/// Collects text and origins for one [`Output`].
#[derive(Debug, Default)]
pub(super) struct Writer {
    output: Output,
}

/// An open range: the index of its entry in the map, if the value has an origin at all.
#[derive(Debug, Clone, Copy)]
#[must_use]
pub(super) struct Mark(Option<usize>);

impl Writer {
    /// Appends text.
    pub(super) fn push(&mut self, text: &str) {
        self.output.text.push_str(text);
    }

    /// Appends one character.
    pub(super) fn push_char(&mut self, character: char) {
        self.output.text.push(character);
    }

    /// Begins a new line that is indented by `columns` blanks.
    pub(super) fn new_line(&mut self, columns: usize) {
        self.output.text.push('\n');
        self.indent(columns);
    }

    /// Appends `columns` blanks.
    pub(super) fn indent(&mut self, columns: usize) {
        const BLANKS: &str = "                                                                ";
        let mut left = columns;
        while left > 0 {
            let part = left.min(BLANKS.len());
            self.output.text.push_str(BLANKS.get(..part).unwrap_or(BLANKS));
            left -= part;
        }
    }

    /// Appends `# …` for every line of `comment`, each followed by a line break and the indentation of the next line.
    ///
    /// Control characters and the line separators of other standards would end the comment for some readers, so they
    /// are replaced.
    pub(super) fn comment(&mut self, comment: &str, columns: usize) {
        for line in comment.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']) {
            self.push_char('#');
            let line = line.trim_end();
            if !line.is_empty() {
                self.push_char(' ');
            }
            for character in line.chars() {
                let harmless = !character.is_control() && !matches!(character, '\u{feff}' | '\u{fffe}' | '\u{ffff}');
                self.push_char(if harmless { character } else { '\u{fffd}' });
            }
            self.new_line(columns);
        }
    }

    /// Begins the range of a value.
    pub(super) fn open(&mut self, origin: Option<Origin>) -> Mark {
        Mark(origin.map(|origin| {
            let start = self.output.text.len() as u32;
            self.output.map.push((start..start, origin));
            self.output.map.len() - 1
        }))
    }

    /// Ends the range of a value.
    pub(super) fn close(&mut self, mark: Mark) {
        let end = self.output.text.len() as u32;
        if let Some((range, _)) = mark.0.and_then(|index| self.output.map.get_mut(index)) {
            range.end = end;
        }
    }

    /// The finished output.
    pub(super) fn finish(self) -> Output {
        self.output
    }
}
