//! `bundle.json`: the effective list in the shape that agents of script policies read.
//!
//! ```text
//! { "group": …, "group_id": …,
//!   "checks": [ { name, script_type, script_content, script_hash, language, config, version, interval, timeout, hash } ],
//!   "targets": { host: [ { name, hash } ] } }
//! ```
//!
//! `hash` covers everything that changes how a host runs the check, `script_hash` the script alone. Times are in seconds.

use super::Running;
use crate::artifact::{Doc, Value};
use crate::ast::check::CheckParamType;
use crate::model::{Field, Model};

/// The whole document of one group, or of the hosts without a group.
pub(super) fn document(model: &Model, group: Option<&str>, running: &[Running<'_>]) -> Doc {
    let group = group.and_then(|name| model.groups.get(name));
    let mut targets = Doc::map();
    for target in model.targets.values().filter(|target| group.is_some_and(|group| group.name.value == target.group)) {
        let list = running.iter().map(|running| {
            Doc::map().with("name", name(running)).with("hash", doc(running.hash()).from(running.effective.origin))
        });
        targets.set(&target.name.value, Doc::list(list).from(target.name.origin));
    }
    Doc::map()
        .with("group", group.map_or(Value::Null.into(), |group| text(&group.name)))
        .with("group_id", group.map_or(Value::Null.into(), |group| text(&group.id)))
        .with("checks", Doc::list(running.iter().map(entry)))
        .with("targets", targets)
}

fn entry(running: &Running<'_>) -> Doc {
    let check = running.check;
    Doc::map()
        .with("name", name(running))
        .with("script_type", "check")
        .with("script_content", text(&check.script))
        .with("script_hash", doc(running.script_hash()).from(check.script.origin))
        .with("language", doc(check.language.value.as_str()).from(check.language.origin))
        .with("config", config(running))
        .with("version", text(&check.version))
        .with("interval", seconds(check.interval.value.milliseconds()).from(check.interval.origin))
        .with("timeout", seconds(check.timeout.value.milliseconds()).from(check.timeout.origin))
        .with("hash", doc(running.hash()).from(running.effective.origin))
}

/// The merged parameters. Numbers and truth values are written as such; everything else is the text that the script
/// finds in its environment.
pub(super) fn config(running: &Running<'_>) -> Doc {
    let mut config = Doc::map();
    for (name, value) in &running.effective.config {
        let parameter = running.check.params.iter().find(|parameter| parameter.name.value == *name);
        let written: Doc = match parameter.map(|parameter| parameter.r#type) {
            Some(CheckParamType::Number) => Value::Number(value.value.clone()).into(),
            Some(CheckParamType::Bool) => match value.value.as_str() {
                "true" => true.into(),
                "false" => false.into(),
                other => other.into(),
            },
            Some(CheckParamType::Text | CheckParamType::Duration | CheckParamType::Path | CheckParamType::PathList)
            | None => doc(&value.value),
        };
        config.set(name, written.from(value.origin));
    }
    config
}

fn name(running: &Running<'_>) -> Doc {
    text(&running.check.name)
}

fn text(field: &Field<String>) -> Doc {
    doc(&field.value).from(field.origin)
}

fn doc(value: impl Into<Doc>) -> Doc {
    value.into()
}

/// Milliseconds as seconds, without a fraction where there is none.
fn seconds(millis: u64) -> Doc {
    let (whole, rest) = (millis / 1000, millis % 1000);
    let text = if rest == 0 { whole.to_string() } else { format!("{whole}.{rest:03}") };
    Value::Number(text).into()
}
