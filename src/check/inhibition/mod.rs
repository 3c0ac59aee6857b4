//! Checks of inhibitions.

mod never_acts;

use super::Check;

pub(super) use never_acts::finding as never;

/// All checks of the family.
pub static CHECKS: &[&Check] = &[&never_acts::CHECK];
