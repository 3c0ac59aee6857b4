//! `route/too-complex`: a routing tree that is too large for exact answers.

use super::Located;
use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::routing::RouteId;
use crate::routing::space::{Cause, Unknown};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("route/too-complex", "0.1.0", include_str!("too_complex.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    if let Some(Err(unknown)) = context.flaws() {
        context.located(|located| sink.push(finding(located, unknown)));
    }
}

pub(super) fn finding(located: Located<'_>, unknown: &Unknown) -> Diagnostic {
    let labels: Vec<String> = unknown.labels.iter().map(|label| format!("`{label}`")).collect();
    let labels = labels.join(", ");
    let headline = match unknown.cause {
        Cause::Patterns => format!("the regular expressions on {labels} are too intricate to reason about together"),
        Cause::Combinations => format!("the conditions on {labels} combine in too many ways to reason about"),
        Cause::Labels => "the routes test too many labels to reason about".to_owned(),
    };
    let tests = |id: RouteId| {
        let matchers = located.configuration.tree.route(id).map_or(&[][..], |route| &route.matchers);
        matchers.iter().any(|matcher| unknown.labels.iter().any(|label| label == matcher.name()))
    };
    let first = located.configuration.tree.iter().map(|(id, _)| id).find(|id| tests(*id)).unwrap_or(RouteId::ROOT);
    located
        .about(&CODE, headline, first, "the first route that tests one of them")
        .note("Whether routes are reached, and which alerts reach whom, stays unknown: nothing is reported about it, which does not mean that all is well. Alertmanager itself has no such limit.")
        .help("Write lists of values instead of regular expressions, or split the routes so that fewer of them test the same label.")
}
