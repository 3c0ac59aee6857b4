//! `alertsmith check`: reads, resolves and checks a spec; writes nothing.

use crate::cli::args::CheckArgs;
use crate::cli::exit::{Exit, Trouble};
use crate::cli::findings;
use crate::cli::levels::Levels;
use crate::cli::session::check_folder;
use crate::cli::spec;
use crate::cli::terminal::Terminal;

pub fn run(args: &CheckArgs, terminal: &mut Terminal) -> Result<Exit, Trouble> {
    let levels = Levels::of(&args.findings)?;
    let spec = spec::find(args.spec.path.as_deref())?;
    terminal.detail(&format!("reading {}", spec.folder.display()));
    let mut run = check_folder(&spec.folder)?;
    run.diagnostics.append(&mut run.optional);
    let found = levels.apply(run.diagnostics);
    Ok(findings::show(terminal, &args.findings, &spec, &run.sources, &found))
}
