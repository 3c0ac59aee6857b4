//! All label sets at once: exact answers about routes, with a witness for every "yes" and a proof for every "no".
//!
//! A label set gives every name a value, "" when the label is missing. Only names that some matcher tests matter, and
//! for each of them the values fall into finitely many classes that all matchers answer alike (`atoms`). A set of label
//! sets is then a decision diagram over those classes (`diagram`), a [`Region`] here. Regions can be joined, cut and
//! subtracted; one that is not empty has a witness, and an empty one is the proof that there is none.
//!
//! Regular expressions on one label that would make too many classes are kept apart (`patterns`): each has a level of its
//! own, and a region is made only after some label set of it was found (`choice`).
//!
//! Nothing is sampled and nothing is capped silently: where automata or diagrams outgrow their budget, the answer is
//! [`Unknown`] with the labels that made it grow.

mod atoms;
mod choice;
mod diagram;
mod difference;
mod inhibition;
mod patterns;
mod reach;
mod row;
mod trie;

pub use difference::Change;
pub use inhibition::{Inhibition, NeverActs};
pub use reach::{Arrival, Reach, RouteState};

use super::inhibit::InhibitRule;
use super::matcher::{LabelSet, Matcher};
use super::tree::{RouteId, Tree};
use atoms::Atoms;
use diagram::{Diagrams, NodeId, Operation};
use difference::Outcomes;
use patterns::Patterns;
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

impl Unknown {
    /// The routes of a tree whose conditions made it grow, in walk order: those with regular expressions on the labels, or
    /// with any condition on them where it is the combinations that are too many.
    pub fn routes(&self, tree: &Tree) -> Vec<RouteId> {
        let blamed = |matcher: &Matcher| {
            self.labels.iter().any(|label| label == matcher.name())
                && (self.cause != Cause::Patterns || matcher.listed().is_none())
        };
        let routes = tree.iter().filter(|(_, route)| route.matchers.iter().any(blamed));
        routes.map(|(id, _)| id).collect()
    }
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

/// More levels than this, one for each label and each expression that is kept apart, are not ordered into one diagram.
const LEVEL_LIMIT: usize = 500;

/// Classes into which expressions may cut the values of one label before they are kept apart.
const CLASSES: usize = 4_000;

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
    /// The level where its class is asked. Expressions that are kept apart have the levels below.
    level: u32,
    atoms: Atoms,
}

/// What is asked at one level of the diagrams.
#[derive(Debug, Clone, Copy)]
struct Level {
    /// Of which label, as an index.
    label: usize,
    /// Whether this expression accepts its value; nothing for the value's class.
    pattern: Option<usize>,
}

/// The label sets that the matchers of some trees can tell apart.
pub struct Space {
    /// In the order of the diagram's levels.
    labels: Vec<Label>,
    by_name: BTreeMap<String, usize>,
    levels: Vec<Level>,
    /// Whether some label has expressions that are kept apart.
    apart: bool,
    diagrams: Diagrams,
    outcomes: Outcomes,
}

impl Space {
    /// A space for questions about these trees and inhibition rules.
    pub fn new(trees: &[&Tree], rules: &[InhibitRule]) -> Result<Self, Unknown> {
        Self::with_classes(trees, rules, CLASSES)
    }

    /// The same, where expressions that cut the values of a label into more than so many classes are kept apart. The
    /// answers are the same for any number; their price is not.
    pub fn with_classes(trees: &[&Tree], rules: &[InhibitRule], classes: usize) -> Result<Self, Unknown> {
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
        let mut labels = Vec::with_capacity(order.len());
        for (name, matchers) in order {
            let unknown = |Exhausted| Unknown { labels: vec![name.to_owned()], cause: Cause::Patterns };
            let atoms = Atoms::new(&matchers, classes).map_err(unknown)?;
            labels.push(Label { name: name.to_owned(), level: 0, atoms });
        }
        // Questions about texts come last: what other labels decide need not ask them.
        labels.sort_by_key(|label| label.atoms.apart.is_some());
        let mut levels = Vec::new();
        for (at, label) in labels.iter_mut().enumerate() {
            label.level = levels.len() as u32;
            let patterns = label.atoms.apart.as_ref().map_or(0, Patterns::len);
            levels.push(Level { label: at, pattern: None });
            levels.extend((0..patterns).map(|pattern| Level { label: at, pattern: Some(pattern) }));
        }
        if levels.len() > LEVEL_LIMIT {
            let names = labels.iter().rev().take(5).map(|label| label.name.clone()).collect();
            return Err(Unknown { labels: names, cause: Cause::Labels });
        }
        Ok(Self {
            by_name: labels.iter().enumerate().map(|(at, label)| (label.name.clone(), at)).collect(),
            apart: labels.iter().any(|label| label.atoms.apart.is_some()),
            labels,
            levels,
            diagrams: Diagrams::new(),
            outcomes: Outcomes::default(),
        })
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
        let label = self.labels.get(*self.by_name.get(name)?)?;
        Some((label.level, label))
    }

    fn level(&self, level: u32) -> Option<Level> {
        self.levels.get(level as usize).copied()
    }

    /// For a node that asks an expression of this label: which, and where its answers lead.
    fn pattern(&self, node: NodeId, label: usize) -> Option<(usize, [(bool, NodeId); 2])> {
        let (level, default, mut edges) = self.diagrams.branches(node)?;
        let pattern = self.level(level).filter(|level| level.label == label)?.pattern?;
        let accepts = edges.find(|(class, _)| *class == 1).map_or(default, |(_, child)| child);
        Some((pattern, [(true, accepts), (false, default)]))
    }

    fn unknown(&self) -> Unknown {
        let mut labels: Vec<&Label> = self.labels.iter().collect();
        labels.sort_by_key(|label| std::cmp::Reverse(label.atoms.len()));
        Unknown { labels: labels.iter().take(5).map(|label| label.name.clone()).collect(), cause: Cause::Combinations }
    }

    fn combine(&mut self, operation: Operation, left: Region, right: Region) -> Result<Region, Unknown> {
        let result = self.diagrams.combine(operation, left.0, right.0);
        let region = result.map(Region).map_err(|Exhausted| self.unknown())?;
        self.checked(region)
    }

    /// The same region, or nothing where the answers of expressions that it asks for exclude each other.
    fn checked(&self, region: Region) -> Result<Region, Unknown> {
        let possible = !self.apart || region.is_empty() || self.choose(region)?.is_some();
        Ok(if possible { region } else { Region::NOTHING })
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
        let found = self.label(matcher.name()).and_then(|(level, label)| {
            let pattern = label.atoms.apart.as_ref().and_then(|patterns| patterns.position(matcher));
            Some((level, label.atoms.len() as u32, label.atoms.accepted(matcher)?.to_vec(), pattern))
        });
        let Some((level, count, accepted, pattern)) = found else {
            return Err(Unknown { labels: vec![matcher.name().to_owned()], cause: Cause::Labels });
        };
        let negated = matcher.operator().is_negative();
        let Some(pattern) = pattern else { return self.test(level, &accepted, negated) };
        let answer = |accepts: bool| if accepts == negated { NodeId::NO } else { NodeId::YES };
        let others = self.diagrams.node(level + 1 + pattern as u32, answer(false), &[(1, answer(true))]);
        let others = others.map_err(|Exhausted| self.unknown())?;
        let listed = (1..count).map(|class| (class, answer(accepted.binary_search(&class).is_ok())));
        let node = self.diagrams.node(level, others, &listed.collect::<Vec<_>>());
        node.map(Region).map_err(|Exhausted| self.unknown())
    }

    /// The label sets that answer every matcher on a label as this value does.
    fn exactly(&mut self, label: usize, value: &str) -> Result<Region, Unknown> {
        let Some(Label { level, atoms, .. }) = self.labels.get(label) else { return Ok(Region::NOTHING) };
        let (level, class) = (*level, atoms.class_of(value).unwrap_or(0));
        let answers: Vec<bool> = match &atoms.apart {
            Some(patterns) if class == 0 => (0..patterns.len()).map(|at| patterns.accepts(at, value)).collect(),
            Some(_) | None => return self.test(level, &[class], false),
        };
        let mut below = NodeId::YES;
        for (pattern, answer) in answers.iter().enumerate().rev() {
            let (default, accepts) = if *answer { (NodeId::NO, below) } else { (below, NodeId::NO) };
            below = self
                .diagrams
                .node(level + 1 + pattern as u32, default, &[(1, accepts)])
                .map_err(|Exhausted| self.unknown())?;
        }
        let count = self.labels.get(label).map_or(0, |label| label.atoms.len()) as u32;
        let listed: Vec<(u32, NodeId)> = (1..count).map(|class| (class, NodeId::NO)).collect();
        self.diagrams.node(level, below, &listed).map(Region).map_err(|Exhausted| self.unknown())
    }

    /// The label sets whose class at `level` is among these ascending ones, or is not when `negated`.
    fn test(&mut self, level: u32, classes: &[u32], negated: bool) -> Result<Region, Unknown> {
        let (inside, outside) = if negated { (NodeId::NO, NodeId::YES) } else { (NodeId::YES, NodeId::NO) };
        let label = self.level(level).and_then(|level| self.labels.get(level.label));
        let all = label.map_or(0, |label| label.atoms.len()) as u32;
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
            let Some(at) = self.by_name.get(name).copied() else { continue };
            let Some(Label { level, atoms, .. }) = self.labels.get(at) else { continue };
            let (level, missing, apart) = (*level, atoms.missing, atoms.apart.is_some());
            let one = match known {
                Known::Missing => self.test(level, &[missing], false)?,
                Known::Present => self.test(level, &[missing], true)?,
                Known::Values(values) => {
                    let class = |value: &String| atoms.class_of(value).filter(|class| !apart || *class != 0);
                    let mut classes: Vec<u32> = values.iter().filter_map(class).collect();
                    let others: Vec<&String> = values.iter().filter(|value| class(value).is_none()).collect();
                    classes.sort_unstable();
                    classes.dedup();
                    let mut one = self.test(level, &classes, false)?;
                    for value in others {
                        let exactly = self.exactly(at, value)?;
                        one = self.or(one, exactly)?;
                    }
                    one
                }
            };
            region = self.and(region, one)?;
        }
        Ok(region)
    }

    /// Whether a label set is in the region.
    pub fn contains(&self, region: Region, labels: &LabelSet) -> bool {
        let class = |level: u32| {
            let Some(Level { label, pattern }) = self.level(level) else { return 0 };
            let Some(label) = self.labels.get(label) else { return 0 };
            let value = labels.get(&label.name).map_or("", String::as_str);
            match (pattern, &label.atoms.apart) {
                (Some(pattern), Some(patterns)) => u32::from(patterns.accepts(pattern, value)),
                (Some(_), None) | (None, _) => label.atoms.class_of(value).unwrap_or(0),
            }
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
        let Some((_, Label { atoms, .. })) = self.label(label) else { return true };
        let class = atoms.class_of(left);
        let answers = |patterns: &Patterns| {
            (0..patterns.len()).all(|at| patterns.accepts(at, left) == patterns.accepts(at, right))
        };
        left == right
            || class == atoms.class_of(right) && (class != Some(0) || atoms.apart.as_ref().is_none_or(answers))
    }

    /// A label set of the region with few labels; nothing for the empty region.
    pub fn witness(&self, region: Region) -> Option<LabelSet> {
        // A region was only made after one was found, so the search is over soon and is not in vain.
        let values = self.choose(region).ok()??;
        let named = |(label, value): (usize, String)| Some((self.labels.get(label)?.name.clone(), value));
        Some(values.into_iter().filter_map(named).filter(|(_, value)| !value.is_empty()).collect())
    }
}
