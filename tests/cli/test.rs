//! `test`.

use serde_json::Value;

use super::{run, spec};

const SPEC: &str = r#"
project fleet
cluster main role=standalone { prometheus; alertmanager; }
alert Down {
    query "up{job=\"api\"} == 0"
    level warning
    level critical
    labels service=api
}
alert HostDown {
    query "up{job=\"node\"} == 0"
    level critical
}
channel team { webhook url="http://team.example/hook"; }
channel oncall { webhook url="http://oncall.example/hook"; }
channel archive { webhook url="http://archive.example/hook"; }
calendar nights { hours "22:00-24:00" "00:00-06:00"; }
routing {
    default team
    route archive { when service=other; }
    route oncall { when { severity critical; service api; }; mute-during nights; }
    inhibit { source alertname=HostDown; target service=api; equal instance; }
}
"#;

fn told(tests: &str) -> (i32, String) {
    let folder = spec(&format!("{SPEC}{tests}"));
    let said = run(folder.path(), &["test"]);
    (said.code, format!("{}{}", said.out, said.err))
}

#[test]
fn tests_that_hold() {
    let (code, said) = told(
        r#"
expect "critical pages" { alert Down severity=critical; reaches oncall; not-reaches team; }
expect "not at night" { alert Down severity=critical; at "2026-01-01T23:00:00Z"; not-reaches oncall; }
expect "a host that is down" { alert Down; inhibited-by HostDown; }
expect "by labels" { alert service=other severity=critical; reaches archive; }
"#,
    );
    assert_eq!(code, 0, "{said}");
    assert_eq!(said, "4 tests hold.\nThey touch 3 of 3 routes and 3 of 3 channels.\n");
}

#[test]
fn tests_that_fail_say_what_happened() {
    for (test, expected) in [
        (
            r#"expect "t" { alert Down severity=warning; reaches oncall; }"#,
            ["t: `oncall` is not told", "goes to `team` instead", "no route takes it"].as_slice(),
        ),
        (
            r#"expect "t" { alert Down; reaches oncall; }"#,
            &["t: `oncall` is not told", "one of its 2 rules: Down warning, everywhere, by prometheus"],
        ),
        (
            r#"expect "t" { alert Down severity=critical; at "2026-01-01T23:00:00Z"; reaches oncall; }"#,
            &["t: `oncall` is not told at this time", "silent at this time: inside `nights`"],
        ),
        (
            r#"expect "t" { alert Down severity=critical; not-reaches oncall; }"#,
            &["t: `oncall` is told", "taken here", "severity=\"critical\""],
        ),
        (r#"expect "t" { alert HostDown; inhibited-by Down; }"#, &["t: `Down` does not silence it"]),
        (r#"expect "t" { alert Down job=web; reaches oncall; }"#, &["t: no rule sends such an alert"]),
        (r#"expect "t" { alert Down; at "tonight"; reaches oncall; }"#, &["its time cannot be read"]),
    ] {
        let (code, said) = told(test);
        assert_eq!(code, 1, "{said}");
        for expected in expected {
            assert!(said.contains(expected), "{expected} is missing in\n{said}");
        }
        assert!(said.contains("1 of 1 tests failed."), "{said}");
    }
}

#[test]
fn the_form_for_programs() {
    let folder = spec(&format!("{SPEC}{}", r#"expect "t" { alert Down severity=warning; reaches oncall; }"#));
    let said = run(folder.path(), &["test", "--format", "json"]);
    assert_eq!(said.code, 1);
    let answer: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((&answer["passed"], &answer["failed"]), (&0.into(), &1.into()));
    assert_eq!(answer["findings"][0]["code"], "expect/failed");
    assert_eq!(answer["coverage"]["untouched_routes"].as_array().unwrap().len(), 2);
}

#[test]
fn a_spec_with_errors_is_not_tested() {
    let (code, said) = told("expect \"t\" { alert Dwn; reaches oncall; }");
    assert!(code == 1 && said.contains("name/unknown") && !said.contains("tests"), "{said}");
}
