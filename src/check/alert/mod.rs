//! Checks of alerts.

mod always_fires;
mod level_order;
mod lost_label;
mod missing_label;
mod never_fires;
mod no_check;
mod template;
mod unsure_label;

use super::Check;

/// All checks of the family.
pub static CHECKS: &[&Check] = &[
    &always_fires::CHECK,
    &level_order::CHECK,
    &lost_label::CHECK,
    &missing_label::CHECK,
    &never_fires::CHECK,
    &no_check::CHECK,
    &template::CHECK,
    &unsure_label::CHECK,
];
