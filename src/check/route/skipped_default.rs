//! `route/skipped-default`: a default that gets nothing, because routes with `continue` fit every alert.

use super::{Located, of_spec};
use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::paging::Flaw;
use crate::routing::RouteId;

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("route/skipped-default", "0.1.0", include_str!("skipped_default.md"));

/// More routes than this are not shown.
const SHOWN: usize = 4;

fn run(context: &Context<'_>, sink: &mut Sink) {
    // A default without receivers is there because there must be one.
    let silent = context.model.routing.as_ref().and_then(|routing| context.model.channels.get(&routing.default.value));
    if silent.is_some_and(|channel| channel.kafka.is_empty() && channel.integrations.is_empty()) {
        return;
    }
    of_spec(context, sink, |flaw| matches!(flaw, Flaw::SkippedDefault { .. }));
}

pub(super) fn finding(located: Located<'_>, by: &[RouteId]) -> Diagnostic {
    let default = located.receiver(RouteId::ROOT);
    let headline = format!("the default `{default}` never gets what the other routes leave over");
    let mut diagnostic = located.about(&CODE, headline, RouteId::ROOT, "gets nothing");
    for route in by.iter().take(SHOWN) {
        let label = format!("takes {} and lets it continue", located.conditions(*route));
        diagnostic = located.with(diagnostic, *route, label);
    }
    diagnostic
        .note("An alert falls to the default only if no route at all fits it. A route with `continue` fits it too, so what no later route takes ends there. This is proved for all alerts.")
        .help_spelled(
            format!("Add a last route without conditions: `route {default}`."),
            format!("Add a last route without conditions: `- to: {default}`."),
        )
}
