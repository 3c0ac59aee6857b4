//! Checks of rule files taken in, and of what their comments allow.

pub mod allow;

use super::Check;

/// All checks of the family.
pub static CHECKS: &[&Check] = &[&allow::CHECK];
