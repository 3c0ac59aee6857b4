//! `timing/never-active`: a named time that never comes.

use crate::check::route::Located;
use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::routing::TimeInterval;

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("timing/never-active", "0.1.0", include_str!("never_active.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    context.located(|located| look(located, sink));
}

/// Reports every such name.
pub(super) fn look(located: Located<'_>, sink: &mut Sink) {
    for (name, parts) in &located.configuration.intervals {
        if !parts.iter().all(TimeInterval::is_never) {
            continue;
        }
        let diagnostic = Diagnostic::new(&CODE, format!("the time `{name}` never comes"));
        let label = if parts.is_empty() { "it has no times at all" } else { "no day and hour satisfies it" };
        let diagnostic = match (located.interval)(name) {
            Some(span) => diagnostic.at(span, label),
            None => diagnostic.note(format!("The reason: {label}.")),
        };
        sink.push(
            diagnostic
                .note("What is muted in it is never muted, and what is active in it alone never sends anything.")
                .help("All parts of one entry must fit together: look for days that a month does not have, and for empty lists."),
        );
    }
}
