//! Checks of what Alertmanager asks of a receiver beyond the single field.
//!
//! The rules are those that Alertmanager applies when it loads its configuration; one receiver that breaks one keeps the whole
//! configuration from being loaded.

mod conflicting_fields;
mod field_value;
mod missing_field;

use super::Check;
use crate::model::channel::{Setting, SettingValue};
use crate::provenance::Origin;

/// All checks of the family.
pub static CHECKS: &[&Check] = &[&missing_field::CHECK, &conflicting_fields::CHECK, &field_value::CHECK];

/// What one faulty receiver does.
const REFUSED: &str = "Alertmanager refuses its whole configuration for one receiver that it cannot use, and goes on with the old one \
                       or does not start.";

/// Whether a setting is a switch that is off, which counts as if it were not there.
fn is_off(setting: &Setting) -> bool {
    matches!(&setting.value, SettingValue::Scalar(field) if field.value == "false")
}

/// The setting at a path of field names, such as `http.authorization`.
fn find<'s>(settings: &'s [Setting], path: &str) -> Option<&'s Setting> {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let setting = settings.iter().find(|setting| setting.field.name == name)?;
    match (rest, &setting.value) {
        (None, _) => Some(setting),
        (Some(rest), SettingValue::Block(inner)) => find(inner, rest),
        (Some(_), _) => None,
    }
}

/// Where a setting was written; nothing for a part without values.
fn origin(setting: &Setting) -> Option<Origin> {
    match &setting.value {
        SettingValue::Scalar(field) | SettingValue::Secret(field) => Some(field.origin),
        SettingValue::Scalars(fields) => fields.first().map(|field| field.origin),
        SettingValue::Map(entries) => entries.first().map(|(_, field)| field.origin),
        SettingValue::Block(inner) => inner.iter().find_map(origin),
        SettingValue::Ordered(parts) => parts.iter().flatten().find_map(origin),
    }
}

/// Every list of settings of an integration with its path: its own, and those of the parts in it.
fn parts(settings: &[Setting]) -> Vec<(String, &[Setting])> {
    let mut found = vec![(String::new(), settings)];
    let mut at = 0;
    while let Some((path, own)) = found.get(at).cloned() {
        for setting in own {
            let inner = format!("{path}{}.", setting.field.name);
            match &setting.value {
                SettingValue::Block(part) => found.push((inner, part)),
                SettingValue::Ordered(parts) => found.extend(parts.iter().map(|part| (inner.clone(), part.as_slice()))),
                SettingValue::Scalar(_) | SettingValue::Scalars(_) | SettingValue::Map(_) | SettingValue::Secret(_) => {
                }
            }
        }
        at += 1;
    }
    found
}
