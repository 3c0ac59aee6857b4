//! Cooked strings that remember where each byte was written.
//!
//! A query inside a block string is not a slice of the file: indentation is stripped, escapes are decoded. [`Text`] keeps
//! the cooked value together with runs of "these cooked bytes came from those file bytes", so that a finding inside the
//! query can mark the exact bytes in the file.

use std::ops::Range;
use std::sync::Arc;

use super::{FileId, Span};

/// A string as the reader understood it, with the file place of every byte of it.
#[derive(Debug, Clone)]
pub struct Text {
    value: Arc<str>,
    span: Span,
    runs: Runs,
}

/// The runs of a text. Most texts are one verbatim run, which then needs no memory of its own.
#[derive(Debug, Clone)]
enum Runs {
    One(Run),
    Several(Arc<[Run]>),
    Nowhere,
}

impl Runs {
    fn as_slice(&self) -> &[Run] {
        match self {
            Runs::One(run) => std::slice::from_ref(run),
            Runs::Several(runs) => runs,
            Runs::Nowhere => &[],
        }
    }
}

/// Cooked bytes `inner..inner + inner_len` came from file bytes `outer..outer + outer_len`. Equal lengths mean a
/// verbatim copy; otherwise the run is one escape sequence and can only be marked whole.
#[derive(Debug, Clone, Copy)]
struct Run {
    inner: u32,
    inner_len: u32,
    outer: u32,
    outer_len: u32,
}

impl Text {
    /// A text that stands in the file exactly as it reads, at `span`.
    pub fn verbatim(value: &str, span: Span) -> Self {
        let len = value.len() as u32;
        let run = Run { inner: 0, inner_len: len, outer: span.start, outer_len: len };
        Self { value: value.into(), span, runs: if len == 0 { Runs::Nowhere } else { Runs::One(run) } }
    }

    /// A text that stands nowhere in a file: a default, or one put together by the compiler. Every part of it maps to
    /// `span`, the place that caused it.
    pub fn synthetic(value: impl Into<Arc<str>>, span: Span) -> Self {
        Self { value: value.into(), span, runs: Runs::Nowhere }
    }

    /// The same text as part of a larger literal, such as a tag with its parentheses.
    pub fn within(self, span: Span) -> Self {
        Self { span, ..self }
    }

    /// The cooked value.
    pub fn as_str(&self) -> &str {
        &self.value
    }

    /// The whole literal in the file, quotes included.
    pub fn span(&self) -> Span {
        self.span
    }

    /// The file bytes from which the cooked bytes `range` came. An empty range gives an empty span at that place.
    pub fn span_of(&self, range: Range<usize>) -> Span {
        if self.runs.as_slice().is_empty() {
            return self.span;
        }
        let start = self.outer_start(range.start as u32);
        let end = if range.end > range.start { self.outer_end(range.end as u32) } else { start };
        Span { file: self.span.file, start, end: end.max(start) }
    }

    /// The text with parts replaced. What is kept keeps its places; a replacement stands for the bytes it replaces. The
    /// edits must be in order and apart.
    pub fn spliced(&self, edits: &[(Range<usize>, String)]) -> Self {
        let mut builder = TextBuilder::new(self.span.file);
        let mut from = 0;
        for (range, text) in edits {
            self.copy(from..range.start, &mut builder);
            builder.escape(self.span_of(range.clone()).range(), text);
            from = range.end;
        }
        self.copy(from..self.value.len(), &mut builder);
        builder.finish(self.span)
    }

    /// Appends a part with its places.
    fn copy(&self, part: Range<usize>, into: &mut TextBuilder) {
        let mut at = part.start;
        while at < part.end {
            let run = self.run_at(at as u32).copied();
            let end = run.map_or(part.end, |run| (run.inner + run.inner_len) as usize).clamp(at + 1, part.end);
            let text = self.value.get(at..end).unwrap_or_default();
            match run {
                Some(run) if run.inner_len == run.outer_len => {
                    into.verbatim((run.outer + (at as u32 - run.inner)) as usize, text);
                }
                _ => into.escape(self.span_of(at..end).range(), text),
            }
            at = end;
        }
    }

    fn run_at(&self, inner: u32) -> Option<&Run> {
        let runs = self.runs.as_slice();
        let index = runs.partition_point(|run| run.inner <= inner);
        index.checked_sub(1).and_then(|index| runs.get(index))
    }

    fn outer_start(&self, inner: u32) -> u32 {
        match self.run_at(inner) {
            Some(run) if inner >= run.inner + run.inner_len => run.outer + run.outer_len,
            Some(run) if run.inner_len == run.outer_len => run.outer + (inner - run.inner),
            Some(run) => run.outer,
            None => self.span.start,
        }
    }

    fn outer_end(&self, inner_end: u32) -> u32 {
        match self.run_at(inner_end.saturating_sub(1)) {
            Some(run) if inner_end < run.inner + run.inner_len && run.inner_len == run.outer_len => {
                run.outer + (inner_end - run.inner)
            }
            Some(run) => run.outer + run.outer_len,
            None => self.span.end,
        }
    }
}

/// Two texts are equal when they read the same, wherever they stand.
impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Eq for Text {}

impl std::fmt::Display for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.value)
    }
}

/// Builds a [`Text`] while a literal is being decoded.
#[derive(Debug)]
pub struct TextBuilder {
    file: FileId,
    value: String,
    runs: Vec<Run>,
}

impl TextBuilder {
    /// An empty text in `file`.
    pub fn new(file: FileId) -> Self {
        Self { file, value: String::new(), runs: Vec::new() }
    }

    /// Appends `text`, which stands in the file byte for byte from `outer` on.
    pub fn verbatim(&mut self, outer: usize, text: &str) {
        let (inner, outer, len) = (self.value.len() as u32, outer as u32, text.len() as u32);
        if len == 0 {
            return;
        }
        self.value.push_str(text);
        match self.runs.last_mut() {
            Some(run)
                if run.inner_len == run.outer_len
                    && run.inner + run.inner_len == inner
                    && run.outer + run.outer_len == outer =>
            {
                run.inner_len += len;
                run.outer_len += len;
            }
            _ => self.runs.push(Run { inner, inner_len: len, outer, outer_len: len }),
        }
    }

    /// Appends `text`, which the file bytes `outer` decode to (an escape sequence, a folded line break).
    pub fn escape(&mut self, outer: Range<usize>, text: &str) {
        if text.is_empty() {
            return;
        }
        self.runs.push(Run {
            inner: self.value.len() as u32,
            inner_len: text.len() as u32,
            outer: outer.start as u32,
            outer_len: (outer.end - outer.start) as u32,
        });
        self.value.push_str(text);
    }

    /// The value so far.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Ends the text; `span` is the whole literal with its quotes.
    pub fn finish(self, span: Span) -> Text {
        debug_assert_eq!(self.file, span.file, "a text lies in one file");
        let runs = match self.runs.as_slice() {
            [] => Runs::Nowhere,
            &[run] => Runs::One(run),
            _ => Runs::Several(self.runs.into()),
        };
        Text { value: self.value.into(), span, runs }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_through_escapes_and_stripped_indentation() {
        // File: `"a\n  bc"` as  a, \n (2 bytes), bc after two stripped blanks.
        let file = FileId(0);
        let mut builder = TextBuilder::new(file);
        builder.verbatim(1, "a");
        builder.escape(2..4, "\n");
        builder.verbatim(6, "bc");
        let text = builder.finish(Span::new(file, 0..9));
        assert_eq!(text.as_str(), "a\nbc");
        assert_eq!(text.span_of(0..1).range(), 1..2);
        assert_eq!(text.span_of(1..2).range(), 2..4);
        assert_eq!(text.span_of(3..4).range(), 7..8);
        assert_eq!(text.span_of(0..4).range(), 1..8);
        assert_eq!(text.span_of(4..4).range(), 8..8);

        let edited = text.spliced(&[(2..3, "long".to_owned())]);
        assert_eq!(edited.as_str(), "a\nlongc");
        assert_eq!(edited.span_of(2..6).range(), 6..7);
        assert_eq!(edited.span_of(6..7).range(), 7..8);
        assert_eq!(edited.span_of(0..2).range(), 1..4);
        assert_eq!(edited.spliced(&[]), edited);
    }
}
