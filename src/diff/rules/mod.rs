//! Which alerts fire, on both sides: added and removed levels, thresholds, times, queries, labels, who evaluates.
//!
//! Rules that are the same on both sides are set aside first. What is left is compared alert by alert. Where both sides are
//! specs, the level of an alert is laid over itself ([`cells`]), so that "80 before and 85 now" is said of the hosts for
//! which it is so, whatever the rules are called. Where a side is only files, rules are paired by name, then by labels,
//! evaluator and file, the closest first.

mod cells;
mod compare;
mod pair;
pub mod query;

use std::collections::{BTreeMap, BTreeSet};

use super::report::{Change, Kind, Scope, Subject, SubjectKind};
use super::side::Side;
use super::side::rules::{Rule, rules};
use compare::{Sides, deltas};

/// A rule before and now, and where that is so.
struct Paired {
    old: Option<usize>,
    new: Option<usize>,
    /// Empty for everywhere.
    scopes: Vec<Scope>,
}

/// Everything that changes about rules.
pub fn changes(old: Side<'_>, new: Side<'_>) -> Vec<Change> {
    let (old_rules, new_rules) = (rules(old), rules(new));
    let names = |rules: &[Rule<'_>]| rules.iter().map(|rule| (rule.alerts, rule.name.clone())).collect();
    let (old_names, new_names) = (names(&old_rules), names(&new_rules));
    let whole = extents(old_rules.iter().chain(&new_rules));
    let (old_rules, new_rules) = without_equal(&old_rules, &new_rules);
    let sides = Sides { old, new, old_rules: &old_rules, new_rules: &new_rules, old_names, new_names };
    let mut by_name: BTreeMap<(bool, &str), [Vec<usize>; 2]> = BTreeMap::new();
    for (side, list) in [&old_rules, &new_rules].into_iter().enumerate() {
        for (at, rule) in list.iter().enumerate() {
            if let Some(rules) = by_name.entry((rule.alerts, &rule.name)).or_default().get_mut(side) {
                rules.push(at);
            }
        }
    }
    let renamed = pair::renamed(&sides, &by_name);
    let mut changes = Vec::new();
    for ((_, name), [was, is]) in &by_name {
        let (was, is) = match renamed.get(*name) {
            Some(pair::Renamed::Gone) => continue,
            Some(pair::Renamed::From(before)) => (before, is),
            None => (was, is),
        };
        let pairs = pairs(&sides, was, is);
        let mut own: Vec<Change> = pairs.iter().flat_map(|pair| deltas(&sides, pair)).collect();
        everywhere(&mut own, &whole);
        changes.extend(pair::severities(own));
    }
    let mut changes = merged(changes);
    hosts(&sides, &mut changes);
    changes
}

/// The rules that differ in anything that matters, place in the tree included.
fn without_equal<'a>(old: &[Rule<'a>], new: &[Rule<'a>]) -> (Vec<Rule<'a>>, Vec<Rule<'a>>) {
    let mut known: BTreeMap<(bool, &str, &str, &str, &str), Vec<usize>> = BTreeMap::new();
    for (at, rule) in old.iter().enumerate() {
        known.entry((rule.alerts, &rule.name, rule.file, &rule.group, &rule.expr)).or_default().push(at);
    }
    let mut gone: BTreeSet<usize> = BTreeSet::new();
    let rest = new
        .iter()
        .filter(|rule| {
            let key = (rule.alerts, rule.name.as_str(), rule.file, rule.group.as_str(), rule.expr.as_str());
            let candidates = known.get(&key).into_iter().flatten();
            let twin =
                candidates.copied().find(|at| !gone.contains(at) && old.get(*at).is_some_and(|old| same(old, rule)));
            twin.is_none_or(|at| !gone.insert(at))
        })
        .cloned()
        .collect();
    let old = old.iter().enumerate().filter(|(at, _)| !gone.contains(at)).map(|(_, rule)| rule.clone()).collect();
    (old, rest)
}

/// Whether two rules of one name, file, group and expression are the same.
fn same(old: &Rule<'_>, new: &Rule<'_>) -> bool {
    let covered = |rule: &Rule<'_>| rule.made.map(|made| made.targets.clone());
    old.r#for == new.r#for
        && old.keep_firing_for == new.keep_firing_for
        && old.labels == new.labels
        && old.annotations == new.annotations
        && old.settings == new.settings
        && (old.made.is_none() || new.made.is_none() || covered(old) == covered(new))
}

/// Pairs the rules of one name.
fn pairs(sides: &Sides<'_, '_>, was: &[usize], is: &[usize]) -> Vec<Paired> {
    let made = |rules: &[Rule<'_>], numbers: &[usize]| {
        numbers.iter().all(|at| rules.get(*at).is_some_and(|rule| rule.made.is_some()))
    };
    let whole = sides.old.model.is_some() && sides.new.model.is_some();
    if !whole || !made(sides.old_rules, was) || !made(sides.new_rules, is) {
        return pair::closest(sides, was, is);
    }
    let mut severities: BTreeMap<&str, [Vec<usize>; 2]> = BTreeMap::new();
    for (side, (rules, numbers)) in [(sides.old_rules, was), (sides.new_rules, is)].into_iter().enumerate() {
        for at in numbers {
            let severity = rules.get(*at).and_then(|rule| rule.severity.as_deref()).unwrap_or_default();
            if let Some(list) = severities.entry(severity).or_default().get_mut(side) {
                list.push(*at);
            }
        }
    }
    let mut pairs = Vec::new();
    for [was, is] in severities.values() {
        let parts = cells::overlay(&cover(sides.old_rules, was), &cover(sides.new_rules, is));
        pairs.extend(parts.into_iter().map(|((old, new), scopes)| Paired { old, new, scopes }));
    }
    pairs
}

fn cover<'r>(rules: &'r [Rule<'_>], numbers: &[usize]) -> cells::Cover<'r> {
    let mut cover = Vec::new();
    for at in numbers {
        for cell in rules.get(*at).and_then(|rule| rule.made).iter().flat_map(|made| &made.cells) {
            cover.extend(cell.points.iter().map(|point| (point, &cell.conditions, *at)));
        }
    }
    cover
}

/// Points of the fleet: a group, if any, and a cluster.
type Points = BTreeSet<(Option<String>, Option<String>)>;

/// Where each level of each alert holds on either side.
fn extents<'r>(rules: impl Iterator<Item = &'r Rule<'r>>) -> BTreeMap<(String, Option<String>), Points> {
    let mut extents: BTreeMap<(String, Option<String>), Points> = BTreeMap::new();
    for (rule, made) in rules.filter_map(|rule| Some((rule, rule.made?))) {
        let points = made.cells.iter().flat_map(|cell| &cell.points);
        let points = points.map(|point| (point.group.clone(), Some(point.cluster.clone())));
        extents.entry((rule.name.clone(), rule.severity.clone())).or_default().extend(points);
    }
    extents
}

/// A change that holds wherever a level is, holds everywhere: no list of places is needed.
fn everywhere(changes: &mut [Change], whole: &BTreeMap<(String, Option<String>), Points>) {
    type Key = (Kind, Subject, Option<String>, Option<String>, Option<String>);
    let key = |change: &Change| -> Key {
        let Change { kind, subject, field, before, after, .. } = change;
        (*kind, subject.clone(), field.clone(), before.clone(), after.clone())
    };
    // Only parts that no condition cuts count: of a point that is cut, another part may be left.
    let mut held: BTreeMap<Key, Points> = BTreeMap::new();
    for change in changes.iter() {
        let points = change.scopes.iter().filter(|scope| scope.hosts.is_empty());
        let points = points.map(|scope| (scope.group.clone(), scope.cluster.clone()));
        held.entry(key(change)).or_default().extend(points);
    }
    for change in changes {
        let level = (change.subject.name.clone(), change.subject.severity.clone());
        if whole.get(&level).is_some_and(|whole| held.get(&key(change)) == Some(whole)) {
            change.scopes.clear();
        }
    }
}

/// Makes one of changes that differ only in where they hold.
fn merged(changes: Vec<Change>) -> Vec<Change> {
    let mut merged: Vec<Change> = Vec::new();
    for change in changes {
        let like = |known: &&mut Change| {
            known.kind == change.kind
                && known.subject == change.subject
                && known.field == change.field
                && known.before == change.before
                && known.after == change.after
                && known.scopes.is_empty() == change.scopes.is_empty()
        };
        match merged.iter_mut().rev().take(64).find(like) {
            Some(known) => {
                known.scopes.extend(change.scopes);
                known.hosts.extend(change.hosts);
                known.old_places.extend(change.old_places);
                known.new_places.extend(change.new_places);
                known.effect = known.effect.max(change.effect);
            }
            None => merged.push(change),
        }
    }
    for change in &mut merged {
        change.scopes.sort();
        change.scopes.dedup();
        change.hosts.sort();
        change.hosts.dedup();
        for places in [&mut change.old_places, &mut change.new_places] {
            places.sort();
            places.dedup();
        }
    }
    merged
}

/// Hosts of the spec that an alert covers now and did not, and the other way round, where no threshold says so already:
/// a host that joined a group, left it, or is new.
fn hosts(sides: &Sides<'_, '_>, changes: &mut Vec<Change>) {
    let (Some(old), Some(new)) = (sides.old.model, sides.new.model) else { return };
    let covered = |rules: &[Rule<'_>]| {
        let mut covered: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
        for made in rules.iter().filter_map(|rule| rule.made) {
            for host in &made.targets {
                let level = (made.alert.clone(), made.severity.value.clone());
                covered.entry(host.clone()).or_default().insert(level);
            }
        }
        covered
    };
    let (was, is) = (covered(sides.old_rules), covered(sides.new_rules));
    // Whoever reads that an alert is gone knows that its hosts have lost it.
    let mut said: BTreeSet<(String, String, String)> = BTreeSet::new();
    for change in changes.iter() {
        let (name, severity) = (&change.subject.name, change.subject.severity.clone().unwrap_or_default());
        let before = change.before.clone().unwrap_or_default();
        let other = match change.kind {
            Kind::AlertAdded | Kind::AlertRemoved => None,
            Kind::SeverityChanged => Some((name.clone(), before)),
            Kind::AlertRenamed => Some((before, severity.clone())),
            _ => continue,
        };
        for host in &change.hosts {
            said.insert((host.clone(), name.clone(), severity.clone()));
            said.extend(other.clone().map(|(name, severity)| (host.clone(), name, severity)));
        }
    }
    let none = BTreeSet::new();
    let mut found = Vec::new();
    for host in was.keys().chain(is.keys()).collect::<BTreeSet<_>>() {
        let (before, after) = (was.get(host).unwrap_or(&none), is.get(host).unwrap_or(&none));
        for (kind, levels) in [(Kind::HostLost, before - after), (Kind::HostGained, after - before)] {
            let levels: Vec<String> = levels
                .into_iter()
                .filter(|(alert, severity)| !said.contains(&(host.clone(), alert.clone(), severity.clone())))
                .map(|(alert, severity)| format!("{alert} {severity}"))
                .collect();
            if levels.is_empty() {
                continue;
            }
            let mut change = Change::new(kind, Subject::new(SubjectKind::Host, host.as_str()));
            let levels = Some(levels.join(", "));
            change = if kind == Kind::HostLost { change.values(levels, None) } else { change.values(None, levels) };
            change.hosts = vec![host.clone()];
            let place = |side: Side<'_>, target: Option<&crate::model::Target>| {
                target.and_then(|target| side.place(target.name.origin, "host")).into_iter().collect()
            };
            change.old_places = place(sides.old, old.targets.get(host));
            change.new_places = place(sides.new, new.targets.get(host));
            found.push(change);
        }
    }
    changes.extend(found);
}
