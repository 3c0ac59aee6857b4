//! Channels: new, gone, and what they are set to.

use std::collections::BTreeSet;

use super::Alertmanager;
use crate::artifact::Doc;
use crate::diff::objects::{fields, renamed};
use crate::diff::report::{Change, Effect, Kind, Place, Subject, SubjectKind};
use crate::diff::side::{Side, items, text_at};

/// What changes about receivers themselves.
pub(super) fn settings(was: &Alertmanager<'_>, is: &Alertmanager<'_>, old: Side<'_>, new: Side<'_>) -> Vec<Change> {
    let (Some(left), Some(right)) = (was.document, is.document) else { return Vec::new() };
    let (left, right) = (items(left.get("receivers")), items(right.get("receivers")));
    let find = |all: &'_ [Doc], name: &str| all.iter().position(|one| text_at(one, "name").as_deref() == Some(name));
    let names: BTreeSet<String> = left.iter().chain(right).filter_map(|one| text_at(one, "name")).collect();
    let pairs = renamed(left, right, "name");
    let used = used(was).union(&used(is)).cloned().collect::<BTreeSet<_>>();
    let mut changes = Vec::new();
    for name in names {
        let subject = Subject::new(SubjectKind::Channel, name.as_str());
        let (before, after) =
            (find(left, &name).and_then(|at| left.get(at)), find(right, &name).and_then(|at| right.get(at)));
        let places = |side: Side<'_>, doc: Option<&Doc>| -> Vec<Place> {
            doc.and_then(|doc| doc.get("name")).and_then(|name| side.place_of(name, "channel")).into_iter().collect()
        };
        match (before, after) {
            (Some(before), Some(after)) => changes.extend(changed(&subject, before, after, old, new)),
            (Some(_), None) if pairs.iter().any(|(from, _)| *from == name) => {}
            (Some(before), None) => {
                changes.push(Change {
                    old_places: places(old, Some(before)),
                    ..Change::new(Kind::ChannelRemoved, subject)
                });
            }
            (None, after) => {
                let mut change = Change { new_places: places(new, after), ..Change::new(Kind::ChannelAdded, subject) };
                if let Some((from, _)) = pairs.iter().find(|(_, to)| *to == name) {
                    change.kind = Kind::ChannelRenamed;
                    // The receiver's name is part of what Alertmanager remembers.
                    change.effect = Effect::NotifiesAgain;
                    change = change.values(Some(from.clone()), Some(name.clone()));
                    change.old_places = places(old, find(left, from).and_then(|at| left.get(at)));
                }
                changes.push(change);
            }
        }
    }
    changes.retain(|change| used.contains(&change.subject.name) || change.kind != Kind::ChannelChanged);
    changes
}

/// The receivers that routes name.
fn used(side: &Alertmanager<'_>) -> BTreeSet<String> {
    side.configuration.tree.iter().map(|(_, route)| route.options.receiver.clone()).collect()
}

/// The settings of one channel.
fn changed(subject: &Subject, before: &Doc, after: &Doc, old: Side<'_>, new: Side<'_>) -> Vec<Change> {
    let effect = if inserted(before, after) { Effect::NotifiesAgain } else { Effect::None };
    let of_field = |field: crate::diff::objects::Field<'_>| {
        let place = |side: Side<'_>, doc: Option<&Doc>, whole: &Doc| -> Vec<Place> {
            let found = doc.and_then(|doc| side.place_of(doc, "setting"));
            found.or_else(|| whole.get("name").and_then(|name| side.place_of(name, "channel"))).into_iter().collect()
        };
        Change {
            field: Some(field.path.clone()),
            effect,
            old_places: place(old, field.before, before),
            new_places: place(new, field.after, after),
            ..Change::new(Kind::ChannelChanged, subject.clone())
                .values(field.before.map(crate::diff::objects::flat), field.after.map(crate::diff::objects::flat))
        }
    };
    fields(before, after).into_iter().map(of_field).collect()
}

/// Whether an integration stands at another place of its list now: the place is part of what Alertmanager remembers.
fn inserted(before: &Doc, after: &Doc) -> bool {
    crate::diff::side::entries(Some(before)).iter().any(|(key, list)| {
        let (old, new) = (items(Some(list)), items(after.get(key)));
        let same = |left: &Doc, right: &Doc| fields(left, right).is_empty();
        old.iter().enumerate().any(|(at, one)| {
            let now = new.iter().position(|other| same(one, other));
            now.is_some_and(|now| now != at)
        })
    })
}
