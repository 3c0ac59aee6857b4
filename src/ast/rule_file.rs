//! Existing Prometheus rule files, read by the same tables as the spec itself.

use super::{Duration, LabelName, Map, Ordered};
use crate::source::{Spanned, Text};

kind! {
    /// A rule file as Prometheus and Thanos load it, or the `spec` of a PrometheusRule object.
    pub struct RuleFile("rule file") {
        /// Rule groups.
        groups: Ordered<RuleGroup> = child "groups",
    }
}

kind! {
    /// A rule group.
    pub struct RuleGroup("rule group") {
        /// Its name.
        name: Spanned<Text> = property "name",
        /// How often it is evaluated.
        interval: Option<Spanned<Duration>> = property "interval",
        /// What a Ruler does when a store does not answer.
        partial_response_strategy: Option<Spanned<Text>> = property "partial_response_strategy",
        /// Its rules.
        rules: Ordered<FileRule> = child "rules",
    }
}

kind! {
    /// A rule of a rule file.
    pub struct FileRule("rule") {
        /// The alert's name.
        alert: Option<Spanned<Text>> = property "alert",
        /// The recorded metric's name.
        record: Option<Spanned<Text>> = property "record",
        /// The expression.
        expr: Spanned<Text> = property "expr",
        /// How long the condition must hold.
        r#for: Option<Spanned<Duration>> = property "for",
        /// How long the alert keeps firing afterwards.
        keep_firing_for: Option<Spanned<Duration>> = property "keep_firing_for",
        /// Labels.
        labels: Map<LabelName, Text> = child "labels",
        /// Annotations.
        annotations: Map<LabelName, Text> = child "annotations",
    }
}
