//! `rules` and `external`: alerts that were written elsewhere.

use super::alert::Evaluator;
use super::{Duration, LabelName, Labels, Map, Matchers, Name, Named, Off, Quantity};
use crate::source::{Spanned, Text};

kind! {
    /// Existing rule files or PrometheusRule objects, taken in as they are.
    pub struct Rules("rules") {
        /// What the set is called; its files are named after it.
        name: Spanned<Name> = name "name",
        /// The files, relative to the spec folder; `*` is allowed.
        files: Vec<Spanned<Text>> = child "file" / "files",
        /// The cluster whose data they are for; all clusters if not written.
        cluster: Option<Spanned<Name>> = property "cluster",
        /// The group whose hosts they are for, with the groups inside it; all hosts if not written.
        group: Option<Spanned<Name>> = property "group",
        /// Where they are evaluated; where native rules would be if not written.
        evaluate: Option<Spanned<Evaluator>> = property "evaluate",
        /// Changes by alert name.
        patches: Named<Patch> = child "patch" / "patches",
    }
}

kind! {
    /// A change to an alert of a rule set.
    pub struct Patch("patch") {
        /// The alert.
        alert: Spanned<Name> = name "alert",
        /// Another time that the condition must hold.
        r#for: Option<Spanned<Duration>> = property "for",
        /// Another time that it keeps firing afterwards.
        keep_firing_for: Option<Spanned<Duration>> = property "keep-firing-for",
        /// Another severity.
        severity: Option<Spanned<Name>> = property "severity",
        /// Another number in place of the one that the query compares with.
        threshold: Option<Spanned<Quantity>> = property "threshold",
        /// Labels that are added or replaced.
        labels: Map<LabelName, Text> = child "labels",
        /// Annotations that are added or replaced.
        annotations: Map<LabelName, Text> = child "annotations",
        /// Drops the alert, with the reason.
        off: Option<Off> = off "off",
    }
}

kind! {
    /// An alert that another system sends to the same Alertmanager.
    pub struct External("external") {
        /// Its name, the value of the label `alertname`.
        name: Spanned<Name> = name "name",
        /// Who sends it, such as `grafana`.
        source: Option<Spanned<Text>> = property "source",
        /// Labels with one known value.
        labels: Labels = child "labels",
        /// Labels with several known values.
        values: Matchers = child "values",
        /// Labels with values that nobody knows beforehand.
        open: Vec<Spanned<LabelName>> = child "open",
    }
}
