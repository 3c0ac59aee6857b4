//! Node checks: what every group's hosts run, and the runner that runs it.
//!
//! Each group with checks gets a folder that is copied to its hosts as it is:
//!
//! | file | for |
//! | --- | --- |
//! | `bundle.json` | agents that fetch checks: the effective list with merged parameters, scripts and hashes, for the group and for each host |
//! | `checks.list` | the runner: the same list as lines of a key and a value, so that a shell reads it without evaluating anything |
//! | `scripts/…` | the scripts, byte for byte |
//! | `runner.sh` | runs the checks and writes `.prom` files; the same text for everybody |
//! | `alertsmith-checks.service` | runs the runner under systemd |
//! | `SHA256SUMS` | the hash of every file above that a node needs |
//! | `update.sh`, `alertsmith-update.service`, `alertsmith-update.timer` | fetch the folder from a server or a file when it has changed |
//!
//! The runner is bash and coreutils, not Python: a bare GPU node has these for certain, and a broken Python environment is
//! one of the things that checks are there to find.

mod bundle;
mod list;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::artifact::{Body, Bundle, File, FileKind};
use crate::ast::check::ScriptLanguage;
use crate::model::Model;
use crate::model::check::{Check, EffectiveCheck};
use crate::provenance::Origin;

/// The folder of hosts that belong to no group.
const NO_GROUP: &str = "global";
/// The runner.
const RUNNER: &str = include_str!("runner.sh");
/// The systemd unit of the runner.
const SERVICE: &str = include_str!("alertsmith-checks.service");
/// What brings a changed bundle to a node.
const UPDATE: &str = include_str!("update.sh");
/// The systemd units of it.
const UPDATE_SERVICE: &str = include_str!("alertsmith-update.service");
const UPDATE_TIMER: &str = include_str!("alertsmith-update.timer");
/// The hashes of a bundle's files.
const SUMS: &str = "SHA256SUMS";

/// The folder of a group's bundle, or of hosts that belong to no group, below the output folder.
pub fn folder(model: &Model, group: Option<&str>) -> String {
    match group.map(|name| model.groups.get(name).map_or(name, |group| &group.slug)) {
        // A group may be called like that too; no slug has a `_`.
        Some(slug) if slug == NO_GROUP => format!("checks/group_{slug}"),
        Some(slug) => format!("checks/{slug}"),
        None => format!("checks/{NO_GROUP}"),
    }
}

/// Writes a folder below `checks/` for every group that runs a check.
pub fn lower(model: &Model, bundle: &mut Bundle) {
    for (group, effective) in &model.effective_checks {
        let running: Vec<Running<'_>> =
            effective.iter().filter_map(|effective| Running::new(model, effective)).collect();
        if running.is_empty() {
            continue;
        }
        let folder = folder(model, group.as_deref());
        let origins: Vec<Origin> = running.iter().map(|running| running.effective.origin).collect();
        let document = bundle::document(model, group.as_deref(), &running);
        let mut add = |name: &str, kind: FileKind, body: Body, origins: Vec<Origin>, executable: bool| {
            bundle.add(format!("{folder}/{name}"), File { kind, body, origins, executable });
        };
        add("bundle.json", FileKind::CheckBundle, Body::Json(document), origins.clone(), false);
        let mut sums: BTreeMap<String, String> = BTreeMap::new();
        let mut text = |name: &str, kind: FileKind, text: String, own: Option<Origin>, executable: bool| {
            sums.insert(name.to_owned(), hex(&Sha256::digest(&text)));
            let origins = own.map_or_else(|| origins.clone(), |own| vec![own]);
            add(name, kind, Body::Text(text, own), origins, executable);
        };
        text("checks.list", FileKind::Other, list::text(&running), None, false);
        text("runner.sh", FileKind::Script, RUNNER.to_owned(), None, true);
        text("update.sh", FileKind::Script, UPDATE.to_owned(), None, true);
        text("alertsmith-checks.service", FileKind::Other, SERVICE.to_owned(), None, false);
        text("alertsmith-update.service", FileKind::Other, UPDATE_SERVICE.to_owned(), None, false);
        text("alertsmith-update.timer", FileKind::Other, UPDATE_TIMER.to_owned(), None, false);
        for running in &running {
            let script = &running.check.script;
            text(&running.file(), FileKind::Script, script.value.clone(), Some(script.origin), true);
        }
        // As sha256sum prints and checks it.
        let sums: String = sums.iter().fold(String::new(), |mut out, (name, hash)| {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "{hash}  {name}");
            out
        });
        add(SUMS, FileKind::Other, Body::Text(sums, None), origins.clone(), false);
    }
}

/// A check with everything that it runs with in one group.
struct Running<'a> {
    check: &'a Check,
    effective: &'a EffectiveCheck,
}

impl<'a> Running<'a> {
    fn new(model: &'a Model, effective: &'a EffectiveCheck) -> Option<Self> {
        Some(Self { check: model.checks.get(&effective.check)?, effective })
    }

    /// The script's path in the group's folder.
    fn file(&self) -> String {
        let extension = match self.check.language.value {
            ScriptLanguage::Bash => "sh",
            ScriptLanguage::Python => "py",
        };
        format!("scripts/{}.{extension}", self.check.slug)
    }

    /// The hash of the script's bytes.
    fn script_hash(&self) -> String {
        hex(&Sha256::digest(&self.check.script.value))
    }

    /// The hash of everything that makes a host run the check differently. Parts are joined with their lengths, so that
    /// different parts never give the same bytes.
    fn hash(&self) -> String {
        let mut hasher = Sha256::new();
        let mut part = |text: &str| {
            hasher.update((text.len() as u64).to_be_bytes());
            hasher.update(text);
        };
        part(&self.check.name.value);
        part(self.check.language.value.as_str());
        part(&self.check.version.value);
        part(&self.check.interval.value.milliseconds().to_string());
        part(&self.check.timeout.value.milliseconds().to_string());
        part(&self.check.script.value);
        part(&self.effective.config.len().to_string());
        for (name, value) in &self.effective.config {
            part(name);
            part(&value.value);
        }
        for metric in &self.check.metrics {
            part(&metric.name.value);
            part(metric.r#type.as_str());
            part(metric.help.as_ref().map_or("", |help| &help.value));
            metric.labels.iter().for_each(|label| part(&label.value));
        }
        hex(&hasher.finalize())
    }
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        // Writing to a string cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}
