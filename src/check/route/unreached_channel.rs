//! `route/unreached-channel`: a channel to which routes lead, and at which no alert of the spec arrives.

use std::collections::BTreeSet;

use super::no_alert::unreached;
use crate::check::{Check, Context};
use crate::diagnostic::{Code, Sink};
use crate::routing::RouteId;

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("route/unreached-channel", "0.1.0", include_str!("unreached_channel.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    let (Some(paging), Some(Ok(flaws))) = (context.paging(), context.flaws()) else { return };
    let Some(reached) = paging.reached_routes() else { return };
    let received = (0..paging.alerts.len()).filter_map(|alert| paging.received(alert).ok());
    let told: BTreeSet<&str> =
        received.flat_map(|received| &received.channels).map(|reached| reached.channel.as_str()).collect();
    let dead: BTreeSet<RouteId> = flaws.iter().filter_map(unreached).collect();
    let mut seen: BTreeSet<String> = BTreeSet::from([paging.channel(RouteId::ROOT).to_owned()]);
    context.located(|located| {
        for (id, route) in located.configuration.tree.iter() {
            let channel = route.options.receiver.as_str();
            // Routes that nothing reaches are told of themselves.
            if told.contains(channel) || !reached.contains(&id) || dead.contains(&id) || !seen.insert(channel.to_owned()) {
                continue;
            }
            let headline = format!("nothing ever arrives at the channel `{channel}`");
            sink.push(
                located
                    .about(&CODE, headline, id, "the routes inside this one take everything that comes here")
                    .note("This is proved from what is known about the labels of every rule of the spec and of every declared `external` alert.")
                    .help("Let one of the inner routes lead to the channel, or name theirs here."),
            );
        }
    });
}
