//! Alerts as written, and the rules that come of them.

use std::collections::{BTreeMap, BTreeSet};

use super::{Field, Labels};
use crate::ast::Duration;
use crate::ast::alert::{Evaluator, Unit};
use crate::promql::{Expr, Target};
use crate::provenance::Origin;
use crate::source::Text;

/// An alert as its template says it.
#[derive(Debug)]
pub struct Alert {
    /// Its name.
    pub name: Field<String>,
    /// What the threshold is a number of.
    pub unit: Option<Field<Unit>>,
    /// The query as written, with its place.
    pub query: Text,
    /// The query as parsed; its places are bytes of `query`.
    pub expr: Expr,
    /// The Prometheus that it is for.
    pub target: Target,
    /// Severities it has, in the project's order, with the level of the alert itself or of any threshold.
    pub levels: Vec<Field<String>>,
    /// Its labels as written; `severity` is not among them.
    pub labels: Labels,
    /// Annotations as written, with their places.
    pub annotations: Vec<(String, Text)>,
    /// Whether a higher level silences the lower ones.
    pub inhibit_lower: Field<bool>,
    /// Where it is evaluated, if the spec says so.
    pub evaluate: Option<Field<Evaluator>>,
}

/// Which Prometheus or Ruler evaluates a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Evaluation {
    /// The engine.
    pub engine: Evaluator,
    /// The cluster it runs in.
    pub cluster: String,
}

/// The place that sets a rule's values. File and rule group are named after it and after nothing else, so that a change
/// elsewhere does not reset firing alerts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlaceKey {
    /// The file's name without `.yaml`, also the rule group's name: `global`, `production-group-grp-123`.
    pub file: String,
    /// The place in words: "everywhere", "group `production`".
    pub words: String,
}

impl PlaceKey {
    /// What to add to a sentence so that it is about this place: " for group `production`", and nothing for everywhere.
    pub fn suffix(&self) -> String {
        if self.words == "everywhere" { String::new() } else { format!(" for {}", self.words) }
    }
}

/// Which values of a label hosts may have; a host without the label has the empty value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Values {
    /// One of these.
    AnyOf(BTreeSet<String>),
    /// None of these.
    NoneOf(BTreeSet<String>),
}

impl Values {
    /// Whether a value is among them.
    pub fn accept(&self, value: &str) -> bool {
        match self {
            Self::AnyOf(values) => values.contains(value),
            Self::NoneOf(values) => !values.contains(value),
        }
    }
}

/// Which hosts of a point are meant, by label.
pub type Conditions = BTreeMap<String, Values>;

/// A part of the fleet that overrides without selectors cannot cut any further: the hosts of one group (or of none) in one
/// cluster.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    /// The group; `None` for hosts of no group.
    pub group: Option<String>,
    /// The cluster.
    pub cluster: String,
}

/// Some hosts of some points.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// Which hosts.
    pub conditions: Conditions,
    /// Of which points.
    pub points: Vec<Point>,
}

/// One alerting rule.
#[derive(Debug)]
pub struct AlertRule {
    /// The alert it comes from.
    pub alert: String,
    /// The severity.
    pub severity: Field<String>,
    /// The place that sets its values.
    pub place: PlaceKey,
    /// Who evaluates it.
    pub evaluation: Evaluation,
    /// The PromQL expression, scoped and with all parameters filled in.
    pub expr: Field<String>,
    /// The same before it was scoped.
    pub query: String,
    /// The threshold in the query's unit, as text; absent if the query has none.
    pub threshold: Option<Field<String>>,
    /// How long the condition must hold.
    pub r#for: Field<Duration>,
    /// How long it keeps firing afterwards.
    pub keep_firing_for: Option<Field<Duration>>,
    /// All labels, `severity` included; split rules carry `group` and `group_id`.
    pub labels: Labels,
    /// All annotations, rendered (Prometheus' own templates are still in them).
    pub annotations: Vec<(String, Field<String>)>,
    /// How often it is evaluated.
    pub interval: Field<Duration>,
    /// The names of the groups whose hosts it covers; `None` stands for hosts of no group.
    pub groups: Vec<Option<String>>,
    /// What it covers, host or no host: no point of the fleet with the same conditions is in two rules of a level.
    pub cells: Vec<Cell>,
    /// The hosts of the spec that it covers, by name.
    pub targets: Vec<String>,
    /// The whole story: the threshold, group and alert it was made from.
    pub origin: Origin,
}

/// One recording rule on one evaluator.
#[derive(Debug)]
pub struct RecordingRule {
    /// The new metric.
    pub record: Field<String>,
    /// The query as written, with its place.
    pub query: Text,
    /// The query as parsed; its places are bytes of `query`.
    pub parsed: Expr,
    /// The Prometheus that it is for.
    pub target: Target,
    /// Who evaluates it.
    pub evaluation: Evaluation,
    /// The PromQL expression.
    pub expr: Field<String>,
    /// Labels put on every result.
    pub labels: Labels,
    /// How often it is evaluated.
    pub interval: Field<Duration>,
}
