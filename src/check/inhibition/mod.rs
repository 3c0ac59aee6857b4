//! Checks of inhibitions.

mod both_lack;
mod mutual;
mod never_acts;
mod no_alert;
mod no_equal;
mod of_alerts;

use super::route::Located;
use super::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};

pub(super) use never_acts::finding as never;
pub use of_alerts::{Effects, Pair, effects};

/// All checks of the family.
pub static CHECKS: &[&Check] =
    &[&both_lack::CHECK, &mutual::CHECK, &never_acts::CHECK, &no_alert::CHECK, &no_equal::CHECK];

/// Looks at the inhibition rules of any configuration, for what needs no alerts and no proof of nothing.
pub(super) fn look(located: Located<'_>, sink: &mut Sink) {
    mutual::look(located, sink);
    no_equal::look(located, sink);
}

/// A finding about an inhibition rule of the spec, at its place.
fn about(
    context: &Context<'_>,
    code: &'static Code,
    headline: String,
    rule: usize,
    label: impl Into<String>,
) -> Diagnostic {
    let origin = context.paging().and_then(|paging| paging.decisions.inhibit_rules.get(rule).copied());
    let diagnostic = Diagnostic::new(code, headline);
    match origin.and_then(|origin| context.span(origin)) {
        Some(span) => diagnostic.at(span, label),
        None => diagnostic,
    }
}
