//! Labels of function calls.

use super::super::ast::{Call, Kind, MatchOp, Matcher, Node, NodeId, Selector};
use super::super::types::ValueType;
use super::labels::NAME;
use super::{Branch, Carried, Cause, Labels, Presence, Reason, Walk};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

impl Walk<'_> {
    pub(super) fn call(&mut self, node: &Node, call: &Call) -> Vec<Branch> {
        let name = call.function.name;
        let range = &node.range;
        let vector = call.arguments.iter().copied().find(|argument| {
            matches!(self.expr.node(*argument).value_type, ValueType::InstantVector | ValueType::RangeVector)
        });
        let Some(vector) = vector else {
            // Of a number, or of nothing: `time()`, `vector(1)`, `hour()`.
            let first = call.arguments.first().map(|first| self.take_joined(*first));
            let constant = first.as_ref().and_then(|first| first.constant).filter(|_| name == "vector");
            return vec![Branch::number(range, constant)];
        };
        match name {
            "absent" | "absent_over_time" => {
                let inner = self.take_joined(vector);
                return vec![self.absent(vector, &inner, range)];
            }
            "scalar" => return vec![Branch::number(range, None)],
            _ => {}
        }
        let mut branches = self.take(vector);
        for branch in &mut branches {
            branch.constant = None;
            match name {
                "sort" | "sort_desc" => branch.always = branch.always.take().filter(|_| branch.numbers),
                "sort_by_label" | "sort_by_label_desc" => {}
                "last_over_time" | "first_over_time" => branch.always = None,
                "label_replace" => self.label_replace(call, branch),
                "label_join" => self.label_join(call, branch),
                "info" => {
                    let wanted = call.arguments.get(1).map(|second| self.data_labels(*second));
                    branch.labels.open(wanted.as_ref().filter(|names| !names.is_empty()), Cause::Info, &call.name);
                    branch.always = None;
                }
                "histogram_quantile" | "histogram_fraction" => {
                    bucket_bound(&mut branch.labels, &call.name);
                    branch.labels.drop_name(&call.name, self.rules.late_names);
                    branch.always = None;
                }
                "histogram_quantiles" => {
                    bucket_bound(&mut branch.labels, &call.name);
                    branch.labels.drop_name(&call.name, self.rules.late_names);
                    branch.always = None;
                    match call.arguments.get(1).and_then(|label| self.known_text(*label)) {
                        Some(label) => {
                            branch.labels.set(label, Carried::new(Presence::Guaranteed, Cause::Quantiles, &call.name));
                        }
                        None => branch.labels.forget(Cause::Parameter, &call.name),
                    }
                }
                _ => {
                    branch.labels.drop_name(&call.name, self.rules.late_names);
                    if keeps_every_float(name) {
                        branch.only_numbers();
                    } else {
                        branch.always = None;
                        branch.numbers |= !keeps_histograms(name);
                    }
                }
            }
        }
        branches
    }

    /// The labels that the second argument of `info` names; none of them where it takes all there are.
    fn data_labels(&self, id: NodeId) -> BTreeSet<&str> {
        let Kind::Selector(selector) = &self.expr.node(self.expr.unwrapped(id)).kind else { return BTreeSet::new() };
        if selector.matchers.iter().any(|matcher| matcher.label.open) {
            return BTreeSet::new();
        }
        selector.matchers.iter().map(|matcher| matcher.label.name.as_str()).filter(|name| *name != NAME).collect()
    }

    /// The labels of the selector's equality matchers and no others.
    fn absent(&self, argument: NodeId, inner: &Branch, range: &Range<usize>) -> Branch {
        let mut labels = Labels::all(Carried::new(Presence::Impossible, Cause::Absent, range));
        if let Kind::Selector(selector) = &self.expr.node(self.expr.unwrapped(argument)).kind {
            absent_labels(selector, &mut labels);
        }
        let always = inner.never.as_ref().map(|reason| Reason::new(Cause::AlwaysAbsent, &reason.range));
        let never = inner.always.as_ref().filter(|_| inner.never.is_none()).cloned();
        Branch { always, never, constant: Some(1.0), numbers: true, ..Branch::series(range, labels) }
    }
}

/// A label with one matcher, which is `=`, is set. With several, what comes out hangs on their order, which Prometheus may
/// change while it looks for series.
fn absent_labels(selector: &Selector, labels: &mut Labels) {
    let mut asked: BTreeMap<&str, Vec<&Matcher>> = BTreeMap::new();
    for matcher in &selector.matchers {
        if matcher.label.open {
            labels.forget(Cause::Parameter, &matcher.label.range);
            return;
        }
        asked.entry(&matcher.label.name).or_default().push(matcher);
    }
    asked.remove("__name__");
    for (name, matchers) in asked {
        let sure = matchers.len() == 1;
        for matcher in matchers.into_iter().filter(|matcher| matcher.op == MatchOp::Equal) {
            let mut carried = match matcher.value.known() {
                Some("") => Carried::new(Presence::Impossible, Cause::Absent, &matcher.range()),
                Some(value) => Carried::value(Cause::Matcher, &matcher.range(), value),
                None => Carried::new(Presence::Possible, Cause::Parameter, &matcher.range()),
            };
            if !sure {
                carried = labels.get(name).or(&carried);
            }
            labels.set(name, carried);
        }
    }
}

/// Functions on classic histograms remove `le`; a native histogram that carries such a label keeps it.
fn bucket_bound(labels: &mut Labels, name: &Range<usize>) {
    if labels.get("le").presence != Presence::Impossible {
        labels.set("le", Carried::new(Presence::Possible, Cause::Histogram, name));
    }
}

/// Functions that may give native histograms where they get some.
fn keeps_histograms(name: &str) -> bool {
    matches!(name, "rate" | "irate" | "increase" | "delta" | "idelta" | "sum_over_time" | "avg_over_time")
}

/// Functions that give one result for each number they get.
fn keeps_every_float(name: &str) -> bool {
    matches!(
        name,
        "abs"
            | "acos"
            | "acosh"
            | "asin"
            | "asinh"
            | "atan"
            | "atanh"
            | "ceil"
            | "cos"
            | "cosh"
            | "deg"
            | "exp"
            | "floor"
            | "ln"
            | "log10"
            | "log2"
            | "rad"
            | "round"
            | "sgn"
            | "sin"
            | "sinh"
            | "sqrt"
            | "tan"
            | "tanh"
            | "clamp_max"
            | "clamp_min"
            | "day_of_month"
            | "day_of_week"
            | "day_of_year"
            | "days_in_month"
            | "hour"
            | "minute"
            | "month"
            | "year"
            | "timestamp"
    )
}
