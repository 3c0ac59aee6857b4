//! alertmanager.yaml: amtool reads it as Alertmanager would, templates included.

use std::path::Path;

use super::{Generation, Outcome, Verdict, below, files, fits, outcome};
use crate::support::{run::run, tools::tool};

pub(super) fn judge(dir: &Path, generation: Generation) -> Vec<Verdict> {
    files(dir, |path| fits(path, "alertmanager/*/alertmanager.yaml"))
        .iter()
        .map(|file| check_config(dir, file, generation))
        .collect()
}

pub(super) fn check_config(dir: &Path, file: &Path, generation: Generation) -> Verdict {
    let (version, outcome) = match tool("amtool", generation) {
        None => (String::new(), Outcome::Skipped),
        Some(tool) => {
            let answer = run(tool.command().arg("check-config").arg(file));
            (tool.version, outcome(answer))
        }
    };
    Verdict { judge: "amtool check-config", version, subject: below(dir, file), outcome }
}
