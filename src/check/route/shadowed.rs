//! `route/shadowed`: a route whose alerts are all taken by routes before it.

use super::{Located, of_spec};
use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::paging::Flaw;
use crate::routing::RouteId;

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("route/shadowed", "0.1.0", include_str!("shadowed.md"));

/// More takers than this are counted.
const SHOWN: usize = 4;

fn run(context: &Context<'_>, sink: &mut Sink) {
    of_spec(context, sink, |flaw| matches!(flaw, Flaw::Shadowed { .. }));
}

pub(super) fn finding(located: Located<'_>, id: RouteId, by: &[RouteId]) -> Diagnostic {
    let takers = match by {
        [_] => "a route before it takes".to_owned(),
        several => format!("{} routes before it together take", several.len()),
    };
    let headline = format!("nothing reaches this route to `{}`: {takers} all its alerts", located.receiver(id));
    let mut diagnostic = located.about(&CODE, headline, id, format!("takes {}", located.conditions(id)));
    for taker in by.iter().take(SHOWN) {
        diagnostic =
            located.with(diagnostic, *taker, format!("takes {} and ends the search", located.conditions(*taker)));
    }
    let others = by.len().saturating_sub(SHOWN);
    if others > 0 {
        diagnostic = diagnostic.note(format!("{others} more take the rest."));
    }
    diagnostic
        .note("Routes are asked in order, and the first that fits takes the alert. This is proved for all alerts.")
        .help("Move the route up, narrow the conditions above it, set `continue` there, or remove it.")
}
