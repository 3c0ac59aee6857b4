//! Checks of what Kubernetes takes.

mod kubernetes_name;

use super::Check;

/// All checks of the family.
pub static CHECKS: &[&Check] = &[&kubernetes_name::CHECK];
