//! `alert`: the template of an alert with its levels.

use super::scalar::words;
use super::{Duration, LabelName, Labels, Map, Name, Named, Off, Quantity};
use crate::source::{Spanned, Text};

words! {
    /// What a parameter or threshold is a number of.
    pub enum Unit("a unit such as `percent`, `ratio`, `bytes`, `seconds`, `celsius`, `watts` or `count`") {
        /// 0 to 100.
        Percent = "percent",
        /// 0 to 1.
        Ratio = "ratio",
        /// Bytes; `KiB` to `PiB` and `kB` to `PB` are understood.
        Bytes = "bytes",
        /// Seconds; `ms`, `s`, `m`, `h`, `d` are understood.
        Seconds = "seconds",
        /// Degrees Celsius.
        Celsius = "celsius",
        /// Watts.
        Watts = "watts",
        /// Things per second.
        PerSecond = "per-second",
        /// Plain numbers.
        Count = "count",
    }
}

words! {
    /// What a parameter stands for in a query.
    pub enum ParamType("`number`, `duration`, `string` or `metric`") {
        /// A number.
        Number = "number",
        /// A duration, such as a rate window.
        Duration = "duration",
        /// A label value.
        Text = "string",
        /// A metric name.
        Metric = "metric",
    }
}

words! {
    /// Where a rule is evaluated.
    pub enum Evaluator("`prometheus` or `ruler`") {
        /// In the Prometheus of each cluster.
        Prometheus = "prometheus",
        /// In the Ruler of the central cluster.
        Ruler = "ruler",
    }
}

kind! {
    /// An alert: a query, levels with thresholds, and what it says when it fires.
    pub struct Alert("alert") {
        /// Its name, the value of the label `alertname`.
        name: Spanned<Name> = name "name",
        /// What the threshold is a number of.
        unit: Option<Spanned<Unit>> = property "unit",
        /// How long the condition must hold, for levels that say nothing of their own.
        r#for: Option<Spanned<Duration>> = property "for",
        /// How long it keeps firing after the condition is gone.
        keep_firing_for: Option<Spanned<Duration>> = property "keep-firing-for",
        /// Where it is evaluated, if the compiler is not to decide.
        evaluate: Option<Spanned<Evaluator>> = property "evaluate",
        /// Whether a higher level that fires silences the lower ones; it does unless this says `#false`.
        inhibit_lower: Option<Spanned<bool>> = property "inhibit-lower",
        /// The PromQL query; `${threshold}` and other parameters are filled in.
        query: Spanned<Text> = child "query",
        /// Parameters of the query beside `threshold`.
        params: Named<Param> = child "param" / "params",
        /// The severities it has, each with a threshold.
        levels: Named<Level> = child "level" / "levels",
        /// Labels of the alert.
        labels: Labels = child "labels",
        /// One line for people.
        summary: Option<Spanned<Text>> = child "summary",
        /// More lines for people.
        description: Option<Spanned<Text>> = child "description",
        /// Where the procedure is written down.
        runbook: Option<Spanned<Text>> = child "runbook",
        /// Further annotations.
        annotations: Map<LabelName, Text> = child "annotations",
        /// Groups and clusters it applies to; everywhere if not written.
        applies: Option<Box<Applies>> = child "applies",
        /// Metrics whose selectors are not restricted to the group.
        unscoped: Vec<Spanned<Name>> = child "unscoped",
    }
}

kind! {
    /// A parameter of a query.
    pub struct Param("param") {
        /// Its name, as in `${name}`.
        name: Spanned<Name> = name "name",
        /// What it stands for; `number` if not written.
        r#type: Option<Spanned<ParamType>> = property "type",
        /// What it is a number of.
        unit: Option<Spanned<Unit>> = property "unit",
        /// Its value where nobody sets one.
        default: Option<Spanned<Text>> = property "default",
        /// The smallest value allowed.
        min: Option<Spanned<Quantity>> = property "min",
        /// The largest value allowed.
        max: Option<Spanned<Quantity>> = property "max",
    }
}

kind! {
    /// One severity of an alert.
    pub struct Level("level") {
        /// The severity.
        severity: Spanned<Name> = name "severity",
        /// The threshold, the value of `${threshold}`.
        value: Option<Spanned<Quantity>> = argument "value",
        /// How long the condition must hold.
        r#for: Option<Spanned<Duration>> = property "for",
        /// How long it keeps firing after the condition is gone.
        keep_firing_for: Option<Spanned<Duration>> = property "keep-firing-for",
        /// Switches the level off, with the reason.
        off: Option<Off> = off "off",
    }
}

kind! {
    /// Where an alert applies; a target must fit every line that is written.
    pub struct Applies("applies") {
        /// These groups and the groups inside them.
        groups: Vec<Spanned<Name>> = child "groups",
        /// These clusters.
        clusters: Vec<Spanned<Name>> = child "clusters",
    }
}
