//! Receivers that write into a chat.

use super::http::HTTP_CONFIG;
use super::rule::{at_most_one, check, choice, one_of};
use super::{Table, block, boolean, go_duration, integer, list, secret, secret_pointer, secret_url, text, texts, url};
use crate::alertmanager::integration;

/// An entry of `discord_configs`.
pub(super) static DISCORD: Table = Table {
    name: "discord_configs",
    fields: &[
        boolean("send_resolved", (0, 25)),
        block("http_config", &HTTP_CONFIG, (0, 25)),
        secret_url("webhook_url", (0, 25)),
        text("webhook_url_file", (0, 27)),
        text("content", (0, 28)),
        text("title", (0, 25)),
        text("message", (0, 25)),
        text("username", (0, 28)),
        text("avatar_url", (0, 28)),
    ],
    rules: &[one_of(&["webhook_url", "webhook_url_file"]), at_most_one(&["webhook_url", "webhook_url_file"])],
};

/// An entry of `mattermost_configs`.
pub(super) static MATTERMOST: Table = Table {
    name: "mattermost_configs",
    fields: &[
        boolean("send_resolved", (0, 30)),
        block("http_config", &HTTP_CONFIG, (0, 30)),
        secret_url("webhook_url", (0, 30)),
        text("webhook_url_file", (0, 30)),
        text("channel", (0, 30)),
        text("username", (0, 30)),
        text("text", (0, 30)),
        text("fallback", (0, 32)),
        text("color", (0, 32)),
        text("pretext", (0, 32)),
        text("author_name", (0, 32)),
        text("author_link", (0, 32)),
        text("author_icon", (0, 32)),
        text("title", (0, 32)),
        text("title_link", (0, 32)),
        list("fields", &MATTERMOST_FIELD, (0, 32)),
        text("thumb_url", (0, 32)),
        text("footer", (0, 32)),
        text("footer_icon", (0, 32)),
        text("image_url", (0, 32)),
        text("icon_url", (0, 30)),
        text("icon_emoji", (0, 30)),
        list("attachments", &MATTERMOST_ATTACHMENT, (0, 30)),
        text("type", (0, 30)),
        block("props", &MATTERMOST_PROPS, (0, 30)),
        block("priority", &MATTERMOST_PRIORITY, (0, 30)),
    ],
    rules: &[at_most_one(&["webhook_url", "webhook_url_file"])],
};

/// A field of a Mattermost message.
static MATTERMOST_FIELD: Table = Table {
    name: "fields",
    fields: &[text("title", (0, 30)), text("value", (0, 30)), boolean("short", (0, 30))],
    rules: &[one_of(&["title"]), one_of(&["value"])],
};

/// An attachment of a Mattermost message.
static MATTERMOST_ATTACHMENT: Table = Table {
    name: "attachments",
    fields: &[
        text("fallback", (0, 30)),
        text("color", (0, 30)),
        text("pretext", (0, 30)),
        text("text", (0, 30)),
        text("author_name", (0, 30)),
        text("author_link", (0, 30)),
        text("author_icon", (0, 30)),
        text("title", (0, 30)),
        text("title_link", (0, 30)),
        list("fields", &MATTERMOST_FIELD, (0, 30)),
        text("thumb_url", (0, 30)),
        text("footer", (0, 30)),
        text("footer_icon", (0, 30)),
        text("image_url", (0, 30)),
    ],
    rules: &[],
};

/// Properties of a Mattermost message.
static MATTERMOST_PROPS: Table = Table { name: "props", fields: &[text("card", (0, 30))], rules: &[] };

/// The priority of a Mattermost message.
static MATTERMOST_PRIORITY: Table = Table {
    name: "priority",
    fields: &[
        text("priority", (0, 30)),
        boolean("requested_ack", (0, 30)),
        boolean("persistent_notifications", (0, 30)),
    ],
    rules: &[],
};

/// An entry of `msteams_configs`.
pub(super) static MSTEAMS: Table = Table {
    name: "msteams_configs",
    fields: &[
        boolean("send_resolved", (0, 26)),
        block("http_config", &HTTP_CONFIG, (0, 26)),
        secret_url("webhook_url", (0, 26)),
        text("webhook_url_file", (0, 27)),
        text("title", (0, 26)),
        text("summary", (0, 27)),
        text("text", (0, 26)),
    ],
    rules: &[one_of(&["webhook_url", "webhook_url_file"]), at_most_one(&["webhook_url", "webhook_url_file"])],
};

/// An entry of `msteamsv2_configs`.
pub(super) static MSTEAMSV2: Table = Table {
    name: "msteamsv2_configs",
    fields: &[
        boolean("send_resolved", (0, 28)),
        block("http_config", &HTTP_CONFIG, (0, 28)),
        secret_url("webhook_url", (0, 28)),
        text("webhook_url_file", (0, 28)),
        text("title", (0, 28)),
        text("text", (0, 28)),
    ],
    rules: &[one_of(&["webhook_url", "webhook_url_file"]), at_most_one(&["webhook_url", "webhook_url_file"])],
};

/// An entry of `rocketchat_configs`.
pub(super) static ROCKETCHAT: Table = Table {
    name: "rocketchat_configs",
    fields: &[
        boolean("send_resolved", (0, 28)),
        block("http_config", &HTTP_CONFIG, (0, 28)),
        url("api_url", (0, 28)),
        secret_pointer("token_id", (0, 28)),
        text("token_id_file", (0, 28)),
        secret_pointer("token", (0, 28)),
        text("token_file", (0, 28)),
        text("channel", (0, 28)),
        text("color", (0, 28)),
        text("title", (0, 28)),
        text("title_link", (0, 28)),
        text("text", (0, 28)),
        list("fields", &ROCKETCHAT_FIELD, (0, 28)),
        boolean("short_fields", (0, 28)),
        text("emoji", (0, 28)),
        text("icon_url", (0, 28)),
        text("image_url", (0, 28)),
        text("thumb_url", (0, 28)),
        boolean("link_names", (0, 28)),
        list("actions", &ROCKETCHAT_ACTION, (0, 28)),
    ],
    rules: &[at_most_one(&["token", "token_file"]), at_most_one(&["token_id", "token_id_file"])],
};

/// A field of a Rocket.Chat message.
static ROCKETCHAT_FIELD: Table = Table {
    name: "fields",
    fields: &[boolean("short", (0, 28)), text("title", (0, 28)), text("value", (0, 28))],
    rules: &[],
};

/// A button of a Rocket.Chat message.
static ROCKETCHAT_ACTION: Table = Table {
    name: "actions",
    fields: &[
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
    rules: &[],
};

/// An entry of `slack_configs`.
pub(super) static SLACK: Table = Table {
    name: "slack_configs",
    fields: &[
        boolean("send_resolved", (0, 1)),
        block("http_config", &HTTP_CONFIG, (0, 15)),
        secret_url("api_url", (0, 3)),
        text("api_url_file", (0, 22)),
        secret("app_token", (0, 30)),
        text("app_token_file", (0, 30)),
        url("app_url", (0, 30)),
        text("channel", (0, 3)),
        text("username", (0, 3)),
        text("color", (0, 3)),
        text("title", (0, 3)),
        text("title_link", (0, 3)),
        text("pretext", (0, 3)),
        text("text", (0, 3)),
        text("message_text", (0, 31)),
        list("fields", &SLACK_FIELD, (0, 12)),
        boolean("short_fields", (0, 12)),
        text("footer", (0, 12)),
        text("fallback", (0, 3)),
        text("callback_id", (0, 16)),
        text("icon_emoji", (0, 3)),
        text("icon_url", (0, 5)),
        text("image_url", (0, 16)),
        text("thumb_url", (0, 16)),
        boolean("link_names", (0, 9)),
        texts("mrkdwn_in", (0, 19)),
        list("actions", &SLACK_ACTION, (0, 15)),
        boolean("update_message", (0, 32)),
        go_duration("timeout", (0, 30)),
    ],
    rules: &[
        at_most_one(&["api_url", "api_url_file"]),
        at_most_one(&["app_token", "app_token_file"]),
        check(integration::slack_token_or_url),
        check(integration::slack_update),
    ],
};

/// A field of a Slack message.
static SLACK_FIELD: Table = Table {
    name: "fields",
    fields: &[text("title", (0, 15)), text("value", (0, 15)), boolean("short", (0, 15))],
    rules: &[one_of(&["title"]), one_of(&["value"])],
};

/// A button of a Slack message.
static SLACK_ACTION: Table = Table {
    name: "actions",
    fields: &[
        text("type", (0, 15)),
        text("text", (0, 15)),
        text("url", (0, 15)),
        text("style", (0, 15)),
        text("name", (0, 16)),
        text("value", (0, 16)),
        block("confirm", &SLACK_CONFIRMATION, (0, 16)),
    ],
    rules: &[one_of(&["type"]), one_of(&["text"]), one_of(&["url", "name"])],
};

/// The confirmation of a Slack button.
static SLACK_CONFIRMATION: Table = Table {
    name: "confirm",
    fields: &[text("text", (0, 16)), text("title", (0, 16)), text("ok_text", (0, 16)), text("dismiss_text", (0, 16))],
    rules: &[one_of(&["text"])],
};

/// An entry of `telegram_configs`.
pub(super) static TELEGRAM: Table = Table {
    name: "telegram_configs",
    fields: &[
        boolean("send_resolved", (0, 24)),
        block("http_config", &HTTP_CONFIG, (0, 24)),
        url("api_url", (0, 24)),
        secret("bot_token", (0, 24)),
        text("bot_token_file", (0, 26)),
        integer("chat_id", (0, 24)),
        text("chat_id_file", (0, 31)),
        integer("message_thread_id", (0, 28)),
        text("message", (0, 24)),
        boolean("disable_notifications", (0, 24)),
        text("parse_mode", (0, 24)),
    ],
    rules: &[
        at_most_one(&["bot_token", "bot_token_file"]),
        one_of(&["chat_id", "chat_id_file"]),
        at_most_one(&["chat_id", "chat_id_file"]),
        choice("parse_mode", &["", "Markdown", "MarkdownV2", "HTML"]),
    ],
};

/// An entry of `webex_configs`.
pub(super) static WEBEX: Table = Table {
    name: "webex_configs",
    fields: &[
        boolean("send_resolved", (0, 25)),
        block("http_config", &HTTP_CONFIG, (0, 25)),
        url("api_url", (0, 25)),
        text("message", (0, 25)),
        text("room_id", (0, 25)),
    ],
    rules: &[one_of(&["room_id"]), check(integration::webex)],
};

/// An entry of `wechat_configs`.
pub(super) static WECHAT: Table = Table {
    name: "wechat_configs",
    fields: &[
        boolean("send_resolved", (0, 12)),
        block("http_config", &HTTP_CONFIG, (0, 15)),
        secret("api_secret", (0, 12)),
        text("api_secret_file", (0, 31)),
        text("corp_id", (0, 12)),
        text("message", (0, 12)),
        url("api_url", (0, 12)),
        text("to_user", (0, 12)),
        text("to_party", (0, 12)),
        text("to_tag", (0, 12)),
        text("agent_id", (0, 12)),
        text("message_type", (0, 22)),
    ],
    rules: &[at_most_one(&["api_secret", "api_secret_file"]), choice("message_type", &["", "text", "markdown"])],
};
