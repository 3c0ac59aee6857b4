//! `alertsmith init`: writes a small working spec. Never overwrites.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::cli::args::{Extra, InitArgs};
use crate::cli::exit::{Exit, Trouble};
use crate::cli::terminal::Terminal;
use crate::output::{Disk, OsDisk};

/// The spec: a cluster, a group, an alert that uses its labels, and the way to a channel.
const SPEC: &str = include_str!("alertsmith.kdl");
const WORKFLOW: &str = include_str!("workflow.yml");
const PRE_COMMIT: &str = include_str!("pre-commit.yaml");

pub fn run(args: &InitArgs, terminal: &mut Terminal) -> Result<Exit, Trouble> {
    let folder = args.folder.display().to_string();
    let folder = folder.trim_start_matches("./").trim_end_matches('/');
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    if !args.with.is_empty() && (!folder.chars().all(plain) || folder.starts_with(['/', '-']) || folder.contains(".."))
    {
        let message = format!("the folder `{folder}` cannot be named in workflows and hooks as it is");
        return Err(
            Trouble::new(message).help("Choose a folder below this one, with a name of letters, digits and `-`.")
        );
    }
    let mut files = vec![(args.folder.join("alertsmith.kdl"), SPEC.to_owned())];
    for extra in args.with.iter().collect::<BTreeSet<_>>() {
        let (path, text) = match extra {
            Extra::Github => (".github/workflows/monitoring.yml", WORKFLOW),
            Extra::PreCommit => (".pre-commit-config.yaml", PRE_COMMIT),
        };
        files.push((PathBuf::from(path), text.replace("SPEC", folder)));
    }
    // Looked at first, so that either all files are written or none.
    let exists = |path: &Path| OsDisk.kind(path).map(|kind| kind.is_some());
    for path in files.iter().map(|(path, _)| path).chain([&args.folder.join("alertsmith.yaml")]) {
        if exists(path).map_err(|error| Trouble::file("read", path, error))? {
            return Err(Trouble::new(format!("`{}` exists already, so nothing was written", path.display()))
                .help("Choose another folder, or move the file away."));
        }
    }
    for (path, text) in &files {
        write(path, text).map_err(|error| Trouble::file("write", path, error))?;
        terminal.note(&format!("wrote {}", path.display()));
    }
    terminal.note(&format!("next: alertsmith check {folder}"));
    Ok(Exit::Fine)
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        OsDisk.create_folders(parent)?;
    }
    OsDisk.create(path, text.as_bytes(), false)
}
