//! From overrides to rules that cover every host exactly once: rule 3 of the language.
//!
//! The fleet is cut into [`Point`]s: one per group and cluster, and one for hosts of no group in each cluster. Points for
//! which the same overrides are written form a [`Class`]. In each class the hosts are cut by the labels that its overrides
//! ask for, like a decision tree: for each label the values that are asked for, and all others. At each leaf the overrides
//! that hold are folded. Branches that come to the same are joined again, so that a rule says no more than it has to.
//!
//! Leaves with the same setting place become one [`Instance`], named after that place and nothing else. What it covers
//! is said in matchers:
//!
//! - groups: `group_id=~"…"` lists the ids, or, where hosts of no group are covered too, `group_id!~"…"` lists all others;
//! - labels: the values on the way to the leaf;
//! - clusters: needed only in a Ruler, and only where it must not see every cluster of the groups.
//!
//! One selector can only say "this and that", never "this or that". Where an instance covers hosts that no single set of
//! matchers describes (the alert's default, where one group excepts its hosts of a rack and the others do not), it has
//! several sets, and its expression is joined from one copy per set by `or`. It stays one rule: a second one would need
//! another file or name, and a firing alert that moves there falls back to pending.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use super::placement::Placement;
use super::thresholds::{Base, Fleet, Folded, Override, Overrides, Place, Point, fold};
use crate::ast::alert::Evaluator;
use crate::model::alert::{self as model, Conditions, Values};
use crate::model::{Evaluation, Group, PlaceKey};
use crate::promql::{MatchOp, Restriction, escape_regex};

/// More leaves than this at one point of the fleet are refused: nobody can follow them.
pub const MOST_LEAVES: usize = 4096;

/// Longer names of rule files are cut: objects are named after them, with a prefix.
const LONGEST_NAME: usize = 140;

/// Where an alert applies.
#[derive(Debug, Default)]
pub struct Extent {
    /// Groups with all groups inside them; `None` for everywhere.
    pub groups: Option<BTreeSet<String>>,
    /// Clusters; `None` for all.
    pub clusters: Option<BTreeSet<String>>,
}

/// Hosts for which the same overrides hold, and what these come to; `None` where the alert does not fire.
pub type Leaf<'o, 's> = (Conditions, Option<Folded<'o, 's>>);

/// Points for which the same overrides are written.
#[derive(Debug)]
pub struct Class<'o, 's> {
    /// These overrides, from the most to the least specific.
    pub here: Vec<&'o Override<'s>>,
    /// The points.
    pub points: Vec<Point>,
    /// The hosts of each point.
    pub leaves: Vec<Leaf<'o, 's>>,
}

/// Some hosts of some points.
#[derive(Debug)]
pub struct Cell<'c> {
    /// Which hosts.
    pub conditions: &'c Conditions,
    /// The points.
    pub points: Vec<&'c Point>,
}

/// One rule to be: a level at a setting place on one evaluator.
#[derive(Debug)]
pub struct Instance<'c, 'o, 's> {
    /// The setting place.
    pub key: PlaceKey,
    /// Who evaluates it.
    pub evaluation: Evaluation,
    /// The values there.
    pub folded: &'c Folded<'o, 's>,
    /// What it covers.
    pub cells: Vec<Cell<'c>>,
}

/// Matchers that restrict a query to (a part of) what a rule covers.
#[derive(Debug, Default)]
pub struct Restrictions {
    /// Which hosts; not for the selectors that an alert calls unscoped.
    pub hosts: Vec<Restriction>,
    /// Which clusters; for every selector, as data of the others is evaluated elsewhere.
    pub clusters: Option<Restriction>,
}

/// Every point where an alert applies.
pub fn points(fleet: Fleet<'_>, extent: &Extent) -> Vec<Point> {
    let wanted = |cluster: &String| extent.clusters.as_ref().is_none_or(|clusters| clusters.contains(cluster));
    let mut points = Vec::new();
    for (name, group) in fleet.groups {
        if extent.groups.as_ref().is_none_or(|groups| groups.contains(name)) {
            let clusters: BTreeSet<&String> = group.clusters.iter().map(|cluster| &cluster.value).collect();
            let clusters = clusters.into_iter().filter(|cluster| wanted(cluster));
            points.extend(clusters.map(|cluster| Point { group: Some(name.clone()), cluster: cluster.clone() }));
        }
    }
    if extent.groups.is_none() {
        let clusters = fleet.clusters.keys().filter(|cluster| wanted(cluster));
        points.extend(clusters.map(|cluster| Point { group: None, cluster: cluster.clone() }));
    }
    points
}

/// Sorts points into classes. `Err` has the overrides of a point that cut it into more than [`MOST_LEAVES`].
pub fn classes<'o, 's>(
    overrides: &'o Overrides<'s>,
    points: &[Point],
    fleet: Fleet<'_>,
) -> Result<Vec<Class<'o, 's>>, Vec<&'o Override<'s>>> {
    let mut by_overrides: BTreeMap<Vec<usize>, Vec<Point>> = BTreeMap::new();
    for point in points {
        by_overrides.entry(overrides.at(point, fleet)).or_default().push(point.clone());
    }
    let mut classes = Vec::new();
    for (indices, points) in by_overrides {
        let here: Vec<&Override<'_>> = indices.iter().filter_map(|index| overrides.all().get(*index)).collect();
        let asked = Asked::of(&here);
        if asked.leaves() > MOST_LEAVES {
            return Err(here.into_iter().filter(|one| one.place.selector.is_some()).collect());
        }
        let leaves = asked.cut(&asked.labels, &mut BTreeMap::new());
        classes.push(Class { here, points, leaves });
    }
    Ok(classes)
}

impl<'o, 's> Class<'o, 's> {
    /// Calls `each` with the overrides that hold, for every way in which hosts can differ here.
    pub fn each_holding(&self, mut each: impl FnMut(&[&'o Override<'s>])) {
        let asked = Asked::of(&self.here);
        let mut open: Vec<(usize, BTreeMap<&'o str, &'o str>)> = vec![(0, BTreeMap::new())];
        while let Some((depth, chosen)) = open.pop() {
            match asked.labels.get(depth) {
                None => each(&asked.holding(&chosen)),
                Some((label, values)) => {
                    for value in values {
                        let mut chosen = chosen.clone();
                        chosen.insert(*label, *value);
                        open.push((depth + 1, chosen));
                    }
                    open.push((depth + 1, chosen));
                }
            }
        }
    }
}

/// What the overrides of a class ask of labels.
struct Asked<'o, 's> {
    /// Labels with the values asked for, those of the most specific overrides first.
    labels: Vec<(&'o str, BTreeSet<&'o str>)>,
    /// Overrides by what they ask for; `None` for those that ask for nothing. The number orders them.
    by_condition: BTreeMap<Condition<'o>, Vec<(usize, &'o Override<'s>)>>,
}

/// The label and value that an override asks for.
type Condition<'o> = Option<(&'o str, &'o str)>;

impl<'o, 's> Asked<'o, 's> {
    fn of(here: &[&'o Override<'s>]) -> Self {
        let mut asked = Self { labels: Vec::new(), by_condition: BTreeMap::new() };
        for (index, one) in here.iter().enumerate() {
            let condition = one.place.selector.as_ref().map(|(label, value)| (label.as_str(), value.as_str()));
            asked.by_condition.entry(condition).or_default().push((index, one));
            let Some((label, value)) = condition else { continue };
            match asked.labels.iter_mut().find(|(known, _)| *known == label) {
                Some((_, values)) => {
                    values.insert(value);
                }
                None => asked.labels.push((label, BTreeSet::from([value]))),
            }
        }
        asked
    }

    /// How many leaves there are before any are joined.
    fn leaves(&self) -> usize {
        self.labels.iter().fold(1, |leaves, (_, values)| leaves.saturating_mul(values.len() + 1))
    }

    /// The overrides that hold for hosts with the chosen values.
    fn holding(&self, chosen: &BTreeMap<&'o str, &'o str>) -> Vec<&'o Override<'s>> {
        let conditions = chosen.iter().map(|(label, value)| Some((*label, *value))).chain([None]);
        let mut holding: Vec<&(usize, &Override<'_>)> =
            conditions.filter_map(|condition| self.by_condition.get(&condition)).flatten().collect();
        holding.sort_by_key(|(index, _)| *index);
        holding.into_iter().map(|(_, one)| *one).collect()
    }

    fn cut(
        &self,
        labels: &[(&'o str, BTreeSet<&'o str>)],
        chosen: &mut BTreeMap<&'o str, &'o str>,
    ) -> Vec<Leaf<'o, 's>> {
        let Some(((label, values), rest)) = labels.split_first() else {
            return vec![(Conditions::new(), fold(self.holding(chosen)))];
        };
        let others = self.cut(rest, chosen);
        // Values that come to the same as all others need no branch of their own.
        let like_others = signature(&others);
        let mut branches: BTreeMap<Signature<'o>, (BTreeSet<String>, Vec<Leaf<'o, 's>>)> = BTreeMap::new();
        for value in values {
            chosen.insert(*label, *value);
            let leaves = self.cut(rest, chosen);
            let signature = signature(&leaves);
            if signature != like_others {
                branches.entry(signature).or_insert_with(|| (BTreeSet::new(), leaves)).0.insert((*value).to_owned());
            }
        }
        chosen.remove(label);
        let apart: BTreeSet<String> = branches.values().flat_map(|(values, _)| values).cloned().collect();
        let mut out = Vec::new();
        let mut add = |values: Values, leaves: Vec<Leaf<'o, 's>>| {
            for (mut conditions, folded) in leaves {
                conditions.insert((*label).to_owned(), values.clone());
                out.push((conditions, folded));
            }
        };
        for (values, leaves) in branches.into_values() {
            add(Values::AnyOf(values), leaves);
        }
        if apart.is_empty() {
            out.extend(others);
        } else {
            add(Values::NoneOf(apart), others);
        }
        out
    }
}

/// What leaves come to: the places that set a field decide all values.
type Signature<'o> = Vec<(Conditions, Option<Vec<&'o Place>>)>;

fn signature<'o>(leaves: &[Leaf<'o, '_>]) -> Signature<'o> {
    leaves
        .iter()
        .map(|(conditions, folded)| (conditions.clone(), folded.as_ref().map(|folded| folded.places.clone())))
        .collect()
}

/// Joins the leaves of each evaluator by setting place.
pub fn instances<'c, 'o, 's>(
    classes: &'c [Class<'o, 's>],
    placement: &Placement,
    fleet: Fleet<'_>,
) -> Vec<Instance<'c, 'o, 's>> {
    let mut instances: BTreeMap<(&Evaluation, Vec<&'o Place>), Instance<'c, 'o, 's>> = BTreeMap::new();
    for class in classes {
        for (evaluation, clusters) in placement {
            let points = || class.points.iter().filter(|point| clusters.contains(&point.cluster)).collect::<Vec<_>>();
            if points().is_empty() {
                continue;
            }
            for (conditions, folded) in &class.leaves {
                let Some(folded) = folded else { continue };
                let setting = setting(folded, fleet);
                let key = key(&setting, fleet);
                instances
                    .entry((evaluation, setting))
                    .or_insert_with(|| Instance { key, evaluation: evaluation.clone(), folded, cells: Vec::new() })
                    .cells
                    .push(Cell { conditions, points: points() });
            }
        }
    }
    instances.into_values().collect()
}

/// The setting: the place that decides, and further places that contribute and that do not follow from it. Two folds with
/// the same setting have the same values.
fn setting<'o>(folded: &Folded<'o, '_>, fleet: Fleet<'_>) -> Vec<&'o Place> {
    let decides = folded.places.first().copied();
    let follows = |place: &Place| decides.is_some_and(|decides| follows(place, decides, fleet));
    decides.into_iter().chain(folded.places.iter().skip(1).copied().filter(|place| !follows(place))).collect()
}

/// The name of a setting.
fn key(setting: &[&Place], fleet: Fleet<'_>) -> PlaceKey {
    let words: Vec<String> = setting.iter().map(|place| place_words(place)).collect();
    let slugs: Vec<String> = setting.iter().map(|place| place.slug(fleet)).collect();
    let words = words.join(" and ");
    PlaceKey { file: short(slugs.join("-and-"), &words), words }
}

/// A file name that every file system and Kubernetes takes. What is cut off is replaced by a hash of the whole name.
fn short(name: String, words: &str) -> String {
    if name.len() <= LONGEST_NAME {
        return name;
    }
    let hash = Sha256::digest(words);
    let kept = name.get(..LONGEST_NAME - 9).unwrap_or(&name).trim_end_matches('-');
    let [a, b, c, d, ..] = hash[..] else { return name };
    format!("{kept}-{a:02x}{b:02x}{c:02x}{d:02x}")
}

fn place_words(place: &Place) -> String {
    if place.selector.is_none() && place.base == Base::Default { "everywhere".to_owned() } else { place.words() }
}

/// Whether a contributing place holds wherever the deciding one does. It must be so whatever other groups there are: a
/// kind does not follow from a group, as groups inside it may be of another kind.
fn follows(place: &Place, decides: &Place, fleet: Fleet<'_>) -> bool {
    if place.selector.is_some() && place.selector != decides.selector {
        return false;
    }
    match (&place.base, &decides.base) {
        (Base::Default | Base::Everywhere, _) => true,
        (Base::Group(outer), Base::Group(inner)) => fleet.within(inner, outer),
        (place, decides) => place == decides,
    }
}

/// The groups that cells cover; `None` stands for hosts of no group.
pub fn groups(cells: &[Cell<'_>]) -> BTreeSet<Option<String>> {
    cells.iter().flat_map(|cell| &cell.points).map(|point| point.group.clone()).collect()
}

/// The parts of cells that lie in `covered` groups, for the model.
pub fn cells(cells: &[Cell<'_>], covered: &BTreeSet<Option<String>>) -> Vec<model::Cell> {
    let of_cell = |cell: &Cell<'_>| {
        let points = cell.points.iter().filter(|point| covered.contains(&point.group));
        model::Cell { conditions: cell.conditions.clone(), points: points.map(|point| (*point).clone()).collect() }
    };
    cells.iter().map(of_cell).filter(|cell| !cell.points.is_empty()).collect()
}

/// The matchers that say "these cells and no others of this evaluator": every host fits exactly one of the sets.
/// `covered` are the groups to say it for: all of the instance's, or one of them.
pub fn restrictions(
    cells: &[Cell<'_>],
    covered: &BTreeSet<Option<String>>,
    evaluation: &Evaluation,
    fleet: Fleet<'_>,
) -> Vec<Restrictions> {
    let mut by_conditions: BTreeMap<&Conditions, Clusters<'_>> = BTreeMap::new();
    for cell in cells {
        let clusters = by_conditions.entry(cell.conditions).or_default();
        for point in cell.points.iter().filter(|point| covered.contains(&point.group)) {
            clusters.entry(&point.group).or_default().insert(point.cluster.as_str());
        }
    }
    let mut out = Vec::new();
    for (conditions, clusters) in by_conditions {
        for part in products(clusters, evaluation, fleet) {
            let mut hosts = Vec::new();
            hosts.extend(group_matcher(&part, fleet));
            for (label, values) in conditions {
                let (values, none) = match values {
                    Values::AnyOf(values) => (values, false),
                    Values::NoneOf(values) => (values, true),
                };
                hosts.extend(any_of(label, &values.iter().cloned().collect::<Vec<_>>(), none));
            }
            let clusters = (evaluation.engine == Evaluator::Ruler).then(|| cluster_matcher(&part, fleet)).flatten();
            out.push(Restrictions { hosts, clusters });
        }
    }
    out
}

/// The clusters in which each group is covered.
type Clusters<'a> = BTreeMap<&'a Option<String>, BTreeSet<&'a str>>;

/// Where a group has hosts; those of no group can be anywhere.
fn lives_in<'a>(group: Option<&String>, fleet: Fleet<'a>) -> BTreeSet<&'a str> {
    match group.and_then(|name| fleet.groups.get(name)) {
        Some(group) => group.clusters.iter().map(|cluster| cluster.value.as_str()).collect(),
        None => fleet.clusters.keys().map(String::as_str).collect(),
    }
}

/// Cuts groups and clusters into parts that one matcher on the groups and one on the clusters describe together.
fn products<'a>(clusters: Clusters<'a>, evaluation: &Evaluation, fleet: Fleet<'_>) -> Vec<Clusters<'a>> {
    if clusters.is_empty() {
        return Vec::new();
    }
    let union: BTreeSet<&str> = clusters.values().flatten().copied().collect();
    let exact = clusters.iter().all(|(group, own)| {
        lives_in(group.as_ref(), fleet).into_iter().filter(|cluster| union.contains(cluster)).eq(own.iter().copied())
    });
    // A Prometheus sees its own cluster only.
    if exact || evaluation.engine == Evaluator::Prometheus {
        return vec![clusters];
    }
    let mut parts: BTreeMap<BTreeSet<&str>, Clusters<'_>> = BTreeMap::new();
    for (group, own) in clusters {
        parts.entry(own.clone()).or_default().insert(group, own);
    }
    parts.into_values().collect()
}

/// The matcher on `group_id`; none where all groups are covered, and those of no group.
fn group_matcher(part: &Clusters<'_>, fleet: Fleet<'_>) -> Option<Restriction> {
    let ids = |groups: Vec<&Group>| {
        let mut ids: Vec<String> = groups.into_iter().map(|group| group.id.value.clone()).collect();
        ids.sort();
        ids
    };
    if part.contains_key(&None) {
        // Groups that live in none of these clusters have no hosts here; naming them would only make the rule longer.
        let here: BTreeSet<&str> = part.values().flatten().copied().collect();
        let others = fleet.groups.values().filter(|group| {
            !part.contains_key(&Some(group.name.value.clone()))
                && group.clusters.iter().any(|cluster| here.contains(cluster.value.as_str()))
        });
        any_of("group_id", &ids(others.collect()), true)
    } else {
        let own = part.keys().filter_map(|group| group.as_ref()).filter_map(|name| fleet.groups.get(name));
        any_of("group_id", &ids(own.collect()), false)
    }
}

/// The matcher on `cluster` for a Ruler that must not look at all clusters of the groups it covers.
fn cluster_matcher(part: &Clusters<'_>, fleet: Fleet<'_>) -> Option<Restriction> {
    if part.iter().all(|(group, own)| lives_in(group.as_ref(), fleet).is_subset(own)) {
        return None;
    }
    let covered: BTreeSet<&str> = part.values().flatten().copied().collect();
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
