//! Bundles of node checks: what stands in them, and what the runner makes of good and bad scripts.

mod bundle;
mod faults;
mod runner;
mod update;

use std::path::Path;

use alertsmith::artifact::{Body, Bundle};
use alertsmith::ast::check::{CheckParamType, MetricType, ScriptLanguage};
use alertsmith::emit;
use alertsmith::model::check::{Check, CheckParam, EffectiveCheck, Metric};
use alertsmith::model::group::{Group, Target};
use alertsmith::model::{Model, slug};

use crate::support::model::{empty, field, labels, origin, seconds, text};

/// A check in the group `ml-training`, whose only host is `gpu-node-01`.
struct Script<'a> {
    name: &'a str,
    language: ScriptLanguage,
    text: &'a str,
    timeout: u64,
    params: &'a [(&'a str, &'a str)],
    metrics: &'a [(&'a str, &'a [&'a str])],
}

/// A bash script that takes no parameters and declares `value{kind}`.
fn bash<'a>(name: &'a str, text: &'a str) -> Script<'a> {
    Script { name, language: ScriptLanguage::Bash, text, timeout: 5, params: &[], metrics: &[("value", &["kind"])] }
}

fn model(scripts: &[Script<'_>]) -> Model {
    let mut model = empty();
    let group = Group {
        name: text("ml-training"),
        slug: "ml-training".to_owned(),
        id: text("grp-200"),
        kind: None,
        parent: None,
        owner: None,
        clusters: Vec::new(),
        node_selector: labels(&[]),
    };
    model.groups.insert("ml-training".to_owned(), group);
    let target = Target {
        name: text("gpu-node-01"),
        address: text("10.0.0.11"),
        group: "ml-training".to_owned(),
        cluster: text("cluster-02"),
        exporters: Vec::new(),
        labels: labels(&[]),
    };
    model.targets.insert("gpu-node-01".to_owned(), target);
    for script in scripts {
        model.checks.insert(script.name.to_owned(), check(script));
    }
    let effective = scripts.iter().map(|script| EffectiveCheck {
        check: script.name.to_owned(),
        config: script.params.iter().map(|(name, value)| ((*name).to_owned(), text(value))).collect(),
        origin: origin(),
    });
    model.effective_checks.insert(Some("ml-training".to_owned()), effective.collect());
    model
}

fn check(script: &Script<'_>) -> Check {
    let param = |(name, _): &(&str, &str)| CheckParam {
        name: text(name),
        r#type: if *name == "limit" { CheckParamType::Number } else { CheckParamType::Text },
        default: None,
    };
    let metric = |(name, labels): &(&str, &[&str])| Metric {
        name: text(name),
        r#type: MetricType::Gauge,
        help: None,
        labels: labels.iter().map(|label| text(label)).collect(),
    };
    Check {
        name: text(script.name),
        slug: slug(script.name),
        language: field(script.language),
        version: text("1.0.0"),
        interval: seconds(60),
        timeout: seconds(script.timeout),
        script: text(script.text),
        params: script.params.iter().map(param).collect(),
        metrics: script.metrics.iter().map(metric).collect(),
        origin: origin(),
    }
}

/// What the backend writes.
fn build(model: &Model) -> Bundle {
    let mut bundle = Bundle::default();
    alertsmith::lower::checks::lower(model, &mut bundle);
    bundle
}

/// Writes the bundle below `folder` as the command would.
fn write(bundle: &Bundle, folder: &Path) {
    for (path, file) in &bundle.files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let text = match &file.body {
            Body::Yaml(documents) => emit::yaml::print(documents, &[]).text,
            Body::Json(document) => emit::json::print(document).text,
            Body::Nginx(_) => panic!("checks have no nginx.conf"),
            Body::Text(text, _) => text.clone(),
        };
        std::fs::write(path, text).unwrap();
    }
}
