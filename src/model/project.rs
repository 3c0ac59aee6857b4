//! What holds for the whole spec.

use super::Field;
use crate::ast::project::PartialResponse;
use crate::ast::{Duration, Version};

/// The resolved project.
#[derive(Debug)]
pub struct Project {
    /// Its name.
    pub name: Field<String>,
    /// Severities from the least to the most urgent.
    pub severities: Vec<Field<String>>,
    /// Labels that every alert must carry.
    pub required_labels: Vec<Field<String>>,
    /// The releases that the output is for.
    pub targets: Targets,
    /// How often rules are evaluated.
    pub interval: Field<Duration>,
    /// How long a condition must hold where an alert says nothing.
    pub r#for: Field<Duration>,
    /// What a Ruler does when a store does not answer.
    pub partial_response: Field<PartialResponse>,
}

/// The releases that the output is for.
#[derive(Debug, Clone, Copy)]
pub struct Targets {
    /// Prometheus.
    pub prometheus: Field<Version>,
    /// Alertmanager.
    pub alertmanager: Field<Version>,
    /// Thanos.
    pub thanos: Field<Version>,
    /// The Prometheus Operator.
    pub prometheus_operator: Field<Version>,
    /// nginx.
    pub nginx: Field<Version>,
}
