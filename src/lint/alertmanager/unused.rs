//! Receivers and times that do nothing.

use crate::alertmanager::{Config, Value};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::source::Text;
use std::collections::BTreeSet;

/// Something that no route uses.
pub static UNUSED: Code =
    Code::warning("alertmanager/unused", "0.1.0", include_str!("../../diagnostic/stage/alertmanager/unused.md"));

/// A receiver without integrations.
pub static EMPTY: Code = Code::warning(
    "alertmanager/empty-receiver",
    "0.1.0",
    include_str!("../../diagnostic/stage/alertmanager/empty-receiver.md"),
);

/// Parts of names that say that nobody shall be told.
const ON_PURPOSE: [&str; 15] = [
    "black", "blank", "devnull", "dev-null", "discard", "drop", "dummy", "empty", "ignore", "no-op", "none", "noop",
    "null", "silen", "void",
];

/// Reports them.
pub(super) fn look(config: &Config, sink: &mut Sink) {
    let routes = config.routes();
    let used: BTreeSet<&str> = routes.iter().filter_map(|route| route.text("receiver")).map(Text::as_str).collect();
    for receiver in config.receivers() {
        let name = receiver.name.as_str();
        if !used.contains(name) {
            sink.push(
                Diagnostic::new(&UNUSED, format!("no route leads to the receiver `{name}`"))
                    .at(receiver.name.span(), "used nowhere")
                    .note("It is loaded and never asked to notify anybody.")
                    .help("Add the route that was meant, or remove the receiver."),
            );
        } else if receiver.integrations().next().is_none()
            && !ON_PURPOSE.iter().any(|part| name.to_lowercase().contains(part))
        {
            sink.push(
                Diagnostic::new(&EMPTY, format!("the receiver `{name}` notifies nobody"))
                    .at(receiver.name.span(), "without any integration")
                    .note("Alerts that reach it are taken and then dropped without a word.")
                    .help("Add an integration, or give it a name that says so, such as `null`."),
            );
        }
    }
    let times: BTreeSet<&str> = routes
        .iter()
        .flat_map(|route| ["mute_time_intervals", "active_time_intervals"].into_iter().filter_map(|key| route.get(key)))
        .flat_map(Value::items)
        .filter_map(Value::text)
        .map(Text::as_str)
        .collect();
    for name in config.intervals().filter_map(|interval| interval.text("name")) {
        if !times.contains(name.as_str()) {
            sink.push(
                Diagnostic::new(&UNUSED, format!("no route uses the time interval `{name}`"))
                    .at(name.span(), "used nowhere")
                    .note("It mutes nothing and activates nothing.")
                    .help("Name it in the `mute_time_intervals` or `active_time_intervals` of a route, or remove it."),
            );
        }
    }
}
