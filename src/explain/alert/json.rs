//! The explanation of an alert for programs: one JSON object.

use serde_json::{Map, Value, json};

use super::Asked;
use crate::paging::{Inhibitor, Reached, SentAlert, Values};
use crate::routing::GroupBy;

/// `{"version":1,"alert":…,"rules":[…]}`, each rule with `labels`, `channels` and `inhibited_by`, or with `unknown` where the
/// routes are too intricate for an exact answer.
pub fn answer(asked: &Asked) -> String {
    let rules: Vec<Value> = asked.meant.iter().filter_map(|index| rule(asked, *index)).collect();
    json!({ "version": 1, "alert": asked.name, "rules": rules }).to_string()
}

fn rule(asked: &Asked, index: usize) -> Option<Value> {
    let alert = asked.paging.alerts.get(index)?;
    let evaluation = alert.evaluation.as_ref();
    let mut object = json!({
        "severity": alert.severity,
        "place": alert.place,
        "engine": evaluation.map(|evaluation| evaluation.engine.as_str()),
        "cluster": evaluation.map(|evaluation| evaluation.cluster.as_str()),
        "alertmanager": alert.home,
        "groups": alert.groups,
        "labels": labels(alert),
    });
    match (asked.paging.received(index), asked.paging.inhibitors(index)) {
        (Ok(received), Ok(inhibitors)) => {
            let channels: Vec<Value> = received.channels.iter().map(|reached| channel(asked, index, reached)).collect();
            let inhibited: Vec<Value> = inhibitors.iter().filter_map(|one| inhibitor(asked, one)).collect();
            object["channels"] = channels.into();
            object["inhibited_by"] = inhibited.into();
        }
        (Err(unknown), _) | (_, Err(unknown)) => object["unknown"] = json!({ "labels": unknown.labels }),
    }
    Some(object)
}

/// Every label about which something is known: its values, with `""` for a missing label, or `any` or `present`.
fn labels(alert: &SentAlert) -> Value {
    let mut object = Map::new();
    for (label, values) in alert.labels.named() {
        object.insert(label.to_owned(), known(values));
    }
    json!({ "named": object, "others": known(alert.labels.rest()) })
}

fn known(values: &Values) -> Value {
    match values {
        Values::Any => json!("any"),
        Values::Present => json!("present"),
        Values::Listed(listed) => json!(listed),
    }
}

fn channel(asked: &Asked, index: usize, reached: &Reached) -> Value {
    let tree = &asked.paging.decisions.configuration.tree;
    let routes = reached.routes.iter().filter_map(|arrival| {
        let options = &tree.route(arrival.route)?.options;
        let path = tree.path(arrival.route);
        let path: Vec<usize> =
            path.iter().skip(1).filter_map(|id| tree.route(*id)).map(|route| route.position).collect();
        let group_by: Vec<&str> = match &options.group_by {
            GroupBy::All => vec!["..."],
            GroupBy::Labels(labels) => labels.iter().map(String::as_str).collect(),
        };
        Some(json!({
            "path": path,
            "surely": arrival.surely,
            "example": asked.paging.example(index, &arrival.witness),
            "group_by": group_by,
            "group_wait": options.group_wait.to_string(),
            "group_interval": options.group_interval.to_string(),
            "repeat_interval": options.repeat_interval.to_string(),
            "mute_time_intervals": options.mute_time_intervals,
            "active_time_intervals": options.active_time_intervals,
        }))
    });
    let notifies = asked.paging.silent(index, &reached.channel).is_none();
    json!({ "channel": reached.channel, "surely": reached.surely, "notifies": notifies, "routes": routes.collect::<Vec<_>>() })
}

fn inhibitor(asked: &Asked, inhibitor: &Inhibitor) -> Option<Value> {
    let source = asked.paging.alerts.get(inhibitor.source)?;
    Some(json!({
        "rule": inhibitor.rule,
        "alert": source.name,
        "severity": source.severity,
        "surely": inhibitor.surely,
        "source": inhibitor.example.0,
        "target": inhibitor.example.1,
        "both_lack": inhibitor.both_lack,
    }))
}
