//! Checks of what the target releases can do.

mod alertmanager_field;
mod unsupported;

use super::Check;

/// All checks of the family.
pub static CHECKS: &[&Check] = &[&alertmanager_field::CHECK, &unsupported::CHECK];
