//! Labels of binary operators.

use super::super::ast::{Binary, BinaryOp, FillSide, Matching, Node, NodeId};
use super::super::bounds::Bounds;
use super::labels::{Matched, NAME};
use super::{Branch, Cause, Labels, Presence, Reason, Rules, Walk, names};
use std::collections::BTreeSet;
use std::ops::Range;

impl Walk<'_> {
    pub(super) fn binary(&mut self, node: &Node, binary: &Binary) -> Vec<Branch> {
        let at = |id: NodeId| self.bounds.get(id.index()).copied().unwrap_or(Bounds::ALL);
        let out_of_bounds =
            binary.filters() && binary.matching.fill.is_empty() && at(binary.left).never(binary.op, at(binary.right));
        let mut branches = self.combined(node, binary);
        if out_of_bounds {
            for branch in &mut branches {
                branch.always = None;
                branch.never.get_or_insert_with(|| Reason::new(Cause::OutOfBounds, &binary.op_range));
            }
        }
        branches
    }

    fn combined(&mut self, node: &Node, binary: &Binary) -> Vec<Branch> {
        match (self.is_scalar(binary.left), self.is_scalar(binary.right)) {
            (true, true) => {
                let (left, right) = (self.take_joined(binary.left), self.take_joined(binary.right));
                vec![Branch::number(&node.range, constants(binary.op, &left, &right))]
            }
            (false, true) => {
                let scalar = self.take_joined(binary.right);
                let vector = self.take(binary.left);
                let rules = self.rules;
                vector.into_iter().map(|left| with_scalar(binary, left, &scalar, true, rules)).collect()
            }
            (true, false) => {
                let scalar = self.take_joined(binary.left);
                let vector = self.take(binary.right);
                let rules = self.rules;
                vector.into_iter().map(|right| with_scalar(binary, right, &scalar, false, rules)).collect()
            }
            (false, false) if binary.op == BinaryOp::Or => {
                let mut left = self.alternatives(binary.left);
                let mut right = self.alternatives(binary.right);
                hide(&left, &mut right, binary);
                for branch in &mut right {
                    let others = || left.iter().filter(|other| !stands_apart(other, branch, &binary.matching));
                    (branch.replaced, branch.numbers) = (
                        branch.replaced || others().next().is_some(),
                        branch.numbers && others().all(|other| other.numbers),
                    );
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
                    settle_result(&mut branch.labels, &one.labels, binary, self.rules);
                }
                let fills = !matching.fill.is_empty();
                if fills {
                    let met = clash.is_none().then_some(branch.labels);
                    branch.labels = filled(met, &before.labels, &one.labels, binary, self.rules);
                }
                branch.never = before.never.clone().filter(|_| !fills);
                if !fills && branch.never.is_none() {
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
                    branch.numbers &= one.numbers;
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

/// What stands in for the missing partner of a series: a number with the labels of the series they would be matched by.
fn stand_in(side: &Labels, matching: &Matching, place: &Range<usize>) -> Labels {
    let mut labels = side.clone();
    match &matching.labels {
        Some(matched) => {
            let (names, open) = names(&matched.labels);
            if open {
                labels.forget(Cause::Parameter, &matched.range);
            } else if matched.on {
                labels.keep(&names, Cause::Filled, Cause::Filled, place);
            } else {
                labels.remove(&names, Cause::Filled, place);
                labels.remove(&[NAME.to_owned()], Cause::Filled, place);
            }
        }
        None => labels.remove(&[NAME.to_owned()], Cause::Filled, place),
    }
    labels
}

/// The labels of all results where `fill` makes up for missing sides: those of matches, and of series of either side that
/// have none. With `group_right` releases differ about which side a `fill_left` means, so both are reckoned with.
fn filled(met: Option<Labels>, many: &Labels, one: &Labels, binary: &Binary, rules: Rules) -> Labels {
    let matching = &binary.matching;
    let place = matching.fill.first().map_or(0..0, |fill| fill.range.clone());
    let swapped = matching.group.as_ref().is_some_and(|group| !group.left);
    let fills = |side: FillSide| matching.fill.iter().any(|fill| fill.side == side || fill.side == FillSide::Both);
    let mut all = met;
    let mut add = |many: &Labels, one: &Labels| {
        let mut labels = many.clone();
        settle_result(&mut labels, one, binary, rules);
        all = Some(match all.take() {
            Some(before) => before.or(&labels),
            None => labels,
        });
    };
    if swapped || fills(FillSide::Right) {
        add(many, &stand_in(many, matching, &place));
    }
    if swapped || fills(FillSide::Left) {
        add(&stand_in(one, matching, &place), one);
    }
    all.unwrap_or_else(|| many.clone())
}

/// The labels of a new value out of two series.
fn settle_result(labels: &mut Labels, one: &Labels, binary: &Binary, rules: Rules) {
    let matching = &binary.matching;
    if rules.drops_name(binary) {
        labels.drop_name(&binary.op_range, rules.late_names);
    }
    if let Some(matched) = &matching.labels
        && matching.group.is_none()
    {
        let (names, open) = names(&matched.labels);
        if open {
            labels.forget(Cause::Parameter, &matched.range);
        } else if matched.on {
            labels.keep(&names, Cause::By, Cause::NotInOn, &matched.range);
        } else {
            labels.remove(&names, Cause::Ignoring, &matched.range);
        }
    }
    if let Some(group) = &matching.group {
        for label in &group.include {
            if label.open {
                labels.forget(Cause::Parameter, &label.range);
                return;
            }
            // A label they are matched by is the same on both sides.
            let matched = label.name != NAME
                && !matching
                    .labels
                    .as_ref()
                    .is_some_and(|labels| labels.on || labels.labels.iter().any(|ignored| ignored.name == label.name));
            let mut carried = if matched { labels.get(&label.name).clone() } else { one.get(&label.name).clone() };
            carried.reason = Reason::new(Cause::Included, &label.range);
            if label.name == NAME && rules.late_names && carried.presence == Presence::Guaranteed {
                // It goes at the end, or not.
                carried.presence = Presence::Possible;
            }
            labels.set(&label.name, carried);
        }
    }
}

/// A vector and a number: the labels of the vector, filtered or with a new value.
fn with_scalar(binary: &Binary, mut branch: Branch, scalar: &Branch, vector_left: bool, rules: Rules) -> Branch {
    if matches!(binary.op, BinaryOp::TrimUpper | BinaryOp::TrimLower) {
        // Cuts histograms and drops numbers.
        branch.always = None;
        branch.constant = None;
        return branch;
    }
    let constant =
        if vector_left { constants(binary.op, &branch, scalar) } else { constants(binary.op, scalar, &branch) };
    if binary.filters() {
        branch.only_numbers();
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
    if rules.drops_name(binary) {
        branch.labels.drop_name(&binary.op_range, rules.late_names);
    }
    branch.constant = constant;
    if !matches!(binary.op, BinaryOp::Multiply | BinaryOp::Divide) {
        branch.only_numbers();
    }
    branch
}

/// The right side of `or` adds nothing that the left side, which is always there, stands for already.
fn hide(left: &[Branch], right: &mut [Branch], binary: &Binary) {
    let matched: Option<(bool, Vec<String>)> = match &binary.matching.labels {
        None => Some((false, Vec::new())),
        Some(labels) => {
            let (names, open) = names(&labels.labels);
            (!open).then_some((labels.on, names))
        }
    };
    let Some((on, names)) = matched else { return };
    let bare = |labels: &Labels| {
        let absent = |name: &str| labels.get(name).presence == Presence::Impossible;
        if on {
            return names.iter().all(|name| absent(name));
        }
        labels.rest().presence == Presence::Impossible
            && labels.named().all(|(name, _)| absent(name) || name == NAME || names.iter().any(|other| other == name))
    };
    let Some(reason) = left.iter().filter(|branch| bare(&branch.labels)).find_map(|branch| branch.always.clone())
    else {
        return;
    };
    for branch in right.iter_mut().filter(|branch| branch.never.is_none() && bare(&branch.labels)) {
        branch.never = Some(Reason::new(Cause::AlwaysOr, &reason.range));
        branch.always = None;
    }
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
    let trims = matches!(binary.op, BinaryOp::TrimUpper | BinaryOp::TrimLower);
    if binary.filters() || trims {
        return None;
    }
    right.always.as_ref()?;
    if binary.op != BinaryOp::And && !(left.numbers && right.numbers) {
        return None;
    }
    let on_nothing = binary.matching.labels.as_ref().is_some_and(|labels| labels.on && labels.labels.is_empty());
    if (binary.op == BinaryOp::And && on_nothing) || (bare(left) && bare(right)) {
        return left.always.clone();
    }
    None
}
