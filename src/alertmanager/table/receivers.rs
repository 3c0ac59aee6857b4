//! `receivers`: the kinds of integrations, and what each needs from itself or from `global`.

use super::rule::{check, one_of};
use super::{Table, chat, list, map, paging, text};
use crate::alertmanager::integration;

/// A kind of integration.
#[derive(Debug)]
pub struct IntegrationKind {
    /// The key of its list in a receiver.
    pub key: &'static str,
    /// Its fields.
    pub table: &'static Table,
    /// What must be set in it or in `global`.
    pub needs: &'static [Need],
}

/// Fields of which one must be set, in the integration or in `global`.
#[derive(Debug)]
pub struct Need {
    /// The fields of the integration.
    pub own: &'static [&'static str],
    /// Those of `global`.
    pub global: &'static [&'static str],
    /// Whether `global` has it without being written, so that only `null` takes it away.
    pub defaulted: bool,
}

const fn need(own: &'static [&'static str], global: &'static [&'static str]) -> Need {
    Need { own, global, defaulted: false }
}

const fn defaulted(own: &'static [&'static str], global: &'static [&'static str]) -> Need {
    Need { own, global, defaulted: true }
}

/// Every kind.
pub static INTEGRATIONS: &[IntegrationKind] = &[
    IntegrationKind { key: "discord_configs", table: &chat::DISCORD, needs: &[] },
    IntegrationKind {
        key: "email_configs",
        table: &paging::EMAIL,
        needs: &[need(&["smarthost"], &["smtp_smarthost"]), need(&["from"], &["smtp_from"])],
    },
    IntegrationKind { key: "incidentio_configs", table: &paging::INCIDENTIO, needs: &[] },
    IntegrationKind { key: "jira_configs", table: &paging::JIRA, needs: &[need(&["api_url"], &["jira_api_url"])] },
    IntegrationKind {
        key: "mattermost_configs",
        table: &chat::MATTERMOST,
        needs: &[need(
            &["webhook_url", "webhook_url_file"],
            &["mattermost_webhook_url", "mattermost_webhook_url_file"],
        )],
    },
    IntegrationKind { key: "msteams_configs", table: &chat::MSTEAMS, needs: &[] },
    IntegrationKind { key: "msteamsv2_configs", table: &chat::MSTEAMSV2, needs: &[] },
    IntegrationKind {
        key: "opsgenie_configs",
        table: &paging::OPSGENIE,
        needs: &[
            defaulted(&["api_url"], &["opsgenie_api_url"]),
            need(&["api_key", "api_key_file"], &["opsgenie_api_key", "opsgenie_api_key_file"]),
        ],
    },
    IntegrationKind {
        key: "pagerduty_configs",
        table: &paging::PAGERDUTY,
        needs: &[defaulted(&["url"], &["pagerduty_url"])],
    },
    IntegrationKind { key: "pushover_configs", table: &paging::PUSHOVER, needs: &[] },
    IntegrationKind {
        key: "rocketchat_configs",
        table: &chat::ROCKETCHAT,
        needs: &[
            need(&["token_id", "token_id_file"], &["rocketchat_token_id", "rocketchat_token_id_file"]),
            need(&["token", "token_file"], &["rocketchat_token", "rocketchat_token_file"]),
        ],
    },
    IntegrationKind { key: "slack_configs", table: &chat::SLACK, needs: &[] },
    IntegrationKind { key: "sns_configs", table: &paging::SNS, needs: &[] },
    IntegrationKind {
        key: "telegram_configs",
        table: &chat::TELEGRAM,
        needs: &[need(&["bot_token", "bot_token_file"], &["telegram_bot_token", "telegram_bot_token_file"])],
    },
    IntegrationKind {
        key: "victorops_configs",
        table: &paging::VICTOROPS,
        needs: &[
            defaulted(&["api_url"], &["victorops_api_url"]),
            need(&["api_key", "api_key_file"], &["victorops_api_key", "victorops_api_key_file"]),
        ],
    },
    IntegrationKind {
        key: "webex_configs",
        table: &chat::WEBEX,
        needs: &[defaulted(&["api_url"], &["webex_api_url"])],
    },
    IntegrationKind { key: "webhook_configs", table: &paging::WEBHOOK, needs: &[] },
    IntegrationKind {
        key: "wechat_configs",
        table: &chat::WECHAT,
        needs: &[
            defaulted(&["api_url"], &["wechat_api_url"]),
            need(&["api_secret", "api_secret_file"], &["wechat_api_secret", "wechat_api_secret_file"]),
            need(&["corp_id"], &["wechat_api_corp_id"]),
        ],
    },
];

/// A receiver.
pub static RECEIVER: Table = Table {
    name: "receivers",
    fields: &[
        text("name", (0, 1)),
        map("labels", (0, 33)),
        list("discord_configs", &chat::DISCORD, (0, 25)),
        list("email_configs", &paging::EMAIL, (0, 1)),
        list("incidentio_configs", &paging::INCIDENTIO, (0, 29)),
        list("jira_configs", &paging::JIRA, (0, 28)),
        list("mattermost_configs", &chat::MATTERMOST, (0, 30)),
        list("msteams_configs", &chat::MSTEAMS, (0, 26)),
        list("msteamsv2_configs", &chat::MSTEAMSV2, (0, 28)),
        list("opsgenie_configs", &paging::OPSGENIE, (0, 1)),
        list("pagerduty_configs", &paging::PAGERDUTY, (0, 1)),
        list("pushover_configs", &paging::PUSHOVER, (0, 1)),
        list("rocketchat_configs", &chat::ROCKETCHAT, (0, 28)),
        list("slack_configs", &chat::SLACK, (0, 1)),
        list("sns_configs", &paging::SNS, (0, 23)),
        list("telegram_configs", &chat::TELEGRAM, (0, 24)),
        list("victorops_configs", &paging::VICTOROPS, (0, 5)),
        list("webex_configs", &chat::WEBEX, (0, 25)),
        list("webhook_configs", &paging::WEBHOOK, (0, 1)),
        list("wechat_configs", &chat::WECHAT, (0, 12)),
    ],
    rules: &[one_of(&["name"]), check(integration::name_label)],
};
