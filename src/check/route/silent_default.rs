//! `route/silent-default`: an Alertmanager that notifies by so little that nothing is left of the default channel.

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::lower::alertmanager::notifies;

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("route/silent-default", "0.1.0", include_str!("silent_default.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    let Some(routing) = &context.model.routing else { return };
    let Some(channel) = context.model.channels.get(&routing.default.value) else { return };
    if channel.integrations.is_empty() && channel.kafka.is_empty() {
        return;
    }
    for cluster in context.model.clusters.values() {
        let Some(alertmanager) = cluster.alertmanager.as_ref() else { continue };
        let Some(only) = alertmanager.only.first() else { continue };
        if notifies(context.model, alertmanager, channel) {
            continue;
        }
        let name = &channel.name.value;
        let headline = format!("the default channel `{name}` notifies nobody in `{}`", cluster.name.value);
        let mut diagnostic = Diagnostic::new(&CODE, headline)
            .note("What no route takes goes to the default channel, and nothing of it is among what this Alertmanager notifies by.")
            .help(format!("Give `{name}` an integration of that kind too, or name one of its integrations in `only`."));
        if let Some(span) = context.span(only.origin) {
            diagnostic = diagnostic.at(span, "what it notifies by");
        }
        if let Some(span) = context.span(routing.default.origin) {
            diagnostic = diagnostic.also(span, "the default channel");
        }
        sink.push(diagnostic);
    }
}
