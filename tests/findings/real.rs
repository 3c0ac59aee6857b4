//! Every check over the rules that people have published. The figures are in `docs/checks-on-real-rules.md`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use alertsmith::diagnostic::Level;
use alertsmith::diagnostic::render::{self, Format, Options};
use alertsmith::pipeline;
use alertsmith::source::MemoryWorld;
use rayon::prelude::*;

use crate::support::corpus;

/// Kinds of rule files in the corpora.
const KINDS: [&str; 4] = ["rules-real", "rules-real-crd", "rules-thanos", "rule-unittest"];

const SPEC: &str =
    "project fleet\n\ncluster main role=standalone { prometheus }\n\nrules taken { file \"rules.yaml\" }\n";

/// What is found in one file: the codes, and the text for people.
struct Found {
    set: String,
    codes: Vec<&'static str>,
    told: String,
}

fn look(path: &Path, folder: &Path) -> Option<Found> {
    let text = fs::read_to_string(path).ok()?;
    let world = MemoryWorld::default().with("alertsmith.kdl", SPEC).with("rules.yaml", text.as_str());
    let compilation = pipeline::check(&world);
    let refused = |finding: &&alertsmith::diagnostic::Diagnostic| finding.level == Level::Error;
    if let Some(first) = compilation.diagnostics.iter().find(refused) {
        if std::env::var_os("ALERTSMITH_FINDINGS_LEFT_OUT").is_some() {
            eprintln!("left out: {}: {}", path.display(), first.headline);
        }
        return None;
    }
    let mut below = path.strip_prefix(folder).ok()?.components();
    let kind = below.next()?.as_os_str().to_string_lossy().into_owned();
    let owner = below.next()?.as_os_str().to_string_lossy().into_owned();
    let codes = compilation.diagnostics.iter().map(|finding| finding.code.name).collect();
    let told = render::render(Format::Human, &compilation.diagnostics, &compilation.sources, &Options::default());
    Some(Found { set: format!("{kind}/{owner}"), codes, told: format!("{}\n{told}\n", path.display()) })
}

#[test]
fn figures_are_fresh() {
    let Some(folder) = corpus::folder() else { return };
    let files: Vec<_> = KINDS.iter().flat_map(|kind| corpus::yaml_files(kind)).collect();
    let found: Vec<Found> = files.par_iter().filter_map(|path| look(path, &folder)).collect();
    let mut by_code: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for one in &found {
        for code in &one.codes {
            *by_code.entry(code).or_default().entry(&one.set).or_default() += 1;
        }
    }
    let mut table = String::new();
    for (code, sets) in &by_code {
        let total: usize = sets.values().sum();
        writeln!(table, "{code}: {total} {sets:?}").unwrap();
    }
    if let Some(path) = std::env::var_os("ALERTSMITH_FINDINGS") {
        let told: String = found.iter().filter(|one| !one.codes.is_empty()).map(|one| one.told.as_str()).collect();
        fs::write(path, told).unwrap();
        eprintln!("{} of {} files\n{table}", found.len(), files.len());
    }
}
