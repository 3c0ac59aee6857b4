//! Labels of function calls.

use super::super::ast::{Call, Kind, MatchOp, Matcher, Node, NodeId, Selector};
use super::super::regex::Pattern;
use super::super::types::ValueType;
use super::{Branch, Carried, Cause, Labels, Presence, Reason, Walk};
use std::collections::BTreeMap;
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
            let constant = first.and_then(|first| first.constant).filter(|_| name == "vector");
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
                "sort" | "sort_desc" | "sort_by_label" | "sort_by_label_desc" => {}
                "last_over_time" | "first_over_time" => branch.always = None,
                "label_replace" => self.label_replace(call, branch),
                "label_join" => self.label_join(call, branch),
                "info" => {
                    branch.labels.open(Cause::Info, &call.name);
                    branch.always = None;
                }
                "histogram_quantile" | "histogram_fraction" => {
                    bucket_bound(&mut branch.labels, &call.name);
                    branch.labels.drop_name(&call.name, self.late_names);
                    branch.always = None;
                }
                "histogram_quantiles" => {
                    bucket_bound(&mut branch.labels, &call.name);
                    branch.labels.drop_name(&call.name, self.late_names);
                    branch.always = None;
                    match call.arguments.get(1).and_then(|label| self.known_text(*label)) {
                        Some(label) => {
                            branch.labels.set(label, Carried::new(Presence::Guaranteed, Cause::Quantiles, &call.name));
                        }
                        None => branch.labels.forget(Cause::Parameter, &call.name),
                    }
                }
                _ => {
                    branch.labels.drop_name(&call.name, self.late_names);
                    if !keeps_every_float(name) {
                        branch.always = None;
                    }
                }
            }
        }
        branches
    }

    /// The labels of the selector's equality matchers and no others.
    fn absent(&self, argument: NodeId, inner: &Branch, range: &Range<usize>) -> Branch {
        let mut labels = Labels::all(Carried::new(Presence::Impossible, Cause::Absent, range));
        if let Kind::Selector(selector) = &self.expr.node(self.expr.unwrapped(argument)).kind {
            absent_labels(selector, &mut labels);
        }
        let always = inner.never.as_ref().map(|reason| Reason::new(Cause::AlwaysAbsent, &reason.range));
        let never = inner.always.as_ref().filter(|_| inner.never.is_none()).cloned();
        Branch { always, never, constant: Some(1.0), ..Branch::series(range, labels) }
    }

    fn label_replace(&self, call: &Call, branch: &mut Branch) {
        let text = |index: usize| call.arguments.get(index).and_then(|argument| self.known_text(*argument));
        let Some(label) = text(1) else {
            branch.labels.forget(Cause::Parameter, &call.name);
            return;
        };
        let old = branch.labels.get(label).clone();
        let mut new = Carried::new(Presence::Possible, Cause::LabelReplace, &call.name);
        if let (Some(replacement), Some(source), Some(pattern)) = (text(2), text(3), text(4)) {
            // No series has a label without a name: `""` stands for the empty string.
            let nameless = Carried::new(Presence::Impossible, Cause::LabelReplace, &call.name);
            let source = if source.is_empty() { &nameless } else { branch.labels.get(source) };
            let matching = self.matching(source, pattern);
            if matching == Some(false) {
                return;
            }
            // `$` begins a reference to a group, whose text may be empty.
            if !replacement.contains('$') {
                let sure = matching == Some(true);
                let replaced = if replacement.is_empty() {
                    Carried::new(Presence::Impossible, Cause::LabelReplace, &call.name)
                } else {
                    Carried::value(Cause::LabelReplace, &call.name, replacement)
                };
                new = if sure { replaced } else { old.or(&replaced) };
                new.reason = Reason::new(Cause::LabelReplace, &call.name);
            }
        }
        branch.labels.set(label, new);
    }

    /// Whether the whole pattern matches every value the label can have, or none of them; nothing if it depends.
    fn matching(&self, source: &Carried, pattern: &str) -> Option<bool> {
        let parsed = Pattern::parse(pattern).ok()?;
        if matches!(pattern, ".*" | "(.*)") && self.dot_matches_newline {
            return Some(true);
        }
        let missing = source.presence != Presence::Guaranteed;
        let present = source.presence != Presence::Impossible;
        let empty = parsed.matches_empty();
        if !present {
            return Some(empty);
        }
        let (words, values) = (parsed.words()?, source.values.as_ref()?);
        if values.is_subset(words) && (!missing || empty) {
            Some(true)
        } else if values.is_disjoint(words) && (!missing || !empty) {
            Some(false)
        } else {
            None
        }
    }

    fn label_join(&self, call: &Call, branch: &mut Branch) {
        let text = |index: usize| call.arguments.get(index).and_then(|argument| self.known_text(*argument));
        let Some(label) = text(1) else {
            branch.labels.forget(Cause::Parameter, &call.name);
            return;
        };
        let mut joined = Carried::new(Presence::Possible, Cause::LabelJoin, &call.name);
        let sources: Option<Vec<&str>> = (3..call.arguments.len()).map(text).collect();
        if let (Some(separator), Some(sources)) = (text(2), sources) {
            let known: Vec<&Carried> = sources.iter().map(|source| branch.labels.get(source)).collect();
            let separated = !separator.is_empty() && known.len() > 1;
            if separated || known.iter().any(|source| source.presence == Presence::Guaranteed) {
                joined.presence = Presence::Guaranteed;
            } else if known.iter().all(|source| source.presence == Presence::Impossible) {
                joined.presence = Presence::Impossible;
            }
            if let [only] = known[..] {
                joined.values.clone_from(&only.values);
            }
        }
        branch.labels.set(label, joined);
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
