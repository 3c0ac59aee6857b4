//! One JSON object; `schema/diff.schema.json` describes it.

use serde_json::{Value, json};

use super::Options;
use crate::diff::report::{Report, VERSION};
use crate::diff::text::FileDiff;

pub(super) fn render(report: &Report, options: &Options) -> String {
    let changes = if options.brief { json!([]) } else { json!(report.behaviour) };
    let objects = if options.brief { json!([]) } else { json!(report.objects) };
    let files: Vec<Value> = report.text.files.iter().map(|(path, file)| file_json(path, file, options.brief)).collect();
    let value = json!({
        "version": VERSION,
        "behaviour": {
            "verdict": report.verdict(),
            "changed": report.behaviour.len(),
            "risk": report.risk(),
            "changes": changes,
            "unknown": report.unknown,
        },
        "objects": { "changed": report.objects.len(), "changes": objects },
        "text": { "changed": !report.text.is_empty(), "files": files },
    });
    format!("{value}\n")
}

fn file_json(path: &str, file: &FileDiff, brief: bool) -> Value {
    let mut value = json!({
        "path": path,
        "status": status(file),
        "insertions": file.insertions,
        "deletions": file.deletions,
        "binary": file.binary,
    });
    if !brief {
        value["patch"] = file.render(path).into();
    }
    value
}

/// What happened to a file.
pub(super) fn status(file: &FileDiff) -> &'static str {
    match (file.old_executable, file.new_executable) {
        (None, _) => "added",
        (_, None) => "removed",
        (Some(_), Some(_)) => "changed",
    }
}
