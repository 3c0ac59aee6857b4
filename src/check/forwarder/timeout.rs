//! `forwarder/timeout`: a forwarder may take longer than Alertmanager waits.

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Sink};
use crate::lower::forwarder::ProblemKind;

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("forwarder/timeout", "0.1.0", include_str!("timeout.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    super::report(context, ProblemKind::Timeout, &CODE, sink);
}
