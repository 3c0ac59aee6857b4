//! Decision diagrams over labels: one test per level with a branch per class of values, shared and canonical.
//!
//! A node tests one label. Its default is the branch of the label's class 0, and its edges are the classes that lead
//! somewhere else, so a node with thousands of routes on `team="…"` is one list. Equal functions are the same node, so
//! comparing two trees is comparing two numbers. Leaves are numbers: 0 is "no", 1 is "yes", others are outcomes.
//! Operations walk two diagrams together and remember pairs. Where one side is "no" except on a few edges, only those
//! edges are looked at, which keeps a question about one route independent of the number of its siblings.

use super::Exhausted;
use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher};
use std::ops::Range;

/// A node of [`Diagrams`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct NodeId(u32);

impl NodeId {
    pub const NO: Self = Self(0);
    pub const YES: Self = Self(1);
}

/// Level of a leaf: below every label.
const LEAF: u32 = u32::MAX;

/// Nodes and edges that may exist before the answer is "unknown".
const NODE_LIMIT: usize = 500_000;
const EDGE_LIMIT: usize = 12_000_000;

/// Pairs of nodes that may be looked at before the answer is "unknown".
const PAIR_LIMIT: usize = 3_000_000;

#[derive(Debug, Clone)]
struct Node {
    level: u32,
    /// The default branch; a leaf's number.
    default: u32,
    edges: Range<usize>,
    /// The next node with the same hash, plus one.
    next: u32,
}

/// How two diagrams are combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Operation {
    /// The right one where the left says yes, else no.
    And,
    /// Yes where either says yes.
    Or,
    /// The left one where the right says no.
    Minus,
    /// Deliveries of the left, then of the right unless the left stops.
    Then,
    /// No where both lead to the same leaf, else a leaf for the pair.
    Differ,
}

/// Combines two leaves of the operations that know outcomes.
pub(super) trait Leaves {
    fn then(&mut self, left: u32, right: u32) -> u32;
    fn differ(&mut self, left: u32, right: u32) -> u32;
}

/// For diagrams of yes and no alone.
pub(super) struct NoOutcomes;

impl Leaves for NoOutcomes {
    fn then(&mut self, left: u32, right: u32) -> u32 {
        if left == 0 { right } else { left }
    }

    fn differ(&mut self, left: u32, right: u32) -> u32 {
        u32::from(left != right)
    }
}

/// All nodes, each function once.
pub(super) struct Diagrams {
    nodes: Vec<Node>,
    edges: Vec<(u32, u32)>,
    buckets: HashMap<u64, u32>,
    memo: HashMap<(Operation, u32, u32), u32>,
    hasher: std::hash::BuildHasherDefault<std::hash::DefaultHasher>,
    /// How many budgets may be spent.
    budgets: usize,
}

impl Diagrams {
    pub fn new() -> Self {
        let mut diagrams = Self {
            nodes: Vec::new(),
            edges: Vec::new(),
            buckets: HashMap::new(),
            memo: HashMap::new(),
            hasher: std::hash::BuildHasherDefault::default(),
            budgets: 1,
        };
        // The two leaves that everything starts from; an empty diagram has room for them.
        let _ = diagrams.leaf(0);
        let _ = diagrams.leaf(1);
        diagrams
    }

    /// Grants one more budget, for another attempt. What exists stays valid.
    pub fn grant(&mut self) {
        self.budgets += 1;
    }

    /// The leaf with this number.
    pub fn leaf(&mut self, number: u32) -> Result<NodeId, Exhausted> {
        self.intern(LEAF, number, &[]).map(NodeId)
    }

    /// A leaf's number; nothing for a node that tests a label.
    pub fn as_leaf(&self, node: NodeId) -> Option<u32> {
        self.nodes.get(node.0 as usize).filter(|node| node.level == LEAF).map(|node| node.default)
    }

    /// A node's level, default branch and edges; nothing for a leaf.
    pub fn branches(&self, node: NodeId) -> Option<(u32, NodeId, impl Iterator<Item = (u32, NodeId)> + '_)> {
        let node = self.nodes.get(node.0 as usize).filter(|node| node.level != LEAF)?;
        let edges = self.edges.get(node.edges.clone()).unwrap_or(&[]);
        Some((node.level, NodeId(node.default), edges.iter().map(|(class, child)| (*class, NodeId(*child)))))
    }

    /// The node that tests `level` with a default and exceptions in ascending order of class.
    pub fn node(&mut self, level: u32, default: NodeId, edges: &[(u32, NodeId)]) -> Result<NodeId, Exhausted> {
        let edges: Vec<(u32, u32)> = edges.iter().map(|(class, child)| (*class, child.0)).collect();
        self.make(level, default.0, edges).map(NodeId)
    }

    fn make(&mut self, level: u32, default: u32, mut edges: Vec<(u32, u32)>) -> Result<u32, Exhausted> {
        edges.retain(|(_, child)| *child != default);
        if edges.is_empty() { Ok(default) } else { self.intern(level, default, &edges) }
    }

    fn intern(&mut self, level: u32, default: u32, edges: &[(u32, u32)]) -> Result<u32, Exhausted> {
        let mut hasher = self.hasher.build_hasher();
        hasher.write_u32(level);
        hasher.write_u32(default);
        for (class, child) in edges {
            hasher.write_u64(u64::from(*class) << 32 | u64::from(*child));
        }
        let hash = hasher.finish();
        let first = self.buckets.get(&hash).copied().unwrap_or(0);
        let mut at = first;
        while let Some(known) = (at as usize).checked_sub(1).and_then(|at| self.nodes.get(at)) {
            if known.level == level && known.default == default && self.edges.get(known.edges.clone()) == Some(edges) {
                return Ok(at - 1);
            }
            at = known.next;
        }
        if self.nodes.len() >= NODE_LIMIT * self.budgets || self.edges.len() + edges.len() > EDGE_LIMIT * self.budgets {
            return Err(Exhausted);
        }
        let id = self.nodes.len() as u32;
        let from = self.edges.len();
        self.edges.extend_from_slice(edges);
        self.nodes.push(Node { level, default, edges: from..self.edges.len(), next: first });
        self.buckets.insert(hash, id + 1);
        Ok(id)
    }

    fn get(&self, node: u32) -> (u32, u32, Range<usize>) {
        self.nodes.get(node as usize).map_or((LEAF, 0, 0..0), |node| (node.level, node.default, node.edges.clone()))
    }

    /// Combines two diagrams of yes and no.
    pub fn combine(&mut self, operation: Operation, left: NodeId, right: NodeId) -> Result<NodeId, Exhausted> {
        self.combine_with(operation, left, right, &mut NoOutcomes)
    }

    /// Combines two diagrams; `leaves` joins outcomes. The depth is the number of labels, which is limited.
    pub fn combine_with(
        &mut self,
        operation: Operation,
        left: NodeId,
        right: NodeId,
        leaves: &mut dyn Leaves,
    ) -> Result<NodeId, Exhausted> {
        self.apply(operation, left.0, right.0, leaves).map(NodeId)
    }

    fn apply(
        &mut self,
        operation: Operation,
        left: u32,
        right: u32,
        leaves: &mut dyn Leaves,
    ) -> Result<u32, Exhausted> {
        let short = match operation {
            Operation::And => match (left, right) {
                (0, _) | (_, 0) => Some(0),
                (1, _) => Some(right),
                _ if left == right => Some(left),
                _ => None,
            },
            Operation::Or => match (left, right) {
                (0, _) => Some(right),
                (_, 0) => Some(left),
                (1, _) | (_, 1) => Some(1),
                _ if left == right => Some(left),
                _ => None,
            },
            Operation::Minus => match (left, right) {
                (0, _) | (_, 1) => Some(0),
                (_, 0) => Some(left),
                _ if left == right => Some(0),
                _ => None,
            },
            Operation::Then => match (left, right) {
                (0, _) => Some(right),
                (_, 0) => Some(left),
                _ => None,
            },
            Operation::Differ => (left == right).then_some(0),
        };
        if let Some(result) = short {
            return Ok(result);
        }
        if let Some(result) = self.memo.get(&(operation, left, right)) {
            return Ok(*result);
        }
        if self.memo.len() >= PAIR_LIMIT * self.budgets {
            return Err(Exhausted);
        }
        let (left_level, left_default, left_edges) = self.get(left);
        let (right_level, right_default, right_edges) = self.get(right);
        let level = left_level.min(right_level);
        let result = if level == LEAF {
            let number = match operation {
                Operation::Then => leaves.then(left_default, right_default),
                Operation::Differ => leaves.differ(left_default, right_default),
                // Yes and no are answered above; an outcome on the left of these three counts as yes.
                Operation::And => right_default,
                Operation::Or => 1,
                Operation::Minus => 0,
            };
            self.intern(LEAF, number, &[])?
        } else {
            // A side that does not test this label is the same on every branch.
            let (left_default, left_edges) =
                if left_level == level { (left_default, left_edges) } else { (left, 0..0) };
            let (right_default, right_edges) =
                if right_level == level { (right_default, right_edges) } else { (right, 0..0) };
            let default = self.apply(operation, left_default, right_default, leaves)?;
            let classes = self.classes(operation, left_default, &left_edges, right_default, &right_edges);
            let mut edges = Vec::with_capacity(classes.len());
            for class in classes {
                let left = self.child(&left_edges, left_default, class);
                let right = self.child(&right_edges, right_default, class);
                edges.push((class, self.apply(operation, left, right, leaves)?));
            }
            self.make(level, default, edges)?
        };
        self.memo.insert((operation, left, right), result);
        Ok(result)
    }

    /// The classes where the result may differ from its default.
    fn classes(
        &self,
        operation: Operation,
        left_default: u32,
        left: &Range<usize>,
        right_default: u32,
        right: &Range<usize>,
    ) -> Vec<u32> {
        let of = |range: &Range<usize>| self.edges.get(range.clone()).unwrap_or(&[]).iter().map(|(class, _)| *class);
        let decides = matches!(operation, Operation::And | Operation::Minus);
        if decides && left_default == 0 {
            return of(left).collect();
        }
        if operation == Operation::And && right_default == 0 {
            return of(right).collect();
        }
        let mut classes: Vec<u32> = of(left).chain(of(right)).collect();
        classes.sort_unstable();
        classes.dedup();
        classes
    }

    fn child(&self, edges: &Range<usize>, default: u32, class: u32) -> u32 {
        let edges = self.edges.get(edges.clone()).unwrap_or(&[]);
        match edges.binary_search_by_key(&class, |(class, _)| *class) {
            Ok(at) => edges.get(at).map_or(default, |(_, child)| *child),
            Err(_) => default,
        }
    }

    /// The same diagram with every leaf renumbered.
    pub fn map_leaves(&mut self, node: NodeId, map: &mut dyn FnMut(u32) -> u32) -> Result<NodeId, Exhausted> {
        let mut done = HashMap::new();
        self.map(node.0, map, &mut done).map(NodeId)
    }

    fn map(
        &mut self,
        node: u32,
        map: &mut dyn FnMut(u32) -> u32,
        done: &mut HashMap<u32, u32>,
    ) -> Result<u32, Exhausted> {
        if let Some(result) = done.get(&node) {
            return Ok(*result);
        }
        let (level, default, edges) = self.get(node);
        let result = if level == LEAF {
            let number = map(default);
            self.intern(LEAF, number, &[])?
        } else {
            let default = self.map(default, map, done)?;
            let children: Vec<(u32, u32)> = self.edges.get(edges).unwrap_or(&[]).to_vec();
            let mut mapped = Vec::with_capacity(children.len());
            for (class, child) in children {
                mapped.push((class, self.map(child, map, done)?));
            }
            self.make(level, default, mapped)?
        };
        done.insert(node, result);
        Ok(result)
    }

    /// The leaf that a choice of classes leads to; `class` is asked once per level.
    pub fn follow(&self, node: NodeId, class: impl Fn(u32) -> u32) -> u32 {
        let mut at = node.0;
        loop {
            let (level, default, edges) = self.get(at);
            if level == LEAF {
                return default;
            }
            at = self.child(&edges, default, class(level));
        }
    }
}
