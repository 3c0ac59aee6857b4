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
    show_in(terminal, args.format, spec, sources, findings)
}

/// The same for commands with which nothing is denied or allowed.
pub(super) fn show_in(
    terminal: &mut Terminal,
    format: FindingsFormat,
    spec: &SpecFolder,
    sources: &Sources,
    findings: &[Diagnostic],
) -> Exit {
    let root = if for_repository(format) { &spec.from_repository } else { &spec.from_here };
    show_below(terminal, format, root, sources, findings)
}

/// Whether paths in this form start from the top of the repository rather than from the current folder.
pub(super) fn for_repository(format: FindingsFormat) -> bool {
    match format {
        FindingsFormat::Github | FindingsFormat::Sarif => true,
        FindingsFormat::Human | FindingsFormat::Concise | FindingsFormat::Json => false,
    }
}

/// The same for files whose paths go below `root`, which is empty or ends in `/`.
pub(super) fn show_below(
    terminal: &mut Terminal,
    format: FindingsFormat,
    root: &str,
    sources: &Sources,
    findings: &[Diagnostic],
) -> Exit {
    let human = format == FindingsFormat::Human;
    let mut options = terminal.options(if human { Stream::Err } else { Stream::Out });
    root.clone_into(&mut options.root);
    let text = render(format.into(), findings, sources, &options);
    if human {
        terminal.err(&text);
    } else {
        terminal.out(&text);
    }
    let errors = findings.iter().any(|finding| finding.level == Level::Error);
    if errors { Exit::Findings } else { Exit::Fine }
}
