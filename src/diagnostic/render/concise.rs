//! One line a finding: `path:line:column: level[code]: headline`.

use super::style::{STRONG, level, one_line, paint};
use super::{Options, Place};
use crate::diagnostic::Diagnostic;
use crate::source::Sources;

pub(super) fn render(diagnostics: &[Diagnostic], sources: &Sources, options: &Options) -> String {
    diagnostics.iter().map(|diagnostic| line(diagnostic, sources, options) + "\n").collect()
}

/// The line without its line break. A finding without a place begins with its level.
pub(super) fn line(diagnostic: &Diagnostic, sources: &Sources, options: &Options) -> String {
    let place = diagnostic.primary.as_ref().and_then(|label| Place::of(label.span, sources, options));
    let place = place.map_or_else(String::new, |place| {
        let text = format!("{}:{}:{}", one_line(&place.path), place.line, place.column);
        format!("{}: ", paint(&text, STRONG, options.color))
    });
    let name = format!("{}[{}]", diagnostic.level.as_str(), diagnostic.code.name);
    let name = paint(&name, level(diagnostic.level), options.color);
    format!("{place}{name}: {}", one_line(&diagnostic.headline))
}
