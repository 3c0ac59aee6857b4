//! `timing/always-silent`: a route that sends nothing at any time.

use crate::check::route::Located;
use crate::check::{Check, Context};
use crate::diagnostic::{Code, Sink};
use crate::routing::{Silence, always_silent};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("timing/always-silent", "0.1.0", include_str!("always_silent.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    context.located(|located| look(located, sink));
}

/// Reports every such route.
pub(super) fn look(located: Located<'_>, sink: &mut Sink) {
    for (id, route) in located.configuration.tree.iter() {
        let Some(silence) = always_silent(&route.options, &located.configuration.intervals) else { continue };
        let (why, name) = match &silence {
            Silence::Muted(name) => (format!("muted in `{name}`, which is always"), Some(name)),
            Silence::NeverActive(names) => {
                (format!("active only in `{}`, which never comes", names.join("`, `")), None)
            }
            Silence::MutedWhenActive(names) => {
                (format!("active only in `{}`, and muted then", names.join("`, `")), None)
            }
        };
        let headline = format!("this route to `{}` sends nothing at any time", located.receiver(id));
        let mut diagnostic = located.about(&CODE, headline, id, why);
        if let Some(span) = name.and_then(|name| (located.interval)(name)) {
            diagnostic = diagnostic.also(span, "every instant is in it");
        }
        sink.push(
            diagnostic
                .note("Its alerts are taken by the route, so no other route tells about them either. This holds for every instant.")
                .help("Correct the times; for alerts that nobody wants, a route to a receiver that does nothing says so."),
        );
    }
}
