//! The routing tree and the inhibitions.

use std::collections::BTreeSet;

use super::ANY_LABEL_NAME;
use super::at;
use super::matchers::{self, is_plain};
use crate::artifact::Doc;
use crate::ast::{Duration, Version};
use crate::model::routing::Route;
use crate::model::{Field, Model, Routing};

/// The root: the channel for what no route takes, and the options that all routes inherit. Alertmanager forbids conditions,
/// `continue` and calendars here.
pub(super) fn root(model: &Model, routing: &Routing) -> Doc {
    let target = model.project.targets.alertmanager.value;
    let mut doc = Doc::map().with("receiver", text(&routing.default));
    set_group_by(&mut doc, &routing.group_by, target);
    set_time(&mut doc, "group_wait", Some(&routing.wait));
    set_time(&mut doc, "group_interval", Some(&routing.interval));
    set_time(&mut doc, "repeat_interval", Some(&routing.repeat));
    set_routes(&mut doc, &routing.routes, target);
    doc
}

fn route(route: &Route, target: Version) -> Option<Doc> {
    let mut doc = Doc::map();
    if let Some(to) = &route.to {
        doc.set("receiver", text(to));
    }
    let conditions = matchers::list(&route.when, target)?;
    if !route.when.is_empty() {
        doc.set("matchers", conditions);
    }
    if let Some(more) = &route.r#continue {
        doc.set("continue", at(more.value, more.origin));
    }
    set_group_by(&mut doc, &route.group_by, target);
    set_time(&mut doc, "group_wait", route.wait.as_ref());
    set_time(&mut doc, "group_interval", route.interval.as_ref());
    set_time(&mut doc, "repeat_interval", route.repeat.as_ref());
    for (key, names) in [("active_time_intervals", &route.active_during), ("mute_time_intervals", &route.mute_during)] {
        if !names.is_empty() {
            doc.set(key, Doc::list(names.iter().map(text)));
        }
    }
    set_routes(&mut doc, &route.routes, target);
    Some(doc.from(route.origin))
}

fn set_routes(doc: &mut Doc, routes: &[Route], target: Version) {
    if !routes.is_empty() {
        doc.set("routes", Doc::list(routes.iter().filter_map(|inner| route(inner, target))));
    }
}

/// `...` stands for all labels and cannot stand beside others.
fn set_group_by(doc: &mut Doc, labels: &[Field<String>], target: Version) {
    let all = labels.iter().find(|label| label.value == "...");
    let kept: Vec<Doc> = match all {
        Some(all) => vec![text(all)],
        None => grouping(labels, target).into_iter().map(text).collect(),
    };
    if !kept.is_empty() {
        doc.set("group_by", Doc::list(kept));
    }
}

/// The labels that the target release can read, each once: a name that stands twice is refused.
pub(super) fn grouping(labels: &[Field<String>], target: Version) -> Vec<&Field<String>> {
    let mut seen = BTreeSet::new();
    let fits = |label: &&Field<String>| ANY_LABEL_NAME <= target || is_plain(&label.value);
    labels.iter().filter(fits).filter(|label| seen.insert(label.value.as_str())).collect()
}

fn set_time(doc: &mut Doc, key: &str, time: Option<&Field<Duration>>) {
    if let Some(time) = time {
        doc.set(key, at(time.value.to_string(), time.origin));
    }
}

/// The inhibitions; nothing if there is none.
pub(super) fn inhibitions(model: &Model, routing: &Routing) -> Option<Doc> {
    let target = model.project.targets.alertmanager.value;
    let rules: Vec<Doc> = routing
        .inhibitions
        .iter()
        .filter_map(|inhibition| {
            let mut doc = Doc::map()
                .with("source_matchers", matchers::list(&inhibition.source, target)?)
                .with("target_matchers", matchers::list(&inhibition.target, target)?);
            if !inhibition.equal.is_empty() {
                doc.set("equal", Doc::list(inhibition.equal.iter().map(text)));
            }
            if inhibition.generated {
                doc = doc.commented(
                    "Derived from the levels of an alert: while the higher one fires, the lower one stays silent.",
                );
            }
            Some(doc.from(inhibition.origin))
        })
        .collect();
    (!rules.is_empty()).then(|| Doc::list(rules))
}

fn text(field: &Field<String>) -> Doc {
    at(&field.value, field.origin)
}
