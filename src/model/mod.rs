//! The resolved spec: names bound, inheritance and overrides applied, defaults filled in, and every value with its origin.
//!
//! Backends and checks read only this. Things refer to each other by name (a key of the maps below); the resolver has made
//! sure that the names exist.

pub mod alert;
pub mod channel;
pub mod check;
pub mod cluster;
pub mod delivery;
pub mod expect;
pub mod forwarder;
pub mod group;
pub mod ingress;
pub mod project;
pub mod routing;
pub mod rules;
pub mod secret;
pub mod thanos;

use std::collections::BTreeMap;

use crate::provenance::Origin;

pub use alert::{Alert, AlertRule, Evaluation, PlaceKey, RecordingRule};
pub use channel::{Channel, Integration, Kafka, Setting, SettingValue};
pub use check::{Check, EffectiveCheck};
pub use cluster::Cluster;
pub use delivery::Delivery;
pub use expect::Expect;
pub use forwarder::Forwarder;
pub use group::{Group, Target};
pub use project::Project;
pub use routing::{Calendar, Routing};
pub use rules::{External, RuleSet};
pub use secret::Secret;

/// A resolved value with its origin. Equality looks at the value alone.
#[derive(Debug, Clone, Copy)]
pub struct Field<T> {
    /// The value.
    pub value: T,
    /// Where it came from.
    pub origin: Origin,
}

impl<T> Field<T> {
    /// Joins a value with its origin.
    pub fn new(value: T, origin: Origin) -> Self {
        Self { value, origin }
    }

    /// Applies `f` to the value and keeps the origin.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Field<U> {
        Field { value: f(self.value), origin: self.origin }
    }

    /// The same field by reference.
    pub fn as_ref(&self) -> Field<&T> {
        Field { value: &self.value, origin: self.origin }
    }
}

impl<T: PartialEq> PartialEq for Field<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

/// Labels by name.
pub type Labels = BTreeMap<String, Field<String>>;

/// Everything that a spec says, resolved.
#[derive(Debug)]
pub struct Model {
    /// What holds for the whole spec.
    pub project: Project,
    /// Clusters by name.
    pub clusters: BTreeMap<String, Cluster>,
    /// Groups by name; nested ones too.
    pub groups: BTreeMap<String, Group>,
    /// Hosts by name.
    pub targets: BTreeMap<String, Target>,
    /// Alerts by name, as written.
    pub alerts: BTreeMap<String, Alert>,
    /// Every alerting rule to be evaluated: one per alert, level, setting place and evaluator (and group, where the query
    /// drops the group). In emission order.
    pub alert_rules: Vec<AlertRule>,
    /// Every recording rule to be evaluated, once per evaluator, in emission order.
    pub recording_rules: Vec<RecordingRule>,
    /// Rule files taken in, by name; by name and evaluator where several evaluate the same files.
    pub rule_sets: BTreeMap<String, RuleSet>,
    /// Alerts of other systems by name.
    pub externals: BTreeMap<String, External>,
    /// Channels by name.
    pub channels: BTreeMap<String, Channel>,
    /// Forwarders by name.
    pub forwarders: BTreeMap<String, Forwarder>,
    /// The routing tree, if the spec has one.
    pub routing: Option<Routing>,
    /// Calendars by name.
    pub calendars: BTreeMap<String, Calendar>,
    /// Node scripts by name.
    pub checks: BTreeMap<String, Check>,
    /// The checks that run, by group name; groups without checks are absent. The key `None` is for hosts of no group.
    pub effective_checks: BTreeMap<Option<String>, Vec<EffectiveCheck>>,
    /// Secrets by name.
    pub secrets: BTreeMap<String, Secret>,
    /// How the output reaches the clusters, if the spec says so.
    pub delivery: Option<Delivery>,
    /// Tests, in the order in which they were written.
    pub expects: Vec<Expect>,
}

impl Model {
    /// The cluster whose Alertmanager all evaluators send to, if one is declared.
    /// With a staging installation of its own beside the one for production, it is the one that notifies by more.
    pub fn alertmanager_cluster(&self) -> Option<&Cluster> {
        let homes = || self.clusters.values().filter(|cluster| cluster.alertmanager.is_some());
        let notifies_by_all = |cluster: &&Cluster| cluster.alertmanager.as_ref().is_some_and(|one| one.only.is_empty());
        homes().find(notifies_by_all).or_else(|| homes().next())
    }

    /// The cluster whose Alertmanager the evaluators of a cluster send to: its own, or else that of its environment, or else the
    /// spec's.
    pub fn alertmanager_of(&self, cluster: &Cluster) -> Option<&Cluster> {
        if cluster.alertmanager.is_some() {
            return self.clusters.get(&cluster.name.value);
        }
        let environment = |cluster: &Cluster| cluster.environment.as_ref().map(|name| name.value.clone());
        let own = environment(cluster);
        let mut homes = self.clusters.values().filter(|home| home.alertmanager.is_some());
        let usual = self.alertmanager_cluster();
        if usual.is_some_and(|usual| environment(usual) == own) {
            return usual;
        }
        homes.find(|home| own.is_some() && environment(home) == own).or(usual)
    }
}

/// Makes a name fit for file names and Kubernetes objects (RFC 1123): lower-case letters, digits and single hyphens, at
/// most 63 characters. Letters of other scripts stay readable as their code points (`u<hex>`). Different names can give
/// the same slug; the resolver reports that.
pub fn slug(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        } else if c.is_alphanumeric() {
            if !out.is_empty() && !out.ends_with('-') {
                out.push('-');
            }
            out.extend(["u", &format!("{:x}", u32::from(c)), "-"]);
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    out.truncate(63);
    let trimmed = out.trim_end_matches('-');
    if trimmed.is_empty() { "x".to_owned() } else { trimmed.to_owned() }
}
