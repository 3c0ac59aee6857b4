//! `alert/default-route`: an alert of the highest severity that no route takes.

use std::collections::BTreeSet;

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::routing::RouteId;

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("alert/default-route", "0.1.0", include_str!("default_route.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    let (Some(paging), Some(highest)) = (context.paging(), context.model.project.severities.last()) else { return };
    if paging.decisions.configuration.tree.len() < 2 {
        return;
    }
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for (index, alert) in paging.alerts.iter().enumerate() {
        let Ok(received) = paging.received(index) else { continue };
        let [only] = received.channels.as_slice() else { continue };
        let falls = only.routes.iter().all(|arrival| arrival.route == RouteId::ROOT);
        if !falls || alert.severity.as_ref() != Some(&highest.value) || !told.insert(&alert.name) {
            continue;
        }
        let (name, severity, channel) = (&alert.name, &highest.value, &only.channel);
        let headline = format!("no route takes `{name}` at {severity}: it falls to the default `{channel}`");
        let mut diagnostic = Diagnostic::new(&CODE, headline);
        if let Some(span) = context.span(alert.origin) {
            diagnostic = diagnostic.at(span, "goes to whoever watches the default");
        }
        if let Some(span) = paging.decisions.routes.first().and_then(|origin| context.span(*origin)) {
            diagnostic = diagnostic.also(span, "the default");
        }
        sink.push(
            diagnostic
                .note("The default is for what nobody thought of. This is proved from what is known about the labels of the alert.")
                .help(format!("Add a route for it, or a last one without conditions if `{channel}` is meant: `route {channel}`.")),
        );
    }
}
