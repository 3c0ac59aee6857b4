//! `channel/field-value`: a value that Alertmanager does not know for this field.

use super::parts;
use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink, nearest};
use crate::model::channel::SettingValue;

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::error("channel/field-value", "0.1.0", include_str!("field_value.md"));

const TLS: &[&str] = &["TLS10", "TLS11", "TLS12", "TLS13"];

/// The words that a field takes: receiver (empty for all), path, words.
static WORDS: &[(&str, &str, &[&str])] = &[
    ("", "http.tls.min-version", TLS),
    ("", "http.tls.max-version", TLS),
    ("email", "tls.min-version", TLS),
    ("email", "tls.max-version", TLS),
    ("email", "threading.thread-by-date", &["daily", "none"]),
    ("jira", "api-type", &["auto", "cloud", "datacenter"]),
    ("opsgenie", "responder.type", &["escalation", "schedule", "team", "teams", "user"]),
    ("telegram", "parse-mode", &["HTML", "Markdown", "MarkdownV2"]),
    ("wechat", "message-type", &["markdown", "text"]),
];

/// Headers that Alertmanager's HTTP client sets itself.
static RESERVED: &[&str] = &[
    "Accept-Encoding",
    "Authorization",
    "Connection",
    "Content-Encoding",
    "Content-Length",
    "Content-Type",
    "Host",
    "Keep-Alive",
    "Proxy-Authenticate",
    "Proxy-Authorization",
    "User-Agent",
    "Www-Authenticate",
    "X-Amz-Content-Sha256",
    "X-Amz-Date",
    "X-Amz-Security-Token",
    "X-Prometheus-Remote-Read-Version",
    "X-Prometheus-Remote-Write-Version",
    "X-Prometheus-Scrape-Timeout-Seconds",
];

fn run(context: &Context<'_>, sink: &mut Sink) {
    for integration in context.model.channels.values().flat_map(|channel| &channel.integrations) {
        let name = integration.receiver.kind.name;
        for (part, settings) in parts(&integration.settings) {
            for setting in settings {
                let path = format!("{part}{}", setting.field.name);
                let SettingValue::Scalar(value) = &setting.value else { continue };
                let words = WORDS.iter().find(|(receiver, known, _)| {
                    (receiver.is_empty() || *receiver == name) && *known == path && !value.value.contains("{{")
                });
                let help = match words {
                    Some((_, _, words)) if !words.contains(&value.value.as_str()) => {
                        let near = nearest(&value.value, words.iter().copied());
                        near.map_or_else(
                            || format!("Write one of `{}`.", words.join("`, `")),
                            |near| format!("Write `{near}`."),
                        )
                    }
                    _ if path == "http.authorization.type" && value.value.eq_ignore_ascii_case("basic") => {
                        "Write `http { basic-auth … }` instead.".to_owned()
                    }
                    _ if path == "http.http-header.name"
                        && RESERVED.iter().any(|name| name.eq_ignore_ascii_case(&value.value)) =>
                    {
                        if value.value.eq_ignore_ascii_case("authorization") {
                            "Write `http { authorization credentials=(secret)… }` instead.".to_owned()
                        } else {
                            "Leave this header out: the HTTP client sets it itself.".to_owned()
                        }
                    }
                    _ if path == "smarthost" && !has_port(&value.value) => {
                        "Write host and port, `mail.fleet.example:587`.".to_owned()
                    }
                    _ if is_url(setting.field.name) && !value.value.contains("{{") && !can_be_url(&value.value) => {
                        "Write a URL on one line; `%` stands before two hexadecimal digits only.".to_owned()
                    }
                    _ if path == "max-alerts" && value.value.starts_with('-') => "Write 0 for no limit.".to_owned(),
                    _ => continue,
                };
                let headline = format!("`{name}` does not take `{}` for `{path}`", value.value.escape_debug());
                let diagnostic = Diagnostic::new(&CODE, headline).note(super::REFUSED).help(help);
                sink.push(match context.span(value.origin) {
                    Some(span) => diagnostic.at(span, "not a value that Alertmanager knows"),
                    None => diagnostic,
                });
            }
        }
    }
}

fn is_url(field: &str) -> bool {
    field == "url" || field.ends_with("-url")
}

fn can_be_url(url: &str) -> bool {
    let is_escape = |rest: &str| rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    !url.contains(char::is_control) && url.split('%').skip(1).all(is_escape)
}

fn has_port(address: &str) -> bool {
    address.rsplit_once(':').is_some_and(|(_, port)| !port.is_empty())
}
