//! Alertmanager's configuration as it is.
//!
//! What the release refuses is an error, and then nothing else is looked for: a file that does not load does nothing.
//! What loads is judged by the same checks as the routing of a spec ([`crate::check::route::report`]), and for what only a
//! hand-written file can have: old notations, secrets in plain sight, receivers that nobody uses.

mod habits;
mod secrets;
mod templates;
mod unused;

pub use templates::{Defined, lint_file};

use super::{File, Options};
use crate::alertmanager::{self, Routing};
use crate::check::route::{Located, report};
use crate::diagnostic::{Code, Sink};
use crate::paging::flaws;
use crate::routing::RouteId;
use crate::source::{Span, Text};

/// The codes of this part.
pub static CODES: &[&Code] = &[
    &habits::DEPRECATED,
    &habits::MATCHER_SYNTAX,
    &secrets::INLINE_SECRET,
    &templates::TEMPLATE,
    &templates::TEMPLATE_FILE,
    &templates::UNDEFINED_TEMPLATE,
    &unused::EMPTY,
    &unused::UNUSED,
];

/// Reports what Alertmanager refuses, as errors, and what it loads though it is wrong, as warnings. Gives the places of
/// secrets, which must not be shown.
pub fn lint(file: File<'_>, options: &Options, defined: &Defined, sink: &mut Sink) -> Vec<Span> {
    let mut own = Sink::default();
    let config = alertmanager::read(file.id, file.text, options.alertmanager, &mut own);
    let loads = !own.has_errors();
    sink.append(own);
    if loads && let Some(routing) = alertmanager::routing(&config) {
        judge(&config, &routing, sink);
        habits::look(&config, sink);
        secrets::look(&config, sink);
        templates::look(&config, defined, sink);
        unused::look(&config, sink);
    }
    config.secrets
}

fn judge(config: &alertmanager::Config, routing: &Routing<'_>, sink: &mut Sink) {
    let route = |id: RouteId| routing.routes.get(id.0 as usize).map(|section| section.head);
    let rule = |index: usize| routing.inhibit_rules.get(index).map(|section| section.head);
    let interval = |name: &str| {
        let mut named = config.intervals().filter_map(|section| section.text("name"));
        named.find(|text| text.as_str() == name).map(Text::span)
    };
    let located = Located {
        configuration: &routing.configuration,
        route: &route,
        rule: &rule,
        generated: &|_| false,
        interval: &interval,
    };
    report(located, &flaws(&routing.configuration), sink);
}
