//! Receivers that page, mail or hand on.

use super::http::{HTTP_CONFIG, TLS_CONFIG};
use super::rule::{at_most_one, check, choice, one_of, with};
use super::{
    Table, any, any_map, block, boolean, duration, go_duration, go_duration_text, host_port, list, map, secret,
    secret_url, template_url, text, text_or_block, texts, unsigned, url,
};
use crate::alertmanager::integration;

/// An entry of `email_configs`.
pub(super) static EMAIL: Table = Table {
    name: "email_configs",
    fields: &[
        boolean("send_resolved", (0, 1)),
        text("to", (0, 3)),
        text("from", (0, 3)),
        text("hello", (0, 8)),
        host_port("smarthost", (0, 3)),
        text("auth_username", (0, 3)),
        secret("auth_password", (0, 3)),
        text("auth_password_file", (0, 25)),
        secret("auth_secret", (0, 3)),
        text("auth_secret_file", (0, 31)),
        text("auth_identity", (0, 3)),
        map("headers", (0, 3)),
        text("html", (0, 3)),
        text("text", (0, 9)),
        boolean("require_tls", (0, 3)),
        block("tls_config", &TLS_CONFIG, (0, 16)),
        boolean("force_implicit_tls", (0, 31)),
        block("threading", &THREADING, (0, 30)),
    ],
    rules: &[one_of(&["to"]), check(integration::email_headers), check(integration::email_threading)],
};

/// How mails of one group are threaded.
static THREADING: Table =
    Table { name: "threading", fields: &[boolean("enabled", (0, 30)), text("thread_by_date", (0, 30))], rules: &[] };

/// An entry of `incidentio_configs`.
pub(super) static INCIDENTIO: Table = Table {
    name: "incidentio_configs",
    fields: &[
        boolean("send_resolved", (0, 29)),
        block("http_config", &HTTP_CONFIG, (0, 29)),
        url("url", (0, 29)),
        text("url_file", (0, 29)),
        secret("alert_source_token", (0, 29)),
        text("alert_source_token_file", (0, 29)),
        unsigned("max_alerts", (0, 29)),
        go_duration("timeout", (0, 29)),
    ],
    rules: &[
        one_of(&["url", "url_file"]),
        at_most_one(&["url", "url_file"]),
        at_most_one(&["alert_source_token", "alert_source_token_file"]),
        check(integration::incidentio),
    ],
};

/// An entry of `jira_configs`.
pub(super) static JIRA: Table = Table {
    name: "jira_configs",
    fields: &[
        boolean("send_resolved", (0, 28)),
        block("http_config", &HTTP_CONFIG, (0, 28)),
        url("api_url", (0, 28)),
        text("api_type", (0, 29)),
        text("project", (0, 28)),
        text("summary", (0, 28)).until((0, 30)),
        text_or_block("summary", &JIRA_FIELD, (0, 30)),
        text("description", (0, 28)).until((0, 30)),
        text_or_block("description", &JIRA_FIELD, (0, 30)),
        texts("labels", (0, 28)),
        text("priority", (0, 28)),
        text("issue_type", (0, 28)),
        text("reopen_transition", (0, 28)),
        text("resolve_transition", (0, 28)),
        text("wont_fix_resolution", (0, 28)),
        duration("reopen_duration", (0, 28)),
        any_map("fields", (0, 28)),
    ],
    rules: &[
        one_of(&["project"]),
        one_of(&["issue_type"]),
        choice("api_type", &["auto", "cloud", "datacenter"]).since((0, 29)),
    ],
};

/// A field of an issue with its options.
static JIRA_FIELD: Table =
    Table { name: "summary", fields: &[text("template", (0, 30)), boolean("enable_update", (0, 30))], rules: &[] };

/// An entry of `opsgenie_configs`.
pub(super) static OPSGENIE: Table = Table {
    name: "opsgenie_configs",
    fields: &[
        boolean("send_resolved", (0, 1)),
        block("http_config", &HTTP_CONFIG, (0, 15)),
        secret("api_key", (0, 3)),
        text("api_key_file", (0, 24)),
        url("api_url", (0, 11)),
        text("message", (0, 5)),
        text("description", (0, 3)),
        text("source", (0, 3)),
        map("details", (0, 3)),
        text("entity", (0, 24)),
        list("responders", &OPSGENIE_RESPONDER, (0, 18)),
        text("actions", (0, 24)),
        text("tags", (0, 3)),
        text("note", (0, 5)),
        text("priority", (0, 11)),
        boolean("update_alerts", (0, 24)),
    ],
    rules: &[at_most_one(&["api_key", "api_key_file"]), check(integration::null_responder)],
};

/// Somebody who responds.
static OPSGENIE_RESPONDER: Table = Table {
    name: "responders",
    fields: &[text("id", (0, 18)), text("name", (0, 18)), text("username", (0, 18)), text("type", (0, 18))],
    rules: &[one_of(&["id", "username", "name"]), check(integration::responder_type)],
};

/// An entry of `pagerduty_configs`.
pub(super) static PAGERDUTY: Table = Table {
    name: "pagerduty_configs",
    fields: &[
        boolean("send_resolved", (0, 1)),
        block("http_config", &HTTP_CONFIG, (0, 15)),
        secret("service_key", (0, 3)),
        text("service_key_file", (0, 25)),
        secret("routing_key", (0, 10)),
        text("routing_key_file", (0, 25)),
        url("url", (0, 3)),
        text("client", (0, 3)),
        text("client_url", (0, 3)),
        text("description", (0, 3)),
        map("details", (0, 3)).until((0, 30)),
        any_map("details", (0, 30)),
        list("images", &PAGERDUTY_IMAGE, (0, 16)),
        list("links", &PAGERDUTY_LINK, (0, 16)),
        text("source", (0, 25)),
        text("severity", (0, 10)),
        text("class", (0, 14)),
        text("component", (0, 10)),
        text("group", (0, 10)),
        go_duration("timeout", (0, 30)),
    ],
    rules: &[
        one_of(&["routing_key", "service_key", "routing_key_file", "service_key_file"]),
        at_most_one(&["routing_key", "routing_key_file"]),
        at_most_one(&["service_key", "service_key_file"]),
    ],
};

/// An image of an incident.
static PAGERDUTY_IMAGE: Table =
    Table { name: "images", fields: &[text("src", (0, 16)), text("alt", (0, 16)), text("href", (0, 18))], rules: &[] };

/// A link of an incident.
static PAGERDUTY_LINK: Table =
    Table { name: "links", fields: &[text("href", (0, 16)), text("text", (0, 16))], rules: &[] };

/// An entry of `pushover_configs`.
pub(super) static PUSHOVER: Table = Table {
    name: "pushover_configs",
    fields: &[
        boolean("send_resolved", (0, 1)),
        block("http_config", &HTTP_CONFIG, (0, 15)),
        secret("user_key", (0, 3)),
        text("user_key_file", (0, 26)),
        secret("token", (0, 3)),
        text("token_file", (0, 26)),
        text("title", (0, 3)),
        text("message", (0, 3)),
        text("url", (0, 3)),
        text("url_title", (0, 16)),
        text("device", (0, 26)),
        text("sound", (0, 16)),
        text("priority", (0, 3)),
        go_duration_text("retry", (0, 3)),
        go_duration_text("expire", (0, 3)),
        go_duration_text("ttl", (0, 27)),
        boolean("html", (0, 16)),
        boolean("monospace", (0, 29)),
    ],
    rules: &[
        one_of(&["user_key", "user_key_file"]),
        at_most_one(&["user_key", "user_key_file"]),
        one_of(&["token", "token_file"]),
        at_most_one(&["token", "token_file"]),
        at_most_one(&["html", "monospace"]),
    ],
};

/// An entry of `sns_configs`.
pub(super) static SNS: Table = Table {
    name: "sns_configs",
    fields: &[
        boolean("send_resolved", (0, 23)),
        block("http_config", &HTTP_CONFIG, (0, 23)),
        text("api_url", (0, 23)),
        block("sigv4", &SIGV4, (0, 23)),
        text("topic_arn", (0, 23)),
        text("phone_number", (0, 23)),
        text("target_arn", (0, 23)),
        text("subject", (0, 23)),
        text("message", (0, 23)),
        map("attributes", (0, 23)),
        boolean("use_aws_http_client", (0, 33)),
    ],
    rules: &[check(integration::sns_target)],
};

/// How requests to AWS are signed.
static SIGV4: Table = Table {
    name: "sigv4",
    fields: &[
        text("region", (0, 23)),
        text("access_key", (0, 23)),
        secret("secret_key", (0, 23)),
        text("profile", (0, 23)),
        text("role_arn", (0, 23)),
        text("external_id", (0, 34)),
        boolean("use_fips_sts_endpoint", (0, 28)),
        text("service_name", (0, 29)),
    ],
    rules: &[with("secret_key", "access_key"), with("access_key", "secret_key"), with("role_arn", "external_id")],
};

/// An entry of `victorops_configs`.
pub(super) static VICTOROPS: Table = Table {
    name: "victorops_configs",
    fields: &[
        boolean("send_resolved", (0, 5)),
        block("http_config", &HTTP_CONFIG, (0, 15)),
        secret("api_key", (0, 5)),
        text("api_key_file", (0, 22)),
        url("api_url", (0, 5)),
        text("routing_key", (0, 5)),
        text("message_type", (0, 5)),
        text("state_message", (0, 6)),
        text("entity_display_name", (0, 8)),
        text("monitoring_tool", (0, 6)),
        map("custom_fields", (0, 16)),
    ],
    rules: &[one_of(&["routing_key"]), at_most_one(&["api_key", "api_key_file"]), check(integration::victorops_fields)],
};

/// An entry of `webhook_configs`.
pub(super) static WEBHOOK: Table = Table {
    name: "webhook_configs",
    fields: &[
        boolean("send_resolved", (0, 1)),
        block("http_config", &HTTP_CONFIG, (0, 15)),
        url("url", (0, 3)).until((0, 26)),
        secret_url("url", (0, 26)).until((0, 31)),
        template_url("url", (0, 31)),
        text("url_file", (0, 26)),
        unsigned("max_alerts", (0, 21)),
        go_duration("timeout", (0, 28)),
        any("payload", (0, 32)),
    ],
    rules: &[one_of(&["url", "url_file"]), at_most_one(&["url", "url_file"])],
};
