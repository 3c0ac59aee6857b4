//! Channels as receivers: one receiver for each channel, with Alertmanager's own integrations and one webhook for each Kafka
//! topic.

use super::at;
use super::requirements::{integration_need, setting_need};
use super::{kafka, secret_path};
use crate::artifact::{Doc, Value};
use crate::ast::Version;
use crate::ast::channel::{HEADER, TRACING};
use crate::ast::field::{Field, SchemaHint, Type};
use crate::model::channel::Integration;
use crate::model::cluster::Alertmanager;
use crate::model::{Channel, Model, Routing, Setting, SettingValue};

/// All channels, the default first and the others by name. Those that no route uses load too, and do no harm.
/// What an Alertmanager does not notify by is left out of its receivers: a channel of nothing else notifies nobody there.
pub(super) fn all(model: &Model, alertmanager: &Alertmanager, routing: &Routing) -> Doc {
    let default = model.channels.get(&routing.default.value);
    let others = model.channels.iter().filter(|(name, _)| **name != routing.default.value).map(|(_, channel)| channel);
    Doc::list(default.into_iter().chain(others).map(|channel| receiver(model, alertmanager, channel)))
}

/// Whether an Alertmanager tells anybody what arrives at a channel: something of the channel is left in its receiver.
pub fn notifies(model: &Model, alertmanager: &Alertmanager, channel: &Channel) -> bool {
    let target = model.project.targets.alertmanager.value;
    topics(model, alertmanager, channel).next().is_some()
        || integrations(target, alertmanager, channel).next().is_some()
}

/// The webhooks for the topics that it notifies by.
fn topics<'c>(
    model: &'c Model,
    alertmanager: &'c Alertmanager,
    channel: &'c Channel,
) -> impl Iterator<Item = Doc> + 'c {
    let topics = channel.kafka.iter().filter(|_| alertmanager.notifies_by("kafka"));
    topics.filter_map(|topic| kafka::webhook(model, channel, topic))
}

/// The integrations that it notifies by.
fn integrations<'c>(
    target: Version,
    alertmanager: &'c Alertmanager,
    channel: &'c Channel,
) -> impl Iterator<Item = &'c Integration> + 'c {
    channel.integrations.iter().filter(move |integration| {
        integration_need(integration.receiver, target).is_none()
            && alertmanager.notifies_by(integration.receiver.kind.name)
    })
}

fn receiver(model: &Model, alertmanager: &Alertmanager, channel: &Channel) -> Doc {
    let target = model.project.targets.alertmanager.value;
    let mut lists: Vec<(String, Vec<Doc>)> = Vec::new();
    let mut add = |key: String, entry: Doc| match lists.iter_mut().find(|(name, _)| *name == key) {
        Some((_, entries)) => entries.push(entry),
        None => lists.push((key, vec![entry])),
    };
    // Kafka first: the place of a webhook in its list is part of what Alertmanager remembers it by, so that a webhook added to
    // the channel later does not make it tell everything to the topic again.
    for webhook in topics(model, alertmanager, channel) {
        add("webhook_configs".to_owned(), webhook);
    }
    for integration in integrations(target, alertmanager, channel) {
        let settings = settings(model, &integration.settings, target).from(integration.origin);
        add(integration.receiver.list_key(), settings);
    }
    let mut doc = Doc::map().with("name", at(&channel.name.value, channel.name.origin));
    for (key, entries) in lists {
        doc.set(key, Doc::list(entries));
    }
    doc
}

/// Where an Alertmanager sends its traces, if it does and its release can.
pub(super) fn tracing(model: &Model, alertmanager: &Alertmanager) -> Option<Doc> {
    let target = model.project.targets.alertmanager.value;
    if alertmanager.tracing.is_empty() || integration_need(&TRACING, target).is_some() {
        return None;
    }
    let (headers, others): (Vec<_>, Vec<_>) =
        alertmanager.tracing.iter().partition(|setting| matches!(setting.value, SettingValue::Map(_)));
    let mut doc = settings(model, others, target);
    for setting in headers {
        let SettingValue::Map(entries) = &setting.value else { continue };
        let mut map = Doc::map();
        for (name, value) in entries {
            map.set(name, Doc::map().with("values", Doc::list([at(&value.value, value.origin)])));
        }
        doc.set(key(setting.field.name), map);
    }
    Some(doc)
}

/// The settings that the target release can read.
fn settings<'s>(model: &Model, settings: impl IntoIterator<Item = &'s Setting>, target: Version) -> Doc {
    let mut doc = Doc::map();
    for setting in settings.into_iter().filter(|setting| setting_need(setting, target).is_none()) {
        let key = key(setting.field.yaml_key());
        match &setting.value {
            SettingValue::Scalar(value) => doc.set(key, scalar(&setting.field.ty, &value.value).from(value.origin)),
            SettingValue::Scalars(values) => {
                doc.set(key, Doc::list(values.iter().map(|value| at(&value.value, value.origin))));
            }
            SettingValue::Map(entries) => {
                let mut map = Doc::map();
                for (name, value) in entries {
                    map.set(name, at(&value.value, value.origin));
                }
                doc.set(key, map);
            }
            SettingValue::Secret(name) => {
                if let Some(path) = secret_path(model, &name.value) {
                    doc.set(format!("{key}_file"), at(path, name.origin));
                }
            }
            SettingValue::Ordered(parts) if is_headers(setting.field) => doc.set(key, headers(model, parts)),
            SettingValue::Block(inner) => doc.set(key, self::settings(model, inner, target)),
            SettingValue::Ordered(parts) => {
                doc.set(key, Doc::list(parts.iter().map(|part| self::settings(model, part, target))));
            }
        }
    }
    doc
}

/// Whether a field holds headers, which Alertmanager takes by their names.
fn is_headers(field: &Field) -> bool {
    matches!(field.ty, Type::Ordered(kind) if std::ptr::eq(kind.get(), &raw const HEADER.kind))
}

/// Headers by name, each with its values and the files that hold further ones. Names are compared as HTTP does, without
/// their case.
fn headers(model: &Model, parts: &[Vec<Setting>]) -> Doc {
    let mut headers: Vec<(&str, Vec<Doc>, Vec<Doc>)> = Vec::new();
    for part in parts {
        let field = |name: &str| part.iter().find(|setting| setting.field.name == name).map(|setting| &setting.value);
        let (Some(SettingValue::Scalar(name)), Some(value)) = (field("name"), field("value")) else { continue };
        let place = headers.iter().position(|(known, ..)| known.eq_ignore_ascii_case(&name.value));
        let place = place.unwrap_or_else(|| {
            headers.push((&name.value, Vec::new(), Vec::new()));
            headers.len() - 1
        });
        let Some((_, values, files)) = headers.get_mut(place) else { continue };
        match value {
            SettingValue::Scalar(text) => values.push(at(&text.value, text.origin)),
            SettingValue::Secret(secret) => {
                files.extend(secret_path(model, &secret.value).map(|path| at(path, secret.origin)));
            }
            SettingValue::Scalars(_) | SettingValue::Map(_) | SettingValue::Block(_) | SettingValue::Ordered(_) => {}
        }
    }
    let mut doc = Doc::map();
    for (name, values, files) in headers {
        let mut header = Doc::map();
        for (key, list) in [("values", values), ("files", files)] {
            if !list.is_empty() {
                header.set(key, Doc::list(list));
            }
        }
        doc.set(name, header);
    }
    doc
}

/// Alertmanager's name for a field of the spec.
pub(super) fn key(name: &str) -> String {
    match name {
        "http" => "http_config".to_owned(),
        "tls" => "tls_config".to_owned(),
        other => other.replace('-', "_"),
    }
}

/// A scalar with the type that its table row asks for; the decoder has seen to it that it can be read so.
fn scalar(ty: &Type, text: &str) -> Doc {
    let (Type::Scalar(kind) | Type::ScalarOrSecret(kind)) = ty else { return text.into() };
    match kind.schema {
        SchemaHint::Bool => (text == "true").into(),
        SchemaHint::Integer(_) | SchemaHint::Pattern("^-?[0-9]+$") => {
            text.parse::<i64>().map_or_else(|_| text.into(), Into::into)
        }
        SchemaHint::Number => {
            text.parse::<f64>().map_or_else(|_| text.into(), |number| Value::Number(number.to_string()).into())
        }
        SchemaHint::Text | SchemaHint::Pattern(_) | SchemaHint::Words(_) => text.into(),
    }
}
