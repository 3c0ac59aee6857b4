//! `route`.

use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Write};
use std::process::Stdio;

use serde_json::{Value, json};

use super::{BROKEN, alertsmith, run, spec};
use crate::support::snapshot::assert_file;

const FLEET: &str = r#"
project fleet
cluster central role=central { prometheus; alertmanager; }
channel team { slack channel="alerts" api-url=(secret)slack; }
channel oncall { webhook url="https://oncall.fleet.example"; }
channel audit { webhook url="https://audit.fleet.example"; }
secret slack { existing; }
calendar nights timezone="Asia/Seoul" { hours "22:00-24:00" "00:00-08:00"; }
calendar office timezone="Asia/Seoul" { weekdays "monday:friday"; hours "09:00-18:00"; }
routing {
    default team
    group-by alertname
    route audit continue=#true { when environment=production; mute-during nights; group-by "..."; }
    route oncall wait="0s" {
        when team=web severity=critical
    }
    route oncall {
        when team=(regex)"db.*"
        route team repeat="1d" { when severity=(regex)"warning|info"; active-during office; }
        route audit { when severity=info; }
    }
    inhibit { source severity=critical; target severity=(not)critical; equal alertname cluster; }
}
"#;

#[test]
fn tells_where_an_alert_goes_and_why() {
    let folder = spec(FLEET);
    let mut text = String::new();
    for question in [
        &["team=db-1", "severity=warning", "environment=production", "alertname=DiskFull"][..],
        &["team=db-1", "severity=info", "environment=production", "--at", "2026-03-02T23:30:00+09:00"],
        &["team=dbx\u{1b}[31m", "--at", "2026-03-02 03:30"],
        &[],
    ] {
        let said = run(folder.path(), &[&["route"], question].concat());
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{question:?}");
        let asked = question.join(" ").replace('\u{1b}', "<escape>");
        let _ = write!(text, "==== alertsmith route {asked}\n\n{}\n", said.out);
    }
    let text: String = text.lines().flat_map(|line| [line.trim_end(), "\n"]).collect();
    assert_file("snapshots/cli/route.txt", &text);
}

#[test]
fn answers_programs() {
    let folder = spec(FLEET);
    let labels = ["team=db-1", "severity=warning", "environment=production"];
    let said =
        run(folder.path(), &[&["route", "--format", "json", "--at", "2026-03-02T14:30:00Z"][..], &labels].concat());
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    let answer: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(answer["receivers"], json!(["audit", "team"]));
    let expected = json!([
        { "receiver": "audit", "path": [0], "group_by": ["..."], "group_wait": "30s", "group_interval": "5m",
          "repeat_interval": "4h", "muted_by": ["nights"] },
        { "receiver": "team", "path": [2, 0], "group_by": ["alertname"], "group_wait": "30s", "group_interval": "5m",
          "repeat_interval": "1d", "muted_by": ["office"] },
    ]);
    assert_eq!(answer["routes"], expected);
    let others = json!([
        { "receiver": "team", "path": [], "outcome": "passes" },
        { "receiver": "oncall", "path": [1], "outcome": "fails", "matcher": "severity=\"critical\"" },
        { "receiver": "oncall", "path": [2], "outcome": "passes" },
        { "receiver": "audit", "path": [2, 1], "outcome": "taken", "taken_by": [2, 0] },
    ]);
    assert_eq!(answer["others"], others);
    let rule = json!([{ "rule": 0, "source": ["severity=\"critical\""], "equal": ["alertname", "cluster"] }]);
    assert_eq!(answer["inhibitions"], rule);
}

#[test]
fn answers_a_file_line_by_line() {
    let folder = spec(FLEET);
    let lines = concat!(
        r#"{"team":"db-1","severity":"warning"}"#,
        "\n",
        "\n",
        r#"{"team":1}"#,
        "\n",
        r#"{"team":"db","#,
        "\r\n",
        r#"{"environment":"production"}"#,
        "\r\n",
        "{}\n",
        "\n\n",
    );
    fs::write(folder.path().join("alerts.jsonl"), lines).unwrap();
    let said = run(folder.path(), &["route", "--labels-file", "alerts.jsonl"]);
    assert_eq!(said.code, 2);
    let expected = [
        r#"{"receivers":["team"],"routes":[{"receiver":"team","path":[2,0],"group_by":["alertname"],"group_wait":"30s","group_interval":"5m","repeat_interval":"1d"}]}"#,
        r#"{"error":{"line":2,"column":1,"message":"the line is empty"}}"#,
        r#"{"error":{"line":3,"column":9,"message":"labels are a JSON object of strings: invalid type: integer `1`, expected a string"}}"#,
        r#"{"error":{"line":4,"column":13,"message":"EOF while parsing a value"}}"#,
        r#"{"receivers":["audit"],"routes":[{"receiver":"audit","path":[0],"group_by":["..."],"group_wait":"30s","group_interval":"5m","repeat_interval":"4h"}]}"#,
        r#"{"receivers":["team"],"routes":[{"receiver":"team","path":[],"group_by":["alertname"],"group_wait":"30s","group_interval":"5m","repeat_interval":"4h"}]}"#,
    ];
    assert_eq!(said.out.lines().collect::<Vec<_>>(), expected);
    assert!(said.err.contains("cannot read 3 lines, the first at alerts.jsonl:2:1: the line is empty"), "{}", said.err);
}

/// Who writes a line gets its answer before writing the next.
#[test]
fn answers_as_the_lines_come() {
    let folder = spec(FLEET);
    let mut command = alertsmith(folder.path(), &["route", "--labels-file", "-"]);
    let mut running = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut lines, mut answers) = (running.stdin.take().unwrap(), running.stdout.take().unwrap());
    for _ in 0..3 {
        lines.write_all(b"{\"environment\":\"production\"}\n").unwrap();
        let mut answer = Vec::new();
        while answer.last() != Some(&b'\n') {
            let mut byte = [0];
            answers.read_exact(&mut byte).unwrap();
            answer.extend(byte);
        }
        assert!(answer.starts_with(b"{\"receivers\":[\"audit\"],"));
    }
    drop(lines);
    assert!(running.wait().unwrap().success());
}

#[test]
fn a_line_without_an_end_is_refused_and_passed_over() {
    let folder = spec(FLEET);
    let mut text = format!("{{\"a\":\"{}\"}}\n", "x".repeat(5 << 20));
    text.push_str("{}\n");
    fs::write(folder.path().join("alerts.jsonl"), text).unwrap();
    let said = run(folder.path(), &["route", "--labels-file", "alerts.jsonl"]);
    let lines: Vec<&str> = said.out.lines().collect();
    assert!(said.code == 2 && lines.len() == 2 && lines[0].contains("the line is longer than 4 MiB"), "{lines:?}");
    assert!(lines[1].starts_with("{\"receivers\":[\"team\"]"), "{lines:?}");
}

#[test]
fn what_cannot_be_asked_is_said() {
    let folder = spec(FLEET);
    for (arguments, says) in [
        (&["team"][..], "`team` is not a label of an alert: a label is written `NAME=VALUE`"),
        (&["team=~db"], "an alert has labels, not conditions"),
        (&["--at", "noon"], "`noon` is not an instant"),
        (&["--labels-file", "nowhere.jsonl"], "cannot read `nowhere.jsonl`"),
        (&["--labels-file", "-", "team=db"], "cannot be used with"),
        (&["--spec", "nowhere"], "nowhere"),
    ] {
        let said = run(folder.path(), &[&["route"], arguments].concat());
        assert!(said.code == 2 && said.err.contains(says) && said.out.is_empty(), "{arguments:?} {said:?}");
    }
    let said = run(spec("project fleet\n").path(), &["route"]);
    assert!(said.code == 2 && said.err.contains("the spec has no routing"), "{said:?}");
    let said = run(spec(BROKEN).path(), &["route", "team=db"]);
    assert!(said.code == 1 && said.err.contains("syntax/kdl") && said.out.is_empty(), "{said:?}");
}
