//! The change between two artifact trees as text: a unified diff that `git apply` accepts.
//!
//! Lines are numbered by content first, so that comparing two lines costs the same whatever their length. What both files
//! begin and end with is set aside; the rest is compared with the heuristic Myers algorithm, whose work is bounded by
//! what it gives up on, never by a clock: the same two trees give the same diff on any machine. Files that are still too
//! large are shown as replaced.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write;
use std::ops::Range;

use anstyle::{AnsiColor, Style};
use similar::{Algorithm, DiffOp, capture_diff_slices, group_diff_ops};

use crate::diagnostic::render::visible;
use crate::output::{Rendered, RenderedFile};

/// Lines of context around a change.
const CONTEXT: usize = 3;
/// Files whose differing middle parts have more lines than this together are shown as replaced.
const MOST_LINES: usize = 1_000_000;

/// The change between two trees, by path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TreeDiff {
    /// Files that differ, by path.
    pub files: BTreeMap<String, FileDiff>,
}

/// The change of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileDiff {
    /// Whether the old file may be executed; `None` if there is no old file.
    pub old_executable: Option<bool>,
    /// Whether the new file may be executed; `None` if there is no new file.
    pub new_executable: Option<bool>,
    /// The changed parts with their context; empty if only the permission changed, or if the file is binary.
    pub hunks: Vec<Hunk>,
    /// Whether the contents differ but are not text.
    pub binary: bool,
    /// Lines that are new.
    pub insertions: usize,
    /// Lines that are gone.
    pub deletions: usize,
}

impl FileDiff {
    /// Whether the files differ in nothing but what the comment at their top says about where they come from.
    pub fn is_about_origin_only(&self) -> bool {
        let is_header = |line: &Line| {
            line.text.strip_prefix("# ").is_some_and(|comment| comment.starts_with(crate::pipeline::GENERATED))
        };
        let [hunk] = self.hunks.as_slice() else { return false };
        let changed = hunk.lines.iter().take_while(|line| line.side != Side::Both).collect::<Vec<_>>();
        self.old_executable == self.new_executable
            && (self.insertions, self.deletions) == (1, 1)
            && (hunk.old.start, hunk.new.start) == (0, 0)
            && changed.len() == 2
            && changed.into_iter().all(is_header)
    }
}

/// A changed part of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk {
    /// Zero-based lines of the old file.
    pub old: Range<usize>,
    /// Zero-based lines of the new file.
    pub new: Range<usize>,
    /// The lines in order.
    pub lines: Vec<Line>,
}

/// A line of a hunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Whether it is in both files, or in which.
    pub side: Side,
    /// The line without its line break.
    pub text: String,
    /// Whether it ends with a line break; only the last line of a file may not.
    pub terminated: bool,
}

/// Which file a line is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// In both.
    Both,
    /// In the old one only.
    Old,
    /// In the new one only.
    New,
}

/// Compares two trees.
pub fn compare(old: &Rendered, new: &Rendered) -> TreeDiff {
    let paths: BTreeSet<&String> = old.files.keys().chain(new.files.keys()).collect();
    let compared = paths.into_iter().filter_map(|path| {
        let file = compare_files(old.files.get(path), new.files.get(path))?;
        Some((path.clone(), file))
    });
    TreeDiff { files: compared.collect() }
}

/// `None` if the files are the same.
fn compare_files(old: Option<&RenderedFile>, new: Option<&RenderedFile>) -> Option<FileDiff> {
    if let (Some(old), Some(new)) = (old, new)
        && old.bytes == new.bytes
        && old.executable == new.executable
    {
        return None;
    }
    let bytes = |file: Option<&RenderedFile>| file.map(|file| file.bytes.clone()).unwrap_or_default();
    let mut diff = FileDiff {
        old_executable: old.map(|file| file.executable),
        new_executable: new.map(|file| file.executable),
        hunks: Vec::new(),
        binary: false,
        insertions: 0,
        deletions: 0,
    };
    match (String::from_utf8(bytes(old)), String::from_utf8(bytes(new))) {
        (Ok(old), Ok(new)) if !old.contains('\0') && !new.contains('\0') => diff.hunks = hunks(&old, &new),
        _ => diff.binary = true,
    }
    let count = |side| diff.hunks.iter().flat_map(|hunk| &hunk.lines).filter(|line| line.side == side).count();
    (diff.insertions, diff.deletions) = (count(Side::New), count(Side::Old));
    Some(diff)
}

fn hunks(old: &str, new: &str) -> Vec<Hunk> {
    let old: Vec<&str> = old.split_inclusive('\n').collect();
    let new: Vec<&str> = new.split_inclusive('\n').collect();
    let groups = group_diff_ops(operations(&old, &new), CONTEXT);
    groups.iter().filter_map(|group| hunk(group, &old, &new)).collect()
}

fn hunk(group: &[DiffOp], old: &[&str], new: &[&str]) -> Option<Hunk> {
    let (first, last) = (group.first()?, group.last()?);
    let mut lines = Vec::new();
    let mut add = |side: Side, from: &[&str], range: Range<usize>| {
        for line in from.get(range).unwrap_or_default() {
            let text = line.strip_suffix('\n');
            lines.push(Line { side, text: text.unwrap_or(line).to_owned(), terminated: text.is_some() });
        }
    };
    for operation in group {
        match operation {
            DiffOp::Equal { .. } => add(Side::Both, old, operation.old_range()),
            DiffOp::Delete { .. } | DiffOp::Insert { .. } | DiffOp::Replace { .. } => {
                add(Side::Old, old, operation.old_range());
                add(Side::New, new, operation.new_range());
            }
        }
    }
    Some(Hunk {
        old: first.old_range().start..last.old_range().end,
        new: first.new_range().start..last.new_range().end,
        lines,
    })
}

/// What turns the old lines into the new ones.
fn operations(old: &[&str], new: &[&str]) -> Vec<DiffOp> {
    let mut numbers = HashMap::new();
    let mut number = |line| {
        let next = numbers.len();
        *numbers.entry(line).or_insert(next)
    };
    let old: Vec<usize> = old.iter().map(|line| number(*line)).collect();
    let new: Vec<usize> = new.iter().map(|line| number(*line)).collect();
    let prefix = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let rest = old.len().min(new.len()) - prefix;
    let suffix = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(old, new)| old == new).count();
    let old_middle = old.get(prefix..old.len() - suffix).unwrap_or_default();
    let new_middle = new.get(prefix..new.len() - suffix).unwrap_or_default();
    let mut operations = Vec::new();
    if prefix > 0 {
        operations.push(DiffOp::Equal { old_index: 0, new_index: 0, len: prefix });
    }
    if old_middle.len() + new_middle.len() > MOST_LINES {
        let (old_len, new_len) = (old_middle.len(), new_middle.len());
        operations.push(DiffOp::Replace { old_index: prefix, old_len, new_index: prefix, new_len });
    } else {
        let middle = capture_diff_slices(Algorithm::Myers, old_middle, new_middle);
        operations.extend(middle.into_iter().map(|operation| moved(operation, prefix)));
    }
    if suffix > 0 {
        let (old_index, new_index) = (old.len() - suffix, new.len() - suffix);
        operations.push(DiffOp::Equal { old_index, new_index, len: suffix });
    }
    joined(operations)
}

/// The operation, for files that begin with `by` more lines.
fn moved(mut operation: DiffOp, by: usize) -> DiffOp {
    match &mut operation {
        DiffOp::Equal { old_index, new_index, .. }
        | DiffOp::Delete { old_index, new_index, .. }
        | DiffOp::Insert { old_index, new_index, .. }
        | DiffOp::Replace { old_index, new_index, .. } => {
            *old_index += by;
            *new_index += by;
        }
    }
    operation
}

/// Makes one operation of equal parts that follow each other, as the grouping expects.
fn joined(operations: Vec<DiffOp>) -> Vec<DiffOp> {
    let mut joined: Vec<DiffOp> = Vec::new();
    for operation in operations {
        if let (Some(DiffOp::Equal { len, .. }), DiffOp::Equal { len: more, .. }) = (joined.last_mut(), &operation) {
            *len += more;
        } else {
            joined.push(operation);
        }
    }
    joined
}

impl TreeDiff {
    /// Whether the trees are the same.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// `3 files changed, 1 added, 10 insertions(+), 4 deletions(-)`, in the words of git; empty if nothing changed.
    pub fn summary(&self) -> String {
        if self.is_empty() {
            return String::new();
        }
        let sum = |count: fn(&FileDiff) -> usize| self.files.values().map(count).sum::<usize>();
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        let mut text = format!("{} file{} changed", self.files.len(), plural(self.files.len()));
        for (count, word) in [
            (sum(|file| usize::from(file.old_executable.is_none())), "added"),
            (sum(|file| usize::from(file.new_executable.is_none())), "removed"),
        ] {
            if count > 0 {
                let _ = write!(text, ", {count} {word}");
            }
        }
        for (count, word, sign) in
            [(sum(|file| file.insertions), "insertion", '+'), (sum(|file| file.deletions), "deletion", '-')]
        {
            if count > 0 {
                let _ = write!(text, ", {count} {word}{}({sign})", plural(count));
            }
        }
        text
    }

    /// The unified diff in git's form. With `color` it is for a terminal: control characters are shown, not sent, so it
    /// is no longer a patch then.
    pub fn render(&self, color: bool) -> String {
        let mut out = Printer { text: String::new(), color };
        for (path, file) in &self.files {
            out.file(path, file);
        }
        out.text
    }
}

impl FileDiff {
    /// The unified diff of this file, without colours.
    pub(super) fn render(&self, path: &str) -> String {
        let mut out = Printer { text: String::new(), color: false };
        out.file(path, self);
        out.text
    }
}

const HEADER: Style = Style::new().bold();
const POSITION: Style = AnsiColor::Cyan.on_default();
const REMOVED: Style = AnsiColor::Red.on_default();
const ADDED: Style = AnsiColor::Green.on_default();

struct Printer {
    text: String,
    color: bool,
}

impl Printer {
    fn file(&mut self, path: &str, file: &FileDiff) {
        let (old, new) = (quoted("a/", path), quoted("b/", path));
        self.line(HEADER, &format!("diff --git {old} {new}"));
        let mode = |executable: bool| if executable { "100755" } else { "100644" };
        match (file.old_executable, file.new_executable) {
            (None, Some(executable)) => self.line(HEADER, &format!("new file mode {}", mode(executable))),
            (Some(executable), None) => self.line(HEADER, &format!("deleted file mode {}", mode(executable))),
            (Some(before), Some(after)) if before != after => {
                self.line(HEADER, &format!("old mode {}", mode(before)));
                self.line(HEADER, &format!("new mode {}", mode(after)));
            }
            (Some(_) | None, _) => {}
        }
        let old = if file.old_executable.is_some() { old } else { "/dev/null".to_owned() };
        let new = if file.new_executable.is_some() { new } else { "/dev/null".to_owned() };
        if file.binary {
            self.line(HEADER, &format!("Binary files {old} and {new} differ"));
        }
        if file.hunks.is_empty() {
            return;
        }
        // A tab ends a name that holds blanks.
        let end = if path.contains(' ') { "\t" } else { "" };
        let end = |name: &str| if name == "/dev/null" || name.starts_with('"') { "" } else { end };
        self.line(HEADER, &format!("--- {old}{}", end(&old)));
        self.line(HEADER, &format!("+++ {new}{}", end(&new)));
        for hunk in &file.hunks {
            self.line(POSITION, &format!("@@ -{} +{} @@", position(&hunk.old), position(&hunk.new)));
            for line in &hunk.lines {
                let (sign, style) = match line.side {
                    Side::Both => (' ', Style::new()),
                    Side::Old => ('-', REMOVED),
                    Side::New => ('+', ADDED),
                };
                self.line(style, &format!("{sign}{}", line.text));
                if !line.terminated {
                    self.line(Style::new(), "\\ No newline at end of file");
                }
            }
        }
    }

    fn line(&mut self, style: Style, line: &str) {
        if self.color {
            let shown: String = line.chars().map(|c| if c == '\t' { c } else { visible(c) }).collect();
            let _ = writeln!(self.text, "{style}{shown}{style:#}");
        } else {
            self.text.push_str(line);
            self.text.push('\n');
        }
    }
}

/// `start,count` with one-based lines; an empty range names the line before it.
fn position(lines: &Range<usize>) -> String {
    match lines.len() {
        0 => format!("{},0", lines.start),
        1 => format!("{}", lines.start + 1),
        count => format!("{},{count}", lines.start + 1),
    }
}

/// A path as git writes it: in quotes with escapes if it holds quotes, backslashes or control characters.
fn quoted(prefix: &str, path: &str) -> String {
    if !path.contains(|c: char| c == '"' || c == '\\' || c.is_ascii_control()) {
        return format!("{prefix}{path}");
    }
    let mut quoted = format!("\"{prefix}");
    for character in path.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            _ if character.is_ascii_control() => {
                let _ = write!(quoted, "\\{:03o}", u32::from(character));
            }
            _ => quoted.push(character),
        }
    }
    quoted + "\""
}
