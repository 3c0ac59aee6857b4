//! `project`: names, severities, the label contract, target versions and defaults.

use super::scalar::words;
use super::{Duration, LabelName, Name, Version};
use crate::source::Spanned;

words! {
    /// What a Ruler does when a store does not answer; see Thanos' `partial_response_strategy`.
    pub enum PartialResponse("`warn` or `abort`") {
        /// Evaluate with what is there.
        Warn = "warn",
        /// Fail the evaluation.
        Abort = "abort",
    }
}

kind! {
    /// The project: what holds for the whole spec.
    pub struct Project("project") {
        /// The project's name; names of generated objects begin with it.
        name: Spanned<Name> = argument "name",
        /// Severities from the least to the most urgent; `info warning critical` if not written.
        severities: Vec<Spanned<Name>> = child "severities",
        /// Labels that every alert must carry.
        require_labels: Vec<Spanned<LabelName>> = child "require-labels",
        /// The releases that the output is for; nothing is written that they reject.
        targets: Option<Box<Targets>> = child "targets",
        /// Values for alerts that say nothing of their own.
        defaults: Option<Box<Defaults>> = child "defaults",
    }
}

kind! {
    /// The releases that the output is for.
    pub struct Targets("targets") {
        /// Prometheus; 3.14 if not written.
        prometheus: Option<Spanned<Version>> = property "prometheus",
        /// Alertmanager; 0.34 if not written.
        alertmanager: Option<Spanned<Version>> = property "alertmanager",
        /// Thanos; 0.42 if not written.
        thanos: Option<Spanned<Version>> = property "thanos",
        /// The Prometheus Operator; 0.93 if not written.
        prometheus_operator: Option<Spanned<Version>> = property "prometheus-operator",
        /// nginx; 1.22 if not written.
        nginx: Option<Spanned<Version>> = property "nginx",
    }
}

kind! {
    /// Values for alerts that say nothing of their own.
    pub struct Defaults("defaults") {
        /// How often rules are evaluated; 15s if not written.
        interval: Option<Spanned<Duration>> = property "interval",
        /// How long a condition must hold before an alert fires; 5m if not written.
        r#for: Option<Spanned<Duration>> = property "for",
        /// What a Ruler does when a store does not answer; `abort` if not written, so that a missing store is seen.
        partial_response: Option<Spanned<PartialResponse>> = property "partial-response",
    }
}
