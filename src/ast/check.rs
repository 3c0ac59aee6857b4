//! `check`: scripts on nodes that write metrics.

use super::scalar::words;
use super::{Duration, LabelName, Name, Named};
use crate::source::{Spanned, Text};

words! {
    /// The language of a script.
    pub enum ScriptLanguage("`bash` or `python`") {
        /// Bash.
        Bash = "bash",
        /// Python 3.
        Python = "python",
    }
}

words! {
    /// What a parameter of a script holds.
    pub enum CheckParamType("`string`, `number`, `duration`, `bool`, `path` or `path-list`") {
        /// Text.
        Text = "string",
        /// A number.
        Number = "number",
        /// A duration.
        Duration = "duration",
        /// `true` or `false`.
        Bool = "bool",
        /// An absolute path.
        Path = "path",
        /// Absolute paths with commas between them.
        PathList = "path-list",
    }
}

words! {
    /// The type of a metric.
    pub enum MetricType("`gauge` or `counter`") {
        /// Goes up and down.
        Gauge = "gauge",
        /// Only goes up.
        Counter = "counter",
    }
}

kind! {
    /// A script that runs on nodes and writes metrics for the node exporter.
    pub struct Check("check") {
        /// Its name.
        name: Spanned<Name> = name "name",
        /// The script's language.
        language: Spanned<ScriptLanguage> = property "language",
        /// The script's version.
        version: Spanned<Text> = property "version",
        /// How often it runs; 60s if not written.
        interval: Option<Spanned<Duration>> = property "interval",
        /// When it is stopped; 10s if not written.
        timeout: Option<Spanned<Duration>> = property "timeout",
        /// The script's file, relative to the spec folder.
        script: Spanned<Text> = child "script",
        /// Parameters; the script gets each as an environment variable, `paths` as `CHECK_PATHS`.
        params: Named<CheckParam> = child "param" / "params",
        /// The metrics it writes.
        metrics: Named<Metric> = child "metric" / "metrics",
    }
}

kind! {
    /// A parameter of a script.
    pub struct CheckParam("param") {
        /// Its name.
        name: Spanned<Name> = name "name",
        /// What it holds; `string` if not written.
        r#type: Option<Spanned<CheckParamType>> = property "type",
        /// Its value where no policy sets one.
        default: Option<Spanned<Text>> = property "default",
    }
}

kind! {
    /// A metric that a script writes.
    pub struct Metric("metric") {
        /// Its name.
        name: Spanned<Name> = name "name",
        /// Its type; `gauge` if not written.
        r#type: Option<Spanned<MetricType>> = property "type",
        /// What it says, for the `HELP` line.
        help: Option<Spanned<Text>> = property "help",
        /// The labels it carries.
        labels: Vec<Spanned<LabelName>> = child "labels",
    }
}
