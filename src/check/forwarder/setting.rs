//! `forwarder/setting`: a setting of a forwarder that nginx or HTTP cannot carry out.

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Sink};
use crate::lower::forwarder::ProblemKind;

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::error("forwarder/setting", "0.1.0", include_str!("setting.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    super::report(context, ProblemKind::Setting, &CODE, sink);
}
