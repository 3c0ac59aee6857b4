//! `alertsmith diff`: what a change does.

use std::path::Path;

use crate::cli::args::{ChangeLevel, DiffArgs};
use crate::cli::exit::{Exit, Trouble};
use crate::cli::session::{Built, build_folder, build_revision};
use crate::cli::spec::{self, SpecFolder};
use crate::cli::terminal::{Stream, Terminal};
use crate::diagnostic::Level;
use crate::diagnostic::render::{Format, Options, render};
use crate::diff::render::{self as forms, Form};
use crate::diff::side::raw::{Raw, Secrets};
use crate::diff::side::{self, Side};
use crate::diff::{self, text};
use crate::output::{MANIFEST, OsDisk, Rendered, read_tree};
use crate::source::{GitError, merge_base};

pub fn run(args: &DiffArgs, terminal: &mut Terminal) -> Result<Exit, Trouble> {
    let form: Form = args.format.into();
    let (old, new, root) = match args.paths.as_slice() {
        [old, new] => {
            let (old, new) = raw(args, old, new)?;
            let mut secrets = Secrets::default();
            let input = |tree: &Rendered, secrets: &mut Secrets| Input::Files(Raw::read(tree, secrets, false));
            (input(&old, &mut secrets), input(&new, &mut secrets), String::new())
        }
        _ => {
            let spec = spec::find(args.paths.first().map(AsRef::as_ref))?;
            let (old, new) = of_spec(args, &spec, terminal)?;
            let root = if form == Form::Github { spec.from_repository } else { spec.from_here };
            (old, new, root)
        }
    };
    let lines = text::compare(old.rendered(), new.rendered());
    let report = diff::compare(old.side(&root), new.side(&root), lines);
    let look = terminal.options(Stream::Out);
    let options =
        forms::Options { color: look.color, width: look.width, verbose: terminal.is_verbose(), brief: args.stat };
    terminal.out(&forms::render(&report, form, &options));
    let changed = match args.exit_code {
        None => false,
        Some(ChangeLevel::Text) => !report.text.is_empty(),
        Some(ChangeLevel::Objects) => !report.objects.is_empty() || !report.behaviour.is_empty(),
        // What is not known to be the same may differ.
        Some(ChangeLevel::Behaviour) => !report.behaviour.is_empty() || !report.unknown.is_empty(),
    };
    let denied = args.deny_risk.is_some_and(|level| report.risk().is_some_and(|risk| risk >= level.into()));
    Ok(if changed || denied { Exit::Findings } else { Exit::Fine })
}

/// What one side is read from.
enum Input {
    /// A spec that was built.
    Spec(Box<side::Built>),
    /// Files as they are.
    Files(Raw),
}

impl Input {
    fn side<'a>(&'a self, root: &'a str) -> Side<'a> {
        match self {
            Self::Spec(built) => built.side(root),
            Self::Files(raw) => raw.side(""),
        }
    }

    fn rendered(&self) -> &Rendered {
        match self {
            Self::Spec(built) => &built.rendered,
            Self::Files(raw) => &raw.rendered,
        }
    }
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
fn of_spec(args: &DiffArgs, spec: &SpecFolder, terminal: &mut Terminal) -> Result<(Input, Input), Trouble> {
    let new = printed(build_folder(&spec.folder)?, "the spec", spec, terminal)?;
    let files = |folder: &Path| -> Result<Input, Trouble> {
        let ours = folder.join(MANIFEST).is_file();
        Ok(Input::Files(Raw::read(&read_tree(&OsDisk, folder, "file")?, &mut Secrets::default(), ours)))
    };
    let old = match (&args.base, &args.against) {
        (Some(revision), _) => {
            let base = base(&spec.folder, revision, terminal)?;
            let what = format!("the spec at `{revision}`");
            printed(build_revision(&spec.folder, &base)?, &what, spec, terminal)?
        }
        (None, Some(folder)) => files(folder)?,
        (None, None) if args.output.is_dir() => files(&args.output)?,
        (None, None) => {
            let message = format!("there is no build in `{}` to compare with", args.output.display());
            return Err(Trouble::new(message).help(
                "Build first, name the folder of a build with `-o` or `--against`, or a git revision with `--base`.",
            ));
        }
    };
    Ok((old, new))
}

/// The commit to compare with: where history parted from the revision, so that what others did since is no change of ours.
/// A shallow clone may not have that commit; then the revision itself must do.
fn base(folder: &Path, revision: &str, terminal: &Terminal) -> Result<String, Trouble> {
    match merge_base(folder, revision) {
        Ok(commit) => Ok(commit),
        Err(GitError::Shallow { .. } | GitError::Unrelated(_)) => {
            terminal.note(&format!(
                "note: this clone does not have the commit where its history left `{revision}`, so `{revision}` itself is \
                 compared with"
            ));
            Ok(revision.to_owned())
        }
        Err(error) => Err(Trouble { message: error.to_string(), help: error.help() }),
    }
}

/// What a run printed; a spec with errors prints nothing that could be compared.
fn printed(built: Built, what: &str, spec: &SpecFolder, terminal: &mut Terminal) -> Result<Input, Trouble> {
    let compilation = match side::Built::of(built.compilation, built.rendered) {
        Ok(built) => return Ok(Input::Spec(Box::new(built))),
        Err(compilation) => compilation,
    };
    let errors: Vec<_> = compilation.diagnostics.into_iter().filter(|found| found.level == Level::Error).collect();
    let options = Options { root: spec.from_here.clone(), ..terminal.options(Stream::Err) };
    terminal.err(&render(Format::Human, &errors, &compilation.sources, &options));
    Err(Trouble::new(format!("{what} has errors, so there is no output to compare")))
}
