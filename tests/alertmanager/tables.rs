//! The tables of raw files, those of specs and the reference know the same fields since the same releases.

use crate::support::skip;
use alertsmith::alertmanager::table::{GLOBAL, HTTP_CONFIG, INTEGRATIONS, Table, Type};
use alertsmith::ast::Version;
use alertsmith::ast::channel::receivers::RECEIVERS;
use alertsmith::ast::field::{self, KindRef};
use serde_json::Value;
use std::path::Path;

/// Releases up to this one were not told apart.
const OLD: (u32, u32) = (0, 22);

fn inner(table: &'static Table, key: &str) -> Option<&'static Table> {
    match table.fields.iter().rev().find(|field| field.name == key)?.ty {
        Type::Block(inner) | Type::Blocks(inner) | Type::TextOrBlock(inner) => Some(inner),
        _ => None,
    }
}

fn since(table: &Table, key: &str) -> Option<(u32, u32)> {
    table.fields.iter().filter(|field| field.name == key).map(|field| field.since.max(OLD)).min()
}

fn compare(path: &str, fields: &[field::Field], table: &'static Table, whole: (u32, u32), wrong: &mut Vec<String>) {
    for field in fields {
        // In specs a few fields and parts have shorter names.
        let written = field.yaml_key().replace('-', "_");
        let key = match (path, written.as_str()) {
            (_, "http") => "http_config".to_owned(),
            (_, "tls") => "tls_config".to_owned(),
            _ => written,
        };
        let Some(release) = field.release else { continue };
        let place = format!("{path}.{key}");
        let known = since(table, &key).map(|since| since.max(whole));
        if !matches!(field.ty, field::Type::Secret) && known != Some(release.since.max(OLD).max(whole)) {
            wrong.push(format!("{place}: specs say {:?}, raw files {known:?}", release.since));
        }
        if let Some(file) = release.file_since {
            let raw = since(table, &format!("{key}_file")).map(|since| since.max(whole));
            if raw != Some(file.max(OLD).max(whole)) {
                wrong.push(format!("{place}_file: specs say {file:?}, raw files {raw:?}"));
            }
        }
        let part = match field.ty {
            field::Type::Block(KindRef::Static(part)) | field::Type::Ordered(KindRef::Static(part)) => Some(part),
            _ => None,
        };
        if let (Some(part), Some(inner)) = (part, inner(table, &key)) {
            compare(&place, part.fields, inner, whole, wrong);
        }
    }
}

#[test]
fn specs_and_raw_files_agree() {
    let mut wrong = Vec::new();
    for receiver in RECEIVERS {
        let kind = INTEGRATIONS.iter().find(|kind| kind.key == receiver.list_key()).unwrap();
        compare(kind.key, receiver.kind.fields, kind.table, receiver.since.max(OLD), &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The release of a row of the reference.
fn release(row: &Value) -> (u32, u32) {
    let text = row["since"].as_str().or(row["since_alertmanager"].as_str()).unwrap_or("0.1.0");
    let version: Version = text.trim_start_matches("<=").parse().unwrap();
    (version.major, version.minor)
}

#[test]
fn the_reference_agrees() {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference");
    let folder = std::env::var_os("ALERTSMITH_REFERENCE").map_or(default, Into::into);
    let Ok(text) = std::fs::read_to_string(folder.join("alertmanager.json")) else {
        return skip::missing("reference in ALERTSMITH_REFERENCE or ../shared/reference");
    };
    let reference: Value = serde_json::from_str(&text).unwrap();
    let mut parts: Vec<(&str, &'static Table, &Value)> =
        vec![("global", &GLOBAL, &reference["global"]), ("http_config", &HTTP_CONFIG, &reference["http_config"])];
    for (_, kind) in reference["receivers"].as_object().unwrap() {
        let key = kind["list_key"].as_str().unwrap();
        parts.push((key, INTEGRATIONS.iter().find(|kind| kind.key == key).unwrap().table, kind));
    }
    let mut wrong = Vec::new();
    for (name, table, part) in parts {
        let rows = part["fields"].as_array().unwrap();
        let whole = if part["since"].is_string() { release(part) } else { (0, 0) };
        for row in rows {
            let key = row["name"].as_str().unwrap();
            // The HTTP client had a proxy long before it had more settings for one.
            if name == "http_config" && key.starts_with("proxy_") {
                continue;
            }
            let ours = since(table, key).map(|since| since.max(whole));
            if ours != Some(release(row).max(OLD).max(whole)) {
                wrong.push(format!("{name}.{key}: {ours:?}, not {:?}", release(row)));
            }
        }
        for field in table.fields {
            if rows.iter().all(|row| row["name"] != field.name) {
                wrong.push(format!("{name}.{} is not in the reference", field.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
