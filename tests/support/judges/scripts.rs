//! Shell scripts of check bundles and forwarders: shellcheck.

use std::path::Path;

use super::{Generation, Outcome, Verdict, below, files, fits, outcome};
use crate::support::{run::run, tools::tool};

/// Every file below `checks/` and beside a forwarder that says it is for a shell, by ending or by first line; one verdict for each.
pub(super) fn judge(dir: &Path, generation: Generation) -> Vec<Verdict> {
    let scripts = files(dir, |path| fits(path, "checks/**") || fits(path, "forwarder/*/*.sh"));
    scripts.iter().filter(|path| is_shell(path)).map(|file| shellcheck(dir, file, generation)).collect()
}

fn shellcheck(dir: &Path, file: &Path, generation: Generation) -> Verdict {
    let (version, outcome) = match tool("shellcheck", generation) {
        None => (String::new(), Outcome::Skipped),
        Some(tool) => {
            // SC1091: a file that exists only where the script runs was not followed. SC2153: a name looks misspelled that the runner
            // sets from a parameter of the check.
            let answer = run(tool.command().args(["--norc", "--format=gcc", "--exclude=SC1091,SC2153"]).arg(file));
            (tool.version, outcome(answer))
        }
    };
    Verdict { judge: "shellcheck", version, subject: below(dir, file), outcome }
}

fn is_shell(path: &Path) -> bool {
    let text = std::fs::read(path).unwrap_or_default();
    let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let first = String::from_utf8_lossy(first);
    let by_first_line = first.starts_with("#!")
        && first
            .trim_end()
            .rsplit(['/', ' '])
            .next()
            .is_some_and(|shell| matches!(shell, "sh" | "bash" | "dash" | "ksh"));
    by_first_line || path.extension().is_some_and(|ending| ending == "sh" || ending == "bash")
}
