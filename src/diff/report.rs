//! A diff in the forms in which people and programs read it.

use std::fmt::Write;

use serde_json::{Value, json};

use super::text::{FileDiff, TreeDiff};

/// The forms of a diff; the values of `diff --format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A unified diff and a closing line.
    Human,
    /// For a comment on a pull request: a table, the diff folded away.
    Markdown,
    /// One JSON object.
    Json,
    /// A notice on a pull request.
    Github,
}

/// Comments on GitHub end at 65,536 characters; the diff in one is cut well before.
const LONGEST_PATCH: usize = 50_000;
/// Rows of the table in a comment.
const MOST_ROWS: usize = 200;

/// Shows a diff. `brief` leaves out the changed lines. Empty for people if nothing changed.
pub fn render(diff: &TreeDiff, form: Form, brief: bool, color: bool) -> String {
    match form {
        Form::Human => human(diff, brief, color),
        Form::Markdown => markdown(diff, brief),
        Form::Json => format!("{}\n", to_json(diff, brief)),
        Form::Github if diff.is_empty() => String::new(),
        Form::Github => format!("::notice title=alertsmith diff::{}\n", diff.summary().replace('%', "%25")),
    }
}

fn human(diff: &TreeDiff, brief: bool, color: bool) -> String {
    if diff.is_empty() {
        return String::new();
    }
    if brief { stat(diff) + &diff.summary() + "\n" } else { diff.render(color) }
}

/// A line for every file: what happened, and how many lines came and went.
fn stat(diff: &TreeDiff) -> String {
    let width = diff.files.keys().map(|path| path.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for (path, file) in &diff.files {
        let counts =
            if file.binary { "binary".to_owned() } else { format!("+{} -{}", file.insertions, file.deletions) };
        let pad = width - path.chars().count();
        let _ = writeln!(text, "{:<7} {}{:pad$}  {counts}", status(file), path.escape_debug(), "");
    }
    text
}

fn markdown(diff: &TreeDiff, brief: bool) -> String {
    if diff.is_empty() {
        return "No change in the output.\n".to_owned();
    }
    let mut text = format!("**{}**\n\n| file | change | lines |\n| --- | --- | --- |\n", diff.summary());
    for (path, file) in diff.files.iter().take(MOST_ROWS) {
        let path: String =
            path.chars().map(|c| if matches!(c, '|' | '`') || c.is_control() { '�' } else { c }).collect();
        let _ = writeln!(text, "| `{path}` | {} | +{} −{} |", status(file), file.insertions, file.deletions);
    }
    if diff.files.len() > MOST_ROWS {
        let _ = writeln!(text, "| … and {} more | | |", diff.files.len() - MOST_ROWS);
    }
    if !brief {
        let patch = diff.render(false);
        let end = patch.char_indices().map(|(at, _)| at).find(|at| *at >= LONGEST_PATCH).unwrap_or(patch.len());
        let shown = patch.get(..end).unwrap_or_default();
        // A fence must be longer than any in what it holds.
        let ticks = longest_run(shown, '`').max(2) + 1;
        let fence = "`".repeat(ticks);
        let cut = if end < patch.len() { "\nThe diff is too long to be shown whole.\n" } else { "" };
        let _ =
            write!(text, "\n<details><summary>Lines</summary>\n\n{fence}diff\n{shown}\n{fence}\n{cut}\n</details>\n");
    }
    text
}

fn longest_run(text: &str, of: char) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for character in text.chars() {
        run = if character == of { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

fn to_json(diff: &TreeDiff, brief: bool) -> Value {
    let files: Vec<Value> = diff
        .files
        .iter()
        .map(|(path, file)| {
            let mut value = json!({
                "path": path,
                "status": status(file),
                "insertions": file.insertions,
                "deletions": file.deletions,
                "binary": file.binary,
            });
            if !brief {
                value["patch"] = file.render(path).into();
            }
            value
        })
        .collect();
    json!({ "version": 1, "level": "text", "changed": !diff.is_empty(), "files": files })
}

fn status(file: &FileDiff) -> &'static str {
    match (file.old_executable, file.new_executable) {
        (None, _) => "added",
        (_, None) => "removed",
        (Some(_), Some(_)) => "changed",
    }
}
