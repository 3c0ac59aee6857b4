//! What is said about broken KDL: one function per mistake, so that all of them are read and worded side by side.

mod structure;
mod text;
mod word;

pub(super) use structure::*;
pub(super) use text::*;
pub(super) use word::*;

use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::codes;

/// An error about the syntax.
fn error(headline: impl Into<String>, span: Span, label: impl Into<String>) -> Diagnostic {
    Diagnostic::new(&codes::KDL, headline).at(span, label)
}

/// How `text` is written as a string: in quotes, or raw where quotes would need escapes.
fn quoted(text: &str) -> String {
    if !text.contains(['"', '\\']) {
        return format!("\"{text}\"");
    }
    let mut hashes = String::from("#");
    while text.contains(&format!("\"{hashes}")) {
        hashes.push('#');
    }
    format!("{hashes}\"{text}\"{hashes}")
}

/// `text` cut to a length that fits in a headline.
fn short(text: &str) -> String {
    const LONGEST: usize = 40;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
