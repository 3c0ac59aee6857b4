//! Which labels a query's results carry, and whether there are always or never any.
//!
//! One walk from the leaves up gives every node its [`Branch`]es: the alternatives that `or` joins, kept apart so that a
//! message can say which of them lacks a label. For each branch every label is guaranteed, possible or impossible, with
//! known values where matchers fix them, the reason, and the bytes that decide it. *Guaranteed* and *impossible* are
//! promises about what Prometheus does, whatever series there are; wherever a rule has exceptions the answer is
//! *possible*. A test holds the promises against the real program.

mod binary;
mod call;
mod labels;
mod rewrite;
mod selector;

use super::ast::{Aggregate, Binary, BinaryOp, Expr, Kind, Label, NodeId, Number};
use super::bounds::{Bounds, Trust, bounds};
use super::function::Aggregator;
use super::types::ValueType;
use super::version::{Feature, Target, Version};
use std::collections::BTreeSet;
use std::ops::Range;

use labels::MAX_LABELS;
pub use labels::{Carried, Cause, Labels, Presence, Reason};

/// More alternatives than this are joined into one.
const MAX_BRANCHES: usize = 16;

/// What is known about the results of a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// The alternatives of `or`, from left to right; one if there is no `or` on the outside.
    pub branches: Vec<Branch>,
    /// Why there is always a result, whatever the data, if that is so.
    pub always: Option<Reason>,
    /// Why there is never a result, whatever the data, if that is so.
    pub never: Option<Reason>,
    together: Labels,
}

impl Flow {
    /// What is known about a label over all branches.
    pub fn label(&self, name: &str) -> &Carried {
        self.together.get(name)
    }

    /// What is known about all labels over all branches.
    pub fn labels(&self) -> &Labels {
        &self.together
    }

    /// The first branch whose results may lack the label, or do.
    pub fn lacking(&self, name: &str) -> Option<&Branch> {
        self.branches.iter().find(|branch| branch.labels.get(name).presence != Presence::Guaranteed)
    }
}

/// One alternative of a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Branch {
    /// The bytes it was written in.
    pub range: Range<usize>,
    /// What its results carry.
    pub labels: Labels,
    /// Why it always has a result, if that is so.
    pub always: Option<Reason>,
    /// Why it never has a result, if that is so.
    pub never: Option<Reason>,
    /// The value of all results, if it is the same constant.
    pub constant: Option<f64>,
    /// Whether results of an alternative to its left may stand in for its own: then something is always there, but not
    /// always this.
    pub replaced: bool,
    /// Whether no result is a native histogram, nor any of those that may stand in for them.
    pub numbers: bool,
}

impl Branch {
    /// A number, or an instant vector made from one.
    fn number(range: &Range<usize>, constant: Option<f64>) -> Self {
        Branch {
            range: range.clone(),
            labels: Labels::all(Carried::new(Presence::Impossible, Cause::Constant, range)),
            always: Some(Reason::new(Cause::Constant, range)),
            never: None,
            constant,
            replaced: false,
            numbers: true,
        }
    }

    /// Native histograms are dropped.
    fn only_numbers(&mut self) {
        if !self.numbers {
            self.always = None;
            self.numbers = true;
        }
    }

    /// Results with these labels, of which nothing else is known.
    fn series(range: &Range<usize>, labels: Labels) -> Self {
        Branch {
            range: range.clone(),
            labels,
            always: None,
            never: None,
            constant: None,
            replaced: false,
            numbers: false,
        }
    }
}

/// Works out the labels and the always and never of `expr`, as a Prometheus like `target` evaluates it.
pub fn flow(expr: &Expr, target: &Target) -> Flow {
    let compares = expr.nodes().any(|(_, node)| matches!(&node.kind, Kind::Binary(binary) if binary.filters()));
    let bounds = if compares { bounds(expr, Trust::Nothing, &|_| None) } else { Vec::new() };
    let mut walk = Walk { expr, rules: Rules::of(target), bounds, done: Vec::new() };
    for (id, _) in expr.nodes() {
        let branches = walk.node(id);
        walk.done.push(branches);
    }
    let branches = walk.alternatives(expr.root());
    let (always, never) = outlook(&branches);
    Flow { together: joined(&branches), branches, always, never }
}

/// Whether alternatives always, or never, have a result.
fn outlook(branches: &[Branch]) -> (Option<Reason>, Option<Reason>) {
    let always = branches.iter().find_map(|branch| branch.always.clone());
    let all_never = branches.iter().all(|branch| branch.never.is_some());
    let never = branches.first().filter(|_| all_never).and_then(|branch| branch.never.clone());
    (always, never)
}

/// What holds in all of `branches` that can have results.
fn joined(branches: &[Branch]) -> Labels {
    let alive: Vec<&Branch> = branches.iter().filter(|branch| branch.never.is_none()).collect();
    let alive = if alive.is_empty() { branches.iter().collect() } else { alive };
    let mut all = alive.iter().map(|branch| &branch.labels);
    let first = all.next().cloned();
    let first = first.unwrap_or_else(|| Labels::all(Carried::new(Presence::Possible, Cause::OpenSelector, &(0..0))));
    all.fold(first, |joined, labels| joined.or(labels))
}

/// Alternatives as one branch.
fn as_one(branches: &[Branch], range: &Range<usize>) -> Branch {
    let (always, never) = outlook(branches);
    let numbers = branches.iter().all(|branch| branch.numbers);
    Branch { range: range.clone(), labels: joined(branches), always, never, constant: None, replaced: false, numbers }
}

/// What differs between releases and with feature flags.
#[derive(Debug, Clone, Copy)]
struct Rules {
    /// `.` matches line breaks, so that `.*` matches everything.
    any_text: bool,
    /// Metric names are removed at the end only.
    late_names: bool,
    /// `atan2` leaves the metric name, an oversight of its first releases.
    atan2_keeps_name: bool,
}

impl Rules {
    fn of(target: &Target) -> Self {
        Self {
            any_text: target.prometheus >= Version::new(3, 0),
            late_names: target.features.contains(&Feature::DelayedNameRemoval),
            atan2_keeps_name: target.prometheus < Version::new(2, 47),
        }
    }

    /// Whether an operator makes values without a metric name.
    fn drops_name(self, binary: &Binary) -> bool {
        let keeps = binary.op == BinaryOp::Atan2 && self.atan2_keeps_name;
        binary.matching.bool_modifier.is_some() || (binary.op.is_arithmetic() && !keeps)
    }
}

/// The walk, with the branches of every node that is done and whose parent is not.
struct Walk<'a> {
    expr: &'a Expr,
    rules: Rules,
    /// Between which numbers the values of each node lie; left out where nothing is compared.
    bounds: Vec<Bounds>,
    done: Vec<Vec<Branch>>,
}

impl<'a> Walk<'a> {
    /// The branches of a child, which nobody needs afterwards.
    fn take(&mut self, id: NodeId) -> Vec<Branch> {
        self.done.get_mut(id.index()).map(std::mem::take).unwrap_or_default()
    }

    /// The branches of one side of `or`: a side that is one branch is that branch from end to end.
    fn alternatives(&mut self, id: NodeId) -> Vec<Branch> {
        let mut branches = self.take(id);
        if let [only] = &mut branches[..] {
            only.range = self.expr.node(self.expr.unwrapped(id)).range.clone();
        }
        branches
    }

    /// The branches of a child as one.
    fn take_joined(&mut self, id: NodeId) -> Branch {
        let mut branches = self.take(id);
        if branches.len() == 1
            && let Some(branch) = branches.pop()
        {
            return branch;
        }
        as_one(&branches, &self.expr.node(id).range)
    }

    fn node(&mut self, id: NodeId) -> Vec<Branch> {
        let expr = self.expr;
        let node = expr.node(id);
        let mut branches = match &node.kind {
            Kind::Number(Number::Literal(value, _)) => vec![Branch::number(&node.range, Some(*value))],
            Kind::Number(Number::Placeholder(_)) | Kind::String(_) => vec![Branch::number(&node.range, None)],
            Kind::Selector(selector) => vec![selector::branch(selector, &node.range, self.rules.any_text)],
            Kind::Subquery(subquery) => {
                let mut branches = self.take(subquery.inner);
                for branch in &mut branches {
                    // No step may fall into the window.
                    branch.always = None;
                    branch.constant = None;
                }
                branches
            }
            Kind::Paren(inner) => self.take(*inner),
            Kind::Unary(unary) => {
                let mut branches = self.take(unary.inner);
                for branch in &mut branches {
                    branch.labels.drop_name(&unary.op_range, self.rules.late_names);
                    branch.constant = branch.constant.map(|value| if unary.negative { -value } else { value });
                }
                branches
            }
            Kind::Call(call) => self.call(node, call),
            Kind::Aggregate(aggregate) => self.aggregate(aggregate, &node.range),
            Kind::Binary(binary) => self.binary(node, binary),
        };
        if branches.len() > MAX_BRANCHES {
            branches = vec![as_one(&branches, &node.range)];
        }
        branches
    }

    /// A string argument, if its value is known.
    fn known_text(&self, id: NodeId) -> Option<&'a str> {
        let expr = self.expr;
        match &expr.node(expr.unwrapped(id)).kind {
            Kind::String(text) => text.known(),
            _ => None,
        }
    }

    fn is_scalar(&self, id: NodeId) -> bool {
        self.expr.node(id).value_type == ValueType::Scalar
    }

    fn aggregate(&mut self, aggregate: &Aggregate, range: &Range<usize>) -> Vec<Branch> {
        let parameter = aggregate.parameter.map(|parameter| self.take_joined(parameter));
        if aggregate.op.selects() {
            let number = parameter.as_ref().and_then(|parameter| parameter.constant);
            let none = match aggregate.op {
                Aggregator::LimitRatio => number == Some(0.0),
                _ => number.is_some_and(|number| number < 1.0),
            };
            let mut branches = self.take(aggregate.inner);
            for branch in &mut branches {
                // How many are picked may be none.
                branch.always = None;
                if none && let Some(parameter) = &parameter {
                    branch.never = Some(Reason::new(Cause::NonePicked, &parameter.range));
                }
            }
            return branches;
        }
        // A group can be made of results of several branches.
        let mut branch = self.take_joined(aggregate.inner);
        branch.range = range.clone();
        let keeps_value = matches!(aggregate.op, Aggregator::Min | Aggregator::Max);
        branch.constant = branch.constant.filter(|_| keeps_value);
        match aggregate.op {
            Aggregator::Count | Aggregator::CountValues | Aggregator::Group => branch.numbers = true,
            // A group with numbers and histograms has no sum.
            Aggregator::Sum | Aggregator::Avg => branch.always = branch.always.filter(|_| branch.numbers),
            _ => branch.only_numbers(),
        }
        let labels = &mut branch.labels;
        let written = match aggregate.parameter {
            Some(parameter) if aggregate.op == Aggregator::CountValues => Some(self.known_text(parameter)),
            _ => None,
        };
        match &aggregate.grouping {
            None => labels.keep(&[], Cause::By, Cause::NoClause, &aggregate.name),
            Some(grouping) => {
                let (names, open) = names(&grouping.labels);
                if open {
                    labels.forget(Cause::Parameter, &grouping.range);
                } else if grouping.without {
                    labels.remove(&names, Cause::Without, &grouping.range);
                    labels.drop_name(&grouping.range, self.rules.late_names);
                } else {
                    labels.keep(&names, Cause::By, Cause::NotInBy, &grouping.range);
                }
            }
        }
        match written {
            // `without` can name the very label, which then goes again, as the metric name does anyway.
            Some(Some(label)) => {
                let dropped = aggregate.grouping.as_ref().filter(|grouping| {
                    let named = grouping.labels.iter().any(|dropped| dropped.name == label);
                    grouping.without && (named || label == labels::NAME)
                });
                let carried = match dropped {
                    Some(grouping) => Carried::new(Presence::Impossible, Cause::Without, &grouping.range),
                    None => Carried::new(Presence::Guaranteed, Cause::CountValues, &aggregate.name),
                };
                labels.set(label, carried);
            }
            Some(None) => labels.forget(Cause::Parameter, &aggregate.name),
            None => {}
        }
        vec![branch]
    }
}

/// The names of a list of labels, and whether a parameter is among them.
fn names(labels: &[Label]) -> (Vec<String>, bool) {
    let mut seen = BTreeSet::new();
    let names = labels.iter().map(|label| label.name.clone()).filter(|name| seen.insert(name.clone())).collect();
    (names, labels.iter().any(|label| label.open))
}
