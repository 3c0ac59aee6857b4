//! Label sets a line at a time: each line a JSON object of strings, each answer a line.
//!
//! A line that cannot be read gets an answer of its own, `{"error":{"line":…,"column":…,"message":…}}`, so that line and answer
//! stay side by side. Empty lines at the end are no lines.

use serde::Serialize;

use super::json::Answers;
use crate::routing::LabelSet;

/// Bytes that a line may have; an alert has a few hundred.
pub const LINE_LIMIT: usize = 4 << 20;

/// Why a line was not answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineError {
    /// The line's number, from 1.
    pub line: usize,
    /// The column where it went wrong, in bytes from 1.
    pub column: usize,
    /// What is wrong, without a full stop.
    pub message: String,
}

#[derive(Serialize)]
struct Refusal<'a> {
    error: &'a LineError,
}

/// Answers line after line.
pub struct Batch<'a> {
    answers: Answers<'a>,
    lines: usize,
    /// Empty lines that nothing has followed yet.
    empty: usize,
    wrong: usize,
    first: Option<LineError>,
}

impl<'a> Batch<'a> {
    /// Starts before the first line.
    pub fn new(answers: Answers<'a>) -> Self {
        Self { answers, lines: 0, empty: 0, wrong: 0, first: None }
    }

    /// How many lines could not be read, and the first of them.
    pub fn wrong(&self) -> Option<(usize, &LineError)> {
        self.first.as_ref().map(|first| (self.wrong, first))
    }

    /// Appends the answer for the next line, with a line break. `None` stands for a line beyond [`LINE_LIMIT`].
    pub fn answer(&mut self, line: Option<&[u8]>, out: &mut String) {
        if line.is_some_and(|line| line.trim_ascii().is_empty()) {
            self.empty += 1;
            return;
        }
        for _ in 0..std::mem::take(&mut self.empty) {
            self.lines += 1;
            self.refuse(1, "the line is empty".to_owned(), out);
        }
        self.lines += 1;
        let Some(line) = line else {
            return self.refuse(LINE_LIMIT, format!("the line is longer than {} MiB", LINE_LIMIT >> 20), out);
        };
        match read(line) {
            Ok(labels) => {
                out.push_str(&self.answers.line(&labels));
                out.push('\n');
            }
            Err((column, message)) => self.refuse(column, message, out),
        }
    }

    fn refuse(&mut self, column: usize, message: String, out: &mut String) {
        let error = LineError { line: self.lines, column, message };
        out.push_str(&serde_json::to_string(&Refusal { error: &error }).unwrap_or_default());
        out.push('\n');
        self.wrong += 1;
        self.first.get_or_insert(error);
    }
}

/// Reads labels; fails with the column and what is wrong there. The last of two labels with one name counts.
fn read(line: &[u8]) -> Result<LabelSet, (usize, String)> {
    let text = match std::str::from_utf8(line.trim_ascii_end()) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(error) => return Err((error.valid_up_to() + 1, "this is not UTF-8".to_owned())),
    };
    serde_json::from_str(text).map_err(|error| {
        let (said, at) = (error.to_string(), format!(" at line {} column {}", error.line(), error.column()));
        let said = said.strip_suffix(&at).unwrap_or(&said);
        let message =
            if error.is_data() { format!("labels are a JSON object of strings: {said}") } else { said.to_owned() };
        (error.column().max(1), message)
    })
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn lines_that_are_no_labels_say_where() {
        assert_eq!(read(br#"{"a":"b","a":"c"}"#).unwrap(), [("a".to_owned(), "c".to_owned())].into());
        assert_eq!(read("\u{feff}{}\r".as_bytes()).unwrap().len(), 0);
        for (line, column, says) in [
            (
                &br#"{"a":1}"#[..],
                6,
                "labels are a JSON object of strings: invalid type: integer `1`, expected a string",
            ),
            (br#"{"a":"b""#, 8, "EOF while parsing an object"),
            (br#"["a"]"#, 1, "labels are a JSON object of strings: invalid type: sequence, expected a map"),
            (b"{\"a\":\"\xFF\"}", 7, "this is not UTF-8"),
            (b"{} {}", 4, "trailing characters"),
        ] {
            let (at, message) = read(line).unwrap_err();
            assert_eq!((at, message.as_str()), (column, says));
        }
        assert!(read("[".repeat(1_000_000).as_bytes()).is_err());
    }
}
