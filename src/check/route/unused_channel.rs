//! `route/unused-channel`: a channel that no route uses.

use std::collections::BTreeSet;

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::model::routing::Route;

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("route/unused-channel", "0.1.0", include_str!("unused_channel.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    let model = context.model;
    let mut used: BTreeSet<&str> = BTreeSet::new();
    if let Some(routing) = &model.routing {
        used.insert(&routing.default.value);
        let mut waiting: Vec<&Route> = routing.routes.iter().collect();
        while let Some(route) = waiting.pop() {
            used.extend(route.to.as_ref().map(|to| to.value.as_str()));
            waiting.extend(&route.routes);
        }
    }
    for expect in &model.expects {
        used.extend(expect.reaches.iter().chain(&expect.not_reaches).map(|channel| channel.value.as_str()));
    }
    for (name, channel) in model.channels.iter().filter(|(name, _)| !used.contains(name.as_str())) {
        let mut diagnostic = Diagnostic::new(&CODE, format!("no route leads to the channel `{name}`"));
        if let Some(span) = context.span(channel.name.origin) {
            diagnostic = diagnostic.at(span, "nothing ever arrives here");
        }
        sink.push(if model.routing.is_some() {
            diagnostic
                .note("A channel that works and that nothing leads to is found out on the day it is needed.")
                .help_spelled(
                    format!("Add `route {name} {{ when … }}` to the routing, or remove the channel."),
                    format!("Add `- {{ to: {name}, when: {{ … }} }}` to the routes, or remove the channel."),
                )
        } else {
            diagnostic.note("The spec has no routing, so nothing notifies anybody.").help_spelled(
                format!("Add `routing {{ default {name} }}`."),
                format!("Add `routing: {{ default: {name} }}`."),
            )
        });
    }
}
