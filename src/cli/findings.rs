//! Showing findings.

use super::args::{FindingsArgs, FindingsFormat};
use super::exit::Exit;
use super::spec::SpecFolder;
use super::terminal::{Stream, Terminal};
use crate::diagnostic::render::render;
use crate::diagnostic::{Diagnostic, Level};
use crate::source::Sources;

/// Shows findings: for people on standard error, for programs on standard output. Programs get their form also when
/// there is nothing in it.
pub(super) fn show(
    terminal: &mut Terminal,
    args: &FindingsArgs,
    spec: &SpecFolder,
    sources: &Sources,
    findings: &[Diagnostic],
) -> Exit {
    let human = args.format == FindingsFormat::Human;
    let mut options = terminal.options(if human { Stream::Err } else { Stream::Out });
    options.root = match args.format {
        FindingsFormat::Github | FindingsFormat::Sarif => spec.from_repository.clone(),
        FindingsFormat::Human | FindingsFormat::Concise | FindingsFormat::Json => spec.from_here.clone(),
    };
    let text = render(args.format.into(), findings, sources, &options);
    if human {
        terminal.err(&text);
    } else {
        terminal.out(&text);
    }
    let errors = findings.iter().any(|finding| finding.level == Level::Error);
    if errors { Exit::Findings } else { Exit::Fine }
}
