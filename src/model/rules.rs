//! Rule files taken in, and alerts of other systems.

use super::{Evaluation, Field, Labels};
use crate::ast::Duration;
use crate::promql::{Expr, Target};
use crate::source::{Span, Text};

/// Existing rule files, patched, on one of their evaluators.
#[derive(Debug)]
pub struct RuleSet {
    /// What the set is called.
    pub name: Field<String>,
    /// The name made fit for files.
    pub slug: String,
    /// Who evaluates it.
    pub evaluation: Evaluation,
    /// Rule groups in file order.
    pub groups: Vec<RuleSetGroup>,
    /// What comments of its files allow.
    pub allowed: Vec<Allowed>,
}

/// A comment `# alertsmith: allow CODE reason`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    /// The code.
    pub code: String,
    /// The reason; empty if none was given.
    pub reason: String,
    /// The comment.
    pub comment: Span,
    /// What it holds for: the rule, the group or the file that it stands in or right above.
    pub scope: Span,
}

/// A rule group taken in. What the file does not say is not here, so that it goes out as it came in.
#[derive(Debug)]
pub struct RuleSetGroup {
    /// Its name.
    pub name: Field<String>,
    /// How often it is evaluated.
    pub interval: Option<Field<Duration>>,
    /// How far back its evaluation lies.
    pub query_offset: Option<Field<Duration>>,
    /// The most results that a rule of it may have; 0 is no limit.
    pub limit: Option<Field<i64>>,
    /// Labels that all its rules set; a rule's own win.
    pub labels: Labels,
    /// What a Ruler does when a store does not answer.
    pub partial_response_strategy: Option<Field<String>>,
    /// Its rules.
    pub rules: Vec<RuleSetRule>,
}

/// A rule taken in.
#[derive(Debug)]
pub struct RuleSetRule {
    /// The alert's name; a recording rule has `record` instead.
    pub alert: Option<Field<String>>,
    /// The recording rule's metric.
    pub record: Option<Field<String>>,
    /// The expression as it goes out: patched and scoped.
    pub expr: Field<String>,
    /// The expression as written, with its places; patched, but not scoped.
    pub query: Text,
    /// The expression as parsed; its places are bytes of `query`.
    pub parsed: Expr,
    /// The Prometheus that it is for.
    pub target: Target,
    /// How long the condition must hold.
    pub r#for: Option<Field<Duration>>,
    /// How long it keeps firing afterwards.
    pub keep_firing_for: Option<Field<Duration>>,
    /// All labels that it sets, those of its group included.
    pub labels: Labels,
    /// The labels that it sets itself.
    pub own_labels: Labels,
    /// Annotations.
    pub annotations: Vec<(String, Field<String>)>,
    /// Annotations as written, with their places.
    pub texts: Vec<(String, Text)>,
}

/// An alert of another system.
#[derive(Debug)]
pub struct External {
    /// Its name.
    pub name: Field<String>,
    /// Who sends it.
    pub source: Option<Field<String>>,
    /// Labels with their known values.
    pub labels: Vec<(String, Vec<Field<String>>)>,
    /// Labels with values that nobody knows beforehand.
    pub open: Vec<Field<String>>,
}
