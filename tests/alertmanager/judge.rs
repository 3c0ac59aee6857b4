//! What amtool says of many files, with few processes.

use crate::support::tools::Tool;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The verdict of `amtool check-config` on each text: nothing, or its complaint. A text on which it crashes is refused.
pub fn verdicts(tool: &Tool, texts: &[String]) -> Vec<Option<String>> {
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<PathBuf> = (0..texts.len()).map(|at| folder.path().join(format!("{at}.yml"))).collect();
    for (file, text) in files.iter().zip(texts) {
        std::fs::write(file, text).unwrap();
    }
    check_files(tool, &files)
}

/// The same for files where they lie, so that their templates are found.
pub fn check_files(tool: &Tool, files: &[PathBuf]) -> Vec<Option<String>> {
    let mut found: BTreeMap<usize, Option<String>> = BTreeMap::new();
    let mut next = 0;
    while next < files.len() {
        let end = (next + 300).min(files.len());
        let output = tool.command().arg("check-config").args(&files[next..end]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut parts: Vec<&str> = said.split("Checking '").skip(1).collect();
        // A crash ends the process in the middle of a file.
        let crashed = !output.status.success() && String::from_utf8_lossy(&output.stderr).contains("goroutine");
        if crashed {
            parts.truncate((end - next).min(parts.len()));
        }
        for (at, part) in parts.iter().enumerate() {
            let failed = part.split_once("FAILED: ").map(|(_, why)| why.trim().to_owned());
            let verdict = if crashed && at + 1 == parts.len() && !part.contains("SUCCESS") && failed.is_none() {
                Some("crash".to_owned())
            } else {
                failed
            };
            found.insert(next + at, verdict);
        }
        assert!(crashed || parts.len() == end - next, "amtool looked at {} of {} files", parts.len(), end - next);
        // A crash before the first word cannot be told apart from one file.
        next += parts.len().max(1);
    }
    (0..files.len()).map(|at| found.remove(&at).unwrap_or_else(|| Some("crash".to_owned()))).collect()
}
