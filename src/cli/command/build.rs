//! `alertsmith build`: checks a spec, then writes the artifact tree.

use crate::cli::args::BuildArgs;
use crate::cli::exit::{Exit, Trouble};
use crate::cli::findings;
use crate::cli::levels::Levels;
use crate::cli::session::{Built, build_folder};
use crate::cli::spec;
use crate::cli::terminal::Terminal;
use crate::output::{Manifest, OsDisk, Plan, plan};

pub fn run(args: &BuildArgs, terminal: &mut Terminal) -> Result<Exit, Trouble> {
    let levels = Levels::of(&args.findings)?;
    let spec = spec::find(args.spec.path.as_deref())?;
    terminal.detail(&format!("reading {}", spec.folder.display()));
    let Built { mut compilation, rendered } = build_folder(&spec.folder)?;
    compilation.diagnostics.append(&mut compilation.optional);
    let found = levels.apply(std::mem::take(&mut compilation.diagnostics));
    let exit = findings::show(terminal, &args.findings, &spec, &compilation.sources, &found);
    let Some(rendered) = rendered.filter(|_| exit == Exit::Fine) else {
        terminal.note("nothing was written");
        return Ok(Exit::Findings);
    };
    let manifest = Manifest::of(&rendered, &compilation.provenance, &compilation.sources);
    // A check asks what the folder holds and writes nothing, so files of others are no reason to refuse.
    let plan = plan(&OsDisk, &args.output, &rendered, &manifest, args.adopt || args.check)?;
    let folder = args.output.display();
    if args.check {
        return Ok(report_stale(&plan, args, terminal));
    }
    for (word, paths) in changes(&plan) {
        for path in paths {
            terminal.detail(&format!("{word} {folder}/{path}"));
        }
    }
    let bar = terminal.progress("writing", plan.len() as u64);
    plan.apply(&OsDisk, &rendered, || bar.inc(1))?;
    bar.finish_and_clear();
    terminal.note(&format!("{folder}: {}", summary(&plan)));
    Ok(Exit::Fine)
}

/// Says what a build would do; to be stale is a finding.
fn report_stale(plan: &Plan, args: &BuildArgs, terminal: &mut Terminal) -> Exit {
    let folder = args.output.display();
    let unexpected = if args.adopt { &[][..] } else { &plan.foreign };
    if !plan.is_stale() && unexpected.is_empty() {
        terminal.note(&format!("{folder} is what the spec gives"));
        return Exit::Fine;
    }
    let mut text = String::new();
    for (word, paths) in changes(plan).into_iter().chain([("unexpected", unexpected)]) {
        text.extend(paths.iter().map(|path| format!("{word:>10} {folder}/{path}\n")));
    }
    terminal.err(&format!("{text}{folder} is not what the spec gives: {}; run `alertsmith build`\n", summary(plan)));
    Exit::Findings
}

fn changes(plan: &Plan) -> [(&'static str, &[String]); 3] {
    [("create", &plan.created), ("change", &plan.changed), ("remove", &plan.removed)]
}

/// `2 created, 1 changed, 140 unchanged`.
fn summary(plan: &Plan) -> String {
    let counts = [
        (plan.created.len(), "created"),
        (plan.changed.len(), "changed"),
        (plan.removed.len(), "removed"),
        (plan.unchanged, "unchanged"),
    ];
    let parts: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    if parts.is_empty() { "no files".to_owned() } else { parts.join(", ") }
}
