//! Finds the children of a route that alerts of a region can satisfy, without asking thousands of siblings one by one.
//!
//! Most long rows test one label for equality. Children are filed under the class of that label's value; a region that
//! fixes the label to a few classes needs only those children, and the ones that do not test the label for equality.

use super::{Region, Space};
use crate::routing::matcher::{Matcher, Operator};
use crate::routing::tree::{RouteId, Tree};
use std::collections::BTreeMap;

/// The children of one route, filed.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    filed: Option<Filed>,
}

#[derive(Debug, Clone)]
struct Filed {
    level: u32,
    by_class: BTreeMap<u32, Vec<u32>>,
    /// Children that do not test the label for equality.
    others: Vec<u32>,
}

/// Below this number of children a scan is as fast.
const FILED_FROM: usize = 8;

impl Row {
    /// Files the children of a route.
    pub fn new(space: &Space, tree: &Tree, id: RouteId) -> Self {
        let children = tree.route(id).map_or(&[][..], |route| &route.children);
        if children.len() < FILED_FROM {
            return Self::default();
        }
        let matchers = |child: &RouteId| tree.route(*child).map_or(&[][..], |route| &route.matchers);
        let equal = |matcher: &&Matcher| matcher.operator() == Operator::Equal;
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for matcher in children.iter().flat_map(matchers).filter(equal) {
            *counts.entry(matcher.name()).or_default() += 1;
        }
        let Some((name, _)) = counts.into_iter().max_by_key(|(_, count)| *count) else { return Self::default() };
        let Some((level, label)) = space.label(name) else { return Self::default() };
        let mut filed = Filed { level, by_class: BTreeMap::new(), others: Vec::new() };
        for (position, child) in (0..).zip(children) {
            let test = matchers(child).iter().find(|matcher| equal(matcher) && matcher.name() == name);
            match test.and_then(|matcher| label.atoms.class_of(matcher.value())) {
                Some(class) => filed.by_class.entry(class).or_default().push(position),
                None => filed.others.push(position),
            }
        }
        Self { filed: Some(filed) }
    }

    /// The positions of the children that some alerts of the region may satisfy, ascending; nothing where that may be all.
    pub fn candidates(&self, space: &Space, region: Region) -> Option<Vec<u32>> {
        let filed = self.filed.as_ref()?;
        let classes = space.classes(region, filed.level)?;
        let mut positions: Vec<u32> =
            classes.iter().filter_map(|class| filed.by_class.get(class)).flatten().copied().collect();
        positions.extend(&filed.others);
        positions.sort_unstable();
        Some(positions)
    }
}
