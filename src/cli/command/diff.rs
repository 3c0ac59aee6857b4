//! `alertsmith diff`: what changes in the output.

use std::path::Path;

use crate::cli::args::DiffArgs;
use crate::cli::exit::{Exit, Trouble};
use crate::cli::session::{Built, build_folder, build_revision};
use crate::cli::spec::{self, SpecFolder};
use crate::cli::terminal::{Stream, Terminal};
use crate::diagnostic::Level;
use crate::diagnostic::render::{Format, Options, render};
use crate::diff::report;
use crate::diff::text::compare;
use crate::output::{OsDisk, Rendered, read_tree};

pub fn run(args: &DiffArgs, terminal: &mut Terminal) -> Result<Exit, Trouble> {
    let (old, new) = match args.paths.as_slice() {
        [old, new] => raw(args, old, new)?,
        _ => of_spec(args, terminal)?,
    };
    let diff = compare(&old, &new);
    let color = terminal.options(Stream::Out).color;
    terminal.out(&report::render(&diff, args.format.into(), args.stat, color));
    let changed = args.exit_code.is_some() && !diff.is_empty();
    Ok(if changed { Exit::Findings } else { Exit::Fine })
}

/// Two files or trees as they are.
fn raw(args: &DiffArgs, old: &Path, new: &Path) -> Result<(Rendered, Rendered), Trouble> {
    if args.base.is_some() || args.against.is_some() {
        return Err(Trouble::new(
            "two paths are compared with each other, so there is nothing to compare with besides",
        ));
    }
    for (one, other) in [(old, new), (new, old)] {
        if one.is_dir() && other.is_file() {
            let message = format!("`{}` is a folder and `{}` is a file", one.display(), other.display());
            return Err(Trouble::new(message).help("Compare two files or two folders."));
        }
    }
    // Two files are the same file before and after, whatever they are called.
    let name = new.file_name().map_or_else(|| "file".into(), |name| name.to_string_lossy());
    Ok((read_tree(&OsDisk, old, &name)?, read_tree(&OsDisk, new, &name)?))
}

/// The spec as it is now, and what it is compared with.
fn of_spec(args: &DiffArgs, terminal: &mut Terminal) -> Result<(Rendered, Rendered), Trouble> {
    let spec = spec::find(args.paths.first().map(AsRef::as_ref))?;
    let new = printed(build_folder(&spec.folder)?, "the spec", &spec, terminal)?;
    let old = match (&args.base, &args.against) {
        (Some(revision), _) => {
            let what = format!("the spec at `{revision}`");
            printed(build_revision(&spec.folder, revision)?, &what, &spec, terminal)?
        }
        (None, Some(folder)) => read_tree(&OsDisk, folder, "file")?,
        (None, None) if args.output.is_dir() => read_tree(&OsDisk, &args.output, "file")?,
        (None, None) => {
            let message = format!("there is no build in `{}` to compare with", args.output.display());
            return Err(Trouble::new(message).help(
                "Build first, name the folder of a build with `-o` or `--against`, or a git revision with `--base`.",
            ));
        }
    };
    Ok((old, new))
}

/// What a run printed; a spec with errors prints nothing that could be compared.
fn printed(built: Built, what: &str, spec: &SpecFolder, terminal: &mut Terminal) -> Result<Rendered, Trouble> {
    let Built { compilation, rendered } = built;
    if let Some(rendered) = rendered {
        return Ok(rendered);
    }
    let errors: Vec<_> = compilation.diagnostics.into_iter().filter(|found| found.level == Level::Error).collect();
    let options = Options { root: spec.from_here.clone(), ..terminal.options(Stream::Err) };
    terminal.err(&render(Format::Human, &errors, &compilation.sources, &options));
    Err(Trouble::new(format!("{what} has errors, so there is no output to compare")))
}
