//! The route tree with everything inherited: plain data for deliveries and for the label-space algebra.
//!
//! A [`RouteSpec`] is a route as written. [`Tree::new`] flattens it into routes in walk order (a parent, then its
//! children from left to right) and applies Alertmanager's inheritance: receiver, grouping, timings and labels come
//! from the parent, while matchers, `continue` and the time intervals are each route's own.

use super::matcher::{LabelSet, Matcher, Operator};
use crate::golang::Duration;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A route as written; what is absent is inherited.
#[derive(Debug, Clone, Default)]
pub struct RouteSpec {
    /// The receiver's name. The root needs one.
    pub receiver: Option<String>,
    /// All must match. `match` and `match_re` count as `=` and `=~` matchers.
    pub matchers: Vec<Matcher>,
    /// Whether siblings after this one are asked although it matched.
    pub continues: bool,
    /// Labels that form a group.
    pub group_by: Option<GroupBy>,
    /// Wait before the first notification of a group.
    pub group_wait: Option<Duration>,
    /// Wait before a changed group is sent again.
    pub group_interval: Option<Duration>,
    /// Wait before an unchanged group is sent again.
    pub repeat_interval: Option<Duration>,
    /// Names of intervals in which nothing is sent.
    pub mute_time_intervals: Vec<String>,
    /// Names of intervals outside which nothing is sent; always active when empty.
    pub active_time_intervals: Vec<String>,
    /// Labels for templates; merged from parent to child.
    pub labels: BTreeMap<String, String>,
    /// Child routes in order.
    pub routes: Vec<RouteSpec>,
}

/// How alerts of one route are grouped.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupBy {
    /// `['...']`: every label, so each alert is its own group.
    All,
    /// These labels; no label at all means one group.
    Labels(BTreeSet<String>),
}

/// A route's place in walk order; the root is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RouteId(pub u32);

impl RouteId {
    /// The root of every tree.
    pub const ROOT: Self = Self(0);

    fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a delivery through a route looks like.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Options {
    /// The receiver's name.
    pub receiver: String,
    /// The grouping.
    pub group_by: GroupBy,
    /// Wait before the first notification of a group; 30s unless set.
    pub group_wait: Duration,
    /// Wait before a changed group is sent again; 5m unless set.
    pub group_interval: Duration,
    /// Wait before an unchanged group is sent again; 4h unless set.
    pub repeat_interval: Duration,
    /// Names of intervals in which nothing is sent; never inherited.
    pub mute_time_intervals: Vec<String>,
    /// Names of intervals outside which nothing is sent; never inherited.
    pub active_time_intervals: Vec<String>,
    /// Labels for templates.
    pub labels: BTreeMap<String, String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            receiver: String::new(),
            group_by: GroupBy::Labels(BTreeSet::new()),
            group_wait: Duration::from_seconds(30),
            group_interval: Duration::from_seconds(5 * 60),
            repeat_interval: Duration::from_seconds(4 * 3600),
            mute_time_intervals: Vec::new(),
            active_time_intervals: Vec::new(),
            labels: BTreeMap::new(),
        }
    }
}

/// One route of a tree.
#[derive(Debug, Clone)]
pub struct Route {
    /// The parent; nothing for the root.
    pub parent: Option<RouteId>,
    /// Which child of its parent it is, from 0.
    pub position: usize,
    /// Children in order.
    pub children: Vec<RouteId>,
    /// All must match, in Alertmanager's order.
    pub matchers: Vec<Matcher>,
    /// Whether siblings after this one are asked although it matched.
    pub continues: bool,
    /// What a delivery here looks like.
    pub options: Options,
    index: ChildIndex,
}

impl Route {
    /// Whether this label set satisfies the route's own matchers, parents aside.
    pub fn matches(&self, labels: &LabelSet) -> bool {
        self.matchers.iter().all(|matcher| matcher.matches_labels(labels))
    }

    /// The children that may match these labels, in order: all others fail for certain.
    pub(super) fn candidates<'a>(&'a self, labels: &LabelSet) -> impl Iterator<Item = RouteId> + use<'a> {
        let (left, right) = self.index.candidates(labels);
        Merge { left, right }.filter_map(|position| self.children.get(position as usize).copied())
    }
}

/// All routes in walk order.
#[derive(Debug, Clone)]
pub struct Tree {
    routes: Vec<Route>,
}

impl Tree {
    /// Flattens a written tree and applies inheritance. Nesting is bounded by the readers of spec and YAML files.
    pub fn new(root: RouteSpec) -> Self {
        let mut tree = Self { routes: Vec::new() };
        tree.add(root, None, 0, &Options::default());
        for at in 0..tree.routes.len() {
            let index = ChildIndex::new(&tree, RouteId(at as u32));
            if let Some(route) = tree.routes.get_mut(at) {
                route.index = index;
            }
        }
        tree
    }

    fn add(&mut self, spec: RouteSpec, parent: Option<RouteId>, position: usize, inherited: &Options) -> RouteId {
        let id = RouteId(self.routes.len() as u32);
        let mut labels = inherited.labels.clone();
        labels.extend(spec.labels);
        let options = Options {
            receiver: spec.receiver.unwrap_or_else(|| inherited.receiver.clone()),
            group_by: spec.group_by.unwrap_or_else(|| inherited.group_by.clone()),
            group_wait: spec.group_wait.unwrap_or(inherited.group_wait),
            group_interval: spec.group_interval.unwrap_or(inherited.group_interval),
            repeat_interval: spec.repeat_interval.unwrap_or(inherited.repeat_interval),
            mute_time_intervals: spec.mute_time_intervals,
            active_time_intervals: spec.active_time_intervals,
            labels,
        };
        let mut matchers = spec.matchers;
        matchers.sort();
        self.routes.push(Route {
            parent,
            position,
            children: Vec::new(),
            matchers,
            continues: spec.continues,
            options: options.clone(),
            index: ChildIndex::default(),
        });
        let children = spec.routes.into_iter().enumerate();
        let children = children.map(|(position, child)| self.add(child, Some(id), position, &options)).collect();
        if let Some(route) = self.routes.get_mut(id.index()) {
            route.children = children;
        }
        id
    }

    /// How many routes there are, the root included.
    pub fn len(&self) -> usize {
        self.routes.len()
    }

    /// Never: a tree has a root.
    pub fn is_empty(&self) -> bool {
        self.routes.is_empty()
    }

    /// A route by its place; ids of another tree may give nothing.
    pub fn route(&self, id: RouteId) -> Option<&Route> {
        self.routes.get(id.index())
    }

    /// All routes with their ids, in walk order.
    pub fn iter(&self) -> impl Iterator<Item = (RouteId, &Route)> {
        self.routes.iter().enumerate().map(|(at, route)| (RouteId(at as u32), route))
    }

    /// The routes from the root to this one, both included.
    pub fn path(&self, id: RouteId) -> Vec<RouteId> {
        let mut path = vec![id];
        let mut at = id;
        while let Some(parent) = self.route(at).and_then(|route| route.parent) {
            path.push(parent);
            at = parent;
        }
        path.reverse();
        path
    }

    /// The key Alertmanager gives the route in logs, metrics and the notification log: the matchers of its path. Two
    /// siblings with the same matchers share it.
    pub fn key(&self, id: RouteId) -> String {
        let path = self.path(id);
        let parts = path.iter().filter_map(|id| self.route(*id)).map(|route| Braced(&route.matchers).to_string());
        parts.collect::<Vec<_>>().join("/")
    }

    /// The key with every child's position after its matchers; unique in a tree.
    pub fn unique_key(&self, id: RouteId) -> String {
        let path = self.path(id);
        let parts = path.iter().filter_map(|id| self.route(*id)).map(|route| match route.parent {
            None => Braced(&route.matchers).to_string(),
            Some(_) => format!("{}/{}", Braced(&route.matchers), route.position),
        });
        parts.collect::<Vec<_>>().join("/")
    }
}

/// Matchers as Alertmanager prints a list of them.
struct Braced<'a>(&'a [Matcher]);

impl fmt::Display for Braced<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("{")?;
        for (position, matcher) in self.0.iter().enumerate() {
            let comma = if position > 0 { "," } else { "" };
            write!(formatter, "{comma}{matcher}")?;
        }
        formatter.write_str("}")
    }
}

/// Finds the children that test one label for equality by its value, so that thousands of siblings cost one look-up.
#[derive(Debug, Clone, Default)]
struct ChildIndex {
    label: String,
    by_value: BTreeMap<String, Vec<u32>>,
    /// Children that do not test the label for equality.
    others: Vec<u32>,
}

/// Below this number of children a scan is as fast.
const INDEXED_FROM: usize = 8;

impl ChildIndex {
    fn new(tree: &Tree, id: RouteId) -> Self {
        let children = tree.route(id).map_or(&[][..], |route| &route.children);
        let tests = |child: &RouteId, label: &str| {
            let matchers = tree.route(*child).map_or(&[][..], |route| &route.matchers);
            let found =
                matchers.iter().find(|matcher| matcher.name() == label && matcher.operator() == Operator::Equal);
            found.map(|matcher| matcher.value().to_owned())
        };
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        if children.len() >= INDEXED_FROM {
            for child in children {
                for matcher in tree.route(*child).map_or(&[][..], |route| &route.matchers) {
                    if matcher.operator() == Operator::Equal {
                        *counts.entry(matcher.name()).or_default() += 1;
                    }
                }
            }
        }
        let label = counts.iter().max_by_key(|(_, count)| **count).map_or("", |(label, _)| *label).to_owned();
        let mut index = Self { label, ..Self::default() };
        for (position, child) in children.iter().enumerate() {
            let value = if counts.is_empty() { None } else { tests(child, &index.label) };
            match value {
                Some(value) => index.by_value.entry(value).or_default().push(position as u32),
                None => index.others.push(position as u32),
            }
        }
        index
    }

    fn candidates(&self, labels: &LabelSet) -> (&[u32], &[u32]) {
        let value = labels.get(&self.label).map_or("", String::as_str);
        (self.by_value.get(value).map_or(&[][..], Vec::as_slice), &self.others)
    }
}

/// Two ascending lists as one.
struct Merge<'a> {
    left: &'a [u32],
    right: &'a [u32],
}

impl Iterator for Merge<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let left = match (self.left.first(), self.right.first()) {
            (Some(left), Some(right)) => left < right,
            (Some(_), None) => true,
            (None, _) => false,
        };
        let list = if left { &mut self.left } else { &mut self.right };
        let (first, rest) = list.split_first()?;
        *list = rest;
        Some(*first)
    }
}
