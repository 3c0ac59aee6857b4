//! Every receiver kind of Alertmanager with its fields: one row per field, with the release that brought it.
//!
//! Facts from Alertmanager's configuration structs up to 0.34. A field that holds a secret takes a reference only; the
//! third value says since when Alertmanager can read it from a file.

use super::field::{
    Receiver, block, boolean, duration, go_duration, integer, integer_or_secret, map, ordered, secret, secret_inline,
    text, text_or_secret, texts,
};
use super::http;

/// All receiver kinds in alphabetical order.
pub static RECEIVERS: &[&Receiver] = &[
    &DISCORD,
    &EMAIL,
    &INCIDENTIO,
    &JIRA,
    &MATTERMOST,
    &MSTEAMS,
    &MSTEAMSV2,
    &OPSGENIE,
    &PAGERDUTY,
    &PUSHOVER,
    &ROCKETCHAT,
    &SLACK,
    &SNS,
    &TELEGRAM,
    &VICTOROPS,
    &WEBEX,
    &WEBHOOK,
    &WECHAT,
];

/// Discord: `discord_configs`.
pub static DISCORD: Receiver = Receiver::new(
    "discord",
    "Notifies through Discord; see Alertmanager's `discord_configs`.",
    (0, 25),
    &[
        boolean("send-resolved", (0, 3)),
        block("http", &http::HTTP, (0, 25)),
        secret("webhook-url", (0, 25), (0, 27)),
        text("content", (0, 28)),
        text("title", (0, 25)),
        text("message", (0, 25)),
        text("username", (0, 28)),
        text("avatar-url", (0, 28)),
    ],
);

/// e-mail: `email_configs`.
pub static EMAIL: Receiver = Receiver::new(
    "email",
    "Notifies through e-mail; see Alertmanager's `email_configs`.",
    (0, 1),
    &[
        boolean("send-resolved", (0, 3)),
        text("to", (0, 3)),
        text("from", (0, 3)),
        text("hello", (0, 8)),
        text("smarthost", (0, 3)),
        text("auth-username", (0, 3)),
        secret("auth-password", (0, 3), (0, 25)),
        secret("auth-secret", (0, 3), (0, 31)),
        text("auth-identity", (0, 3)),
        map("headers", (0, 3)),
        text("html", (0, 3)),
        text("text", (0, 9)),
        boolean("require-tls", (0, 3)),
        block("tls", &http::TLS, (0, 16)),
        boolean("force-implicit-tls", (0, 31)),
        block("threading", &EMAIL_THREADING, (0, 30)),
    ],
);

/// incident.io: `incidentio_configs`.
pub static INCIDENTIO: Receiver = Receiver::new(
    "incidentio",
    "Notifies through incident.io; see Alertmanager's `incidentio_configs`.",
    (0, 29),
    &[
        boolean("send-resolved", (0, 3)),
        block("http", &http::HTTP, (0, 29)),
        text_or_secret("url", (0, 29), (0, 29)),
        secret("alert-source-token", (0, 29), (0, 29)),
        integer("max-alerts", (0, 29)),
        go_duration("timeout", (0, 29)),
    ],
);

/// Jira: `jira_configs`.
pub static JIRA: Receiver = Receiver::new(
    "jira",
    "Notifies through Jira; see Alertmanager's `jira_configs`.",
    (0, 28),
    &[
        boolean("send-resolved", (0, 3)),
        block("http", &http::HTTP, (0, 28)),
        text("api-url", (0, 28)),
        text("api-type", (0, 29)),
        text("project", (0, 28)),
        text("summary", (0, 28)),
        text("description", (0, 28)),
        texts("labels", (0, 28)),
        text("priority", (0, 28)),
        text("issue-type", (0, 28)),
        text("reopen-transition", (0, 28)),
        text("resolve-transition", (0, 28)),
        text("wont-fix-resolution", (0, 28)),
        duration("reopen-duration", (0, 28)),
        map("fields", (0, 28)),
    ],
);

/// Mattermost: `mattermost_configs`.
pub static MATTERMOST: Receiver = Receiver::new(
    "mattermost",
    "Notifies through Mattermost; see Alertmanager's `mattermost_configs`.",
    (0, 30),
    &[
        boolean("send-resolved", (0, 3)),
        block("http", &http::HTTP, (0, 30)),
        secret("webhook-url", (0, 30), (0, 30)),
        text("channel", (0, 30)),
        text("username", (0, 30)),
        text("text", (0, 30)),
        text("fallback", (0, 32)),
        text("color", (0, 32)),
        text("pretext", (0, 32)),
        text("author-name", (0, 32)),
        text("author-link", (0, 32)),
        text("author-icon", (0, 32)),
        text("title", (0, 32)),
        text("title-link", (0, 32)),
        ordered("field", "fields", &MATTERMOST_FIELDS, (0, 32)),
        text("thumb-url", (0, 32)),
        text("footer", (0, 32)),
        text("footer-icon", (0, 32)),
        text("image-url", (0, 32)),
        text("icon-url", (0, 30)),
        text("icon-emoji", (0, 30)),
        ordered("attachment", "attachments", &MATTERMOST_ATTACHMENTS, (0, 30)),
        text("type", (0, 30)),
        block("props", &MATTERMOST_PROPS, (0, 30)),
        block("priority", &MATTERMOST_PRIORITY, (0, 30)),
    ],
);

/// Microsoft Teams (connector): `msteams_configs`.
pub static MSTEAMS: Receiver = Receiver::new(
    "msteams",
    "Notifies through Microsoft Teams (connector); see Alertmanager's `msteams_configs`.",
    (0, 26),
    &[
        boolean("send-resolved", (0, 3)),
        block("http", &http::HTTP, (0, 26)),
        secret("webhook-url", (0, 26), (0, 27)),
        text("title", (0, 26)),
        text("summary", (0, 27)),
        text("text", (0, 26)),
    ],
);

/// Microsoft Teams (workflow): `msteamsv2_configs`.
pub static MSTEAMSV2: Receiver = Receiver::new(
    "msteamsv2",
    "Notifies through Microsoft Teams (workflow); see Alertmanager's `msteamsv2_configs`.",
    (0, 28),
    &[
        boolean("send-resolved", (0, 3)),
        block("http", &http::HTTP, (0, 28)),
        secret("webhook-url", (0, 28), (0, 28)),
        text("title", (0, 28)),
        text("text", (0, 28)),
    ],
);

/// OpsGenie: `opsgenie_configs`.
pub static OPSGENIE: Receiver = Receiver::new(
    "opsgenie",
    "Notifies through OpsGenie; see Alertmanager's `opsgenie_configs`.",
    (0, 1),
    &[
        boolean("send-resolved", (0, 3)),
        block("http", &http::HTTP, (0, 15)),
        secret("api-key", (0, 3), (0, 24)),
        text("api-url", (0, 11)),
        text("message", (0, 5)),
        text("description", (0, 3)),
        text("source", (0, 3)),
        map("details", (0, 3)),
        text("entity", (0, 24)),
        ordered("responder", "responders", &OPSGENIE_RESPONDERS, (0, 18)),
        text("actions", (0, 24)),
        text("tags", (0, 3)),
        text("note", (0, 5)),
        text("priority", (0, 11)),
        boolean("update-alerts", (0, 24)),
    ],
);

/// PagerDuty: `pagerduty_configs`.
pub static PAGERDUTY: Receiver = Receiver::new(
    "pagerduty",
    "Notifies through PagerDuty; see Alertmanager's `pagerduty_configs`.",
    (0, 1),
    &[
        boolean("send-resolved", (0, 3)),
        block("http", &http::HTTP, (0, 15)),
        secret("service-key", (0, 3), (0, 25)),
        secret("routing-key", (0, 10), (0, 25)),
        text("url", (0, 3)),
        text("client", (0, 3)),
        text("client-url", (0, 3)),
        text("description", (0, 3)),
        map("details", (0, 3)),
        ordered("image", "images", &PAGERDUTY_IMAGES, (0, 16)),
        ordered("link", "links", &PAGERDUTY_LINKS, (0, 16)),
        text("source", (0, 25)),
        text("severity", (0, 10)),
        text("class", (0, 14)),
        text("component", (0, 10)),
        text("group", (0, 10)),
        go_duration("timeout", (0, 30)),
    ],
);

/// Pushover: `pushover_configs`.
pub static PUSHOVER: Receiver = Receiver::new(
    "pushover",
    "Notifies through Pushover; see Alertmanager's `pushover_configs`.",
    (0, 1),
    &[
        boolean("send-resolved", (0, 3)),
        block("http", &http::HTTP, (0, 15)),
        secret("user-key", (0, 3), (0, 26)),
        secret("token", (0, 3), (0, 26)),
        text("title", (0, 3)),
        text("message", (0, 3)),
        text("url", (0, 3)),
        text("url-title", (0, 16)),
        text("device", (0, 26)),
        text("sound", (0, 16)),
        text("priority", (0, 3)),
        go_duration("retry", (0, 3)),
        go_duration("expire", (0, 3)),
        go_duration("ttl", (0, 27)),
        boolean("html", (0, 16)),
        boolean("monospace", (0, 29)),
    ],
);

/// Rocket.Chat: `rocketchat_configs`.
pub static ROCKETCHAT: Receiver = Receiver::new(
    "rocketchat",
    "Notifies through Rocket.Chat; see Alertmanager's `rocketchat_configs`.",
    (0, 28),
    &[
        boolean("send-resolved", (0, 3)),
        block("http", &http::HTTP, (0, 28)),
        text("api-url", (0, 28)),
        secret("token-id", (0, 28), (0, 28)),
        secret("token", (0, 28), (0, 28)),
        text("channel", (0, 28)),
        text("color", (0, 28)),
        text("title", (0, 28)),
        text("title-link", (0, 28)),
        text("text", (0, 28)),
        ordered("field", "fields", &ROCKETCHAT_FIELDS, (0, 28)),
        boolean("short-fields", (0, 28)),
        text("emoji", (0, 28)),
        text("icon-url", (0, 28)),
        text("image-url", (0, 28)),
        text("thumb-url", (0, 28)),
        boolean("link-names", (0, 28)),
        ordered("action", "actions", &ROCKETCHAT_ACTIONS, (0, 28)),
    ],
);

/// Slack: `slack_configs`.
pub static SLACK: Receiver = Receiver::new(
    "slack",
    "Notifies through Slack; see Alertmanager's `slack_configs`.",
    (0, 1),
    &[
        boolean("send-resolved", (0, 3)),
        block("http", &http::HTTP, (0, 15)),
        secret("api-url", (0, 3), (0, 22)),
        secret("app-token", (0, 30), (0, 30)),
        text("app-url", (0, 30)),
        text("channel", (0, 3)),
        text("username", (0, 3)),
        text("color", (0, 3)),
        text("title", (0, 3)),
        text("title-link", (0, 3)),
        text("pretext", (0, 3)),
        text("text", (0, 3)),
        text("message-text", (0, 31)),
        ordered("field", "fields", &SLACK_FIELDS, (0, 12)),
        boolean("short-fields", (0, 12)),
        text("footer", (0, 12)),
        text("fallback", (0, 3)),
        text("callback-id", (0, 16)),
        text("icon-emoji", (0, 3)),
        text("icon-url", (0, 5)),
        text("image-url", (0, 16)),
        text("thumb-url", (0, 16)),
        boolean("link-names", (0, 9)),
        texts("mrkdwn-in", (0, 19)),
        ordered("action", "actions", &SLACK_ACTIONS, (0, 15)),
        boolean("update-message", (0, 32)),
        go_duration("timeout", (0, 30)),
    ],
);

/// Amazon SNS: `sns_configs`.
pub static SNS: Receiver = Receiver::new(
    "sns",
    "Notifies through Amazon SNS; see Alertmanager's `sns_configs`.",
    (0, 23),
    &[
        boolean("send-resolved", (0, 3)),
        block("http", &http::HTTP, (0, 23)),
        text("api-url", (0, 23)),
        block("sigv4", &SNS_SIGV4, (0, 23)),
        text("topic-arn", (0, 23)),
        text("phone-number", (0, 23)),
        text("target-arn", (0, 23)),
        text("subject", (0, 23)),
        text("message", (0, 23)),
        map("attributes", (0, 23)),
        boolean("use-aws-http-client", (0, 33)),
    ],
);

/// Telegram: `telegram_configs`.
pub static TELEGRAM: Receiver = Receiver::new(
    "telegram",
    "Notifies through Telegram; see Alertmanager's `telegram_configs`.",
    (0, 24),
    &[
        boolean("send-resolved", (0, 3)),
        block("http", &http::HTTP, (0, 24)),
        text("api-url", (0, 24)),
        secret("bot-token", (0, 24), (0, 26)),
        integer_or_secret("chat-id", (0, 24), (0, 31)),
        integer("message-thread-id", (0, 28)),
        text("message", (0, 24)),
        boolean("disable-notifications", (0, 24)),
        text("parse-mode", (0, 24)),
    ],
);

/// VictorOps: `victorops_configs`.
pub static VICTOROPS: Receiver = Receiver::new(
    "victorops",
    "Notifies through VictorOps; see Alertmanager's `victorops_configs`.",
    (0, 5),
    &[
        boolean("send-resolved", (0, 3)),
        block("http", &http::HTTP, (0, 15)),
        secret("api-key", (0, 5), (0, 22)),
        text("api-url", (0, 5)),
        text("routing-key", (0, 5)),
        text("message-type", (0, 5)),
        text("state-message", (0, 6)),
        text("entity-display-name", (0, 8)),
        text("monitoring-tool", (0, 6)),
        map("custom-fields", (0, 16)),
    ],
);

/// Webex: `webex_configs`.
pub static WEBEX: Receiver = Receiver::new(
    "webex",
    "Notifies through Webex; see Alertmanager's `webex_configs`.",
    (0, 25),
    &[
        boolean("send-resolved", (0, 3)),
        block("http", &http::HTTP, (0, 25)),
        text("api-url", (0, 25)),
        text("message", (0, 25)),
        text("room-id", (0, 25)),
    ],
);

/// webhook: `webhook_configs`.
pub static WEBHOOK: Receiver = Receiver::new(
    "webhook",
    "Notifies through webhook; see Alertmanager's `webhook_configs`.",
    (0, 1),
    &[
        boolean("send-resolved", (0, 3)),
        block("http", &http::HTTP, (0, 15)),
        text_or_secret("url", (0, 3), (0, 26)),
        integer("max-alerts", (0, 21)),
        go_duration("timeout", (0, 28)),
    ],
);

/// WeChat: `wechat_configs`.
pub static WECHAT: Receiver = Receiver::new(
    "wechat",
    "Notifies through WeChat; see Alertmanager's `wechat_configs`.",
    (0, 12),
    &[
        boolean("send-resolved", (0, 3)),
        block("http", &http::HTTP, (0, 15)),
        secret("api-secret", (0, 12), (0, 31)),
        text("corp-id", (0, 12)),
        text("message", (0, 12)),
        text("api-url", (0, 12)),
        text("to-user", (0, 12)),
        text("to-party", (0, 12)),
        text("to-tag", (0, 12)),
        text("agent-id", (0, 12)),
        text("message-type", (0, 22)),
    ],
);

/// Threading of e-mail.
static EMAIL_THREADING: Receiver = Receiver::new(
    "threading",
    "Threading of e-mail.",
    (0, 3),
    &[boolean("enabled", (0, 30)), text("thread-by-date", (0, 30))],
);

/// Fields of Mattermost.
static MATTERMOST_FIELDS: Receiver = Receiver::new(
    "field",
    "Fields of Mattermost.",
    (0, 3),
    &[text("title", (0, 30)), text("value", (0, 30)), boolean("short", (0, 30))],
);

/// Attachments of Mattermost.
static MATTERMOST_ATTACHMENTS: Receiver = Receiver::new(
    "attachment",
    "Attachments of Mattermost.",
    (0, 3),
    &[
        text("fallback", (0, 30)),
        text("color", (0, 30)),
        text("pretext", (0, 30)),
        text("text", (0, 30)),
        text("author-name", (0, 30)),
        text("author-link", (0, 30)),
        text("author-icon", (0, 30)),
        text("title", (0, 30)),
        text("title-link", (0, 30)),
        ordered("field", "fields", &MATTERMOST_FIELDS, (0, 30)),
        text("thumb-url", (0, 30)),
        text("footer", (0, 30)),
        text("footer-icon", (0, 30)),
        text("image-url", (0, 30)),
    ],
);

/// Props of Mattermost.
static MATTERMOST_PROPS: Receiver = Receiver::new("props", "Props of Mattermost.", (0, 3), &[text("card", (0, 30))]);

/// Priority of Mattermost.
static MATTERMOST_PRIORITY: Receiver = Receiver::new(
    "priority",
    "Priority of Mattermost.",
    (0, 3),
    &[text("priority", (0, 30)), boolean("requested-ack", (0, 30)), boolean("persistent-notifications", (0, 30))],
);

/// Responders of OpsGenie.
static OPSGENIE_RESPONDERS: Receiver = Receiver::new(
    "responder",
    "Responders of OpsGenie.",
    (0, 3),
    &[text("id", (0, 18)), text("name", (0, 18)), text("username", (0, 18)), text("type", (0, 18))],
);

/// Images of PagerDuty.
static PAGERDUTY_IMAGES: Receiver = Receiver::new(
    "image",
    "Images of PagerDuty.",
    (0, 3),
    &[text("src", (0, 16)), text("alt", (0, 16)), text("href", (0, 18))],
);

/// Links of PagerDuty.
static PAGERDUTY_LINKS: Receiver =
    Receiver::new("link", "Links of PagerDuty.", (0, 3), &[text("href", (0, 16)), text("text", (0, 16))]);

/// Fields of Rocket.Chat.
static ROCKETCHAT_FIELDS: Receiver = Receiver::new(
    "field",
    "Fields of Rocket.Chat.",
    (0, 3),
    &[boolean("short", (0, 28)), text("title", (0, 28)), text("value", (0, 28))],
);

/// Actions of Rocket.Chat.
static ROCKETCHAT_ACTIONS: Receiver = Receiver::new(
    "action",
    "Actions of Rocket.Chat.",
    (0, 3),
    &[
        text("type", (0, 28)),
        text("text", (0, 28)),
        text("url", (0, 28)),
        text("imageurl", (0, 28)),
        boolean("iswebview", (0, 28)),
        text("webviewheightratio", (0, 28)),
        text("msg", (0, 28)),
        boolean("msginchatwindow", (0, 28)),
        text("msgprocessingtype", (0, 28)),
    ],
);

/// Fields of Slack.
static SLACK_FIELDS: Receiver = Receiver::new(
    "field",
    "Fields of a Slack message.",
    (0, 12),
    &[text("title", (0, 15)), text("value", (0, 15)), boolean("short", (0, 15))],
);

/// Actions of Slack.
static SLACK_ACTIONS: Receiver = Receiver::new(
    "action",
    "Actions of a Slack message.",
    (0, 12),
    &[
        text("type", (0, 15)),
        text("text", (0, 15)),
        text("url", (0, 15)),
        text("style", (0, 15)),
        text("name", (0, 16)),
        text("value", (0, 16)),
        block("confirm", &SLACK_CONFIRM, (0, 16)),
    ],
);

/// Confirm of Slack.
static SLACK_CONFIRM: Receiver = Receiver::new(
    "confirm",
    "Confirmation dialog of a Slack message.",
    (0, 12),
    &[text("text", (0, 16)), text("title", (0, 16)), text("ok-text", (0, 16)), text("dismiss-text", (0, 16))],
);

/// AWS signature settings of Amazon SNS.
static SNS_SIGV4: Receiver = Receiver::new(
    "sigv4",
    "AWS signature settings of Amazon SNS.",
    (0, 3),
    &[
        text("region", (0, 23)),
        text("access-key", (0, 23)),
        secret_inline("secret-key", (0, 23)),
        text("profile", (0, 23)),
        text("role-arn", (0, 23)),
        text("external-id", (0, 34)),
        boolean("use-fips-sts-endpoint", (0, 28)),
        text("service-name", (0, 29)),
    ],
);
