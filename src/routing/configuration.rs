//! What one Alertmanager decides by: its route tree, its inhibition rules and its time intervals.

use super::inhibit::InhibitRule;
use super::interval::Intervals;
use super::tree::Tree;

/// The deciding parts of a configuration. Receivers are names here.
#[derive(Debug, Clone)]
pub struct Configuration {
    /// The routes.
    pub tree: Tree,
    /// The inhibition rules, in order.
    pub inhibit_rules: Vec<InhibitRule>,
    /// Every named time interval.
    pub intervals: Intervals,
}
