//! What must hold in receivers and their integrations, beyond what tables can say.

use super::codes::{CONFLICT, DUPLICATE, MISSING, VALUE};
use super::decode::REFUSED;
use super::http::{SLACK_APP_URL, canonical_header};
use super::rules::{choice_value, conflict, missing};
use super::scalar;
use super::section::{Section, Value};
use crate::ast::Version;
use crate::diagnostic::Diagnostic;

/// Names that VictorOps uses itself.
const VICTOROPS_RESERVED: [&str; 7] = [
    "entity_display_name",
    "entity_id",
    "entity_state",
    "message_type",
    "monitoring_tool",
    "routing_key",
    "state_message",
];

/// The label `name` of a receiver can only be its name.
pub(super) fn name_label(section: &Section, _: Version) -> Option<Diagnostic> {
    let (_, value) = section.get("labels")?.entries().iter().find(|(name, _)| name.as_str() == "name")?;
    let name = section.get("name").and_then(Value::text).map_or("", |text| text.as_str());
    let label = value.text().map_or("", |text| text.as_str());
    (label != name).then(|| {
        Diagnostic::new(&VALUE, "the label `name` of a receiver must be the receiver's name")
            .at(value.span(), "another name")
            .note(REFUSED)
            .help("Remove it: Alertmanager adds the label itself.")
    })
}

/// Whether an HTTP client sends an `Authorization` header of its own.
pub(super) fn is_authorized(section: &Section) -> bool {
    ["authorization", "bearer_token", "bearer_token_file"]
        .into_iter()
        .any(|name| section.is_set(&format!("http_config.{name}")))
}

/// Webex takes its token from the receiver's own `http_config`.
pub(super) fn webex(section: &Section, _: Version) -> Option<Diagnostic> {
    (!is_authorized(section)).then(|| {
        missing(section, "`webex_configs` needs `http_config` with `authorization`".to_owned(), "no credentials")
            .help("Add the bot's token as `credentials_file`; one in `global` does not count.")
    })
}

/// The token of incident.io stands in the receiver or in its `http_config`, not in both.
pub(super) fn incidentio(section: &Section, _: Version) -> Option<Diagnostic> {
    let http = section.get("http_config")?.section()?;
    let own = section.set("alert_source_token").or_else(|| section.set("alert_source_token_file"));
    let other = ["authorization", "bearer_token", "bearer_token_file"].into_iter().find_map(|name| http.set(name));
    match (own, other) {
        (Some(own), Some(other)) => {
            let mut both = [(own.field.name, own.key.span()), (other.field.name, other.key.span())];
            both.sort_by_key(|(_, span)| *span);
            let [first, second] = both;
            Some(conflict(section, first, second))
        }
        (None, None) => Some(
            missing(
                section,
                "`incidentio_configs` needs `alert_source_token`, `alert_source_token_file` or \
                 `http_config.authorization`"
                    .to_owned(),
                "no credentials",
            )
            .help("Add the token of the alert source."),
        ),
        (Some(_), None) | (None, Some(_)) => None,
    }
}

/// A Slack receiver is reached by a token or by a URL.
pub(super) fn slack_token_or_url(section: &Section, _: Version) -> Option<Diagnostic> {
    let token = section.set("app_token").or_else(|| section.set("app_token_file"))?;
    let url = section.set("api_url").or_else(|| section.set("api_url_file"))?;
    let mut both = [(token.field.name, token.key.span()), (url.field.name, url.key.span())];
    both.sort_by_key(|(_, span)| *span);
    let [first, second] = both;
    Some(conflict(section, first, second))
}

/// Editing messages needs the bot's URL in the receiver.
pub(super) fn slack_update(section: &Section, _: Version) -> Option<Diagnostic> {
    let entry = section.set("update_message")?;
    let url = section.text("api_url");
    if url.is_some_and(|url| url.as_str() == SLACK_APP_URL) || matches!(section.get("api_url"), Some(Value::Broken(_)))
    {
        return None;
    }
    Some(
        Diagnostic::new(&MISSING, format!("`update_message` needs `api_url: {SLACK_APP_URL}` beside it"))
            .at(entry.key.span(), "only a bot can change its messages")
            .note(REFUSED)
            .help("Add that URL and the bot's token as `authorization`, or remove `update_message`."),
    )
}

/// Header names are the same in any case.
pub(super) fn email_headers(section: &Section, _: Version) -> Option<Diagnostic> {
    let headers = section.get("headers")?.entries();
    let canonical: Vec<String> = headers.iter().map(|(name, _)| canonical_header(name.as_str())).collect();
    for (at, (name, _)) in headers.iter().enumerate() {
        let first = canonical.iter().take(at).position(|other| Some(other) == canonical.get(at));
        if let Some((first, _)) = first.and_then(|first| headers.get(first)) {
            return Some(
                Diagnostic::new(&DUPLICATE, format!("the header `{name}` stands twice"))
                    .at(name.span(), "the second time")
                    .also(first.span(), "the first time; upper and lower case are the same")
                    .note(REFUSED)
                    .help("Keep one of them."),
            );
        }
    }
    None
}

/// Threads are made with headers, which then cannot be set.
pub(super) fn email_threading(section: &Section, version: Version) -> Option<Diagnostic> {
    let threading = section.get("threading")?.section()?;
    let enabled = threading.set("enabled")?;
    let headers = section.get("headers").map(Value::entries).unwrap_or_default();
    let own = headers
        .iter()
        .find(|(name, _)| matches!(canonical_header(name.as_str()).as_str(), "References" | "In-Reply-To"));
    if let Some((name, _)) = own {
        return Some(
            Diagnostic::new(&CONFLICT, format!("`threading` sets the header `{name}` itself"))
                .at(name.span(), "set here too")
                .also(enabled.key.span(), "threading is on")
                .note(REFUSED)
                .help("Remove the header, or switch threading off."),
        );
    }
    if version < Version::new(0, 31)
        || threading.text("thread_by_date").is_some_and(|text| matches!(text.as_str(), "none" | "daily"))
    {
        return None;
    }
    Some(choice_value(threading, "thread_by_date", &["none", "daily"]))
}

/// An empty item of `responders` is one without anything.
pub(super) fn null_responder(section: &Section, _: Version) -> Option<Diagnostic> {
    let null = section.get("responders")?.items().iter().find(|item| matches!(item, Value::Null(_)))?;
    Some(
        Diagnostic::new(&MISSING, "`responders` needs `id`, `username` or `name` in each item")
            .at(null.span(), "nothing stands here")
            .note(REFUSED)
            .help("Remove the dash, or write who responds."),
    )
}

/// What a responder is.
pub(super) fn responder_type(section: &Section, _: Version) -> Option<Diagnostic> {
    let known = ["team", "teams", "user", "escalation", "schedule"];
    match section.text("type") {
        Some(kind) if kind.as_str().contains("{{") => {
            let fault = scalar::template(kind.as_str()).err()?;
            let span = fault.range.map_or(kind.span(), |range| kind.span_of(range));
            Some(
                Diagnostic::new(&VALUE, "the `type` of a responder is no template")
                    .at(span, fault.message)
                    .note(REFUSED),
            )
        }
        Some(kind) if known.contains(&kind.as_str().to_lowercase().as_str()) => None,
        _ if matches!(section.get("type"), Some(Value::Broken(_))) => None,
        _ => Some(choice_value(section, "type", &known)),
    }
}

/// Alertmanager counts targets by parity: one, or all three.
pub(super) fn sns_target(section: &Section, _: Version) -> Option<Diagnostic> {
    let targets = ["target_arn", "topic_arn", "phone_number"];
    let set: Vec<_> = targets.into_iter().filter_map(|name| section.set(name)).collect();
    match set.as_slice() {
        [] => Some(
            missing(section, "`sns_configs` needs `topic_arn`, `target_arn` or `phone_number`".to_owned(), "no target")
                .help("Add the one that fits."),
        ),
        [first, second] => {
            let mut both = [(first.field.name, first.key.span()), (second.field.name, second.key.span())];
            both.sort_by_key(|(_, span)| *span);
            let [first, second] = both;
            Some(conflict(section, first, second))
        }
        _ => None,
    }
}

/// Custom fields must not hide VictorOps' own.
pub(super) fn victorops_fields(section: &Section, _: Version) -> Option<Diagnostic> {
    let fields = section.get("custom_fields")?.entries();
    let (name, _) = fields.iter().find(|(name, _)| VICTOROPS_RESERVED.contains(&name.as_str()))?;
    Some(
        Diagnostic::new(&CONFLICT, format!("`{name}` cannot be a custom field of VictorOps"))
            .at(name.span(), "VictorOps has a field of that name")
            .note(REFUSED)
            .help("Use another name."),
    )
}
