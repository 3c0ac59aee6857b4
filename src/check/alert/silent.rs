//! `alert/silent`: an alert of the highest severity that nobody is told about at some times.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::paging::silent_together;
use crate::routing::RouteId;

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("alert/silent", "0.1.0", include_str!("silent.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    let (Some(paging), Some(highest)) = (context.paging(), context.model.project.severities.last()) else { return };
    let configuration = &paging.decisions.configuration;
    let mut asked: BTreeSet<Vec<RouteId>> = BTreeSet::new();
    for (index, alert) in paging.alerts.iter().enumerate() {
        if alert.severity.as_ref() != Some(&highest.value) {
            continue;
        }
        let Ok(received) = paging.received(index) else { continue };
        for arrival in received.channels.iter().flat_map(|reached| &reached.routes) {
            let example = paging.example(index, &arrival.witness);
            let delivered = configuration.tree.deliver(&example);
            if !asked.insert(delivered.clone()) {
                continue;
            }
            let Some(at) = silent_together(configuration, &delivered) else { continue };
            let (name, severity) = (&alert.name, &highest.value);
            let headline = format!("nobody is told about `{name}` at {severity} at some times");
            let mut diagnostic = Diagnostic::new(&CODE, headline);
            if let Some(span) = context.span(alert.origin) {
                diagnostic = diagnostic.at(span, "can fire and stay silent");
            }
            for route in &delivered {
                let options = configuration.tree.route(*route).map(|route| &route.options);
                let names = options.into_iter().flat_map(|options| {
                    let inside = options.mute_time_intervals.iter().map(|name| format!("inside `{name}`"));
                    inside.chain(options.active_time_intervals.iter().map(|name| format!("outside `{name}`")))
                });
                let label = format!("silent {}", names.collect::<Vec<_>>().join(", "));
                let place = paging.decisions.routes.get(route.0 as usize).and_then(|origin| context.span(*origin));
                diagnostic = match place {
                    Some(span) => diagnostic.also(span, label),
                    None => diagnostic,
                };
            }
            let instant = Timestamp::from_second(at).map_or_else(|_| String::new(), |instant| instant.to_string());
            sink.push(
                diagnostic
                    .note(format!("For example at {instant} every route that takes it is silent. It is told about when they speak again, if it still fires then."))
                    .help("Let one route for such alerts speak at all times, or lower the severity."),
            );
        }
    }
}
