//! Checks of how the parts of clusters fit together.

mod lone_alertmanager;
mod object_store;
mod receive_replicas;
mod replica_label;
mod retention;
mod ruler_without_query;
mod two_compactors;

use super::Check;

/// All checks of the family.
pub static CHECKS: &[&Check] = &[
    &lone_alertmanager::CHECK,
    &object_store::CHECK,
    &receive_replicas::CHECK,
    &replica_label::CHECK,
    &retention::CHECK,
    &ruler_without_query::CHECK,
    &two_compactors::CHECK,
];
