//! `route/dead`: a route whose conditions exclude each other.

use super::{Located, of_spec};
use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::paging::Flaw;
use crate::routing::RouteId;

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("route/dead", "0.1.0", include_str!("dead.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    of_spec(context, sink, |flaw| matches!(flaw, Flaw::Contradiction { .. }));
}

pub(super) fn finding(located: Located<'_>, id: RouteId) -> Diagnostic {
    let tree = &located.configuration.tree;
    let around: Vec<RouteId> = tree.path(id).into_iter().filter(|step| *step != id).collect();
    let headline = format!("no alert can satisfy the conditions of this route to `{}`", located.receiver(id));
    let mut diagnostic = located.about(&CODE, headline, id, format!("takes {}", located.conditions(id)));
    for step in around.into_iter().filter(|step| tree.route(*step).is_some_and(|route| !route.matchers.is_empty())) {
        diagnostic =
            located.with(diagnostic, step, format!("inside this one, which takes {}", located.conditions(step)));
    }
    diagnostic
        .note("A label has one value, so conditions on it that exclude each other never hold together. This is proved for all alerts.")
        .help("Correct the condition that is wrong, or remove the route.")
}
