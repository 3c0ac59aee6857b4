//! Alertmanager's configuration as it is.

use super::{File, Options};
use crate::alertmanager;
use crate::diagnostic::Sink;
use crate::source::Span;

/// Reports what Alertmanager refuses, as errors, and what it loads though it is wrong, as warnings. Gives the places of
/// secrets, which must not be shown.
pub fn lint(file: File<'_>, options: &Options, sink: &mut Sink) -> Vec<Span> {
    let config = alertmanager::read(file.id, file.text, options.alertmanager, sink);
    config.secrets
}
