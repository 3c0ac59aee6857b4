//! `record`: recording rules.

use super::alert::Evaluator;
use super::{Duration, Labels, Name};
use crate::source::{Spanned, Text};

kind! {
    /// A recording rule: a query whose result is stored under a new name.
    pub struct RecordingRule("record") {
        /// The new metric's name, such as `instance:node_cpu:ratio`.
        name: Spanned<Name> = name "name",
        /// How often it is evaluated, if not as often as other rules.
        interval: Option<Spanned<Duration>> = property "interval",
        /// Where it is evaluated, if the compiler is not to decide.
        evaluate: Option<Spanned<Evaluator>> = property "evaluate",
        /// The PromQL query.
        query: Spanned<Text> = child "query",
        /// Labels that are put on every result.
        labels: Labels = child "labels",
    }
}
