//! Checks of recording rules, and of the rules that read what they record.

mod duplicate;
mod elsewhere;
mod name_style;
mod order;
mod stale;
mod undefined;

use super::{Check, Rule};

/// All checks of the family.
pub static CHECKS: &[&Check] =
    &[&duplicate::CHECK, &elsewhere::CHECK, &name_style::CHECK, &order::CHECK, &stale::CHECK, &undefined::CHECK];

/// Whether a name has the form of recording rules, which scraped metrics never have.
fn is_recorded(metric: &str) -> bool {
    metric.contains(':')
}

/// The metrics that a rule reads, with the bytes of their selectors.
fn read<'r>(rule: &'r Rule<'_>) -> impl Iterator<Item = (&'r str, &'r std::ops::Range<usize>)> {
    rule.expr.selectors().filter_map(|selector| Some((selector.metric()?, &selector.bare)))
}
