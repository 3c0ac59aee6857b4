//! Labels of binary operators.

use super::super::ast::{Binary, BinaryOp, Matching, Node};
use super::labels::Matched;
use super::{Branch, Carried, Cause, Presence, Reason, Walk, names};
use std::collections::BTreeSet;
use std::ops::Range;

impl Walk<'_> {
    pub(super) fn binary(&mut self, node: &Node, binary: &Binary) -> Vec<Branch> {
        match (self.is_scalar(binary.left), self.is_scalar(binary.right)) {
            (true, true) => {
                let (left, right) = (self.take_joined(binary.left), self.take_joined(binary.right));
                let constant = constants(binary.op, &left, &right);
                vec![Branch::number(&node.range, constant)]
            }
            (false, true) => {
                let scalar = self.take_joined(binary.right);
                let vector = self.take(binary.left);
                let late = self.late_names;
                vector.into_iter().map(|left| with_scalar(binary, left, &scalar, true, late)).collect()
            }
            (true, false) => {
                let scalar = self.take_joined(binary.left);
                let vector = self.take(binary.right);
                let late = self.late_names;
                vector.into_iter().map(|right| with_scalar(binary, right, &scalar, false, late)).collect()
            }
            (false, false) if binary.op == BinaryOp::Or => {
                let mut left = self.alternatives(binary.left);
                let mut right = self.alternatives(binary.right);
                for branch in &mut right {
                    branch.replaced |= !left.iter().all(|other| stands_apart(other, branch, &binary.matching));
                }
                left.append(&mut right);
                left
            }
            (false, false) => self.vectors(node, binary),
        }
    }

    fn vectors(&mut self, node: &Node, binary: &Binary) -> Vec<Branch> {
        let matching = &binary.matching;
        // The results are made of the series of one side; of the other side all alternatives may be partners.
        let swapped = matching.group.as_ref().is_some_and(|group| !group.left);
        let (many, one) = if swapped { (binary.right, binary.left) } else { (binary.left, binary.right) };
        let one = self.take_joined(one);
        let many = self.take(many);
        let place = matching.range().unwrap_or_else(|| binary.op_range.clone());
        many.into_iter()
            .map(|mut branch| {
                if binary.op == BinaryOp::Unless {
                    // Whether something is left depends on the other side.
                    branch.always = branch.always.filter(|_| one.never.is_some());
                    return branch;
                }
                let before = branch.clone();
                let clash = combine(&mut branch, &one, matching, &place);
                if binary.op != BinaryOp::And {
                    settle_result(&mut branch, &one, binary, self.late_names);
                }
                let filled = !matching.fill.is_empty();
                branch.never = before.never.clone().filter(|_| !filled);
                if !filled && branch.never.is_none() {
                    branch.never = one
                        .never
                        .as_ref()
                        .map(|reason| Reason::new(Cause::NothingOnOtherSide, &reason.range))
                        .or(clash.map(|_| Reason::new(Cause::NoCommonValue, &place)));
                }
                branch.always = always(&before, &one, binary).filter(|_| branch.never.is_none());
                branch.constant = match binary.op {
                    BinaryOp::And => before.constant,
                    _ => None,
                };
                if binary.op != BinaryOp::And {
                    branch.range = node.range.clone();
                }
                branch
            })
            .collect()
    }
}

/// Whether results of `left` never take the place of those of `right` in an `or`: they have none, or always carry a label
/// that the others never do.
fn stands_apart(left: &Branch, right: &Branch, matching: &Matching) -> bool {
    let guaranteed = |name: &str| left.labels.get(name).presence == Presence::Guaranteed;
    let apart = |name: &str| guaranteed(name) && right.labels.get(name).presence == Presence::Impossible;
    let known = left.labels.named().any(|(name, _)| name != "__name__" && apart(name));
    left.never.is_some() || (matching.labels.is_none() && known)
}

/// Joins in what the partner knows about the labels both are matched by.
fn combine(branch: &mut Branch, one: &Branch, matching: &Matching, place: &Range<usize>) -> Option<String> {
    if let Some(fill) = matching.fill.first() {
        branch.labels.forget(Cause::Filled, &fill.range);
        return None;
    }
    match &matching.labels {
        Some(labels) => {
            let (names, open) = names(&labels.labels);
            if open {
                return None;
            }
            let apart = || names.iter().map(String::as_str).collect();
            let matched = if labels.on { Matched::On(&names) } else { Matched::AllBut(apart()) };
            branch.labels.meet(&one.labels, &matched, place)
        }
        None => branch.labels.meet(&one.labels, &Matched::AllBut(BTreeSet::new()), place),
    }
}

/// The labels of a new value out of two series.
fn settle_result(branch: &mut Branch, one: &Branch, binary: &Binary, late_names: bool) {
    let matching = &binary.matching;
    let filled = !matching.fill.is_empty();
    let plain_filter = binary.op.is_comparison() && matching.bool_modifier.is_none();
    if !plain_filter || filled {
        branch.labels.drop_name(&binary.op_range, late_names);
    }
    if let Some(labels) = &matching.labels
        && matching.group.is_none()
    {
        let (names, open) = names(&labels.labels);
        if open {
            branch.labels.forget(Cause::Parameter, &labels.range);
        } else if labels.on {
            branch.labels.keep(&names, Cause::By, Cause::NotInOn, &labels.range);
        } else {
            branch.labels.remove(&names, Cause::Ignoring, &labels.range);
        }
    }
    if let Some(group) = &matching.group {
        for label in &group.include {
            if label.open {
                branch.labels.forget(Cause::Parameter, &label.range);
                return;
            }
            let theirs = one.labels.get(&label.name);
            let carried = if filled {
                Carried::new(Presence::Possible, Cause::Filled, &label.range)
            } else {
                // A label they are matched by is the same on both sides.
                let mut carried = theirs.clone();
                let matched = !matching
                    .labels
                    .as_ref()
                    .is_some_and(|labels| labels.on || labels.labels.iter().any(|ignored| ignored.name == label.name));
                if matched {
                    carried = branch.labels.get(&label.name).clone();
                }
                carried.reason = Reason::new(Cause::Included, &label.range);
                carried
            };
            branch.labels.set(&label.name, carried);
        }
    }
}

/// A vector and a number: the labels of the vector, filtered or with a new value.
fn with_scalar(binary: &Binary, mut branch: Branch, scalar: &Branch, vector_left: bool, late_names: bool) -> Branch {
    let filters = binary.op.is_comparison() && binary.matching.bool_modifier.is_none();
    let constant =
        if vector_left { constants(binary.op, &branch, scalar) } else { constants(binary.op, scalar, &branch) };
    if filters {
        match constant {
            Some(truth) if truth != 0.0 => {
                if branch.always.is_some() {
                    // What stands in for it can have any value.
                    branch.always = (!branch.replaced).then(|| Reason::new(Cause::TrueComparison, &binary.op_range));
                }
            }
            Some(_) => {
                branch.always = None;
                branch.never = branch.never.or(Some(Reason::new(Cause::FalseComparison, &binary.op_range)));
            }
            None => branch.always = None,
        }
        return branch;
    }
    branch.labels.drop_name(&binary.op_range, late_names);
    branch.constant = constant;
    if matches!(binary.op, BinaryOp::TrimUpper | BinaryOp::TrimLower) {
        branch.always = None;
        branch.constant = None;
    }
    branch
}

fn constants(op: BinaryOp, left: &Branch, right: &Branch) -> Option<f64> {
    let (left, right) = (left.constant?, right.constant?);
    (!op.is_set() && !matches!(op, BinaryOp::TrimUpper | BinaryOp::TrimLower)).then(|| op.apply(left, right))
}

/// Two sides that are always there meet only where nothing can keep them apart: neither has any labels.
fn always(left: &Branch, right: &Branch, binary: &Binary) -> Option<Reason> {
    let bare = |branch: &Branch| {
        branch.labels.rest().presence == Presence::Impossible
            && branch.labels.named().all(|(_, carried)| carried.presence == Presence::Impossible)
    };
    let filters = binary.op.is_comparison() && binary.matching.bool_modifier.is_none();
    let trims = matches!(binary.op, BinaryOp::TrimUpper | BinaryOp::TrimLower);
    if filters || trims {
        return None;
    }
    right.always.as_ref()?;
    let on_nothing = binary.matching.labels.as_ref().is_some_and(|labels| labels.on && labels.labels.is_empty());
    if (binary.op == BinaryOp::And && on_nothing) || (bare(left) && bare(right)) {
        return left.always.clone();
    }
    None
}
