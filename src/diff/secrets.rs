//! References to secrets that lead elsewhere. What a secret is, is never known here.

use super::report::{Change, Kind, Level, Subject, SubjectKind};
use super::side::Side;
use super::words::{list, mark};
use crate::model::secret::SecretSource;
use crate::model::{Model, Secret, Setting, SettingValue};
use crate::provenance::Origin;

/// Every reference that changes, where both sides are specs.
pub fn changes(old: Side<'_>, new: Side<'_>) -> Vec<Change> {
    let (Some(was), Some(is)) = (old.model, new.model) else { return Vec::new() };
    let mut changes = Vec::new();
    for (name, after) in &is.secrets {
        let Some(before) = was.secrets.get(name) else { continue };
        let (left, right) = (reference(before), reference(after));
        for (field, value, origin) in &right {
            let known = left.iter().find(|(known, ..)| known == field);
            if known.is_some_and(|(_, before, _)| before == value) {
                continue;
            }
            let readers = readers(is, name);
            let mut change = Change::new(Kind::SecretChanged, Subject::new(SubjectKind::Secret, name.as_str()));
            change = change.values(known.map(|(_, value, _)| shown(field, value)), Some(shown(field, value)));
            change.field = Some((*field).to_owned());
            change.new_places = new.place(*origin, field).into_iter().collect();
            change.old_places = known.and_then(|(.., origin)| old.place(*origin, field)).into_iter().collect();
            if !readers.is_empty() {
                mark(&mut change, Level::Medium, format!("{} may reach somebody else with it", list(&readers)));
            }
            changes.push(change);
        }
    }
    changes
}

/// What is encrypted says nothing to a reader.
fn shown(field: &str, value: &str) -> String {
    match field {
        "encrypted" | "content" => "<encrypted>".to_owned(),
        _ => value.to_owned(),
    }
}

/// Where a secret lives, field by field.
fn reference(secret: &Secret) -> Vec<(&'static str, String, Origin)> {
    let text = |field: &crate::model::Field<String>| (field.value.clone(), field.origin);
    let mut fields: Vec<(&'static str, (String, Origin))> =
        vec![("object", text(&secret.object)), ("key in the object", text(&secret.key))];
    match &secret.source {
        SecretSource::External { store, store_kind, key, property, refresh: _ } => {
            fields.push(("store", text(store)));
            fields.push(("store kind", (store_kind.value.as_str().to_owned(), store_kind.origin)));
            fields.push(("key", text(key)));
            fields.extend(property.as_ref().map(|property| ("property", text(property))));
        }
        SecretSource::Sealed { encrypted } => fields.push(("encrypted", text(encrypted))),
        SecretSource::Sops { file, content } => {
            fields.push(("file", text(file)));
            fields.push(("content", (content.clone(), file.origin)));
        }
        SecretSource::Existing => {}
    }
    fields.into_iter().map(|(field, (value, origin))| (field, value, origin)).collect()
}

/// The channels, forwarders and Alertmanagers that read a secret.
fn readers(model: &Model, name: &str) -> Vec<String> {
    let channels = model.channels.iter().filter(|(_, channel)| {
        channel.integrations.iter().any(|integration| integration.settings.iter().any(|setting| reads(setting, name)))
    });
    let forwarders = model.forwarders.iter().filter(|(_, forwarder)| {
        let tls = [&forwarder.tls.ca, &forwarder.tls.cert, &forwarder.tls.key];
        let all = [&forwarder.bearer, &forwarder.basic, &forwarder.caller].into_iter().chain(tls);
        all.into_iter().flatten().any(|secret| secret.value == name)
    });
    let channels = channels.map(|(name, _)| format!("channel {name}"));
    let traced = model.clusters.iter().filter(|(_, cluster)| {
        let tracing = cluster.alertmanager.as_ref().map(|alertmanager| &alertmanager.tracing);
        tracing.is_some_and(|tracing| tracing.iter().any(|setting| reads(setting, name)))
    });
    let channels = channels.chain(traced.map(|(name, _)| format!("tracing of the Alertmanager of {name}")));
    channels.chain(forwarders.map(|(name, _)| format!("forwarder {name}"))).collect()
}

fn reads(setting: &Setting, name: &str) -> bool {
    match &setting.value {
        SettingValue::Secret(secret) => secret.value == name,
        SettingValue::Block(inner) => inner.iter().any(|setting| reads(setting, name)),
        SettingValue::Ordered(parts) => parts.iter().flatten().any(|setting| reads(setting, name)),
        SettingValue::Scalar(_) | SettingValue::Scalars(_) | SettingValue::Map(_) => false,
    }
}
