//! `channel/missing-field`: a receiver lacks a field without which Alertmanager does not load it.

use super::{find, parts};
use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::model::channel::{Integration, Setting};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::error("channel/missing-field", "0.1.0", include_str!("missing_field.md"));

/// Fields of a receiver, or of a part of one, of which one must be there.
struct Need {
    receiver: &'static str,
    /// The part that has the fields, with a dot at the end; empty for the receiver itself.
    part: &'static str,
    one_of: &'static [&'static str],
}

const fn need(receiver: &'static str, part: &'static str, one_of: &'static [&'static str]) -> Need {
    Need { receiver, part, one_of }
}

static NEEDS: &[Need] = &[
    need("discord", "", &["webhook-url"]),
    need("email", "", &["to"]),
    need("incidentio", "", &["url"]),
    need("incidentio", "", &["alert-source-token", "http.authorization"]),
    need("jira", "", &["api-url"]),
    need("jira", "", &["project"]),
    need("jira", "", &["issue-type"]),
    need("mattermost", "", &["webhook-url"]),
    need("mattermost", "field.", &["title"]),
    need("mattermost", "field.", &["value"]),
    need("mattermost", "attachment.field.", &["title"]),
    need("mattermost", "attachment.field.", &["value"]),
    need("msteams", "", &["webhook-url"]),
    need("msteamsv2", "", &["webhook-url"]),
    need("opsgenie", "", &["api-key"]),
    need("opsgenie", "responder.", &["id", "name", "username"]),
    need("pagerduty", "", &["routing-key", "service-key"]),
    need("pushover", "", &["user-key"]),
    need("pushover", "", &["token"]),
    need("rocketchat", "", &["token"]),
    need("rocketchat", "", &["token-id"]),
    need("slack", "", &["api-url", "app-token"]),
    need("slack", "field.", &["title"]),
    need("slack", "field.", &["value"]),
    need("slack", "action.", &["type"]),
    need("slack", "action.", &["text"]),
    need("slack", "action.", &["url", "name"]),
    need("slack", "action.confirm.", &["text"]),
    need("sns", "", &["topic-arn", "target-arn", "phone-number"]),
    need("telegram", "", &["chat-id"]),
    need("telegram", "", &["bot-token"]),
    need("victorops", "", &["api-key"]),
    need("victorops", "", &["routing-key"]),
    need("webex", "", &["room-id"]),
    need("webex", "", &["http.authorization"]),
    need("webhook", "", &["url"]),
    need("wechat", "", &["api-secret"]),
    need("wechat", "", &["corp-id"]),
];

/// Fields that any receiver's HTTP client needs beside others.
static WITH: &[(&str, &str)] = &[
    ("oauth2.client-id", "oauth2"),
    ("oauth2.token-url", "oauth2"),
    ("proxy-url", "no-proxy"),
    ("tls.cert", "tls.key"),
    ("tls.key", "tls.cert"),
    ("oauth2.tls.cert", "oauth2.tls.key"),
    ("oauth2.tls.key", "oauth2.tls.cert"),
];

fn run(context: &Context<'_>, sink: &mut Sink) {
    let smtp = context
        .model
        .clusters
        .values()
        .any(|cluster| cluster.alertmanager.as_ref().is_some_and(|alertmanager| alertmanager.smtp.is_some()));
    for integration in context.model.channels.values().flat_map(|channel| &channel.integrations) {
        let name = integration.receiver.kind.name;
        for (part, settings) in parts(&integration.settings) {
            for need in NEEDS.iter().filter(|need| need.receiver == name && need.part == part) {
                if need.one_of.iter().all(|field| find(settings, field).is_none()) {
                    report(context, integration, &format!("{part}{}", need.one_of.join("`, `")), settings, sink);
                }
            }
        }
        let http = |field: &str| find(&integration.settings, &format!("http.{field}")).is_some();
        for (field, beside) in WITH.iter().filter(|(field, beside)| http(beside) && !http(field)) {
            let (field, beside) = (format!("http.{field}"), format!("http.{beside}"));
            let settings = find(&integration.settings, &beside).map(std::slice::from_ref).unwrap_or_default();
            report(context, integration, &field, settings, sink);
        }
        for field in ["smarthost", "from"] {
            if name == "email" && !smtp && find(&integration.settings, field).is_none() {
                let diagnostic = Diagnostic::new(&CODE, "there is no mail server for `email`");
                let diagnostic = match context.span(integration.origin) {
                    Some(span) => diagnostic.at(span, format!("`{field}` is missing")),
                    None => diagnostic,
                };
                sink.push(
                    diagnostic.note(super::REFUSED).help(
                        "Describe the server once, for all channels, with `smtp` in the cluster's `alertmanager`.",
                    ),
                );
                break;
            }
        }
    }
}

fn report(context: &Context<'_>, integration: &Integration, fields: &str, near: &[Setting], sink: &mut Sink) {
    let name = integration.receiver.kind.name;
    let several = fields.contains("`, `");
    let headline =
        if several { format!("`{name}` needs one of `{fields}`") } else { format!("`{name}` needs `{fields}`") };
    let diagnostic = Diagnostic::new(&CODE, headline).note(super::REFUSED).help(if several {
        "Add the one that fits.".to_owned()
    } else {
        format!("Add `{fields}`.")
    });
    let origin = near.iter().find_map(super::origin).filter(|_| fields.contains('.')).unwrap_or(integration.origin);
    sink.push(match context.span(origin) {
        Some(span) => diagnostic.at(span, if several { "none of them is here" } else { "it is not here" }),
        None => diagnostic,
    });
}
