//! The table of files that one compilation has read.

use super::{FileId, Span};

/// One file's text with an index of its lines.
#[derive(Debug)]
pub struct SourceFile {
    path: String,
    text: String,
    line_starts: Vec<u32>,
}

impl SourceFile {
    fn new(path: String, text: String) -> Self {
        let mut line_starts = vec![0];
        line_starts.extend(text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n').map(|(at, _)| at as u32 + 1));
        Self { path, text, line_starts }
    }

    /// The path relative to the spec folder, with `/` between parts.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The zero-based line that holds byte `offset`.
    pub fn line_of(&self, offset: u32) -> usize {
        self.line_starts.partition_point(|&start| start <= offset) - 1
    }

    /// The byte range of a zero-based line without its line break; empty past the end of the file.
    pub fn line_range(&self, line: usize) -> std::ops::Range<usize> {
        let end_of_text = self.text.len();
        let start = self.line_starts.get(line).map_or(end_of_text, |&start| start as usize);
        let next = self.line_starts.get(line + 1).map_or(end_of_text, |&start| start as usize);
        let line = self.text.get(start..next).unwrap_or_default();
        start..start + line.trim_end_matches(['\n', '\r']).len()
    }

    /// The one-based line and column (in characters) of byte `offset`, as editors show them.
    pub fn position(&self, offset: u32) -> (usize, usize) {
        let line = self.line_of(offset);
        let start = self.line_starts.get(line).map_or(0, |&start| start as usize);
        let before = self.text.get(start..offset as usize).unwrap_or_default();
        (line + 1, before.chars().count() + 1)
    }

    /// How many lines the file has; a final line break does not open another.
    pub fn line_count(&self) -> usize {
        self.line_starts.len() - usize::from(self.text.ends_with('\n') && self.line_starts.len() > 1)
    }
}

/// All files of one compilation, in reading order.
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

impl Sources {
    /// Adds a file and gives its id.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<String>) -> FileId {
        self.files.push(SourceFile::new(path.into(), text.into()));
        FileId(self.files.len() as u32 - 1)
    }

    /// The file with this id; `None` for an id of another table.
    pub fn get(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize)
    }

    /// The source text of a span; empty if the span is not of this table.
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.file).and_then(|file| file.text().get(span.range())).unwrap_or_default()
    }

    /// Blots out places that hold a secret, so that nothing that quotes the source can show it. Byte offsets and line
    /// breaks stay as they are.
    pub fn redact(&mut self, spans: &[Span]) {
        for span in spans {
            let Some(file) = self.files.get_mut(span.file.0 as usize) else { continue };
            if let Some(text) = file.text.get(span.range()) {
                let blot: String = text
                    .bytes()
                    .map(|byte| if matches!(byte, b'\n' | b'\r') { char::from(byte) } else { '*' })
                    .collect();
                file.text.replace_range(span.range(), &blot);
            }
        }
    }

    /// `path:line:column` of a span's start, for messages that name a place in words.
    pub fn place(&self, span: Span) -> String {
        self.get(span.file).map_or_else(String::new, |file| {
            let (line, column) = file.position(span.start);
            format!("{}:{line}:{column}", file.path())
        })
    }

    /// Every file with its id, in reading order.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(index, file)| (FileId(index as u32), file))
    }
}
