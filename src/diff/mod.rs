//! What changes between two sides: who gets paged, which objects differ, which lines.
//!
//! A comparison goes from two [`side::Side`]s to one [`report::Report`], which [`render`] shows. Behaviour is worked out
//! from the documents that will be written and, where a side is a spec, from its resolved model: [`rules`] says which alerts
//! fire, [`routing`] who hears of them. [`objects`] compares the documents field by field.

pub mod checks;
pub mod objects;
pub mod render;
pub mod report;
pub mod risk;
pub mod routing;
pub mod rules;
pub mod secrets;
pub mod side;
pub mod text;
pub mod words;

use std::collections::{BTreeMap, BTreeSet};

use crate::artifact::{Body, Doc, FileKind};
use report::{Change, Report, SubjectKind};
use side::Side;
use text::TreeDiff;

/// Compares two sides. `text` is the comparison of what was printed.
pub fn compare(old: Side<'_>, new: Side<'_>, text: TreeDiff) -> Report {
    let mut behaviour = rules::changes(old, new);
    let heard = routing::changes(old, new, &behaviour);
    behaviour.extend(heard.changes);
    behaviour.extend(checks::changes(old, new));
    behaviour.extend(secrets::changes(old, new));
    let mut unknown = not_understood(old, new, &text);
    unknown.extend(heard.unknown);
    risk::assess(&mut behaviour, old, new);
    let behaviour = in_order(behaviour.into_iter().map(Change::told).collect());
    let objects = objects::changes(old, new, &text);
    Report { behaviour, unknown, objects, text }
}

/// What is about the same thing stands together, in the order in which it was found.
fn in_order(mut changes: Vec<Change>) -> Vec<Change> {
    let mut first: BTreeMap<(SubjectKind, String), usize> = BTreeMap::new();
    for (at, change) in changes.iter().enumerate() {
        first.entry((change.subject.kind, change.subject.name.clone())).or_insert(at);
    }
    changes.sort_by_key(|change| {
        let key = (change.subject.kind, change.subject.name.clone());
        (change.subject.kind, first.get(&key).copied())
    });
    changes
}

/// Whether a document is a rule file or a configuration of Alertmanager; where a build keeps these elsewhere, it is a copy
/// for another way of delivery.
pub(crate) fn is_plain(document: &Doc) -> bool {
    let has = |key: &str| document.get(key).is_some();
    !has("kind") && (has("groups") || has("route") && has("receivers"))
}

/// Whether a file is a copy of others for another way of delivery.
fn is_copy(side: Side<'_>, path: &str) -> bool {
    let documents = match side.bundle.files.get(path).map(|file| &file.body) {
        Some(Body::Yaml(documents)) => documents.as_slice(),
        _ => &[],
    };
    documents.iter().any(is_plain)
}

/// Files that change and of which nothing but their lines is known.
fn not_understood(old: Side<'_>, new: Side<'_>, text: &TreeDiff) -> Vec<String> {
    let kind = |side: Side<'_>, path: &str| side.bundle.files.get(path).map(|file| file.kind);
    let known = |path: &str| {
        let kinds = [kind(old, path), kind(new, path)];
        kinds.iter().any(Option::is_some)
            && kinds.into_iter().flatten().all(|kind| !matches!(kind, FileKind::Other | FileKind::Nginx))
    };
    let mut unknown = Vec::new();
    let unread: BTreeSet<&String> = old.unread.iter().chain(new.unread).collect();
    let unread: Vec<String> = unread.into_iter().filter(|path| text.files.contains_key(*path)).cloned().collect();
    if !unread.is_empty() {
        unknown
            .push(format!("These files cannot be read, so only their lines are compared: {}.", words::list(&unread)));
    }
    let changed = text.files.iter().filter(|(_, file)| !file.is_about_origin_only()).map(|(path, _)| path);
    let strange = changed.filter(|path| !known(path) && !unread.contains(path));
    let strange = strange.filter(|path| !is_copy(old, path) && !is_copy(new, path));
    let strange: Vec<String> = strange.cloned().collect();
    if strange.is_empty() {
        return unknown;
    }
    unknown.push(format!(
        "What these files do is not known, so only their lines are compared: {}.",
        words::list(&strange)
    ));
    unknown
}
