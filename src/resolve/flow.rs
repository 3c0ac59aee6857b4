//! What label flow says about a query, in the terms that resolving needs.

use std::collections::BTreeSet;

use crate::gotemplate::{self, FunctionSet};
use crate::model::{Alert, AlertRule};
use crate::promql::{self, Expr, Flow, Presence, Target};

/// Labels that differ between the levels of an alert, or that Alertmanager does not see.
const NOT_COMPARED: [&str; 2] = ["severity", "__name__"];

/// Whether every result of a query carries the labels `group` and `group_id` of the series it was made from, as far as
/// the query has a say in it.
pub fn keeps_groups(expr: &Expr, target: &Target) -> bool {
    let flow = promql::flow(expr, target);
    let lost =
        |label: &str| flow.branches.iter().any(|branch| branch.labels.get(label).presence == Presence::Impossible);
    !lost("group") && !lost("group_id")
}

/// The labels by which two levels of an alert speak of the same thing: those that generated inhibitions compare.
///
/// Both levels come of one query, so their results carry the same labels. Where the query fixes which those are, all of
/// them are compared. Where it leaves them open (it selects series as they come), those are compared that the query or the
/// alert's own texts name, and those that tell hosts apart everywhere. An alert that tells its results apart by a label
/// that it never mentions can name it in a text, or say `inhibit-lower=#false`.
pub fn identity<'r>(alert: &Alert, rules: impl Iterator<Item = &'r AlertRule>) -> BTreeSet<String> {
    let flow = promql::flow(&alert.expr, &alert.target);
    let mut equal: BTreeSet<String> = ["alertname", "cluster"].into_iter().map(str::to_owned).collect();
    for (label, carried) in flow.labels().named() {
        if carried.presence != Presence::Impossible {
            equal.insert(label.to_owned());
        }
    }
    if flow.labels().rest().presence != Presence::Impossible {
        let usual = ["instance", "group_id", "namespace"].into_iter().map(str::to_owned);
        let named = alert.annotations.iter().flat_map(|(_, text)| labels_read(text.as_str()));
        let open = usual.chain(named).filter(|label| can_carry(&flow, label));
        equal.extend(open);
    }
    for rule in rules {
        equal.extend(rule.labels.keys().cloned());
    }
    equal.retain(|label| !NOT_COMPARED.contains(&label.as_str()));
    equal
}

/// The labels of the alert that a text reads.
fn labels_read(text: &str) -> Vec<String> {
    let Ok(template) = gotemplate::parse(text, FunctionSet::alert()) else { return Vec::new() };
    let uses = gotemplate::fields(&template).into_iter();
    uses.filter(|one| one.via == gotemplate::LabelSource::Labels).map(|one| one.label).collect()
}

fn can_carry(flow: &Flow, label: &str) -> bool {
    flow.label(label).presence != Presence::Impossible
}
