//! The forms of a report: the published schema, GitHub's limits, what a terminal shows.

use std::fmt::Write as _;

use alertsmith::diff::render::{self, Form, Options};
use alertsmith::diff::report::Report;
use serde_json::Value;

use super::scenario::{files, shown, specs};
use crate::support::corpus;

fn schema() -> Value {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/schema/diff.schema.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Fails unless the JSON form is what the published schema says.
#[track_caller]
pub fn assert_fits_schema(report: &Report) {
    static SCHEMA: std::sync::LazyLock<jsonschema::Validator> =
        std::sync::LazyLock::new(|| jsonschema::validator_for(&schema()).unwrap());
    for brief in [false, true] {
        let options = Options { color: false, width: 80, verbose: false, brief };
        let value: Value = serde_json::from_str(&render::render(report, Form::Json, &options)).unwrap();
        let errors: Vec<String> =
            SCHEMA.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:#?}\n{value:#}");
    }
}

/// A spec with many alerts.
fn many(count: usize, number: usize) -> String {
    let mut text = "project p { severities warning critical }\ncluster c role=edge { prometheus }\n".to_owned();
    for at in 0..count {
        let _ = writeln!(
            text,
            "alert Alert{at} {{ query \"metric_{at} > ${{threshold}}\"; level critical {number} for=\"1m\"; summary \"it is @here `x` | <b>, alert {at}\" }}"
        );
    }
    text
}

#[test]
fn a_comment_fits_github_and_says_where_it_is_cut() {
    let report = specs(&many(700, 1), &many(700, 2));
    let comment = shown(&report, Form::Markdown);
    assert!(comment.chars().count() < 65_536, "{}", comment.chars().count());
    assert!(comment.starts_with("**700 behavioural changes**, risk **high**\n"), "{comment:.200}");
    assert!(comment.ends_with(
        "The report is cut here: a comment on GitHub cannot be longer. `alertsmith diff -v` shows it whole.\n"
    ));
    assert_eq!(comment.matches("<details>").count(), comment.matches("</details>").count());
    let annotations = shown(&report, Form::Github);
    assert_eq!(annotations.lines().filter(|line| line.starts_with("::warning ")).count(), 10);
    assert!(annotations.contains("::and 691 more behavioural changes, listed in the log of this step"));
    assert_eq!(annotations.lines().count(), 1 + 10 + 691);
    assert_fits_schema(&report);
}

#[test]
fn text_of_others_is_no_markup() {
    let report = specs(&many(1, 1).replace("it is", "was"), &many(1, 1));
    let comment = shown(&report, Form::Markdown);
    let told = comment.split("<details>").next().unwrap();
    assert!(told.contains("@\u{200b}here \\`x\\` \\| &lt;b&gt;"), "{told}");
}

#[test]
fn no_secret_is_shown() {
    let config = |token: &str, channel: &str| {
        format!(
            "global: {{ slack_api_url: 'https://hooks.example/{token}' }}\nroute: {{ receiver: a }}\nreceivers:\n  - name: a\n    slack_configs: [{{ channel: '{channel}' }}]\n    pagerduty_configs: [{{ routing_key: {token} }}]\n    webhook_configs: [{{ url: 'https://me:{token}@hook.example/' }}]\n"
        )
    };
    let report = files(
        &[("alertmanager.yml", &config("hunter2", "#a"))],
        &[("alertmanager.yml", &config("correct-horse", "#b"))],
    );
    for form in [Form::Human, Form::Markdown, Form::Json, Form::Github] {
        let said = shown(&report, form);
        assert!(!said.contains("hunter2") && !said.contains("correct-horse"), "{said}");
    }
    // That they changed is no secret.
    let said = shown(&report, Form::Human);
    assert!(said.contains("<secret 1>") && said.contains("#a -> #b"), "{said}");
}

/// Whatever others write can be compared: no crash, no claim where nothing could be read, and the schema holds.
#[test]
fn files_of_others_can_be_compared() {
    let paths = corpus::yaml_files("am-config-real");
    let texts = paths.iter().filter_map(|path| std::fs::read_to_string(path).ok());
    // Two unrelated trees of hundreds of routes take a debug build minutes.
    let texts: Vec<String> = texts.filter(|text| text.len() < 20_000).collect();
    for pair in texts.windows(2) {
        if let [old, new] = pair {
            assert_fits_schema(&files(&[("alertmanager.yml", old)], &[("alertmanager.yml", new)]));
            let same = files(&[("alertmanager.yml", old)], &[("alertmanager.yml", old)]);
            assert!(same.behaviour.is_empty() && same.objects.is_empty(), "{old}");
        }
    }
}
