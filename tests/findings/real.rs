//! Every check over the rules that people have published: what is on has to be rare there. The figures are in
//! `docs/checks-on-real-rules.md`, where `UPDATE=1` writes them.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use alertsmith::diagnostic::Level;
use alertsmith::diagnostic::render::{self, Format, Options};
use alertsmith::explain::codes;
use alertsmith::lint::{self, Input};
use rayon::prelude::*;

use crate::support::corpus;

/// Kinds of rule files in the corpora.
const KINDS: [&str; 3] = ["rules-real", "rules-real-crd", "rules-thanos"];

/// The share of rules, one in so many, that a check which is on may find at most. `lost-label` is a slip of the pen that some
/// collections have in every second alert.
const RARE: usize = 100;
const COMMON: [(&str, usize); 1] = [("alert/lost-label", 15)];

/// What is found in one file that loads.
struct Found {
    set: String,
    rules: usize,
    codes: Vec<&'static str>,
    told: String,
}

/// Looks at a file as `alertsmith lint` does; nothing if Prometheus or a Ruler would refuse it.
fn look(path: &Path, folder: &Path) -> Option<Found> {
    let options = lint::Options::default();
    let input =
        Input { path: path.file_name()?.to_string_lossy().into_owned(), bytes: fs::read(path).ok()?, named: true };
    let linted = lint::run(vec![input], &options);
    let refused = linted.diagnostics.iter().any(|finding| finding.level == Level::Error);
    let mut below = path.strip_prefix(folder).ok()?.components();
    let owner = below.nth(1)?.as_os_str().to_string_lossy().replace("__", "/");
    // What the loaders pass over is said by other rooms.
    let checks: Vec<_> = linted
        .diagnostics
        .into_iter()
        .filter(|finding| alertsmith::check::OF_RULES.iter().copied().flatten().any(|check| check.code == finding.code))
        .collect();
    let codes = checks.iter().map(|finding| finding.code.name).collect();
    let told = render::render(Format::Human, &checks, &linted.sources, &Options::default());
    let text = linted.sources.iter().map(|(_, source)| source.text()).collect::<String>();
    let starts = ["alert:", "record:"];
    let rules =
        text.lines().filter(|line| starts.iter().any(|start| line.trim_start_matches([' ', '-']).starts_with(start)));
    (!refused).then(|| Found { set: owner, rules: rules.count(), codes, told: format!("{}\n{told}\n", path.display()) })
}

#[test]
fn what_is_on_is_rare() {
    let Some(folder) = corpus::folder() else { return };
    let files: Vec<_> = KINDS.iter().flat_map(|kind| corpus::yaml_files(kind)).collect();
    let found: Vec<Found> = files.par_iter().filter_map(|path| look(path, &folder)).collect();
    let mut by_code: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for one in &found {
        for code in &one.codes {
            *by_code.entry(code).or_default().entry(&one.set).or_default() += 1;
        }
    }
    let rules: usize = found.iter().map(|one| one.rules).sum();
    let mut noisy = Vec::new();
    let mut table = format!(
        "{rules} rules in {} of {} files, those that load.\n\n| code | findings | where |\n| --- | --- | --- |\n",
        found.len(),
        files.len()
    );
    for check in alertsmith::check::OF_RULES.iter().copied().flatten() {
        let code = codes::find(check.code.name).unwrap();
        let sets = by_code.remove(code.name).unwrap_or_default();
        let total: usize = sets.values().sum();
        let places: Vec<String> = sets.iter().map(|(set, count)| format!("{set} {count}")).collect();
        let one_in = COMMON.iter().find(|(name, _)| *name == code.name).map_or(RARE, |(_, one_in)| *one_in);
        if !code.optional && total * one_in > rules {
            noisy.push(format!("{total} of {}", code.name));
        }
        let off = if code.optional { " (off)" } else { "" };
        writeln!(table, "| `{}`{off} | {total} | {} |", code.name, places.join(", ")).unwrap();
    }
    if let Some(path) = std::env::var_os("ALERTSMITH_FINDINGS") {
        let told: String = found.iter().filter(|one| !one.codes.is_empty()).map(|one| one.told.as_str()).collect();
        fs::write(path, told).unwrap();
        eprintln!("{table}");
    }
    if std::env::var_os("UPDATE").is_some_and(|value| value == "1") {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/checks-on-real-rules.md");
        let text = fs::read_to_string(&page).unwrap();
        let (before, rest) = text.split_once("<!-- generated: figures -->\n").unwrap();
        let (_, after) = rest.split_once("<!-- end -->").unwrap();
        fs::write(page, format!("{before}<!-- generated: figures -->\n\n{table}\n<!-- end -->{after}")).unwrap();
    }
    assert!(rules > 5000, "only {rules} rules were looked at");
    assert!(noisy.is_empty(), "of {rules} rules: {}", noisy.join(", "));
}
