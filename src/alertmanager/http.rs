//! What must hold in `http_config`, and in the few other parts that connect to something.

use super::codes::{CONFLICT, MISSING, VALUE};
use super::decode::REFUSED;
use super::rules::{at_most_one, conflict};
use super::section::{Section, Value};
use crate::ast::Version;
use crate::diagnostic::Diagnostic;

/// The URL of Slack's API, to which a token belongs.
pub(super) const SLACK_APP_URL: &str = "https://slack.com/api/chat.postMessage";

/// Headers that the HTTP client sets itself, in their canonical spelling.
static RESERVED_HEADERS: [&str; 18] = [
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

/// `basic_auth`, `oauth2`, `authorization` and the bearer tokens exclude each other.
pub(super) fn one_authentication(section: &Section, _: Version) -> Option<Diagnostic> {
    // A part counts when it is written at all, even without fields.
    let part = |name| section.entry(name).filter(|entry| !matches!(entry.value, Value::Null(_)));
    let mut found: Vec<(&str, crate::source::Span)> = ["basic_auth", "oauth2", "authorization"]
        .into_iter()
        .filter_map(|name| Some((name, part(name)?.key.span())))
        .collect();
    let tokens = ["bearer_token", "bearer_token_file"];
    found.extend(tokens.into_iter().filter_map(|name| Some((name, section.set(name)?.key.span()))).take(1));
    found.sort_by_key(|(_, span)| *span);
    match found.as_slice() {
        [first, second, ..] => Some(conflict(section, *first, *second)),
        _ => None,
    }
}

/// `authorization` is not for user and password.
pub(super) fn authorization_type(section: &Section, _: Version) -> Option<Diagnostic> {
    let kind = section.get("authorization")?.section()?.text("type")?;
    if !kind.as_str().trim().eq_ignore_ascii_case("basic") {
        return None;
    }
    Some(
        Diagnostic::new(&VALUE, "`authorization` does not do basic authentication")
            .at(kind.span(), "`basic` is not allowed here")
            .note(REFUSED)
            .help("Write user and password under `basic_auth`."),
    )
}

/// Headers that the client sets itself cannot be set.
pub(super) fn reserved_headers(section: &Section, _: Version) -> Option<Diagnostic> {
    let headers = section.get("http_headers")?;
    let name = headers
        .entries()
        .iter()
        .map(|(name, _)| name)
        .find(|name| RESERVED_HEADERS.contains(&canonical_header(name.as_str()).as_str()))?;
    Some(
        Diagnostic::new(&VALUE, format!("the header `{name}` cannot be set with `http_headers`"))
            .at(name.span(), "Alertmanager sets this header itself")
            .note(REFUSED)
            .help("Remove it; credentials belong into `authorization` or `basic_auth`."),
    )
}

/// A header's name as Go spells it: words with capitals, unless a byte is not allowed in one.
pub(super) fn canonical_header(name: &str) -> String {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if !name.bytes().all(token) {
        return name.to_owned();
    }
    let mut upper = true;
    name.chars()
        .map(|one| {
            let written = if upper { one.to_ascii_uppercase() } else { one.to_ascii_lowercase() };
            upper = one == '-';
            written
        })
        .collect()
}

/// `proxy_connect_header` needs a proxy.
pub(super) fn proxy_connect_header(section: &Section, _: Version) -> Option<Diagnostic> {
    let header = section.set("proxy_connect_header")?;
    if section.is_set("proxy_url") {
        return None;
    }
    Some(
        Diagnostic::new(&MISSING, "`proxy_connect_header` needs `proxy_url` beside it")
            .at(header.key.span(), "no proxy is set")
            .note(REFUSED)
            .help("Add `proxy_url`, or remove the header."),
    )
}

/// How the settings of a proxy go together.
pub(super) fn proxy(section: &Section, version: Version) -> Option<Diagnostic> {
    let environment = section.is_on("proxy_from_environment");
    if environment {
        return at_most_one(section, &["proxy_from_environment", "proxy_url"])
            .or_else(|| at_most_one(section, &["proxy_from_environment", "no_proxy"]));
    }
    if let Some(diagnostic) = proxy_connect_header(section, version) {
        return Some(diagnostic);
    }
    // An empty `proxy_url` is enough for `no_proxy`.
    let no_proxy = section.set("no_proxy")?;
    if section.get("proxy_url").is_some_and(|value| !matches!(value, Value::Null(_))) {
        return None;
    }
    Some(
        Diagnostic::new(&MISSING, "`no_proxy` needs `proxy_url` beside it")
            .at(no_proxy.key.span(), "no proxy is set")
            .note(REFUSED)
            .help("Add `proxy_url`, or remove `no_proxy`."),
    )
}

/// The secrets of OAuth 2.0 by its grant type.
pub(super) fn oauth2(section: &Section, _: Version) -> Option<Diagnostic> {
    let jwt =
        section.text("grant_type").is_some_and(|grant| grant.as_str() == "urn:ietf:params:oauth:grant-type:jwt-bearer");
    if !jwt {
        return at_most_one(section, &["client_secret", "client_secret_file", "client_secret_ref"]);
    }
    let keys = ["client_certificate_key", "client_certificate_key_file", "client_certificate_key_ref"];
    if let Some(diagnostic) = at_most_one(section, &keys) {
        return Some(diagnostic);
    }
    let algorithm = section.text("signature_algorithm")?;
    if matches!(algorithm.as_str(), "RS256" | "RS384" | "RS512") {
        return None;
    }
    Some(
        Diagnostic::new(&VALUE, "`signature_algorithm` must be `RS256`, `RS384` or `RS512`")
            .at(algorithm.span(), "this is none of them")
            .note(REFUSED),
    )
}

/// A certificate needs its key, and a key its certificate.
pub(super) fn certificate_and_key(section: &Section, version: Version) -> Option<Diagnostic> {
    if version < Version::new(0, 26) {
        return None;
    }
    let any = |names: [&str; 3]| names.into_iter().find_map(|name| section.set(name));
    let certificate = any(["cert", "cert_file", "cert_ref"]);
    let key = any(["key", "key_file", "key_ref"]);
    let (entry, needed) = match (certificate, key) {
        (Some(entry), None) => (entry, "key_file"),
        (None, Some(entry)) => (entry, "cert_file"),
        (Some(_), Some(_)) | (None, None) => return None,
    };
    Some(
        Diagnostic::new(&MISSING, format!("`{}` needs `{needed}` beside it", entry.field.name))
            .at(entry.key.span(), format!("`{needed}` is missing"))
            .note(REFUSED)
            .help("A client certificate is used with its key: set both or none."),
    )
}

/// In `global`, Slack is reached by a token or by a URL.
pub(super) fn slack_token_or_url(section: &Section, _: Version) -> Option<Diagnostic> {
    let token = section.set("slack_app_token").or_else(|| section.set("slack_app_token_file"))?;
    let url = section.set("slack_api_url").or_else(|| section.set("slack_api_url_file"))?;
    let app_url = section.text("slack_app_url").map_or(SLACK_APP_URL, |text| text.as_str());
    if section.text("slack_api_url").is_some_and(|text| text.as_str() == app_url) {
        return None;
    }
    let mut both = [(token.field.name, token.key.span()), (url.field.name, url.key.span())];
    both.sort_by_key(|(_, span)| *span);
    let [first, second] = both;
    Some(conflict(section, first, second))
}

/// A webhook that takes events.
pub(super) fn webhook_output(section: &Section, _: Version) -> Option<Diagnostic> {
    if let Some(url) = section.text("url").filter(|url| url.as_str() == "<secret>") {
        return Some(
            Diagnostic::new(&VALUE, "the URL of an event webhook is missing")
                .at(url.span(), "this is what Alertmanager shows instead of a secret")
                .note(REFUSED),
        );
    }
    let settings = ["batch_max_events", "batch_max_bytes", "batch_flush_interval"];
    for name in settings {
        let Some(entry) = section.set(name) else { continue };
        let negative = matches!(&entry.value, Value::Number(value) if value.value < 0.0);
        let zero = entry.value.text().is_some_and(|text| {
            text.as_str()
                .parse::<crate::golang::Duration>()
                .is_ok_and(|time| time == crate::golang::Duration::default())
        });
        if negative {
            return Some(
                Diagnostic::new(&VALUE, format!("`{name}` must not be negative"))
                    .at(entry.value.span(), "this is less than 0")
                    .note(REFUSED),
            );
        }
        if !section.is_on("batch") && !zero {
            return Some(
                Diagnostic::new(&CONFLICT, format!("`{name}` needs `batch: true` beside it"))
                    .at(entry.key.span(), "batches are off")
                    .note(REFUSED)
                    .help("Switch `batch` on, or remove this."),
            );
        }
    }
    None
}

/// Every Kafka broker has an address.
pub(super) fn empty_broker(section: &Section, _: Version) -> Option<Diagnostic> {
    let brokers = section.get("brokers")?.items();
    let empty = brokers.iter().find(|broker| match broker {
        Value::Null(_) => true,
        value => value.text().is_some_and(|text| text.as_str().is_empty()),
    })?;
    Some(Diagnostic::new(&VALUE, "a broker has no address").at(empty.span(), "this is empty").note(REFUSED))
}
