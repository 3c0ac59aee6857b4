//! Calendars whose times change, with a moment at which it shows.

use std::collections::BTreeSet;

use super::Alertmanager;
use crate::artifact::Doc;
use crate::diff::report::{Change, Kind, Place, Subject, SubjectKind};
use crate::diff::side::{Side, items, text_at};
use crate::routing::{Intervals, TimeInterval, Zone, containing};

/// Seconds of the year in which an example is looked for, from the first of January 2026.
const FROM: i64 = 1_767_225_600;
const YEAR: i64 = 366 * 86_400;
/// Times are written in minutes, and almost always in whole quarters of an hour.
const STEP: i64 = 15 * 60;

/// Calendars that both sides have, with other times.
pub(super) fn changes(was: &Alertmanager<'_>, is: &Alertmanager<'_>, old: Side<'_>, new: Side<'_>) -> Vec<Change> {
    let (left, right) = (&was.configuration.intervals, &is.configuration.intervals);
    let mut changes = Vec::new();
    for (name, before) in left {
        if right.get(name).is_none_or(|after| same(before, after)) {
            continue;
        }
        let users = users(was, name).union(&users(is, name)).cloned().collect::<Vec<_>>();
        if users.is_empty() {
            continue;
        }
        let mut change = Change::new(Kind::CalendarChanged, Subject::new(SubjectKind::Calendar, name.as_str()));
        change = change.values(Some(words(was, name)), Some(words(is, name)));
        let moment = differs(name, left, right).map(|moment| format!(", for example at {moment}")).unwrap_or_default();
        change.field = Some(format!("changes when {} hears{moment}", crate::diff::words::list(&users)));
        change.old_places = place(was, old, name).into_iter().collect();
        change.new_places = place(is, new, name).into_iter().collect();
        changes.push(change);
    }
    changes
}

/// Whether two calendars are written alike, order aside. Only that is a proof.
fn same(before: &[TimeInterval], after: &[TimeInterval]) -> bool {
    let sorted = |all: &[TimeInterval]| {
        let mut all: Vec<String> = all
            .iter()
            .map(|interval| {
                let mut interval = interval.clone();
                if let Some(times) = &mut interval.times {
                    times.sort();
                }
                let TimeInterval { weekdays, days_of_month, months, years, .. } = &mut interval;
                for ranges in [weekdays, days_of_month, months, years].into_iter().flatten() {
                    ranges.sort();
                }
                format!("{interval:?}")
            })
            .collect();
        all.sort();
        all
    };
    sorted(before) == sorted(after)
}

/// The channels whose routes name a calendar.
fn users(side: &Alertmanager<'_>, name: &str) -> BTreeSet<String> {
    let routes = side.configuration.tree.iter().map(|(_, route)| &route.options);
    let named = routes.filter(|options| {
        options.mute_time_intervals.iter().chain(&options.active_time_intervals).any(|used| used == name)
    });
    named.map(|options| options.receiver.clone()).collect()
}

/// A moment that is in one and not in the other, in RFC 3339.
fn differs(name: &str, left: &Intervals, right: &Intervals) -> Option<String> {
    let names = [name.to_owned()];
    let inside = |intervals: &Intervals, at| !containing(&names, intervals, at, &Zone::UTC).is_empty();
    let mut at = FROM;
    while at < FROM + YEAR {
        if inside(left, at) != inside(right, at) {
            return jiff::Timestamp::from_second(at).ok().map(|moment| moment.to_string());
        }
        at += STEP;
    }
    None
}

fn interval<'a>(side: &Alertmanager<'a>, name: &str) -> Option<&'a Doc> {
    let document = side.document?;
    let lists = ["time_intervals", "mute_time_intervals"];
    lists.iter().flat_map(|list| items(document.get(list))).find(|item| text_at(item, "name").as_deref() == Some(name))
}

/// A calendar as its file says it.
fn words(side: &Alertmanager<'_>, name: &str) -> String {
    let parts = interval(side, name).map(|interval| items(interval.get("time_intervals"))).unwrap_or_default();
    parts.iter().map(crate::diff::objects::flat).collect::<Vec<_>>().join("; or ")
}

fn place(side: &Alertmanager<'_>, of: Side<'_>, name: &str) -> Option<Place> {
    if let Some(calendar) = of.model.and_then(|model| model.calendars.get(name)) {
        return of.place(calendar.name.origin, "calendar");
    }
    interval(side, name).and_then(|interval| of.place_of(interval, "calendar"))
}
