//! `route/pages-twice`: an alert that calls somebody twice, because a route says `continue`.

use std::collections::BTreeSet;

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Sink};
use crate::model::Model;
use crate::model::cluster::Alertmanager;
use crate::routing::{Matcher, RouteId};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("route/pages-twice", "0.1.0", include_str!("pages_twice.md"));

/// Integrations that call people rather than write to them.
const PAGERS: [&str; 5] = ["pagerduty", "opsgenie", "victorops", "pushover", "incidentio"];

fn run(context: &Context<'_>, sink: &mut Sink) {
    let Some(paging) = context.paging() else { return };
    let mut told: BTreeSet<(RouteId, RouteId)> = BTreeSet::new();
    context.located(|located| {
        for (index, alert) in paging.alerts.iter().enumerate() {
            let Ok(received) = paging.received(index) else { continue };
            let home = alert.home.as_ref().and_then(|home| context.model.clusters.get(home));
            let alertmanager = home.and_then(|home| home.alertmanager.as_ref());
            let calls = |channel: &str| is_pager(context.model, alertmanager, channel);
            for arrival in received.channels.iter().flat_map(|reached| &reached.routes) {
                // Everything that one such alert reaches; other alerts of the rule may reach less.
                let example = paging.example(index, &arrival.witness);
                let delivered = located.configuration.tree.deliver(&example);
                for (position, first) in delivered.iter().enumerate() {
                    for second in delivered.iter().skip(position + 1) {
                        let (one, other) = (paging.channel(*first), paging.channel(*second));
                        let twice =
                            (one == other && paging.silent(index, one).is_none()) || (calls(one) && calls(other));
                        if !twice || !told.insert((*first, *second)) {
                            continue;
                        }
                        let severity = alert.severity.as_ref().map_or(String::new(), |severity| format!(" {severity}"));
                        let headline = if one == other {
                            format!("`{}`{severity} is sent to `{one}` twice", alert.name)
                        } else {
                            format!("`{}`{severity} pages both `{one}` and `{other}`", alert.name)
                        };
                        let labels: Vec<String> =
                            example.iter().map(|(name, value)| Matcher::equal(name, value).to_string()).collect();
                        let diagnostic = located.about(&CODE, headline, *second, "and again here");
                        sink.push(
                            located
                                .with(diagnostic, *first, "taken here, and let go on by `continue`")
                                .note(format!("For example {}.", labels.join(" ")))
                                .help("Remove `continue` from the first, or narrow the conditions of one of the two."),
                        );
                    }
                }
            }
        }
    });
}

/// Whether a channel calls people, at an Alertmanager that may leave some of it out.
fn is_pager(model: &Model, alertmanager: Option<&Alertmanager>, channel: &str) -> bool {
    let integrations = model.channels.get(channel).map_or(&[][..], |channel| &channel.integrations);
    integrations
        .iter()
        .map(|integration| integration.receiver.kind.name)
        .any(|kind| PAGERS.contains(&kind) && alertmanager.is_none_or(|alertmanager| alertmanager.notifies_by(kind)))
}
