//! manifest.json against the tree it describes: by its form alone, without the code that writes it.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{Generation, Outcome, Verdict, below, files};

pub(super) fn judge(dir: &Path, _generation: Generation) -> Vec<Verdict> {
    let Ok(text) = std::fs::read(dir.join("manifest.json")) else { return Vec::new() };
    let wrong = match serde_json::from_slice::<Value>(&text) {
        Ok(manifest) => wrong(dir, &manifest),
        Err(error) => vec![error.to_string()],
    };
    let outcome = if wrong.is_empty() { Outcome::Accepted } else { Outcome::Rejected(wrong.join("\n")) };
    vec![Verdict { judge: "manifest", version: String::new(), subject: "manifest.json".to_owned(), outcome }]
}

/// Everything in which the manifest and the tree differ.
fn wrong(dir: &Path, manifest: &Value) -> Vec<String> {
    let Some(listed) = manifest["files"].as_object() else { return vec!["it has no `files`".to_owned()] };
    let there: BTreeMap<String, Vec<u8>> = files(dir, |path| path != "manifest.json")
        .iter()
        .map(|path| (below(dir, path), std::fs::read(path).unwrap_or_default()))
        .collect();
    let mut wrong = Vec::new();
    let names: BTreeSet<&String> = listed.keys().chain(there.keys()).collect();
    for name in names {
        let (Some(entry), Some(bytes)) = (listed.get(name), there.get(name)) else {
            wrong.push(format!("{name} is not both listed and there"));
            continue;
        };
        let hash = Sha256::digest(bytes).iter().fold(String::new(), |hash, byte| hash + &format!("{byte:02x}"));
        if entry["sha256"] != *hash {
            wrong.push(format!("{name}: its SHA-256 is {hash}"));
        }
        if entry["bytes"] != bytes.len() {
            wrong.push(format!("{name}: it has {} bytes", bytes.len()));
        }
        let ranges = entry["map"].as_array().into_iter().flatten();
        wrong.extend(ranges.filter(|range| !is_inside(range, bytes)).map(|range| format!("{name}: {range}")));
    }
    wrong
}

/// Whether a range of the map is inside the file, cuts no letter in two, and names a place of the spec.
fn is_inside(range: &Value, bytes: &[u8]) -> bool {
    let at = |index: usize| range[index].as_u64().and_then(|offset| usize::try_from(offset).ok());
    let (Some(start), Some(end), Some(place)) = (at(0), at(1), range[2].as_str()) else { return false };
    let names_a_place = place.rsplit_once(':').is_some_and(|(file, spec)| {
        let numbers: Vec<Option<u32>> = spec.split('-').map(|number| number.parse().ok()).collect();
        !file.starts_with('/') && matches!(numbers.as_slice(), [Some(from), Some(to)] if from <= to)
    });
    names_a_place && bytes.get(start..end).is_some_and(|part| std::str::from_utf8(part).is_ok())
}
