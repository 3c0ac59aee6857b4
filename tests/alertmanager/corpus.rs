//! Every configuration of the corpus gets Alertmanager's own verdict.

use super::judge::{check_files, verdicts};
use super::{refusal, release};
use crate::support::corpus;
use crate::support::tools::{Generation, Tool, tool};
use std::path::PathBuf;

pub const GENERATIONS: [Generation; 2] = [Generation::Newest, Generation::Oldest];

/// The disagreements about texts of which amtool's verdicts are known.
pub fn disagreements<'t>(
    tool: &Tool,
    generation: Generation,
    cases: impl Iterator<Item = (String, &'t str)>,
    verdicts: &[Option<String>],
) -> Vec<String> {
    let mut wrong = Vec::new();
    for ((name, text), verdict) in cases.zip(verdicts) {
        let ours = refusal(text, release(generation));
        match (verdict, ours) {
            (Some(why), None) => wrong.push(format!("{name}: amtool {} refuses, we accept: {why}", tool.version)),
            (None, Some(why)) => wrong.push(format!("{name}: amtool {} accepts, we refuse:\n{why}", tool.version)),
            (Some(_), Some(_)) | (None, None) => {}
        }
    }
    wrong
}

#[test]
fn files() {
    let mut files: Vec<PathBuf> = Vec::new();
    for kind in ["am-config-upstream", "am-config-golden", "am-config-real"] {
        files.extend(corpus::yaml_files(kind));
    }
    let texts: Vec<String> = files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
    let mut wrong = Vec::new();
    for generation in GENERATIONS {
        let Some(tool) = tool("amtool", generation) else { continue };
        let found = check_files(&tool, &files);
        let cases = files.iter().map(|file| file.display().to_string()).zip(texts.iter().map(String::as_str));
        wrong.extend(disagreements(&tool, generation, cases, &found));
    }
    assert!(wrong.is_empty(), "{} disagreements:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn inline_cases() {
    let tables = ["am-config-inline/config_test.json"];
    let mut cases: Vec<(String, String)> = Vec::new();
    for table in tables {
        let Some(table) = corpus::table(table) else { continue };
        for case in table["cases"].as_array().unwrap() {
            cases.push((case["name"].to_string(), case["yaml"].as_str().unwrap().to_owned()));
        }
    }
    let texts: Vec<String> = cases.iter().map(|(_, text)| text.clone()).collect();
    let mut wrong = Vec::new();
    for generation in GENERATIONS {
        let Some(tool) = tool("amtool", generation) else { continue };
        let found = verdicts(&tool, &texts);
        let named = cases.iter().map(|(name, text)| (format!("{name}:\n{text}"), text.as_str()));
        wrong.extend(disagreements(&tool, generation, named, &found));
    }
    assert!(wrong.is_empty(), "{} disagreements:\n{}", wrong.len(), wrong.join("\n"));
}
