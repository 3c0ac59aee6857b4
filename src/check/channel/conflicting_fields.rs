//! `channel/conflicting-fields`: fields of a receiver that Alertmanager does not take together.

use super::{find, origin};
use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::error("channel/conflicting-fields", "0.1.0", include_str!("conflicting_fields.md"));

/// Fields of which a receiver takes at most one; the empty name stands for all receivers.
static AT_MOST_ONE: &[(&str, &[&str])] = &[
    ("", &["http.basic-auth", "http.authorization", "http.oauth2"]),
    ("", &["http.proxy-url", "http.proxy-from-environment"]),
    ("", &["http.no-proxy", "http.proxy-from-environment"]),
    ("incidentio", &["alert-source-token", "http.authorization"]),
    ("pagerduty", &["routing-key", "service-key"]),
    ("pushover", &["html", "monospace"]),
    ("slack", &["api-url", "app-token"]),
    ("slack", &["app-token", "http.authorization"]),
    ("sns", &["topic-arn", "target-arn", "phone-number"]),
];

fn run(context: &Context<'_>, sink: &mut Sink) {
    for integration in context.model.channels.values().flat_map(|channel| &channel.integrations) {
        let name = integration.receiver.kind.name;
        for (_, fields) in AT_MOST_ONE.iter().filter(|(receiver, _)| receiver.is_empty() || *receiver == name) {
            let there: Vec<_> = fields
                .iter()
                .filter_map(|field| {
                    let setting = find(&integration.settings, field).filter(|setting| !super::is_off(setting))?;
                    Some((*field, origin(setting).unwrap_or(integration.origin)))
                })
                .collect();
            let [(first, first_origin), (second, second_origin), ..] = there.as_slice() else { continue };
            let mut diagnostic = Diagnostic::new(
                &CODE,
                format!("`{name}` takes either `{first}` or `{second}`, not both"),
            )
            .note(if name == "pagerduty" && *second == "service-key" {
                "Alertmanager would use the service key, and with it the old version of PagerDuty's API, in silence."
            } else {
                super::REFUSED
            })
            .help(format!("Keep `{first}` or `{second}`."));
            if let Some(span) = context.span(*second_origin) {
                diagnostic = diagnostic.at(span, "this one as well");
            }
            if let Some(span) = context.span(*first_origin) {
                diagnostic = diagnostic.also(span, "the first one");
            }
            sink.push(diagnostic);
        }
    }
}
