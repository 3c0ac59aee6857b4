//! What changes for alerts between two trees, over all label sets.
//!
//! Each tree becomes one diagram whose leaves are outcomes: what is delivered, with receiver, grouping, timings and
//! time intervals, without regard to order. A route's diagram is built from its children's. One element of a row is
//! "these deliveries, and stop" or "these deliveries, and go on", and joining two neighbours is associative, so a row is
//! folded like a balanced tree and thousands of siblings stay cheap. Diagrams are canonical: two trees that treat every
//! alert alike are the same node, which is the proof; otherwise the nodes are walked side by side.

use super::diagram::{Leaves, NodeId, Operation};
use super::{Exhausted, Reach, Region, Space, Unknown};
use crate::routing::matcher::LabelSet;
use crate::routing::tree::{Options, RouteId, Tree};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A group of label sets that both trees treat alike among themselves, and differently from each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What the first tree delivers, in no particular order.
    pub before: Vec<Options>,
    /// What the second tree delivers.
    pub after: Vec<Options>,
    /// One label set for which this is so.
    pub witness: LabelSet,
    /// All of them.
    pub region: Region,
}

fn delivered(tree: &Tree, labels: &LabelSet) -> Vec<Options> {
    tree.deliver(labels).into_iter().filter_map(|id| tree.route(id)).map(|route| route.options.clone()).collect()
}

/// Deliveries, sorted, and whether the row ends with them.
type Element = (Vec<u32>, bool);

/// Numbers for everything that stands in a leaf. They live as long as the space, because results are remembered.
#[derive(Default)]
pub(super) struct Outcomes {
    options: Vec<Options>,
    option_numbers: BTreeMap<Options, u32>,
    elements: Vec<Element>,
    element_numbers: BTreeMap<Element, u32>,
    pairs: Vec<(u32, u32)>,
    pair_numbers: BTreeMap<(u32, u32), u32>,
}

/// The first number of an element: 0 is "nothing, go on" and 1 is "yes" of plain regions.
const FIRST: u32 = 2;

impl Outcomes {
    fn option(&mut self, options: &Options) -> u32 {
        if let Some(number) = self.option_numbers.get(options) {
            return *number;
        }
        let number = self.options.len() as u32;
        self.options.push(options.clone());
        self.option_numbers.insert(options.clone(), number);
        number
    }

    fn number(&mut self, element: Element) -> u32 {
        if element.0.is_empty() {
            return 0;
        }
        if let Some(number) = self.element_numbers.get(&element) {
            return *number;
        }
        let number = FIRST + self.elements.len() as u32;
        self.elements.push(element.clone());
        self.element_numbers.insert(element, number);
        number
    }

    fn element(&self, number: u32) -> Element {
        let at = number.checked_sub(FIRST).map(|at| at as usize);
        at.and_then(|at| self.elements.get(at)).cloned().unwrap_or_default()
    }

    fn deliveries(&self, number: u32) -> Vec<Options> {
        let (list, _) = self.element(number);
        list.iter().filter_map(|option| self.options.get(*option as usize)).cloned().collect()
    }
}

impl Leaves for Outcomes {
    fn then(&mut self, left: u32, right: u32) -> u32 {
        let (mut list, stops) = self.element(left);
        if stops {
            return left;
        }
        let (more, stops) = self.element(right);
        list.extend(more);
        list.sort_unstable();
        self.number((list, stops))
    }

    fn differ(&mut self, left: u32, right: u32) -> u32 {
        let pair = (left, right);
        if let Some(number) = self.pair_numbers.get(&pair) {
            return *number;
        }
        self.pairs.push(pair);
        let number = self.pairs.len() as u32;
        self.pair_numbers.insert(pair, number);
        number
    }
}

impl Space {
    /// What changes from `before` to `after`. Both trees must be among those the space was made for.
    ///
    /// Callers may rely on this:
    ///
    /// - No change is the proof that every alert is delivered alike: the same receivers, as often, with the same grouping,
    ///   timings, labels and names of time intervals. What the intervals mean is not looked at.
    /// - Every change is real: its witness is delivered as `before` by the first tree and as `after` by the second, and the
    ///   two differ as collections.
    /// - Every alert that is delivered otherwise is in the region of some change, and no other alert is.
    /// - Order among deliveries, places of routes and how conditions are spelled do not matter, so a pure reordering is no
    ///   change.
    /// - Regions of different changes are disjoint and grouped by outcome, except where outcomes are too many to be told
    ///   apart; then there is one for each kind of delivery that happens more or less often, and they may overlap.
    /// - [`Unknown`] is an answer about neither.
    pub fn changes(&mut self, before: &Tree, after: &Tree) -> Result<Vec<Change>, Unknown> {
        match self.changes_by_outcome(before, after) {
            Ok(changes) => Ok(changes),
            // Many independent routes with `continue` have more outcomes together than can be told apart one by one.
            Err(_) => {
                self.diagrams.grant();
                self.changes_by_delivery(before, after)
            }
        }
    }

    fn changes_by_outcome(&mut self, before: &Tree, after: &Tree) -> Result<Vec<Change>, Unknown> {
        let left = self.outcome(before)?;
        let right = self.outcome(after)?;
        self.differences(left, right)
    }

    /// The same answer, less finely grouped: for every kind of delivery the region where it happens more often before,
    /// and the one where it happens more often after. A witness stands for its region in that one delivery only.
    fn changes_by_delivery(&mut self, before: &Tree, after: &Tree) -> Result<Vec<Change>, Unknown> {
        let mut kinds: BTreeMap<&Options, [Vec<Region>; 2]> = BTreeMap::new();
        for (side, tree) in [before, after].into_iter().enumerate() {
            let reach = Reach::new(self, tree)?;
            for (id, route) in tree.iter() {
                let regions = kinds.entry(&route.options).or_default();
                regions.iter_mut().skip(side).take(1).for_each(|regions| regions.push(reach.delivers(id)));
            }
        }
        let mut changes = Vec::new();
        for [left, right] in kinds.into_values() {
            let (left, right) = (self.at_least(&left)?, self.at_least(&right)?);
            for count in 0..left.len().max(right.len()) {
                let side = |regions: &[Region]| regions.get(count).copied().unwrap_or(Region::NOTHING);
                for (more, less) in [(side(&left), side(&right)), (side(&right), side(&left))] {
                    let region = self.minus(more, less)?;
                    let Some(witness) = self.witness(region) else { continue };
                    let (before, after) = (delivered(before, &witness), delivered(after, &witness));
                    changes.push(Change { before, after, witness, region });
                }
            }
        }
        Ok(changes)
    }

    /// Where at least one, two, … of these regions hold, as long as that is somewhere.
    fn at_least(&mut self, regions: &[Region]) -> Result<Vec<Region>, Unknown> {
        let mut counts: Vec<Region> = Vec::new();
        for region in regions {
            let mut carried = *region;
            for count in &mut counts {
                let both = self.and(*count, carried)?;
                *count = self.or(*count, carried)?;
                carried = both;
            }
            if !carried.is_empty() {
                counts.push(carried);
            }
        }
        Ok(counts)
    }

    /// The diagram of everything a tree delivers.
    fn outcome(&mut self, tree: &Tree) -> Result<NodeId, Unknown> {
        let element = self.element(tree, RouteId::ROOT)?;
        // How the outermost row ends is nobody's business.
        let outcomes = &mut self.outcomes;
        let mut open = |number| {
            let (list, _) = outcomes.element(number);
            outcomes.number((list, false))
        };
        self.diagrams.map_leaves(element, &mut open).map_err(|Exhausted| self.unknown())
    }

    fn element(&mut self, tree: &Tree, id: RouteId) -> Result<NodeId, Unknown> {
        let Some(route) = tree.route(id) else { return Ok(NodeId::NO) };
        let mut row = Vec::with_capacity(route.children.len());
        for child in &route.children {
            row.push(self.element(tree, *child)?);
        }
        let matching = self.matching(&route.matchers)?;
        let (own, stops) = (self.outcomes.option(&route.options), !route.continues);
        self.close(row, matching, own, stops).map_err(|Exhausted| self.unknown())
    }

    /// A route's element from its children's.
    fn close(&mut self, mut row: Vec<NodeId>, matching: Region, own: u32, stops: bool) -> Result<NodeId, Exhausted> {
        while row.len() > 1 {
            let mut shorter = Vec::with_capacity(row.len().div_ceil(2));
            for pair in row.chunks(2) {
                shorter.push(match *pair {
                    [left, right] => self.diagrams.combine_with(Operation::Then, left, right, &mut self.outcomes)?,
                    [only] => only,
                    _ => NodeId::NO,
                });
            }
            row = shorter;
        }
        let row = row.first().copied().unwrap_or(NodeId::NO);
        let outcomes = &mut self.outcomes;
        let mut close = |number| match number {
            0 => outcomes.number((vec![own], stops)),
            _ => {
                let (list, _) = outcomes.element(number);
                outcomes.number((list, stops))
            }
        };
        let body = self.diagrams.map_leaves(row, &mut close)?;
        self.diagrams.combine(Operation::And, matching.0, body)
    }

    fn differences(&mut self, left: NodeId, right: NodeId) -> Result<Vec<Change>, Unknown> {
        let difference = self.diagrams.combine_with(Operation::Differ, left, right, &mut self.outcomes);
        let difference = difference.map_err(|Exhausted| self.unknown())?;
        let mut regions = HashMap::new();
        self.regions(difference, &mut regions).map_err(|Exhausted| self.unknown())?;
        let mut changes = Vec::new();
        for (number, region) in regions.remove(&difference).unwrap_or_default() {
            let region = self.checked(Region(region))?;
            let pair = number.checked_sub(1).and_then(|at| self.outcomes.pairs.get(at as usize)).copied();
            if let (Some((before, after)), Some(witness)) = (pair, self.witness(region)) {
                changes.push(Change {
                    before: self.outcomes.deliveries(before),
                    after: self.outcomes.deliveries(after),
                    witness,
                    region,
                });
            }
        }
        Ok(changes)
    }

    /// For every leaf below a node, except 0, the node that says yes where the diagram leads there. All leaves are told
    /// apart in one walk, because a large change has thousands of them.
    fn regions(&mut self, node: NodeId, done: &mut HashMap<NodeId, BTreeMap<u32, NodeId>>) -> Result<(), Exhausted> {
        if done.contains_key(&node) {
            return Ok(());
        }
        let Some((level, default, edges)) = self.diagrams.branches(node) else {
            let leaf = self.diagrams.as_leaf(node).filter(|number| *number != 0);
            done.insert(node, leaf.map(|number| (number, NodeId::YES)).into_iter().collect());
            return Ok(());
        };
        let edges: Vec<(u32, NodeId)> = edges.collect();
        for child in std::iter::once(default).chain(edges.iter().map(|(_, child)| *child)) {
            self.regions(child, done)?;
        }
        let of_default = done.get(&default).cloned().unwrap_or_default();
        let mut parts: BTreeMap<u32, Vec<(u32, NodeId)>> = BTreeMap::new();
        for (class, child) in &edges {
            let of_child = done.get(child);
            for (leaf, region) in of_child.into_iter().flatten() {
                parts.entry(*leaf).or_default().push((*class, *region));
            }
            // Where the default leads to the leaf and this class does not.
            for leaf in of_default.keys().filter(|leaf| of_child.is_none_or(|regions| !regions.contains_key(leaf))) {
                parts.entry(*leaf).or_default().push((*class, NodeId::NO));
            }
        }
        let mut regions = BTreeMap::new();
        for leaf in of_default.keys().chain(parts.keys()).copied().collect::<BTreeSet<_>>() {
            let default = of_default.get(&leaf).copied().unwrap_or(NodeId::NO);
            let parts = parts.get(&leaf).map(Vec::as_slice).unwrap_or_default();
            regions.insert(leaf, self.diagrams.node(level, default, parts)?);
        }
        done.insert(node, regions);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::matcher::{Matcher, Operator};
    use crate::routing::tree::RouteSpec;

    /// A tree drawn from a number: a few routes with two labels, nested, some continuing, some with the same receiver.
    fn tree(seed: u32) -> Tree {
        let bit = |at: u32| seed >> at & 1 == 1;
        let route = |at: u32, routes| RouteSpec {
            receiver: Some(if bit(at) { "x" } else { "y" }.to_owned()),
            matchers: vec![
                Matcher::new(
                    if bit(at + 1) { "a" } else { "b" },
                    Operator::Matches,
                    if bit(at + 2) { "1.*" } else { "1|2" },
                )
                .unwrap(),
            ],
            continues: bit(at + 3),
            routes,
            ..RouteSpec::default()
        };
        let rows = vec![route(0, vec![route(4, vec![])]), route(8, vec![]), route(12, vec![route(16, vec![])])];
        Tree::new(RouteSpec { receiver: Some("default".to_owned()), routes: rows, ..RouteSpec::default() })
    }

    #[test]
    fn both_ways_find_the_same_label_sets() {
        let mut different = 0;
        for number in 0_u32..150 {
            let (before, after) = (tree(number.wrapping_mul(0x9E37_79B9)), tree(number.wrapping_mul(0x85EB_CA6B) >> 3));
            let mut space = Space::new(&[&before, &after], &[]).unwrap();
            let together = |space: &mut Space, changes: Vec<Change>| {
                changes.iter().fold(Region::NOTHING, |all, change| space.or(all, change.region).unwrap())
            };
            let coarse = space.changes_by_delivery(&before, &after).unwrap();
            let fine = space.changes_by_outcome(&before, &after).unwrap();
            different += usize::from(!fine.is_empty());
            let (coarse, fine) = (together(&mut space, coarse), together(&mut space, fine));
            assert_eq!(coarse, fine, "{number}");
        }
        assert!(different > 50);
    }
}
