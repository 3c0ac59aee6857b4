//! Rules, receivers, routes and manifests, field by field.

mod fields;

use std::collections::{BTreeMap, BTreeSet};

pub use fields::{Field, equal, fields, flat};

use super::report::{FieldChange, ObjectChange, Status};
use super::side::{Side, items, text_at};
use super::text::TreeDiff;
use crate::artifact::{Body, Doc, FileKind};

/// An object of a side.
struct Object<'d> {
    kind: String,
    name: String,
    file: &'d str,
    /// What it belongs to in its file: a rule group, a list of receivers.
    inside: String,
    doc: &'d Doc,
    /// Its place among its like, where the order means something.
    order: Option<usize>,
}

/// Everything that changes about objects; equal changes in several files are one.
pub fn changes(old: Side<'_>, new: Side<'_>, text: &TreeDiff) -> Vec<ObjectChange> {
    let mut gone: Vec<Object<'_>> = Vec::new();
    let mut added: Vec<Object<'_>> = Vec::new();
    let mut found: Vec<ObjectChange> = Vec::new();
    // A file of the same bytes says the same, however each side came to know it.
    for file in text.files.keys() {
        let (before, after) = (documents(old, file), documents(new, file));
        if before.1.len() == after.1.len() && before.1.iter().zip(after.1).all(|(old, new)| equal(old, new)) {
            continue;
        }
        // One side has carried the file along as it is: it knows no objects in it.
        if matches!(before.0, FileKind::Script) || matches!(after.0, FileKind::Script) {
            continue;
        }
        let (before, after) = (objects(file, before), objects(file, after));
        pair(before, after, &mut found, &mut gone, &mut added);
    }
    across_files(gone, added, &mut found);
    collapsed(found)
}

/// The documents of a file with its kind.
fn documents<'d>(side: Side<'d>, path: &str) -> (FileKind, &'d [Doc]) {
    match side.bundle.files.get(path).map(|file| (file.kind, &file.body)) {
        Some((kind, Body::Yaml(documents))) => (kind, documents),
        Some((kind, Body::Json(document))) => (kind, std::slice::from_ref(document)),
        Some((_, Body::Nginx(_) | Body::Text(..))) => (FileKind::Script, &[]),
        None => (FileKind::Other, &[]),
    }
}

fn objects<'d>(file: &'d str, (kind, documents): (FileKind, &'d [Doc])) -> Vec<Object<'d>> {
    let mut found = Vec::new();
    let mut add = |kind: &str, name: String, inside: &str, doc: &'d Doc, order: Option<usize>| {
        found.push(Object { kind: kind.to_owned(), name, file, inside: inside.to_owned(), doc, order });
    };
    for (number, document) in documents.iter().enumerate() {
        match kind {
            FileKind::PrometheusRules | FileKind::ThanosRules => {
                let spec = document.get("spec").filter(|_| document.get("kind").is_some()).unwrap_or(document);
                for group in items(spec.get("groups")) {
                    let group_name = text_at(group, "name").unwrap_or_default();
                    for rule in items(group.get("rules")) {
                        let name = text_at(rule, "alert").or_else(|| text_at(rule, "record")).unwrap_or_default();
                        let severity = rule.get("labels").and_then(|labels| text_at(labels, "severity"));
                        let name = severity.map_or(name.clone(), |severity| format!("{name} {severity}"));
                        add("rule", name, &group_name, rule, None);
                    }
                }
            }
            FileKind::Alertmanager => {
                for (list, kind) in [
                    ("receivers", "receiver"),
                    ("time_intervals", "time interval"),
                    ("mute_time_intervals", "time interval"),
                ] {
                    for item in items(document.get(list)) {
                        add(kind, text_at(item, "name").unwrap_or_default(), list, item, None);
                    }
                }
                for rule in items(document.get("inhibit_rules")) {
                    add("inhibition", flat(rule), "inhibit_rules", rule, None);
                }
                let mut open: Vec<(&Doc, String, usize)> =
                    document.get("route").map(|root| (root, String::new(), 0)).into_iter().collect();
                while let Some((route, above, at)) = open.pop() {
                    let own = format!("{} {}", text_at(route, "receiver").unwrap_or_default(), fields::matchers(route));
                    add("route", own.trim().to_owned(), &above, route, Some(at));
                    let below = format!("{above}/{own}");
                    let children = items(route.get("routes")).iter().enumerate();
                    open.extend(children.rev().map(|(at, child)| (child, below.clone(), at)));
                }
                if let Some(global) = document.get("global") {
                    add("global settings", "Alertmanager".to_owned(), "", global, None);
                }
            }
            FileKind::Targets => {
                for target in items(Some(document)) {
                    let name = target.get("labels").and_then(|labels| text_at(labels, "instance"));
                    add("target", name.unwrap_or_else(|| flat(target)), "", target, None);
                }
            }
            FileKind::Manifest
            | FileKind::Kustomization
            | FileKind::Application
            | FileKind::CheckBundle
            | FileKind::Other => {
                let kind = text_at(document, "kind").unwrap_or_else(|| "file".to_owned());
                // The rules in it are objects of their own, in the files of their evaluators.
                let copy = super::is_plain(document);
                if kind == "PrometheusRule" || copy {
                    continue;
                }
                let name = document.get("metadata").and_then(|metadata| text_at(metadata, "name"));
                let fallback = if number == 0 { file.to_owned() } else { format!("{file} ({})", number + 1) };
                add(&kind, name.unwrap_or(fallback), "", document, None);
            }
            FileKind::Nginx | FileKind::Script => {}
        }
    }
    found
}

/// A route's children are objects of their own.
fn own_fields<'d>(kind: &str, before: &'d Doc, after: &'d Doc) -> Vec<Field<'d>> {
    let mut all = fields(before, after);
    if kind == "route" {
        all.retain(|field| !field.path.starts_with("routes"));
    }
    all
}

/// Pairs the objects of one file: by name and rule group, then by name, then by content.
fn pair<'d>(
    before: Vec<Object<'d>>,
    after: Vec<Object<'d>>,
    found: &mut Vec<ObjectChange>,
    gone: &mut Vec<Object<'d>>,
    added: &mut Vec<Object<'d>>,
) {
    type Key = (String, String, String, String);
    let mut old: Vec<Option<Object<'d>>> = before.into_iter().map(Some).collect();
    let mut new: Vec<Option<Object<'d>>> = after.into_iter().map(Some).collect();
    let key = |object: &Object<'_>, pass: usize| -> Key {
        let (kind, name, inside) = (object.kind.clone(), object.name.clone(), object.inside.clone());
        match pass {
            0 => (kind, name, inside, flat(object.doc)),
            1 => (kind, name, inside, String::new()),
            _ => (kind, name, String::new(), String::new()),
        }
    };
    let mut orders: Vec<(String, usize, usize, ObjectChange)> = Vec::new();
    for pass in 0..3 {
        let mut known: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
        for (at, object) in old.iter().enumerate().rev() {
            if let Some(object) = object {
                known.entry(key(object, pass)).or_default().push(at);
            }
        }
        for slot in &mut new {
            let Some(at) = slot.as_ref().and_then(|object| known.get_mut(&key(object, pass))).and_then(Vec::pop) else {
                continue;
            };
            if let (Some(was), Some(is)) = (old.get_mut(at).and_then(Option::take), slot.take()) {
                let differing = own_fields(&is.kind, was.doc, is.doc);
                if !differing.is_empty() || was.inside != is.inside {
                    let status = if differing.is_empty() { Status::Moved } else { Status::Changed };
                    found.push(change(&is, status, &differing));
                } else if let (Some(was_at), Some(is_at)) = (was.order, is.order) {
                    orders.push((is.inside.clone(), was_at, is_at, change(&is, Status::Moved, &[])));
                }
            }
        }
    }
    found.extend(out_of_order(orders));
    gone.extend(old.into_iter().flatten());
    added.extend(new.into_iter().flatten());
}

/// Routes that stand at another place among their unchanged siblings: the fewest that have to move.
fn out_of_order(mut orders: Vec<(String, usize, usize, ObjectChange)>) -> Vec<ObjectChange> {
    orders.sort_by(|a, b| (&a.0, a.2).cmp(&(&b.0, b.2)));
    let mut moved = Vec::new();
    for row in orders.chunk_by(|left, right| left.0 == right.0) {
        let before: Vec<usize> = row.iter().map(|(_, was, _, _)| *was).collect();
        let kept = longest_ascending(&before);
        moved.extend(
            row.iter().enumerate().filter(|(at, _)| !kept.contains(at)).map(|(_, (_, _, _, change))| change.clone()),
        );
    }
    moved
}

/// The indices of a longest ascending run of numbers, not necessarily side by side.
fn longest_ascending(numbers: &[usize]) -> BTreeSet<usize> {
    // For every length the index of the smallest last number, and for every index the one before it.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::new();
    for (at, number) in numbers.iter().enumerate() {
        let length = ends.partition_point(|end| numbers.get(*end).is_some_and(|last| last < number));
        before.push(length.checked_sub(1).and_then(|shorter| ends.get(shorter)).copied());
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut kept = BTreeSet::new();
    let mut at = ends.last().copied();
    while let Some(index) = at {
        kept.insert(index);
        at = before.get(index).copied().flatten();
    }
    kept
}

/// Objects that went to another file or got another name; what is left is new or gone.
fn across_files(gone: Vec<Object<'_>>, added: Vec<Object<'_>>, found: &mut Vec<ObjectChange>) {
    let mut old: Vec<Option<Object<'_>>> = gone.into_iter().map(Some).collect();
    let content = |object: &Object<'_>| {
        let entries = super::side::entries(Some(object.doc)).iter();
        let rest = entries.filter(|(key, _)| !matches!(key.as_str(), "name" | "alert" | "record" | "metadata"));
        (object.kind.clone(), rest.map(|(key, value)| format!("{key}: {}", flat(value))).collect::<Vec<_>>().join(", "))
    };
    let mut by_name: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
    let mut by_content: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
    for (at, object) in old.iter().enumerate().rev() {
        if let Some(object) = object {
            by_name.entry((object.kind.clone(), object.name.clone())).or_default().push(at);
            by_content.entry(content(object)).or_default().push(at);
        }
    }
    let mut rest = Vec::new();
    for object in added {
        let key = (object.kind.clone(), object.name.clone());
        let twin = by_name.get_mut(&key).and_then(Vec::pop);
        match twin.and_then(|at| old.get_mut(at)).and_then(Option::take) {
            Some(was) => {
                let differing = own_fields(&object.kind, was.doc, object.doc);
                found.push(change(
                    &object,
                    if differing.is_empty() { Status::Moved } else { Status::Changed },
                    &differing,
                ));
            }
            None => rest.push(object),
        }
    }
    for object in rest {
        let candidates = by_content.get_mut(&content(&object));
        let twin = candidates.and_then(|all| {
            loop {
                let at = all.pop()?;
                if let Some(was) = old.get_mut(at).and_then(Option::take) {
                    break Some(was);
                }
            }
        });
        match twin {
            Some(was) if was.name != object.name && object.kind != "route" => {
                let mut renamed = change(&object, Status::Renamed, &[]);
                renamed.old_name = Some(was.name);
                found.push(renamed);
            }
            Some(was) => found.extend([change(&was, Status::Removed, &[]), change(&object, Status::Added, &[])]),
            None => found.push(change(&object, Status::Added, &[])),
        }
    }
    found.extend(old.iter().flatten().map(|object| change(object, Status::Removed, &[])));
}

fn change(object: &Object<'_>, status: Status, differing: &[Field<'_>]) -> ObjectChange {
    ObjectChange {
        kind: object.kind.clone(),
        name: object.name.clone(),
        old_name: None,
        status,
        files: vec![object.file.to_owned()],
        fields: differing
            .iter()
            .map(|field| FieldChange {
                path: field.path.clone(),
                before: field.before.map(flat),
                after: field.after.map(flat),
            })
            .collect(),
    }
}

/// Makes one of changes that differ only in their files.
fn collapsed(found: Vec<ObjectChange>) -> Vec<ObjectChange> {
    type Key = (String, String, Option<String>, Status, Vec<FieldChange>);
    let mut merged: Vec<ObjectChange> = Vec::new();
    let mut known: BTreeMap<Key, usize> = BTreeMap::new();
    for change in found {
        let key =
            (change.kind.clone(), change.name.clone(), change.old_name.clone(), change.status, change.fields.clone());
        match known.get(&key).and_then(|at| merged.get_mut(*at)) {
            Some(twin) => twin.files.extend(change.files),
            None => {
                known.insert(key, merged.len());
                merged.push(change);
            }
        }
    }
    for change in &mut merged {
        change.files.sort();
        change.files.dedup();
    }
    merged
}

/// Names of items that are gone and names of new ones that say the same.
pub fn renamed(old: &[Doc], new: &[Doc], key: &str) -> Vec<(String, String)> {
    let names = |all: &[Doc]| all.iter().filter_map(|one| text_at(one, key)).collect::<BTreeSet<_>>();
    let (was, is) = (names(old), names(new));
    let rest = |doc: &Doc| {
        let entries = super::side::entries(Some(doc)).iter().filter(|(name, _)| name != key);
        entries.map(|(name, value)| format!("{name}: {}", flat(value))).collect::<Vec<_>>()
    };
    let mut gone: Vec<(String, Vec<String>)> =
        old.iter().filter_map(|doc| Some((text_at(doc, key).filter(|name| !is.contains(name))?, rest(doc)))).collect();
    let mut pairs = Vec::new();
    for doc in new {
        let Some(name) = text_at(doc, key).filter(|name| !was.contains(name)) else { continue };
        let own = rest(doc);
        if let Some(at) = gone.iter().position(|(_, content)| *content == own && !own.is_empty()) {
            pairs.push((gone.swap_remove(at).0, name));
        }
    }
    pairs
}
