//! Checks of alerts.

mod absent_without_for;
mod always_fires;
mod default_route;
mod for_too_long;
mod level_order;
mod link;
mod lost_label;
mod missing_label;
mod name_style;
mod never_fires;
mod no_check;
mod no_comparison;
mod no_severity;
mod no_text;
mod silent;
mod template;
mod template_fails;
mod unknown_alert;
mod unsure_label;
mod value_in_label;

use super::Check;

/// All checks of the family.
pub static CHECKS: &[&Check] = &[
    &absent_without_for::CHECK,
    &always_fires::CHECK,
    &default_route::CHECK,
    &for_too_long::CHECK,
    &level_order::CHECK,
    &link::CHECK,
    &lost_label::CHECK,
    &missing_label::CHECK,
    &name_style::CHECK,
    &never_fires::CHECK,
    &no_check::CHECK,
    &no_comparison::CHECK,
    &no_severity::CHECK,
    &no_text::CHECK,
    &silent::CHECK,
    &template::CHECK,
    &template_fails::CHECK,
    &unknown_alert::CHECK,
    &unsure_label::CHECK,
    &value_in_label::CHECK,
];
