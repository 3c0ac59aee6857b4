//! Checks of routes and channels.

mod unused_channel;

use super::Check;

/// All checks of the family.
pub static CHECKS: &[&Check] = &[&unused_channel::CHECK];
