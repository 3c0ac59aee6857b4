//! Node scripts and where they run.

use super::Field;
use crate::ast::Duration;
use crate::ast::check::{CheckParamType, MetricType, ScriptLanguage};
use crate::provenance::Origin;

/// A node script.
#[derive(Debug)]
pub struct Check {
    /// Its name.
    pub name: Field<String>,
    /// The name made fit for files; also that of its `.prom` file.
    pub slug: String,
    /// Its language.
    pub language: Field<ScriptLanguage>,
    /// Its version.
    pub version: Field<String>,
    /// How often it runs.
    pub interval: Field<Duration>,
    /// When it is stopped.
    pub timeout: Field<Duration>,
    /// The script's text as read from its file.
    pub script: Field<String>,
    /// Parameters by name.
    pub params: Vec<CheckParam>,
    /// The metrics it writes.
    pub metrics: Vec<Metric>,
    /// Where it was written.
    pub origin: Origin,
}

/// A parameter of a script.
#[derive(Debug)]
pub struct CheckParam {
    /// Its name.
    pub name: Field<String>,
    /// What it holds.
    pub r#type: CheckParamType,
    /// Its value where no policy sets one.
    pub default: Option<Field<String>>,
}

/// A metric that a script writes.
#[derive(Debug)]
pub struct Metric {
    /// Its name.
    pub name: Field<String>,
    /// Its type.
    pub r#type: MetricType,
    /// What it says.
    pub help: Option<Field<String>>,
    /// The labels it carries.
    pub labels: Vec<Field<String>>,
}

/// A check as it runs in one group: scope resolved and parameters merged.
#[derive(Debug)]
pub struct EffectiveCheck {
    /// The check's name.
    pub check: String,
    /// Every parameter with its value, sorted by name.
    pub config: Vec<(String, Field<String>)>,
    /// The policies that led to it.
    pub origin: Origin,
}
