//! Checks of what Kubernetes takes.

mod ingress;
mod kubernetes_name;
pub mod object_size;
mod rule_selector;

use super::Check;

/// All checks of the family.
pub static CHECKS: &[&Check] = &[&ingress::CHECK, &kubernetes_name::CHECK, &rule_selector::CHECK];
