//! The command: files, folders, standard input, forms and exit codes.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const GOOD: &str =
    "groups:\n- name: a\n  rules:\n  - alert: Down\n    expr: up == 0\n    for: 5m\n    annotations: {summary: Down}\n";

fn lint(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_alertsmith"));
    command.current_dir(folder).arg("lint").args(arguments).env_remove("GITHUB_WORKSPACE");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn report(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

fn errors(output: &Output) -> Vec<String> {
    let report = report(output);
    let findings = report["findings"].as_array().unwrap().iter();
    let errors = findings.filter(|finding| finding["level"] == "error");
    errors.map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn content_tells_the_kind_and_the_exit_code_the_verdict() {
    let folder = tempfile::tempdir().unwrap();
    let object = format!(
        "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {{name: x}}\nspec:\n  {}",
        GOOD.trim_end().replace('\n', "\n  ")
    );
    let broken = |text: &str| text.replace("for: 5m", "for: 5 minutes");
    let list = format!("apiVersion: v1\nkind: List\nitems:\n- {}\n", broken(&object).replace('\n', "\n  "));
    let several = format!("{object}\n---\n{}\n", broken(&object));
    for (text, fails) in
        [(GOOD, false), (&broken(GOOD), true), (&object, false), (&list, true), (&several, true), ("", false)]
    {
        for name in ["-", "file.txt"] {
            fs::write(folder.path().join("file.txt"), text).unwrap();
            let output = lint(folder.path(), &["--format", "json", name], if name == "-" { text } else { "" });
            assert_eq!(output.status.code(), Some(i32::from(fails)), "{text}\n{output:?}");
            assert_eq!(errors(&output), if fails { vec!["rules/file"] } else { vec![] });
        }
    }
    assert_eq!(lint(folder.path(), &["absent.yaml"], "").status.code(), Some(2));
    assert_eq!(lint(folder.path(), &["--prometheus", "x", "file.txt"], "").status.code(), Some(2));
    assert_eq!(lint(folder.path(), &["--allow", "no/code", "file.txt"], "").status.code(), Some(2));
}

#[test]
fn folders_are_searched_and_others_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let top = folder.path();
    fs::create_dir_all(top.join("a/.hidden")).unwrap();
    fs::write(top.join("a/rules.yml"), GOOD.replace("expr", "exrp")).unwrap();
    fs::write(top.join("a/compose.yaml"), "services: {web: {image: x}}\n").unwrap();
    fs::write(top.join("a/broken.yaml"), "a: [\n").unwrap();
    fs::write(top.join("a/notes.txt"), GOOD.replace("expr", "exrp")).unwrap();
    fs::write(top.join("a/.hidden/rules.yml"), GOOD.replace("expr", "exrp")).unwrap();
    let output = lint(top, &["--format", "concise", "a"], "");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("a/rules.yml:5:5: error[rules/file]:") && text.contains("`exrp`"), "{text}");
    // The rule without its `expr` is not said as well: the structure comes first.
    assert_eq!(text.lines().filter(|line| line.contains("error[")).count(), 1, "{text}");
    let named = lint(top, &["a/compose.yaml"], "");
    assert_eq!(named.status.code(), Some(1));
    assert_eq!(lint(top, &["--skip-others", "a/compose.yaml"], "").status.code(), Some(0));
}

/// A mark in a block scalar stands on the bytes of the file.
#[test]
fn marks_stand_on_the_bytes_of_the_file() {
    let text = "groups:\n- name: a\n  rules:\n  - alert: Down\n    expr: |\n      sum(\n        rate(x[5m])\n      ) by (job\n    annotations:\n      summary: >-\n        {{ $labels.job }}\n        is {{ $value | humanise }}\n";
    let output = lint(Path::new("."), &["--format", "json", "-"], text);
    let report = report(&output);
    let findings = report["findings"].as_array().unwrap();
    let slice = |finding: &Value| {
        let place = |key: &str| usize::try_from(finding["range"][key].as_u64().unwrap()).unwrap();
        text[place("start")..place("end")].to_owned()
    };
    let marked: Vec<(String, String)> =
        findings.iter().map(|finding| (finding["code"].as_str().unwrap().to_owned(), slice(finding))).collect();
    assert!(marked.contains(&("rules/template".to_owned(), "humanise".to_owned())), "{marked:?}");
    assert!(marked.iter().any(|(code, _)| code == "alert/query"), "{marked:?}");
}

#[test]
fn comments_allow_warnings_where_they_stand() {
    let always = "groups:\n- name: a\n  rules:\n  - alert: Down\n    expr: sum(up) == 0\n    annotations: {summary: \"{{ $labels.job }}\"}\n";
    let codes = |text: &str| {
        let output = lint(Path::new("."), &["--format", "json", "-"], text);
        let report = report(&output);
        let findings = report["findings"].as_array().unwrap().iter();
        findings.map(|finding| finding["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(codes(always).contains(&"alert/lost-label".to_owned()));
    let allow = "# alertsmith: allow alert/lost-label the text is for another place";
    for (from, to) in [
        ("  - alert", format!("  {allow}\n  - alert")),
        ("    expr", format!("    {allow}\n    expr")),
        ("}}\"}", format!("}}}}\"}} {allow}")),
        ("- name", format!("{allow}\n- name")),
        ("groups:", format!("{allow}\ngroups:")),
    ] {
        let text = always.replace(from, &to);
        let found = codes(&text);
        assert!(
            !found.contains(&"alert/lost-label".to_owned()) && !found.contains(&"rules/allow".to_owned()),
            "{text}\n{found:?}"
        );
    }
    // For another rule, for another code, without a reason.
    let unused = always.replace("sum(up)", "up").replace("  - alert", &format!("  {allow}\n  - alert"));
    assert!(codes(&unused).contains(&"rules/allow".to_owned()));
    let bare = always.replace("  - alert", "  # alertsmith: allow alert/lost-label\n  - alert");
    assert!(codes(&bare).contains(&"rules/allow".to_owned()));
}

#[test]
fn options_say_who_loads_the_file() {
    let ruler = GOOD.replace("  rules:", "  partial_response_strategy: warn\n  rules:");
    let offset = GOOD.replace("  rules:", "  query_offset: 1m\n  rules:");
    let experimental = GOOD.replace("up == 0", "'sort_by_label(up, \"job\")'");
    for (text, arguments, fails) in [
        (&ruler, &[][..], false),
        (&ruler, &["--prometheus", "3.14"], true),
        (&ruler, &["--thanos"], false),
        (&offset, &[], false),
        (&offset, &["--prometheus", "2.42"], true),
        (&experimental, &[], true),
        (&experimental, &["--enable-feature", "promql-experimental-functions"], false),
    ] {
        let arguments: Vec<&str> = arguments.iter().copied().chain(["--format", "json", "-"]).collect();
        let output = lint(Path::new("."), &arguments, text);
        assert_eq!(output.status.code(), Some(i32::from(fails)), "{arguments:?}\n{text}\n{output:?}");
    }
}
