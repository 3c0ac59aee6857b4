//! `route/useless-continue`: a `continue` after which no route takes the alert.

use super::{Located, of_spec};
use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::paging::Flaw;
use crate::routing::RouteId;

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("route/useless-continue", "0.1.0", include_str!("useless_continue.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    of_spec(context, sink, |flaw| matches!(flaw, Flaw::UselessContinue { .. }));
}

pub(super) fn finding(located: Located<'_>, id: RouteId) -> Diagnostic {
    let headline = format!("`continue` of this route to `{}` changes nothing", located.receiver(id));
    located
        .about(&CODE, headline, id, format!("takes {}, which no route after it takes", located.conditions(id)))
        .note("The alert goes on to the routes behind this one in the same row, not to the default receiver, and none of them fits. This is proved for all alerts.")
        .help("Remove `continue`, or add the route that it was meant for.")
}
