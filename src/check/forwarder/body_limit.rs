//! `forwarder/body-limit`: a notification can be larger than the forwarder takes.

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Sink};
use crate::lower::forwarder::ProblemKind;

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("forwarder/body-limit", "0.1.0", include_str!("body_limit.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    super::report(context, ProblemKind::BodyLimit, &CODE, sink);
}
