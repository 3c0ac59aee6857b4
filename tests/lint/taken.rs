//! Rule files taken into a spec go out as the same data, and patches change what they name and nothing else.

use std::path::{Path, PathBuf};

use alertsmith::diagnostic::render::{self, Format, Options};
use alertsmith::golang::Duration;
use alertsmith::pipeline;
use alertsmith::source::MemoryWorld;
use serde_json::{Map, Value, json};

use crate::support::corpus;
use crate::support::run::run;
use crate::support::tools::{Generation, tool};

/// The first document of each file, every scalar as text.
fn read(files: &[PathBuf]) -> Option<Vec<Value>> {
    let python = tool("python", Generation::Newest)?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/read_rules.py");
    let output = run(python.command().arg(script).args(files)).unwrap_or_else(|said| panic!("{said}"));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// What Prometheus keeps of a field: defaults are left out, durations are milliseconds.
fn kept(key: &str, value: &Value) -> Option<Value> {
    let text = value.as_str().unwrap_or_default();
    match key {
        "interval" | "for" | "keep_firing_for" => {
            let length = text.parse::<Duration>().unwrap_or_default().milliseconds();
            (length > 0).then(|| json!(length))
        }
        "query_offset" => text.parse::<Duration>().ok().map(|length| json!(length.milliseconds())),
        "limit" => text.parse::<i64>().ok().filter(|limit| *limit != 0).map(Value::from),
        "labels" | "annotations" => {
            let map = value.as_object().cloned().unwrap_or_default();
            let text = |value: Value| if value.is_null() { json!("") } else { value };
            let map: Map<String, Value> = map.into_iter().map(|(key, value)| (key, text(value))).collect();
            (!map.is_empty()).then(|| sorted(map))
        }
        "rules" => {
            let items = value.as_array().cloned().unwrap_or_default();
            Some(items.iter().filter(|item| !item.is_null()).map(normal).collect())
        }
        _ => Some(value.clone()).filter(|value| !value.is_null() && value != ""),
    }
}

fn sorted(map: Map<String, Value>) -> Value {
    let mut entries: Vec<(String, Value)> = map.into_iter().collect();
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    Value::Object(entries.into_iter().collect())
}

/// A group or a rule as Prometheus keeps it.
fn normal(item: &Value) -> Value {
    let fields = item.as_object().cloned().unwrap_or_default();
    sorted(fields.iter().filter_map(|(key, value)| Some((key.clone(), kept(key, value)?))).collect())
}

fn groups(document: &Value) -> Vec<Value> {
    let groups = document.get("groups").or_else(|| document.get("spec")?.get("groups"));
    groups.and_then(Value::as_array).map(|groups| groups.iter().map(normal).collect()).unwrap_or_default()
}

const SPEC: &str =
    "project fleet\ncluster main role=standalone { prometheus }\nrules taken { file \"vendor/rules.yaml\" }\n";
const RULER: &str = "project fleet\ncluster main role=central {\n  prometheus\n  thanos { query url=\"http://query\"\n  ruler }\n}\nrules taken evaluate=ruler { file \"vendor/rules.yaml\" }\n";

/// The rule file that comes of one taken in, or why there is none.
fn taken_in(spec: &str, text: &str) -> Result<Option<String>, String> {
    let world = MemoryWorld::default().with("alertsmith.kdl", spec).with("vendor/rules.yaml", text);
    let (compilation, rendered) = pipeline::build(&world);
    let Some(rendered) = rendered else {
        let options = Options::default();
        return Err(render::render(Format::Concise, &compilation.diagnostics, &compilation.sources, &options));
    };
    let file = rendered.files.into_iter().find(|(path, _)| path.ends_with("/rules/rules-taken.yaml"));
    Ok(file.map(|(_, file)| String::from_utf8(file.bytes).unwrap()))
}

fn same(kinds: &[&str], spec: &str, most: usize) {
    let mut originals: Vec<PathBuf> = kinds.iter().flat_map(|kind| corpus::yaml_files(kind)).collect();
    originals.retain(|path| path.metadata().unwrap().len() < 60_000);
    let step = originals.len().div_ceil(most.max(1)).max(1);
    let folder = tempfile::tempdir().unwrap();
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for (index, original) in originals.into_iter().step_by(step).enumerate() {
        let text = std::fs::read_to_string(&original).unwrap();
        // Unit tests stand beside the rule files that they load.
        if !text.contains("groups:") {
            continue;
        }
        let Ok(Some(emitted)) = taken_in(spec, &text) else { continue };
        let path = folder.path().join(format!("{index}.yaml"));
        std::fs::write(&path, emitted).unwrap();
        before.push(original);
        after.push(path);
    }
    let (Some(old), Some(new)) = (read(&before), read(&after)) else { return };
    assert!(before.is_empty() || before.len() * 4 > most.min(20), "only {} files were taken in", before.len());
    for ((path, old), new) in before.iter().zip(&old).zip(&new) {
        let (old, mut new) = (groups(old), groups(new));
        for (old, new) in old.iter().zip(&mut new) {
            // A Ruler's group says what it does when a store does not answer; the project's default is filled in.
            if let Some(group) = new.as_object_mut().filter(|_| old.get("partial_response_strategy").is_none()) {
                group.shift_remove("partial_response_strategy");
            }
        }
        assert_eq!(old, new, "{}", path.display());
    }
}

#[test]
fn what_goes_out_is_what_came_in() {
    same(&["rules-real", "rules-upstream", "rule-unittest"], SPEC, crate::support::random::cases(60));
}

#[test]
fn objects_go_out_as_they_came_in() {
    same(&["rules-real-crd"], SPEC, crate::support::random::cases(30));
}

#[test]
fn a_rulers_files_go_out_as_they_came_in() {
    same(&["rules-thanos"], RULER, crate::support::random::cases(20));
}

/// Everything that a rule file can say, in the spellings that are hard to keep.
const ODD: &str = "# comment\ngroups:\n- name: &name 'odd'\n  interval: 1h30m\n  query_offset: 0s\n  limit: 0x10\n  labels: {on: yes, n: 012, empty: , \"q\": '1'}\n  rules:\n  - &rule\n    alert: A\n    expr: |\n      up == 0  # why\n      and on() vector(1)\n    for: 90s\n    keep_firing_for: 0\n    labels: &labels {severity: page, b: true, d: 2001-01-01, s: ~}\n    annotations:\n      folded: >\n        one\n        two\n\n        three\n      quoted: \"tab\\t\\u00e9 \\\n        on\"\n  - <<: *rule\n    alert: B\n    labels: {<<: *labels, b: 1.50}\n  - record: job:up:sum\n    expr: sum by (job) (up)\n---\ngroups: [{name: unread}]\n";

#[test]
fn odd_spellings_keep_their_meaning() {
    let emitted = taken_in(SPEC, ODD).unwrap().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let paths = [folder.path().join("old.yaml"), folder.path().join("new.yaml")];
    std::fs::write(&paths[0], ODD).unwrap();
    std::fs::write(&paths[1], &emitted).unwrap();
    let Some(read) = read(&paths) else { return };
    let (mut old, new) = (groups(&read[0]), groups(&read[1]));
    old[0]["limit"] = json!(16);
    assert_eq!(old, new, "{emitted}");
}

fn patched(text: &str, patch: &str) -> Result<String, String> {
    let spec = SPEC.replace("\"vendor/rules.yaml\" }", &format!("\"vendor/rules.yaml\"\n{patch}\n}}"));
    taken_in(&spec, text).map(Option::unwrap_or_default)
}

/// A new threshold takes the place of the number and of nothing else.
#[test]
fn a_threshold_is_spliced_in() {
    let file = |query: &str| format!("groups:\n- name: a\n  rules:\n  - alert: A\n    expr: {query}\n");
    for (query, with, edited) in [
        ("rate(x[5m])   >  0.50 # high", "0.9", "rate(x[5m])   >  0.9 # high"),
        ("100 < x and on (job) up", "7", "7 < x and on (job) up"),
        ("x > 2 * 1024", "-3", "x > -3"),
        ("x{a=\"> 5\"} >= bool 5", "6e3", "x{a=\"> 5\"} >= bool 6e3"),
    ] {
        let text = file(&format!("'{query}'"));
        let emitted =
            patched(&text, &format!("patch A threshold={with}")).unwrap_or_else(|said| panic!("{query}: {said}"));
        assert!(emitted.contains(edited), "{query}: {emitted}");
    }
    for query in ["up", "x > 1 and y > 2", "x > y", "x > time() - 5", "x > 1 or y < 0"] {
        let said = patched(&file(query), "patch A threshold=5").expect_err(query);
        assert!(said.contains("rules/patch"), "{said}");
    }
    let said = patched(&file("x > 1"), "patch A threshold=\"5MiB\"").unwrap_err();
    assert!(said.contains("plain number"), "{said}");
}

#[test]
fn patches_that_do_not_fit_are_said() {
    let text = "groups:\n- name: a\n  rules:\n  - alert: NodeDown\n    expr: up == 0\n    labels: {severity: warning}\n  - alert: NodeDown\n    expr: up == 0\n    labels: {severity: critical}\n";
    let said = patched(text, "patch NodeDwon severity=info").unwrap_err();
    assert!(said.contains("rules/patch"), "{said}");
    let said = patched(text, "patch NodeDown severity=info").unwrap_err();
    assert!(said.contains("the same labels"), "{said}");
    assert!(patched(text, "patch NodeDown for=\"1m\"").is_ok());
}
