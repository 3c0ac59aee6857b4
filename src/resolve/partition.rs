//! From overrides to rules that cover every host exactly once: rule 3 of the language.
//!
//! The fleet is cut into [`Point`]s: one per group and cluster, one for hosts of no group in each cluster, each cut again
//! by the label selectors of the overrides. At each point the overrides are folded. Points with the same setting place
//! become one [`Instance`], named after that place and nothing else. What an instance covers is then said in matchers:
//!
//! - groups: `group_id=~"…"` lists the ids, or, where hosts of no group are covered too, `group_id!~"…"` lists all others;
//! - selectors: the label's value, or its absence for every selector that holds elsewhere in the same groups;
//! - clusters: needed only in a Ruler, and only where it must not see every cluster of the groups.

use std::collections::{BTreeMap, BTreeSet};

use super::placement::Placement;
use super::thresholds::{Base, Fleet, Folded, Override, Place, Point, fold};
use crate::ast::alert::Evaluator;
use crate::model::{Evaluation, Group, PlaceKey};
use crate::promql::{MatchOp, Restriction, escape_regex};

/// Where an alert applies.
#[derive(Debug, Default)]
pub struct Extent {
    /// Groups with all groups inside them; `None` for everywhere.
    pub groups: Option<BTreeSet<String>>,
    /// Clusters; `None` for all.
    pub clusters: Option<BTreeSet<String>>,
}

/// One rule to be: a level at a setting place on one evaluator.
#[derive(Debug)]
pub struct Instance<'o, 's> {
    /// The setting place.
    pub key: PlaceKey,
    /// Who evaluates it.
    pub evaluation: Evaluation,
    /// The values there.
    pub folded: Folded<'o, 's>,
    /// What it covers.
    pub points: Vec<Point>,
}

/// Every point where an alert applies.
pub fn points(fleet: Fleet<'_>, extent: &Extent, selectors: &[&Place]) -> Vec<Point> {
    let mut points = Vec::new();
    let wanted = |cluster: &String| extent.clusters.as_ref().is_none_or(|clusters| clusters.contains(cluster));
    let mut cut = |group: Option<&String>, cluster: &String| {
        let plain = Point { group: group.cloned(), cluster: cluster.clone(), selector: None };
        let mut seen: Vec<&(String, String)> = Vec::new();
        // Selectors come from the most to the least specific; of several with the same condition the first one names it.
        for place in selectors.iter().filter(|place| place.base.holds(&plain, fleet)) {
            if let Some(condition) = &place.selector
                && !seen.contains(&condition)
            {
                seen.push(condition);
                points.push(Point { selector: Some((*place).clone()), ..plain.clone() });
            }
        }
        points.push(plain);
    };
    for (name, group) in fleet.groups {
        if extent.groups.as_ref().is_some_and(|groups| !groups.contains(name)) {
            continue;
        }
        for cluster in group.clusters.iter().map(|cluster| &cluster.value).filter(|cluster| wanted(cluster)) {
            cut(Some(name), cluster);
        }
    }
    if extent.groups.is_none() {
        for cluster in fleet.clusters.keys().filter(|cluster| wanted(cluster)) {
            cut(None, cluster);
        }
    }
    points
}

/// Joins the points of each evaluator by setting place. `overrides` are sorted from the most to the least specific.
pub fn instances<'o, 's>(
    overrides: &'o [Override<'s>],
    points: &[Point],
    placement: &Placement,
    fleet: Fleet<'_>,
) -> Vec<Instance<'o, 's>> {
    let mut instances: BTreeMap<(Evaluation, String), Instance<'o, 's>> = BTreeMap::new();
    for (evaluation, clusters) in placement {
        for point in points.iter().filter(|point| clusters.contains(&point.cluster)) {
            let Some(folded) = fold(overrides, point, fleet) else { continue };
            let key = key(&folded, fleet);
            instances
                .entry((evaluation.clone(), key.file.clone()))
                .or_insert_with(|| Instance { key, evaluation: evaluation.clone(), folded, points: Vec::new() })
                .points
                .push(point.clone());
        }
    }
    instances.into_values().collect()
}

/// The name of a setting: the place that decides, and further places that contribute and that do not follow from it.
fn key(folded: &Folded<'_, '_>, fleet: Fleet<'_>) -> PlaceKey {
    let decides = folded.decides;
    let mut parts = vec![decides.slug(fleet)];
    let mut words = vec![place_words(decides)];
    for place in folded.places.iter().skip(1) {
        if !follows(&place.base, &decides.base, fleet) {
            parts.push(place.slug(fleet));
            words.push(place_words(place));
        }
    }
    PlaceKey { file: parts.join("+"), words: words.join(" and ") }
}

fn place_words(place: &Place) -> String {
    if place.selector.is_none() && place.base == Base::Default { "everywhere".to_owned() } else { place.words() }
}

/// Whether a contributing place is the same for all points of a deciding one.
fn follows(place: &Base, decides: &Base, fleet: Fleet<'_>) -> bool {
    match (place, decides) {
        (Base::Default | Base::Everywhere, _) | (Base::Kind(_), Base::Group(_)) => true,
        (Base::Group(outer), Base::Group(inner)) => fleet.within(inner, outer),
        (Base::Cluster(one), Base::Cluster(other)) => one == other,
        (Base::Kind(one), Base::Kind(other)) => one == other,
        _ => false,
    }
}

/// The groups that points cover; `None` stands for hosts of no group.
pub fn groups(points: &[Point]) -> BTreeSet<Option<String>> {
    points.iter().map(|point| point.group.clone()).collect()
}

/// The matchers that say "these points and no others of this evaluator". `selectors` are all selector places of the level,
/// from the most to the least specific. `covered` are the groups to say it for: all of the instance's, or one of them.
pub fn restrictions(
    points: &[Point],
    covered: &BTreeSet<Option<String>>,
    selectors: &[&Place],
    evaluation: &Evaluation,
    fleet: Fleet<'_>,
) -> Restrictions {
    let relevant: Vec<&Point> = points.iter().filter(|point| covered.contains(&point.group)).collect();
    let ids = |groups: &mut dyn Iterator<Item = &Group>| -> Vec<String> {
        let mut ids: Vec<String> = groups.map(|group| group.id.value.clone()).collect();
        ids.sort();
        ids
    };
    let mut hosts = Vec::new();
    if covered.contains(&None) {
        // Groups that live in none of these clusters have no hosts here; naming them would only make the rule longer.
        let here: BTreeSet<&String> =
            relevant.iter().filter(|point| point.group.is_none()).map(|point| &point.cluster).collect();
        let mut others = fleet.groups.values().filter(|group| {
            !covered.contains(&Some(group.name.value.clone()))
                && group.clusters.iter().any(|cluster| here.contains(&cluster.value))
        });
        hosts.extend(any_of("group_id", &ids(&mut others), true));
    } else {
        let mut own = covered.iter().flatten().filter_map(|name| fleet.groups.get(name));
        hosts.extend(any_of("group_id", &ids(&mut own), false));
    }
    hosts.extend(selector_matchers(&relevant, selectors, fleet));
    let clusters = if evaluation.engine == Evaluator::Ruler { cluster_matcher(&relevant, fleet) } else { None };
    Restrictions { hosts, clusters }
}

/// Matchers that restrict a query to what a rule covers.
#[derive(Debug, Default)]
pub struct Restrictions {
    /// Which hosts; not for the selectors that an alert calls unscoped.
    pub hosts: Vec<Restriction>,
    /// Which clusters; for every selector, as data of the others is evaluated elsewhere.
    pub clusters: Option<Restriction>,
}

fn selector_matchers(points: &[&Point], selectors: &[&Place], fleet: Fleet<'_>) -> Vec<Restriction> {
    let mut out: Vec<Restriction> = Vec::new();
    let own = points.first().and_then(|point| point.selector.as_ref()).and_then(|place| place.selector.as_ref());
    if let Some((label, value)) = own {
        out.push(Restriction { label: label.clone(), op: MatchOp::Equal, value: value.clone() });
    }
    // More specific conditions that hold in the same groups are excluded, unless the own one rules them out anyway.
    let mut excluded: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for place in selectors {
        let Some((label, value)) = &place.selector else { continue };
        if own == place.selector.as_ref() {
            // The rest is less specific: hosts that fit it too belong here all the same.
            break;
        }
        if own.is_some_and(|(own_label, _)| own_label == label) {
            continue;
        }
        let plain = |point: &Point| Point { selector: None, ..point.clone() };
        if points.iter().any(|point| place.base.holds(&plain(point), fleet)) {
            let values = excluded.entry(label).or_default();
            if !values.contains(value) {
                values.push(value.clone());
            }
        }
    }
    for (label, values) in excluded {
        out.extend(any_of(label, &values, true));
    }
    out
}

/// The matcher on `cluster` for a Ruler that must not look at all clusters of the groups it covers.
fn cluster_matcher(points: &[&Point], fleet: Fleet<'_>) -> Option<Restriction> {
    let covered: BTreeSet<&String> = points.iter().map(|point| &point.cluster).collect();
    let complete = points.iter().all(|point| match point.group.as_ref().and_then(|group| fleet.groups.get(group)) {
        Some(group) => group.clusters.iter().all(|cluster| covered.contains(&cluster.value)),
        None => fleet.clusters.keys().all(|cluster| covered.contains(cluster)),
    });
    if complete {
        return None;
    }
    let values: Vec<String> = covered
        .into_iter()
        .filter_map(|name| fleet.clusters.get(name))
        .filter_map(|cluster| cluster.external_labels.get("cluster"))
        .map(|label| label.value.clone())
        .collect();
    any_of("cluster", &values, false)
}

/// A matcher for any (or none) of some values, in the plainest form: `=` for one, an alternation for several.
pub fn any_of(label: &str, values: &[String], none: bool) -> Option<Restriction> {
    let (op, value) = match (values, none) {
        ([], _) => return None,
        ([one], false) => (MatchOp::Equal, one.clone()),
        ([one], true) => (MatchOp::NotEqual, one.clone()),
        (several, _) => {
            let alternatives: Vec<String> = several.iter().map(|value| escape_regex(value)).collect();
            (if none { MatchOp::NotRegex } else { MatchOp::Regex }, alternatives.join("|"))
        }
    };
    Some(Restriction { label: label.to_owned(), op, value })
}
