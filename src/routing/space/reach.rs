//! Which label sets arrive at each route, and what follows from that: dead, shadowed and never-delivering routes,
//! `continue` without effect, and where an alert goes.
//!
//! A route is reached by what reaches its parent and satisfies its own matchers, minus what earlier siblings without
//! `continue` satisfy: whoever satisfies a sibling's matchers is delivered by it or below it. A route delivers itself
//! what reaches it minus what its children satisfy. Unions of neighbouring siblings are kept in a balanced tree, so
//! that "all siblings before this one" is a handful of regions, and one route costs a logarithm of the row's length.
//! Where an alert goes is asked from the root down, and in long rows only of routes whose most tested label fits.

use super::row::Row;
use super::{Region, Space, Unknown};
use crate::routing::matcher::LabelSet;
use crate::routing::tree::{Route, RouteId, Tree};
use std::collections::BTreeMap;

/// Unions of neighbouring regions: leaf `i` of a complete binary tree is region `i`.
struct Unions {
    nodes: Vec<Region>,
    width: usize,
}

impl Unions {
    fn new(space: &mut Space, regions: &[Region]) -> Result<Self, Unknown> {
        let width = regions.len().next_power_of_two();
        let mut nodes = vec![Region::NOTHING; width];
        nodes.extend_from_slice(regions);
        nodes.resize(2 * width, Region::NOTHING);
        for at in (1..width).rev() {
            if let (Some(left), Some(right)) = (nodes.get(2 * at).copied(), nodes.get(2 * at + 1).copied()) {
                let union = space.or(left, right)?;
                if let Some(node) = nodes.get_mut(at) {
                    *node = union;
                }
            }
        }
        Ok(Self { nodes, width })
    }

    /// Regions whose union is that of the leaves `from..to`, a logarithm of them.
    fn range(&self, from: usize, to: usize) -> Vec<Region> {
        let (mut from, mut to) = (from + self.width, to + self.width);
        let mut parts = Vec::new();
        while from < to {
            if from % 2 == 1 {
                parts.extend(self.nodes.get(from).copied());
                from += 1;
            }
            if to % 2 == 1 {
                to -= 1;
                parts.extend(self.nodes.get(to).copied());
            }
            from /= 2;
            to /= 2;
        }
        parts
    }
}

/// What [`Reach::new`] finds out about every route, in walk order.
#[derive(Debug, Clone)]
pub struct Reach {
    reached: Vec<Region>,
    own: Vec<Region>,
    rows: Vec<Row>,
    useless_continue: Vec<RouteId>,
}

/// Whether alerts arrive at a route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RouteState {
    /// Some do.
    Reached {
        /// One of them.
        witness: LabelSet,
        /// One that the route delivers itself; nothing when its children take everything.
        delivers: Option<LabelSet>,
    },
    /// None can: its matchers and those of its parents exclude each other.
    Contradiction,
    /// None do: these earlier siblings, of the route or of its parents, take all of them without `continue`. Without
    /// any one of them some would arrive, except where the list is longer than a few dozen.
    Shadowed(Vec<RouteId>),
}

/// Where alerts of a region are delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// The delivering route.
    pub route: RouteId,
    /// Whether all label sets of the region are delivered here, or only some.
    pub surely: bool,
    /// One that is.
    pub witness: LabelSet,
}

/// Covers longer than this are not reduced to what is needed.
const REDUCED: usize = 30;

fn index(id: RouteId) -> usize {
    id.0 as usize
}

impl Reach {
    /// Asks the whole tree at once.
    pub fn new(space: &mut Space, tree: &Tree) -> Result<Self, Unknown> {
        let mut reach = Self {
            reached: vec![Region::NOTHING; tree.len()],
            own: vec![Region::NOTHING; tree.len()],
            rows: tree.iter().map(|(id, _)| Row::new(space, tree, id)).collect(),
            useless_continue: Vec::new(),
        };
        let root = tree.route(RouteId::ROOT).map_or(&[][..], |route| &route.matchers);
        let everything = space.matching(root)?;
        reach.set(RouteId::ROOT, everything);
        for (id, route) in tree.iter() {
            // Walk order: a route's own region is known before its children are asked.
            reach.row(space, tree, id, route)?;
        }
        Ok(reach)
    }

    fn set(&mut self, id: RouteId, region: Region) {
        if let Some(slot) = self.reached.get_mut(index(id)) {
            *slot = region;
        }
    }

    fn row(&mut self, space: &mut Space, tree: &Tree, id: RouteId, route: &Route) -> Result<(), Unknown> {
        let arriving = self.reached(id);
        if arriving.is_empty() {
            return Ok(());
        }
        let children: Vec<(RouteId, &Route)> =
            route.children.iter().filter_map(|child| Some((*child, tree.route(*child)?))).collect();
        let mut matching = Vec::with_capacity(children.len());
        for (_, child) in &children {
            matching.push(space.matching(&child.matchers)?);
        }
        let stopping: Vec<Region> = children
            .iter()
            .zip(&matching)
            .map(|((_, child), region)| if child.continues { Region::NOTHING } else { *region })
            .collect();
        let all = Unions::new(space, &matching)?;
        let stopping = Unions::new(space, &stopping)?;
        for (position, ((child, route), region)) in children.iter().zip(&matching).enumerate() {
            let mut left = space.and(arriving, *region)?;
            for part in stopping.range(0, position) {
                left = space.minus(left, part)?;
            }
            self.set(*child, left);
            if route.continues && !left.is_empty() {
                let mut goes_on = false;
                for part in all.range(position + 1, children.len()) {
                    goes_on |= !space.and(left, part)?.is_empty();
                }
                if !goes_on {
                    self.useless_continue.push(*child);
                }
            }
        }
        let mut own = arriving;
        for part in all.range(0, children.len()) {
            own = space.minus(own, part)?;
        }
        if let Some(slot) = self.own.get_mut(index(id)) {
            *slot = own;
        }
        Ok(())
    }

    /// The label sets that arrive at a route.
    pub fn reached(&self, id: RouteId) -> Region {
        self.reached.get(index(id)).copied().unwrap_or(Region::NOTHING)
    }

    /// The label sets that a route delivers itself.
    pub fn delivers(&self, id: RouteId) -> Region {
        self.own.get(index(id)).copied().unwrap_or(Region::NOTHING)
    }

    /// Routes whose `continue` changes nothing: no alert that they take is taken by a later sibling too. Routes that
    /// nothing reaches are not among them.
    pub fn useless_continue(&self) -> &[RouteId] {
        &self.useless_continue
    }

    /// Whether alerts arrive at a route, with a witness or the reason why not.
    pub fn state(&self, space: &mut Space, tree: &Tree, id: RouteId) -> Result<RouteState, Unknown> {
        if let Some(witness) = space.witness(self.reached(id)) {
            return Ok(RouteState::Reached { witness, delivers: space.witness(self.delivers(id)) });
        }
        let path = tree.path(id);
        let mut wanted = Region::EVERYTHING;
        for step in path.iter().filter_map(|id| tree.route(*id)) {
            let own = space.matching(&step.matchers)?;
            wanted = space.and(wanted, own)?;
        }
        let mut cover: Vec<(RouteId, Region)> = Vec::new();
        let mut left = wanted;
        while let Some(labels) = space.witness(left) {
            let Some(taker) = taker(tree, &path, &labels) else { break };
            let region = space.matching(tree.route(taker).map_or(&[][..], |route| &route.matchers))?;
            left = space.minus(left, region)?;
            cover.push((taker, region));
        }
        let mut at = 0;
        while cover.len() <= REDUCED && at < cover.len() {
            let mut left = wanted;
            for (other, (_, region)) in cover.iter().enumerate() {
                if other != at {
                    left = space.minus(left, *region)?;
                }
            }
            if left.is_empty() {
                cover.remove(at);
            } else {
                at += 1;
            }
        }
        cover.sort_unstable();
        let routes: Vec<RouteId> = cover.into_iter().map(|(route, _)| route).collect();
        Ok(if routes.is_empty() { RouteState::Contradiction } else { RouteState::Shadowed(routes) })
    }

    /// The receivers that get something, each with one label set that it gets.
    pub fn receivers(&self, space: &Space, tree: &Tree) -> BTreeMap<String, LabelSet> {
        let mut found = BTreeMap::new();
        for (id, route) in tree.iter() {
            if !found.contains_key(&route.options.receiver)
                && let Some(witness) = space.witness(self.delivers(id))
            {
                found.insert(route.options.receiver.clone(), witness);
            }
        }
        found
    }

    /// Where alerts of a region are delivered, in walk order.
    pub fn arrivals(&self, space: &mut Space, tree: &Tree, region: Region) -> Result<Vec<Arrival>, Unknown> {
        let mut found = Vec::new();
        let mut open = vec![RouteId::ROOT];
        while let Some(id) = open.pop() {
            if space.and(region, self.reached(id))?.is_empty() {
                continue;
            }
            let here = space.and(region, self.delivers(id))?;
            if let Some(witness) = space.witness(here) {
                let surely = space.minus(region, self.delivers(id))?.is_empty();
                found.push(Arrival { route: id, surely, witness });
            }
            let children = tree.route(id).map_or(&[][..], |route| &route.children);
            match self.rows.get(index(id)).and_then(|row| row.candidates(space, region)) {
                Some(positions) => {
                    let fitting = positions.into_iter().rev();
                    open.extend(fitting.filter_map(|position| children.get(position as usize)));
                }
                None => open.extend(children.iter().rev()),
            }
        }
        Ok(found)
    }
}

/// The first route that takes this label set on its way along `path`, without letting it continue.
fn taker(tree: &Tree, path: &[RouteId], labels: &LabelSet) -> Option<RouteId> {
    path.windows(2).find_map(|step| {
        let [parent, child] = step else { return None };
        let candidates = tree.route(*parent)?.candidates(labels);
        let mut earlier = candidates.take_while(|candidate| candidate < child);
        earlier.find(|sibling| tree.route(*sibling).is_some_and(|route| !route.continues && route.matches(labels)))
    })
}
