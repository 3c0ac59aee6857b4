//! Random template files: amtool refuses a configuration for one exactly when we do.

use super::corpus::GENERATIONS;
use super::judge::check_files;
use super::release;
use crate::gotemplate::generated::template;
use crate::support::random::{Random, cases};
use crate::support::tools::{Generation, tool};
use alertsmith::diagnostic::Level;
use alertsmith::gotemplate::FunctionSet;
use alertsmith::lint::{Input, Options, run};
use std::path::PathBuf;

/// What lint says of a template file, as errors.
fn refused(text: &str, generation: Generation) -> bool {
    // The file must be taken for a template whatever stands in it.
    let text = format!("{text}{{{{/* .Alerts */}}}}{{{{ define \"own\" }}}}{{{{ end }}}}");
    let input = Input { path: "x.tmpl".to_owned(), bytes: text.into_bytes(), named: true };
    let options = Options { alertmanager: release(generation), ..Options::default() };
    let linted = run(vec![input], &options);
    assert_eq!(linted.looked_at, 1);
    linted.diagnostics.iter().any(|found| found.level == Level::Error)
}

#[test]
fn amtool_accepts_the_same_files() {
    for generation in GENERATIONS {
        let Some(tool) = tool("amtool", generation) else { continue };
        let mut random = Random::seeded("notification templates", 11);
        let folder = tempfile::tempdir().unwrap();
        let mut texts = Vec::new();
        let mut files: Vec<PathBuf> = Vec::new();
        while texts.len() < cases(500) {
            let mut text = template(&mut random).replace("$labels", ".CommonLabels").replace("query \"up\"", ".Alerts");
            if random.once_in(3) {
                let names: Vec<&'static str> = FunctionSet::notification().names().collect();
                text += &["{{ ", random.word(&names), " }}"].concat();
            }
            // What amtool's own end of the file would change is not of interest; the old one is built with an old Go.
            if generation == Generation::Oldest && text.contains("else with") {
                continue;
            }
            let at = texts.len();
            let whole = format!("{text}{{{{/* .Alerts */}}}}{{{{ define \"own\" }}}}{{{{ end }}}}");
            std::fs::write(folder.path().join(format!("{at}.tmpl")), whole).unwrap();
            let file = folder.path().join(format!("{at}.yml"));
            std::fs::write(
                &file,
                format!("route: {{receiver: x}}\nreceivers: [{{name: x}}]\ntemplates: [{at}.tmpl]\n"),
            )
            .unwrap();
            texts.push(text);
            files.push(file);
        }
        let verdicts = check_files(&tool, &files);
        let mut wrong = Vec::new();
        for (text, verdict) in texts.iter().zip(&verdicts) {
            if refused(text, generation) != verdict.is_some() {
                wrong.push(format!("{text:?}: amtool {} says {verdict:?}", tool.version));
            }
        }
        let good = verdicts.iter().filter(|verdict| verdict.is_none()).count();
        assert!(good * 20 > texts.len(), "only {good} of {} are good", texts.len());
        assert!(wrong.is_empty(), "{} disagreements:\n{}", wrong.len(), wrong.join("\n"));
    }
}
