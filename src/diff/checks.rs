//! Node scripts: where they run, with which parameters, and what they do.

use std::collections::{BTreeMap, BTreeSet};

use super::report::{Change, Kind, Level, Place, Scope, Subject, SubjectKind};
use super::side::Side;
use super::words::mark;
use crate::model::{Check, EffectiveCheck, Model};

/// Everything that changes about checks, where both sides are specs.
pub fn changes(old: Side<'_>, new: Side<'_>) -> Vec<Change> {
    let (Some(was), Some(is)) = (old.model, new.model) else { return Vec::new() };
    let mut changes: Vec<Change> = Vec::new();
    let groups: BTreeSet<&Option<String>> = was.effective_checks.keys().chain(is.effective_checks.keys()).collect();
    for group in groups {
        let (before, after) = (by_name(was, group), by_name(is, group));
        for name in before.keys().chain(after.keys()).copied().collect::<BTreeSet<_>>() {
            for mut change in one(name, before.get(name).copied(), after.get(name).copied(), old, new) {
                let model = if change.kind == Kind::CheckRemoved { was } else { is };
                change.hosts = hosts(model, group.as_ref());
                change.scopes = vec![Scope { group: group.clone(), cluster: None, hosts: String::new() }];
                add(&mut changes, change);
            }
        }
    }
    for (name, check) in &is.checks {
        if let Some(before) = was.checks.get(name) {
            changes.extend(itself(before, check, old, new));
        }
    }
    for change in changes.iter_mut().filter(|change| change.kind == Kind::CheckRemoved) {
        let left = readers(is, was.checks.get(&change.subject.name));
        if !left.is_empty() {
            let words = super::words::list(&left);
            mark(change, Level::Medium, format!("nobody writes there any more what {words} asks for"));
        }
    }
    changes
}

/// Adds a change, to one that differs only in where it holds if there is one.
fn add(changes: &mut Vec<Change>, change: Change) {
    let twin = changes.iter_mut().find(|known| {
        known.kind == change.kind
            && known.subject == change.subject
            && known.field == change.field
            && (&known.before, &known.after) == (&change.before, &change.after)
    });
    match twin {
        Some(twin) => {
            twin.scopes.extend(change.scopes);
            twin.hosts.extend(change.hosts);
            twin.old_places.extend(change.old_places);
            twin.new_places.extend(change.new_places);
            for places in [&mut twin.old_places, &mut twin.new_places] {
                places.sort();
                places.dedup();
            }
        }
        None => changes.push(change),
    }
}

#[expect(clippy::ref_option, reason = "the key of the map")]
fn by_name<'m>(model: &'m Model, group: &Option<String>) -> BTreeMap<&'m str, &'m EffectiveCheck> {
    model.effective_checks.get(group).into_iter().flatten().map(|check| (check.check.as_str(), check)).collect()
}

fn hosts(model: &Model, group: Option<&String>) -> Vec<String> {
    let inside = model.targets.values().filter(|target| Some(&target.group) == group);
    inside.map(|target| target.name.value.clone()).collect()
}

/// One check in one group.
fn one(
    name: &str,
    before: Option<&EffectiveCheck>,
    after: Option<&EffectiveCheck>,
    old: Side<'_>,
    new: Side<'_>,
) -> Vec<Change> {
    let subject = Subject::new(SubjectKind::Check, name);
    let place = |side: Side<'_>, check: Option<&EffectiveCheck>| -> Vec<Place> {
        check.and_then(|check| side.place(check.origin, "policy")).into_iter().collect()
    };
    let (old_places, new_places) = (place(old, before), place(new, after));
    let kind = match (before, after) {
        (Some(before), Some(after)) => return parameters(&subject, before, after, old, new),
        (Some(_), None) => Kind::CheckRemoved,
        (None, Some(_)) => Kind::CheckAdded,
        (None, None) => return Vec::new(),
    };
    vec![Change { old_places, new_places, ..Change::new(kind, subject) }]
}

fn parameters(
    subject: &Subject,
    before: &EffectiveCheck,
    after: &EffectiveCheck,
    old: Side<'_>,
    new: Side<'_>,
) -> Vec<Change> {
    let values = |check: &EffectiveCheck| -> BTreeMap<String, crate::model::Field<String>> {
        check.config.iter().cloned().collect()
    };
    let (was, is) = (values(before), values(after));
    let mut changes = Vec::new();
    for name in was.keys().chain(is.keys()).collect::<BTreeSet<_>>() {
        let (before, after) = (was.get(name), is.get(name));
        if before.map(|field| &field.value) == after.map(|field| &field.value) {
            continue;
        }
        let place = |side: Side<'_>, field: Option<&crate::model::Field<String>>| -> Vec<Place> {
            field.and_then(|field| side.place(field.origin, "parameter")).into_iter().collect()
        };
        let value = |field: Option<&crate::model::Field<String>>| field.map(|field| field.value.clone());
        changes.push(Change {
            field: Some(name.clone()),
            old_places: place(old, before),
            new_places: place(new, after),
            ..Change::new(Kind::CheckChanged, subject.clone()).values(value(before), value(after))
        });
    }
    changes
}

/// What a check is, wherever it runs.
fn itself(before: &Check, after: &Check, old: Side<'_>, new: Side<'_>) -> Vec<Change> {
    let lines = |check: &Check| format!("{} lines", check.script.value.lines().count());
    let metrics =
        |check: &Check| check.metrics.iter().map(|metric| metric.name.value.as_str()).collect::<Vec<_>>().join(", ");
    let mut facts = vec![
        (
            "version",
            before.version.value.clone(),
            after.version.value.clone(),
            before.version.origin,
            after.version.origin,
        ),
        (
            "interval",
            before.interval.value.to_string(),
            after.interval.value.to_string(),
            before.interval.origin,
            after.interval.origin,
        ),
        (
            "timeout",
            before.timeout.value.to_string(),
            after.timeout.value.to_string(),
            before.timeout.origin,
            after.timeout.origin,
        ),
        ("metrics", metrics(before), metrics(after), before.origin, after.origin),
    ];
    if before.script.value != after.script.value {
        let (was, is) = (lines(before), lines(after));
        let is = if was == is { format!("{is}, others") } else { is };
        facts.push(("script", was, is, before.script.origin, after.script.origin));
    }
    let facts = facts.into_iter().filter(|(_, was, is, _, _)| was != is);
    let facts = facts.map(|(field, was, is, old_origin, new_origin)| Change {
        field: Some(field.to_owned()),
        old_places: old.place(old_origin, field).into_iter().collect(),
        new_places: new.place(new_origin, field).into_iter().collect(),
        ..Change::new(Kind::CheckChanged, Subject::new(SubjectKind::Check, after.name.value.as_str()))
            .values(Some(was), Some(is))
    });
    facts.collect()
}

/// Alerts that ask for what a check writes.
fn readers(model: &Model, check: Option<&Check>) -> Vec<String> {
    let metrics: BTreeSet<&str> =
        check.into_iter().flat_map(|check| &check.metrics).map(|metric| metric.name.value.as_str()).collect();
    let asks = |alert: &&crate::model::Alert| {
        alert.expr.selectors().any(|selector| selector.metric().is_some_and(|metric| metrics.contains(metric)))
    };
    model.alerts.values().filter(asks).map(|alert| alert.name.value.clone()).collect()
}
