//! Checks of forwarders.

mod body_limit;
mod setting;
mod timeout;

use super::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::lower::forwarder::{Problem, ProblemKind, problems};

/// All checks of the family.
pub static CHECKS: &[&Check] = &[&setting::CHECK, &body_limit::CHECK, &timeout::CHECK];

/// Reports the problems of one kind.
fn report(context: &Context<'_>, kind: ProblemKind, code: &'static Code, sink: &mut Sink) {
    for Problem { origin, also, what, why, help, .. } in
        problems(context.model).into_iter().filter(|problem| problem.kind == kind)
    {
        let mut diagnostic = Diagnostic::new(code, what).note(why).help(help);
        let also = also.and_then(|origin| context.span(origin));
        // What nobody wrote has no place; then the other half of the matter shows where to look.
        diagnostic = match (context.span(origin), also) {
            (Some(span), Some(also)) => diagnostic.at(span, "this does not fit").also(also, "what it has to fit"),
            (Some(span), None) => diagnostic.at(span, "this cannot work"),
            (None, Some(also)) => diagnostic.at(also, "what it has to fit"),
            (None, None) => diagnostic,
        };
        sink.push(diagnostic);
    }
}
