//! Provisioning files of Grafana. It is not on this machine, so what its documentation says of such files is checked here.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Generation, Outcome, Verdict, below, files, fits};
use crate::support::yaml;

const FIELDS: [&str; 8] = ["name", "uid", "type", "access", "url", "isDefault", "jsonData", "editable"];
const PROMETHEUS: [&str; 4] = ["httpMethod", "prometheusType", "timeInterval", "alertmanagerUid"];
const ALERTMANAGER: [&str; 2] = ["implementation", "handleGrafanaManagedAlerts"];

pub(super) fn judge(dir: &Path, _generation: Generation) -> Vec<Verdict> {
    files(dir, |path| fits(path, "grafana/*/datasources.yaml"))
        .into_iter()
        .map(|file| {
            let subject = below(dir, &file);
            let outcome = match yaml::read(&[PathBuf::from(&file)]).and_then(|mut answers| answers.pop()) {
                None => Outcome::Skipped,
                Some(Err(said)) => Outcome::Rejected(said),
                Some(Ok(documents)) => match wrong(&documents) {
                    wrong if wrong.is_empty() => Outcome::Accepted,
                    wrong => Outcome::Rejected(wrong.join("\n")),
                },
            };
            Verdict { judge: "grafana provisioning", version: String::new(), subject, outcome }
        })
        .collect()
}

fn wrong(documents: &[Value]) -> Vec<String> {
    let mut wrong = Vec::new();
    let [document] = documents else { return vec!["not one document".to_owned()] };
    if document["apiVersion"] != 1 {
        wrong.push("apiVersion is not 1".to_owned());
    }
    let sources = document["datasources"].as_array().cloned().unwrap_or_default();
    let uids: Vec<&str> = sources.iter().filter_map(|source| source["uid"].as_str()).collect();
    if uids.iter().collect::<BTreeSet<_>>().len() != sources.len() {
        wrong.push(format!("the uids {uids:?} do not tell {} datasources apart", sources.len()));
    }
    if sources.iter().filter(|source| source["isDefault"] == true).count() > 1 {
        wrong.push("two defaults".to_owned());
    }
    for source in &sources {
        let settings = match source["type"].as_str() {
            Some("prometheus") => PROMETHEUS.as_slice(),
            Some("alertmanager") => ALERTMANAGER.as_slice(),
            other => {
                wrong.push(format!("a datasource of type {other:?}"));
                continue;
            }
        };
        let unknown = |value: &Value, known: &[&str]| -> Vec<String> {
            let keys = value.as_object().into_iter().flatten().map(|(key, _)| key.clone());
            keys.filter(|key| !known.contains(&key.as_str())).collect()
        };
        let keys = [unknown(source, &FIELDS), unknown(&source["jsonData"], settings)].concat();
        if !keys.is_empty() {
            wrong.push(format!("Grafana knows no {keys:?}"));
        }
        if source["url"].as_str().is_none_or(|url| !url.starts_with("http://") && !url.starts_with("https://")) {
            wrong.push(format!("{} is no URL", source["url"]));
        }
        if let Some(other) = source["jsonData"]["alertmanagerUid"].as_str()
            && !uids.contains(&other)
        {
            wrong.push(format!("there is no datasource {other}"));
        }
    }
    wrong
}
