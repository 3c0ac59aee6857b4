//! Rule files taken in, and alerts of other systems.

use super::{Evaluation, Field, Labels};
use crate::ast::Duration;
use crate::promql::{Expr, Target};
use crate::source::Text;

/// Existing rule files, patched.
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
}

/// A rule group taken in.
#[derive(Debug)]
pub struct RuleSetGroup {
    /// Its name.
    pub name: Field<String>,
    /// How often it is evaluated, if the file says so.
    pub interval: Option<Field<Duration>>,
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
    /// The expression.
    pub expr: Field<String>,
    /// The expression as written, with its places.
    pub query: Text,
    /// The expression as parsed; its places are bytes of `query`.
    pub parsed: Expr,
    /// The Prometheus that it is for.
    pub target: Target,
    /// How long the condition must hold.
    pub r#for: Option<Field<Duration>>,
    /// How long it keeps firing afterwards.
    pub keep_firing_for: Option<Field<Duration>>,
    /// Labels.
    pub labels: Labels,
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
