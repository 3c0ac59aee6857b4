//! Renderers: the same diagnostics for people, for programs and for pull requests.
//!
//! Nothing in here decides what is said; a renderer only decides how it looks. The caller decides about colour, width
//! and characters, so that the same input gives the same bytes on any machine.

mod concise;
mod fancy;
mod github;
mod json;
mod sarif;
mod style;
mod view;

pub(crate) use style::{STRONG, hang, one_line, paint, visible};

use super::{Diagnostic, Label, Level};
use crate::source::{Sources, Span};

/// How findings are shown; the values of `--format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Snippets with carets, for people.
    #[default]
    Human,
    /// One line a finding, as compilers and `grep -n` print it.
    Concise,
    /// One JSON object with every finding.
    Json,
    /// SARIF 2.1.0 for code scanning.
    Sarif,
    /// Workflow commands that become annotations on a pull request.
    Github,
}

/// How it may look.
#[derive(Debug, Clone)]
pub struct Options {
    /// Whether terminal colours are wanted.
    pub color: bool,
    /// Columns of the terminal; text is wrapped and long lines are cut to it. Below 40 it counts as 40.
    pub width: usize,
    /// Whether snippets are drawn with box characters; otherwise with ASCII.
    pub unicode: bool,
    /// What goes before the path of a spec file so that the reader can open it, such as `monitoring/`: the way from the
    /// current folder (or, for pull requests, from the root of the repository) to the spec folder.
    pub root: String,
}

impl Default for Options {
    fn default() -> Self {
        Self { color: false, width: 100, unicode: true, root: String::new() }
    }
}

/// Shows `diagnostics` in the given order. The text is empty or ends with a line break.
pub fn render(format: Format, diagnostics: &[Diagnostic], sources: &Sources, options: &Options) -> String {
    match format {
        Format::Human => fancy::render(diagnostics, sources, options),
        Format::Concise => concise::render(diagnostics, sources, options),
        Format::Json => json::render(diagnostics, sources, options),
        Format::Sarif => sarif::render(diagnostics, sources, options),
        Format::Github => github::render(diagnostics, sources, options),
    }
}

/// Shows places below a headline, for people; for what is told without being a finding.
pub fn render_places(headline: &str, places: &[Label], sources: &Sources, options: &Options) -> String {
    fancy::places(headline, places, sources, options)
}

/// "2 errors, 1 warning"; empty if there is neither.
pub fn summary(diagnostics: &[Diagnostic]) -> String {
    let count = |level| diagnostics.iter().filter(|diagnostic| diagnostic.level == level).count();
    [(count(Level::Error), "error"), (count(Level::Warning), "warning")]
        .into_iter()
        .filter(|&(count, _)| count > 0)
        .map(|(count, word)| plural(count, word))
        .collect::<Vec<_>>()
        .join(", ")
}

/// `1 error`, `2 errors`.
fn plural(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

/// A place in the terms of readers: path, and one-based lines and columns in characters, the end exclusive.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    path: String,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

impl Place {
    /// `None` for a span of another table.
    fn of(span: Span, sources: &Sources, options: &Options) -> Option<Self> {
        let file = sources.get(span.file)?;
        // A line that is not there cannot be opened, nor annotated.
        let start = view::visible_place(file, span.start as usize) as u32;
        let (line, column) = file.position(start);
        let end = view::visible_place(file, span.end as usize) as u32;
        let (end_line, end_column) = file.position(end.max(start));
        Some(Self { path: format!("{}{}", options.root, file.path()), line, column, end_line, end_column })
    }
}

/// The findings with errors first, otherwise in their order: what comes first survives where a reader has a limit.
fn by_severity(diagnostics: &[Diagnostic]) -> Vec<&Diagnostic> {
    let mut sorted: Vec<&Diagnostic> = diagnostics.iter().collect();
    sorted.sort_by_key(|diagnostic| diagnostic.level);
    sorted
}
