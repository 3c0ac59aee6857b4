//! Workflows and the Action: actionlint for what would not run, zizmor for what would run somebody else's code.

use std::path::{Path, PathBuf};

use super::{Generation, Outcome, Verdict, below, files, fits, outcome};
use crate::support::{run::run, tools::tool};

pub(super) fn judge(dir: &Path, generation: Generation) -> Vec<Verdict> {
    let workflows = files(dir, |path| fits(path, ".github/workflows/*"));
    let actions = files(dir, |path| fits(path, "action.yml") || fits(path, ".github/actions/*/action.yml"));
    let mut verdicts: Vec<Verdict> =
        workflows.iter().map(|file| ask("actionlint", "actionlint", &["-no-color"], dir, file, generation)).collect();
    let configuration = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/zizmor.yml");
    let configuration = configuration.to_string_lossy();
    let arguments = [
        "--offline",
        "--no-progress",
        "--quiet",
        "--format=plain",
        "--min-severity=medium",
        "--config",
        &*configuration,
    ];
    for file in workflows.iter().chain(&actions) {
        verdicts.push(ask("zizmor", "zizmor", &arguments, dir, file, generation));
    }
    verdicts
}

fn ask(
    judge: &'static str,
    name: &str,
    arguments: &[&str],
    dir: &Path,
    file: &PathBuf,
    generation: Generation,
) -> Verdict {
    let (version, outcome) = match tool(name, generation) {
        None => (String::new(), Outcome::Skipped),
        Some(tool) => {
            let answer = run(tool.command().args(arguments).arg(file));
            (tool.version, outcome(answer))
        }
    };
    Verdict { judge, version, subject: below(dir, file), outcome }
}
