//! SARIF within the limits of those who read it. The schema here is our own: what the standard says of the parts we write, and
//! nothing else allowed.

use alertsmith::diagnostic::Diagnostic;
use alertsmith::diagnostic::render::{Format, Options, render};
use alertsmith::source::{Sources, Span};
use serde_json::{Value, json};

use super::shapes::{CODE, WARNING};

#[expect(clippy::needless_pass_by_value, reason = "schemas are written in place")]
fn object(required: &[&str], properties: Value) -> Value {
    json!({ "type": "object", "required": required, "properties": properties, "additionalProperties": false })
}

fn schema() -> Value {
    let text = json!({ "type": "string", "minLength": 1 });
    let short = json!({ "type": "string", "minLength": 1, "maxLength": 1024 });
    let number = json!({ "type": "integer", "minimum": 1 });
    let message = object(&["text"], json!({ "text": text, "markdown": text }));
    let level = json!({ "enum": ["none", "note", "warning", "error"] });
    let region = object(
        &["startLine"],
        json!({ "startLine": number, "startColumn": number, "endLine": number, "endColumn": number }),
    );
    let artifact = object(&["uri"], json!({ "uri": { "type": "string", "pattern": "^[A-Za-z0-9%._~/-]+$" } }));
    let physical = object(&["artifactLocation"], json!({ "artifactLocation": artifact, "region": region }));
    let location = object(
        &["physicalLocation"],
        json!({ "id": { "type": "integer", "minimum": 0 }, "message": message, "physicalLocation": physical }),
    );
    let replacement = object(
        &["deletedRegion"],
        json!({ "deletedRegion": region, "insertedContent": object(&[], json!({ "text": { "type": "string" } })) }),
    );
    let change = object(
        &["artifactLocation", "replacements"],
        json!({ "artifactLocation": artifact, "replacements": { "type": "array", "minItems": 1, "items": replacement } }),
    );
    let fix = object(
        &["artifactChanges"],
        json!({ "description": message, "artifactChanges": { "type": "array", "minItems": 1, "items": change } }),
    );
    let result = object(
        &["ruleId", "message", "locations"],
        json!({
            "ruleId": text,
            "ruleIndex": { "type": "integer", "minimum": 0 },
            "level": level,
            "message": message,
            "locations": { "type": "array", "minItems": 1, "maxItems": 1000, "items": location },
            "relatedLocations": { "type": "array", "maxItems": 1000, "items": location },
            "fixes": { "type": "array", "items": fix },
        }),
    );
    let properties = object(
        &["tags"],
        json!({
            "tags": { "type": "array", "maxItems": 10, "items": text },
            "precision": { "enum": ["very-high", "high", "medium", "low"] },
            "problem.severity": { "enum": ["error", "warning", "recommendation"] },
        }),
    );
    let rule = object(
        &["id", "shortDescription", "fullDescription", "help"],
        json!({
            "id": text,
            "name": { "type": "string", "minLength": 1, "maxLength": 255 },
            "shortDescription": object(&["text"], json!({ "text": short })),
            "fullDescription": object(&["text"], json!({ "text": short })),
            "help": message,
            "defaultConfiguration": object(&["level"], json!({ "level": level })),
            "properties": properties,
        }),
    );
    let driver = object(
        &["name", "rules"],
        json!({
            "name": text,
            "version": text,
            "semanticVersion": { "type": "string", "pattern": "^[0-9]+\\.[0-9]+\\.[0-9]+" },
            "informationUri": text,
            "rules": { "type": "array", "maxItems": 25_000, "items": rule },
        }),
    );
    let notification = object(&["message"], json!({ "level": level, "message": message }));
    let invocation = object(
        &["executionSuccessful"],
        json!({ "executionSuccessful": { "type": "boolean" }, "toolExecutionNotifications": { "type": "array", "items": notification } }),
    );
    let run = object(
        &["tool", "results"],
        json!({
            "tool": object(&["driver"], json!({ "driver": driver })),
            "columnKind": { "enum": ["utf16CodeUnits", "unicodeCodePoints"] },
            "invocations": { "type": "array", "items": invocation },
            "results": { "type": "array", "maxItems": 25_000, "items": result },
        }),
    );
    object(
        &["$schema", "version", "runs"],
        json!({
            "$schema": { "const": "https://json.schemastore.org/sarif-2.1.0.json" },
            "version": { "const": "2.1.0" },
            "runs": { "type": "array", "minItems": 1, "maxItems": 20, "items": run },
        }),
    )
}

fn report(findings: &[Diagnostic], sources: &Sources) -> Value {
    let report: Value = serde_json::from_str(&render(Format::Sarif, findings, sources, &Options::default())).unwrap();
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let wrong: Vec<String> =
        validator.iter_errors(&report).map(|error| format!("{}: {error}", error.instance_path())).take(5).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    for result in report["runs"][0]["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(report["runs"][0]["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
        let region = &result["locations"][0]["physicalLocation"]["region"];
        let place = |line: &str, column: &str| (region[line].as_u64(), region[column].as_u64());
        assert!(place("startLine", "startColumn") <= place("endLine", "endColumn"), "{region}");
    }
    report
}

#[test]
fn sarif_is_as_its_schema_says() {
    for (_, sources, findings) in super::shapes::all() {
        report(&findings, &sources);
    }
}

/// A report with too many results would be refused whole: the most severe stay, and it says how many do not.
#[test]
fn too_many_findings_leave_the_most_severe() {
    let mut sources = Sources::default();
    let file = sources.add("a.yaml", "x\n");
    let finding = |code| Diagnostic::new(code, "something is wrong").at(Span::new(file, 0..1), "");
    let mut findings: Vec<Diagnostic> = (0..25_010).map(|_| finding(&WARNING)).collect();
    findings.push(finding(&CODE));
    let report = report(&findings, &sources);
    let run = &report["runs"][0];
    assert_eq!(run["results"].as_array().unwrap().len(), 25_000);
    assert_eq!(run["results"][0]["level"], "error");
    let told = run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].as_str().unwrap();
    assert!(told.starts_with("11 findings are left out"), "{told}");
}
