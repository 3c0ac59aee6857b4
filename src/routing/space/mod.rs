//! All label sets at once: exact answers about routes, with a witness for every "yes" and a proof for every "no".
//!
//! A label set gives every name a value, "" when the label is missing. Only names that some matcher tests matter, and
//! for each of them the values fall into finitely many classes that all matchers answer alike (`atoms`). A set of label
//! sets is then a decision diagram over those classes (`diagram`), a [`Region`] here. Regions can be joined, cut and
//! subtracted; one that is not empty has a witness, and an empty one is the proof that there is none.
//!
//! Nothing is sampled and nothing is capped silently: where automata or diagrams outgrow their budget, the answer is
//! [`Unknown`] with the labels that made it grow.

mod atoms;
mod diagram;
mod difference;
mod inhibition;
mod reach;
mod row;

pub use difference::Change;
pub use inhibition::{Inhibition, NeverActs};
pub use reach::{Arrival, Reach, RouteState};

use super::inhibit::InhibitRule;
use super::matcher::{LabelSet, Matcher};
use super::tree::Tree;
use atoms::Atoms;
use diagram::{Diagrams, NodeId, Operation};
use difference::Outcomes;
use std::collections::{BTreeMap, BTreeSet};

/// A budget ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Exhausted;

/// The question is too large to be answered exactly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The labels whose matchers made it grow, the worst first.
    pub labels: Vec<String>,
    /// What grew.
    pub cause: Cause,
}

/// What outgrew its budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The regular expressions on one label, taken together.
    Patterns,
    /// The combinations of labels.
    Combinations,
    /// The number of labels.
    Labels,
}

/// More labels than this are not ordered into one diagram.
const LABEL_LIMIT: usize = 500;

/// A set of label sets, of one [`Space`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region(NodeId);

impl Region {
    /// Every label set.
    pub const EVERYTHING: Self = Self(NodeId::YES);
    /// None.
    pub const NOTHING: Self = Self(NodeId::NO);

    /// Whether no label set is in it. That is a proof.
    pub fn is_empty(self) -> bool {
        self == Self::NOTHING
    }
}

/// What is known about one label of an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// It has one of these values; "" among them means that it may be missing.
    Values(Vec<String>),
    /// It is there, with any value.
    Present,
    /// It is not there.
    Missing,
}

struct Label {
    name: String,
    atoms: Atoms,
}

/// The label sets that the matchers of some trees can tell apart.
pub struct Space {
    /// In the order of the diagram's levels.
    labels: Vec<Label>,
    levels: BTreeMap<String, u32>,
    diagrams: Diagrams,
    outcomes: Outcomes,
}

impl Space {
    /// A space for questions about these trees and inhibition rules.
    pub fn new(trees: &[&Tree], rules: &[InhibitRule]) -> Result<Self, Unknown> {
        let routes = trees.iter().flat_map(|tree| tree.iter()).flat_map(|(_, route)| &route.matchers);
        let mut by_label: BTreeMap<&str, Vec<&Matcher>> = BTreeMap::new();
        let mut first_use: BTreeMap<&str, usize> = BTreeMap::new();
        for matcher in routes.chain(rules.iter().flat_map(|rule| rule.source.iter().chain(&rule.target))) {
            let seen = first_use.len();
            first_use.entry(matcher.name()).or_insert(seen);
            by_label.entry(matcher.name()).or_default().push(matcher);
        }
        for label in rules.iter().flat_map(|rule| &rule.equal) {
            by_label.entry(label).or_default();
        }
        // The label that most matchers test decides most, so it comes first. Among equals, labels that are first used
        // together stay together, because their combinations are what a diagram has to remember in between.
        let mut order: Vec<(&str, Vec<&Matcher>)> = by_label.into_iter().collect();
        let first = |name: &str| first_use.get(name).copied().unwrap_or(usize::MAX);
        order.sort_by_key(|(name, matchers)| (std::cmp::Reverse(matchers.len()), first(name)));
        if order.len() > LABEL_LIMIT {
            let labels = order.iter().rev().take(5).map(|(name, _)| (*name).to_owned()).collect();
            return Err(Unknown { labels, cause: Cause::Labels });
        }
        let mut space = Self {
            labels: Vec::new(),
            levels: BTreeMap::new(),
            diagrams: Diagrams::new(),
            outcomes: Outcomes::default(),
        };
        for (level, (name, matchers)) in (0..).zip(order) {
            let unknown = |Exhausted| Unknown { labels: vec![name.to_owned()], cause: Cause::Patterns };
            let atoms = Atoms::new(&matchers).map_err(unknown)?;
            space.labels.push(Label { name: name.to_owned(), atoms });
            space.levels.insert(name.to_owned(), level);
        }
        Ok(space)
    }

    /// The labels that matter, the most tested first.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        self.labels.iter().map(|label| label.name.as_str())
    }

    /// One value for each class of values of a label; "" stands for a missing label.
    pub fn representatives(&self, label: &str) -> &[String] {
        self.label(label).map_or(&[][..], |(_, label)| &label.atoms.witnesses)
    }

    fn label(&self, name: &str) -> Option<(u32, &Label)> {
        let level = *self.levels.get(name)?;
        self.labels.get(level as usize).map(|label| (level, label))
    }

    fn unknown(&self) -> Unknown {
        let mut labels: Vec<&Label> = self.labels.iter().collect();
        labels.sort_by_key(|label| std::cmp::Reverse(label.atoms.len()));
        Unknown { labels: labels.iter().take(5).map(|label| label.name.clone()).collect(), cause: Cause::Combinations }
    }

    fn combine(&mut self, operation: Operation, left: Region, right: Region) -> Result<Region, Unknown> {
        let result = self.diagrams.combine(operation, left.0, right.0);
        result.map(Region).map_err(|Exhausted| self.unknown())
    }

    /// The label sets in both.
    pub fn and(&mut self, left: Region, right: Region) -> Result<Region, Unknown> {
        self.combine(Operation::And, left, right)
    }

    /// The label sets in either.
    pub fn or(&mut self, left: Region, right: Region) -> Result<Region, Unknown> {
        self.combine(Operation::Or, left, right)
    }

    /// The label sets of the left one that are not in the right one.
    pub fn minus(&mut self, left: Region, right: Region) -> Result<Region, Unknown> {
        self.combine(Operation::Minus, left, right)
    }

    /// The label sets that satisfy all of these matchers, which must be among those the space was made for.
    pub fn matching(&mut self, matchers: &[Matcher]) -> Result<Region, Unknown> {
        let mut region = Region::EVERYTHING;
        for matcher in matchers {
            let one = self.matcher(matcher)?;
            region = self.and(region, one)?;
        }
        Ok(region)
    }

    fn matcher(&mut self, matcher: &Matcher) -> Result<Region, Unknown> {
        let found = self.label(matcher.name()).and_then(|(level, label)| Some((level, label.atoms.accepted(matcher)?)));
        let Some((level, accepted)) = found else {
            return Err(Unknown { labels: vec![matcher.name().to_owned()], cause: Cause::Labels });
        };
        let accepted = accepted.to_vec();
        self.test(level, &accepted, matcher.operator().is_negative())
    }

    /// The label sets whose class at `level` is among these ascending ones, or is not when `negated`.
    fn test(&mut self, level: u32, classes: &[u32], negated: bool) -> Result<Region, Unknown> {
        let (inside, outside) = if negated { (NodeId::NO, NodeId::YES) } else { (NodeId::YES, NodeId::NO) };
        let all = self.labels.get(level as usize).map_or(0, |label| label.atoms.len()) as u32;
        let (default, edges) = if classes.first() == Some(&0) {
            let others = (0..all).filter(|class| classes.binary_search(class).is_err());
            (inside, others.map(|class| (class, outside)).collect::<Vec<_>>())
        } else {
            (outside, classes.iter().map(|class| (*class, inside)).collect())
        };
        let node = self.diagrams.node(level, default, &edges);
        node.map(Region).map_err(|Exhausted| self.unknown())
    }

    /// The label sets an alert may have, given what is known about some of its labels. Labels that nobody tests are
    /// left out, because they change nothing.
    pub fn alert(&mut self, known: &BTreeMap<String, Known>) -> Result<Region, Unknown> {
        let mut region = Region::EVERYTHING;
        for (name, known) in known {
            let Some((level, label)) = self.label(name) else { continue };
            let (mut classes, negated) = match known {
                Known::Values(values) => {
                    (values.iter().filter_map(|value| label.atoms.class_of(value)).collect::<Vec<_>>(), false)
                }
                Known::Missing => (vec![label.atoms.missing], false),
                Known::Present => (vec![label.atoms.missing], true),
            };
            classes.sort_unstable();
            classes.dedup();
            let one = self.test(level, &classes, negated)?;
            region = self.and(region, one)?;
        }
        Ok(region)
    }

    /// Whether a label set is in the region.
    pub fn contains(&self, region: Region, labels: &LabelSet) -> bool {
        let class = |level: u32| {
            let Some(label) = self.labels.get(level as usize) else { return 0 };
            let value = labels.get(&label.name).map_or("", String::as_str);
            label.atoms.class_of(value).unwrap_or(0)
        };
        self.diagrams.follow(region.0, class) != 0
    }

    /// The classes of a label's values in the region, ascending; nothing where all classes but some are in it, or all.
    fn classes(&self, region: Region, level: u32) -> Option<Vec<u32>> {
        let mut classes = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut open = vec![region.0];
        while let Some(node) = open.pop() {
            if node == NodeId::NO || !seen.insert(node) {
                continue;
            }
            let (at, default, edges) = self.diagrams.branches(node)?;
            if at > level {
                return None;
            }
            let edges = edges.filter(|(_, child)| *child != NodeId::NO);
            if at < level {
                open.push(default);
                open.extend(edges.map(|(_, child)| child));
            } else if default == NodeId::NO {
                classes.extend(edges.map(|(class, _)| class));
            } else {
                return None;
            }
        }
        Some(classes.into_iter().collect())
    }

    /// Whether no matcher tells the two values of a label apart.
    pub fn alike(&self, label: &str, left: &str, right: &str) -> bool {
        let class = |value| self.label(label).and_then(|(_, label)| label.atoms.class_of(value));
        left == right || class(left) == class(right)
    }

    /// A label set of the region with few labels; nothing for the empty region.
    pub fn witness(&self, region: Region) -> Option<LabelSet> {
        let mut labels = LabelSet::new();
        for (level, class) in self.choose(region)? {
            let label = self.labels.get(level as usize)?;
            let value = label.atoms.witnesses.get(class as usize)?;
            if !value.is_empty() {
                labels.insert(label.name.clone(), value.clone());
            }
        }
        Some(labels)
    }

    /// A class for every level that the region asks about on one way through it; other levels are free.
    fn choose(&self, region: Region) -> Option<BTreeMap<u32, u32>> {
        let mut chosen = BTreeMap::new();
        let mut at = region.0;
        while let Some((level, default, edges)) = self.diagrams.branches(at) {
            let missing = self.labels.get(level as usize)?.atoms.missing;
            let edges: Vec<(u32, NodeId)> = edges.collect();
            let of_missing = edges.iter().find(|(class, _)| *class == missing).map_or(default, |(_, child)| *child);
            // A missing label is shortest, a listed value reads best, anything else is last.
            let listed = edges.iter().find(|(_, child)| *child != NodeId::NO).copied();
            let (class, child) =
                if of_missing == NodeId::NO { listed.unwrap_or((0, default)) } else { (missing, of_missing) };
            chosen.insert(level, class);
            at = child;
        }
        (at != NodeId::NO).then_some(chosen)
    }
}
