//! Checks of units: what a query yields against what it is compared with, what the alert says, and what people read.

mod mismatch;
mod text;
mod threshold;

use super::Check;

/// All checks of the family.
pub static CHECKS: &[&Check] = &[&mismatch::CHECK, &text::CHECK, &threshold::CHECK];
