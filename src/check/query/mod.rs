//! Checks of queries: of alerts, recording rules and rules of files alike.

mod counter;
mod impossible_comparison;
mod label_format;
mod nan;
mod needless_regex;
mod no_le;
mod quantile;
mod rate_of_gauge;
mod rate_of_sum;
mod rate_window;
mod regex_as_text;
mod regex_slip;
mod retention;

use super::Check;

/// All checks of the family.
pub static CHECKS: &[&Check] = &[
    &counter::CHECK,
    &impossible_comparison::CHECK,
    &label_format::CHECK,
    &nan::CHECK,
    &needless_regex::CHECK,
    &no_le::CHECK,
    &quantile::CHECK,
    &rate_of_gauge::CHECK,
    &rate_of_sum::CHECK,
    &rate_window::CHECK,
    &regex_as_text::CHECK,
    &regex_slip::CHECK,
    &retention::CHECK,
];
