//! What the spec asks of Alertmanager that the target release, or any release, cannot do.

use super::matchers::is_plain;
use super::receivers::key;
use super::{ANY_LABEL_NAME, calendars};
use crate::ast::Version;
use crate::ast::channel::{Receiver, TRACING};
use crate::model::{Field, Integration, Model, Setting, SettingValue};
use crate::provenance::Origin;

/// The first release that reads the mail server's password from a file.
pub(super) const SMTP_PASSWORD_FILE: Version = Version::new(0, 25);

/// The Slack setting that edits a message instead of sending another.
const UPDATE_MESSAGE: &str = "update_message";

/// One thing that had to be left out of alertmanager.yaml.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// Where the spec asks for it.
    pub origin: Origin,
    /// What it is, to be followed by a verb: "the field `timeout` of `webhook_configs`".
    pub what: String,
    /// What it would need.
    pub needs: Need,
}

/// What a field or integration would need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// This release or a newer one.
    Release(Version),
    /// No release can do it without the secret itself in the file.
    Impossible {
        /// Why, as full sentences.
        why: &'static str,
        /// What to do instead, as full sentences.
        instead: &'static str,
    },
}

/// Everything in the spec that the Alertmanager of `project targets` would refuse, in the order of channels, routing,
/// calendars. The backend leaves exactly these things out.
pub fn requirements(model: &Model) -> Vec<Requirement> {
    let target = model.project.targets.alertmanager.value;
    let mut found = Vec::new();
    for channel in model.channels.values() {
        for integration in &channel.integrations {
            integration_requirements(integration, target, &mut found);
        }
    }
    for alertmanager in model.clusters.values().filter_map(|cluster| cluster.alertmanager.as_ref()) {
        let origin = alertmanager.tracing.iter().find_map(|setting| origin(&setting.value));
        if let (Some(origin), Some(needs)) = (origin, integration_need(&TRACING, target)) {
            found.push(Requirement { origin, what: "`tracing`".to_owned(), needs });
        }
    }
    if let Some(smtp) = model.alertmanager_cluster().and_then(|cluster| cluster.alertmanager.as_ref()?.smtp.as_ref())
        && let Some(password) = &smtp.password
        && target < SMTP_PASSWORD_FILE
    {
        let what = "the mail server's password in a file (`smtp_auth_password_file`)".to_owned();
        found.push(Requirement { origin: password.origin, what, needs: Need::Release(SMTP_PASSWORD_FILE) });
    }
    if let Some(routing) = &model.routing
        && target < ANY_LABEL_NAME
    {
        let mut names: Vec<&Field<String>> = routing.group_by.iter().collect();
        let mut open: Vec<_> = routing.routes.iter().rev().collect();
        while let Some(route) = open.pop() {
            names.extend(&route.group_by);
            open.extend(route.routes.iter().rev());
        }
        for name in names.into_iter().filter(|name| name.value != "..." && !is_plain(&name.value)) {
            let what = format!("the label name `{}` in `group_by`", name.value);
            found.push(Requirement { origin: name.origin, what, needs: Need::Release(ANY_LABEL_NAME) });
        }
    }
    if target < calendars::LOCATION {
        for zone in model.calendars.values().filter_map(|calendar| calendar.timezone.as_ref()) {
            let what = "the time zone of a calendar (`location`)".to_owned();
            found.push(Requirement { origin: zone.origin, what, needs: Need::Release(calendars::LOCATION) });
        }
    }
    found
}

fn integration_requirements(integration: &Integration, target: Version, found: &mut Vec<Requirement>) {
    let list = integration.receiver.list_key();
    if let Some(needs) = integration_need(integration.receiver, target) {
        found.push(Requirement { origin: integration.origin, what: format!("`{list}`"), needs });
        return;
    }
    let mut open: Vec<(&Setting, String, Origin)> =
        integration.settings.iter().rev().map(|setting| (setting, String::new(), integration.origin)).collect();
    while let Some((setting, above, around)) = open.pop() {
        let origin = origin(&setting.value).unwrap_or(around);
        let path = format!("{above}{}", key(setting.field.yaml_key()));
        if let Some(needs) = setting_need(setting, target) {
            let what = match (&setting.value, setting.field.release) {
                _ if path == UPDATE_MESSAGE => format!("the URL that `{path}` of `{list}` needs"),
                (SettingValue::Secret(_), Some(release))
                    if release.file_since.is_some() && version(release.since) <= target =>
                {
                    format!("the field `{path}_file` of `{list}`")
                }
                _ => format!("the field `{path}` of `{list}`"),
            };
            found.push(Requirement { origin, what, needs });
            continue;
        }
        let inner: Vec<&Setting> = match &setting.value {
            SettingValue::Block(inner) => inner.iter().collect(),
            SettingValue::Ordered(parts) => parts.iter().flatten().collect(),
            SettingValue::Scalar(_) | SettingValue::Scalars(_) | SettingValue::Map(_) | SettingValue::Secret(_) => {
                Vec::new()
            }
        };
        open.extend(inner.into_iter().rev().map(|setting| (setting, format!("{path}."), origin)));
    }
}

/// What an integration needs beyond the target; nothing if it can be written.
pub(super) fn integration_need(receiver: &Receiver, target: Version) -> Option<Need> {
    let since = version(receiver.since);
    (target < since).then_some(Need::Release(since))
}

/// What a setting needs beyond the target; nothing if it can be written.
pub(super) fn setting_need(setting: &Setting, target: Version) -> Option<Need> {
    // Only with the bot's URL in plain sight, and that is a secret's place.
    if setting.field.name == "update-message"
        && matches!(&setting.value, SettingValue::Scalar(on) if on.value == "true")
    {
        return Some(Need::Impossible {
            why: "Alertmanager edits its Slack messages only if `api_url` stands in the file itself, and crashes at start \
                  if it does not.",
            instead: "Leave `update-message` out.",
        });
    }
    let release = setting.field.release?;
    let since = match (&setting.value, release.file_since) {
        (SettingValue::Secret(_), Some(file)) => version(file).max(version(release.since)),
        (SettingValue::Secret(_), None) => {
            return Some(Need::Impossible {
                why: "Alertmanager can read this secret only from alertmanager.yaml itself, not from a file, and no secret \
                      is ever written there.",
                instead: "Leave the key pair out: Alertmanager then finds its credentials as every AWS client does, from the \
                          pod's role or from environment variables that a Secret fills.",
            });
        }
        _ => version(release.since),
    };
    (target < since).then_some(Need::Release(since))
}

fn version((major, minor): (u32, u32)) -> Version {
    Version::new(major, minor)
}

/// Where a value was written; nothing for parts without values.
fn origin(value: &SettingValue) -> Option<Origin> {
    match value {
        SettingValue::Scalar(field) | SettingValue::Secret(field) => Some(field.origin),
        SettingValue::Scalars(fields) => fields.first().map(|field| field.origin),
        SettingValue::Map(entries) => entries.first().map(|(_, field)| field.origin),
        SettingValue::Block(inner) => inner.first().and_then(|setting| origin(&setting.value)),
        SettingValue::Ordered(parts) => parts.iter().flatten().next().and_then(|setting| origin(&setting.value)),
    }
}
