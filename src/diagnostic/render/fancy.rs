//! The human form: snippets with carets.
//!
//! Header, reasons and next steps are written here; the snippets are drawn by `miette`, which this file alone imports.
//! It is handed windows (see [`super::view`]) instead of files: it would read the whole source again for every finding,
//! count columns in bytes, and draw overlapping marks beside their place.

use std::fmt::{self, Write};
use std::ops::Range;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan,
    SpanContents, ThemeCharacters, ThemeStyles,
};

use super::style::{HINT, STRONG, hang, level, one_line, paint, width_of, wrap};
use super::view::{Mark, View, windows};
use super::{Options, summary};
use crate::diagnostic::{Diagnostic, Fix, Label, Level};
use crate::source::{FileId, SourceFile, Sources};

/// Terminals narrower than this are treated as if they were this wide.
const NARROWEST: usize = 40;
/// Further places beyond this number are counted instead of drawn.
const MOST_PLACES: usize = 8;

/// All findings, each followed by an empty line, and the closing line.
pub(super) fn render(diagnostics: &[Diagnostic], sources: &Sources, options: &Options) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        one(&mut out, diagnostic, sources, options);
        out.push('\n');
    }
    let summary = summary(diagnostics);
    if !summary.is_empty() {
        out.push_str(&paint(&summary, STRONG, options.color));
        out.push('\n');
    }
    out
}

fn one(out: &mut String, diagnostic: &Diagnostic, sources: &Sources, options: &Options) {
    let width = options.width.max(NARROWEST);
    header(out, diagnostic, options, width);
    let labels: Vec<Label> = diagnostic.primary.iter().chain(&diagnostic.secondary).cloned().collect();
    snippets(out, &labels, diagnostic.primary.is_some(), diagnostic.level, sources, (options, width));
    let hints =
        diagnostic.notes.iter().map(|note| ("why", note)).chain(diagnostic.help.iter().map(|text| ("help", text)));
    let edit = diagnostic.fix.as_ref().and_then(|fix| edit(fix, diagnostic, sources));
    for (word, text) in hints.chain(edit.iter().map(|text| ("fix", text))) {
        let first = format!("{}{}", " ".repeat(6 - word.len()), paint(&format!("{word}:"), HINT, options.color));
        hang(out, &format!("{first} "), 8, text, width);
    }
}

/// A headline and the places that belong to it.
pub(super) fn places(headline: &str, labels: &[Label], sources: &Sources, options: &Options) -> String {
    let width = options.width.max(NARROWEST);
    let mut out = format!("{}\n", paint(&one_line(headline), STRONG, options.color));
    snippets(&mut out, labels, true, Level::Warning, sources, (options, width));
    out
}

/// `error[route/unknown-channel]: no channel is named …`
fn header(out: &mut String, diagnostic: &Diagnostic, options: &Options, width: usize) {
    let name = format!("{}[{}]", diagnostic.level.as_str(), diagnostic.code.name);
    // The name is a word for wrapping: without colours first, as colours take no columns.
    let text = format!("{name}: {}", one_line(&diagnostic.headline));
    for (number, line) in wrap(&text, width.saturating_sub(2)).iter().enumerate() {
        let strong = |text: &str| paint(text, STRONG, options.color);
        let _ = match line.strip_prefix(&name) {
            Some(rest) if number == 0 => {
                writeln!(out, "{}{}", paint(&name, level(diagnostic.level), options.color), strong(rest))
            }
            _ => writeln!(out, "  {}", strong(line)),
        };
    }
}

/// The edit in words; `None` if a help text already gives it or it is too large for words.
fn edit(fix: &Fix, diagnostic: &Diagnostic, sources: &Sources) -> Option<String> {
    let old = sources.slice(fix.span);
    let new = fix.replacement.as_str();
    let word = new.trim().trim_matches('"');
    let told = !word.is_empty() && diagnostic.help.iter().any(|help| help.contains(word));
    if told || old.contains('\n') || new.contains('\n') || old.len().max(new.len()) > 80 {
        return None;
    }
    Some(match (old.is_empty(), new.is_empty()) {
        (true, true) => return None,
        (true, false) => format!("insert `{new}`"),
        (false, true) => format!("remove `{old}`"),
        (false, false) => format!("replace `{old}` with `{new}`"),
    })
}

/// All places of a finding: the first file first, then the other files in the order of the labels. `has_primary` says
/// whether the first label is the place that the finding is about.
fn snippets(
    out: &mut String,
    labels: &[Label],
    has_primary: bool,
    level: Level,
    sources: &Sources,
    (options, width): (&Options, usize),
) {
    let mut files: Vec<(FileId, Vec<Mark>)> = Vec::new();
    for (number, Label { span, text }) in labels.iter().take(MOST_PLACES).enumerate() {
        let mark = Mark { range: span.range(), text: text.clone(), primary: has_primary && number == 0 };
        match files.iter_mut().find(|(file, _)| *file == span.file) {
            Some((_, marks)) => marks.push(mark),
            None => files.push((span.file, vec![mark])),
        }
    }
    let known = files.into_iter().filter_map(|(id, marks)| sources.get(id).map(|file| (file, marks)));
    // Numbers of all windows take the same columns, so that their frames stand below each other.
    let known: Vec<(&SourceFile, Vec<Mark>)> = known.collect();
    let last_line = |(file, marks): &(&SourceFile, Vec<Mark>)| {
        marks.iter().map(|mark| file.line_of(mark.range.end.min(file.text().len()) as u32)).max().unwrap_or(0) + 2
    };
    let digits = known.iter().map(last_line).max().unwrap_or(1).to_string().len();
    for (file, marks) in known {
        let tall = marks.iter().any(|mark| file.text().get(mark.range.clone()).is_some_and(|text| text.contains('\n')));
        let room = width.saturating_sub(digits + 4 + if tall { 6 } else { 0 });
        for view in windows(file, marks, room) {
            draw(out, level, view, &format!("{}{}", options.root, file.path()), options, (width, digits));
        }
    }
    let hidden = labels.len().saturating_sub(MOST_PLACES);
    if hidden > 0 {
        let _ = writeln!(out, "{:digits$}   and {}", "", super::plural(hidden, "more place"));
    }
}

/// Draws one window. `digits` is the number of columns for line numbers.
fn draw(out: &mut String, severity: Level, view: View, path: &str, options: &Options, (width, digits): (usize, usize)) {
    let theme = theme(&view, severity, options);
    let pad = digits.saturating_sub((view.first_line + view.line_count).to_string().len());
    let labels = view
        .marks
        .iter()
        .map(|mark| {
            let text = (!mark.text.is_empty()).then(|| words(&view, mark, width.saturating_sub(digits + 4)));
            if mark.primary {
                LabeledSpan::new_primary_with_span(text, mark.range.clone())
            } else {
                LabeledSpan::new_with_span(text, mark.range.clone())
            }
        })
        .collect();
    let snippet = Snippet { labels, window: Window { view, path: one_line(path) } };
    let mut drawn = String::new();
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_urls(false)
        .with_context_lines(1)
        .with_wrap_lines(false)
        .without_cause_chain()
        .without_syntax_highlighting();
    if handler.render_report(&mut drawn, &snippet).is_err() {
        return;
    }
    // The first line is the message, which stands in our own header.
    for line in drawn.lines().skip(1) {
        let _ = writeln!(out, "{}", format!("{:pad$}{line}", "").trim_end());
    }
}

/// The words on a mark, wrapped into what is left of the line behind it.
fn words(view: &View, mark: &Mark, room: usize) -> String {
    let line_start = view.text.get(..mark.range.start).and_then(|text| text.rfind('\n')).map_or(0, |at| at + 1);
    let columns = |range: Range<usize>| view.text.get(range).unwrap_or_default().chars().map(width_of).sum::<usize>();
    let middle = columns(line_start..mark.range.start) + columns(mark.range.clone()) / 2;
    wrap(&mark.text, room.saturating_sub(middle + 4).max(24)).join("\n")
}

fn theme(view: &View, severity: Level, options: &Options) -> GraphicalTheme {
    let characters = if options.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() };
    let mut styles = ThemeStyles::none();
    if options.color {
        let plain = styles.error;
        let (primary, other) = match severity {
            Level::Error => (plain.red().bold(), plain.blue().bold()),
            Level::Warning => (plain.yellow().bold(), plain.blue().bold()),
        };
        styles.linum = other;
        styles.link = plain.bold();
        styles.highlights = view.marks.iter().map(|mark| if mark.primary { primary } else { other }).collect();
    }
    GraphicalTheme { characters, styles }
}

/// One window as `miette` wants it: a diagnostic without words.
#[derive(Debug)]
struct Snippet {
    window: Window,
    labels: Vec<LabeledSpan>,
}

impl fmt::Display for Snippet {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Snippet {}

impl miette::Diagnostic for Snippet {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.window)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

/// Answers every request with the whole window.
#[derive(Debug)]
struct Window {
    view: View,
    path: String,
}

impl SourceCode for Window {
    fn read_span<'a>(
        &'a self,
        _: &SourceSpan,
        lines_before: usize,
        _: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        // Without context lines, only the position for the frame's title is asked for.
        let (line, column) = match lines_before {
            0 => (self.view.position.0 - 1, self.view.position.1 - 1),
            _ => (self.view.first_line, 0),
        };
        let data = self.view.text.as_bytes();
        let (span, lines) = ((0, data.len()).into(), self.view.line_count);
        Ok(Box::new(MietteSpanContents::new_named(self.path.clone(), data, span, line, column, lines)))
    }
}
