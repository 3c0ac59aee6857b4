//! Which alerts fire: every change is said once, for the hosts for which it is so, and a refactoring is none.

use alertsmith::diff::render::Form;
use alertsmith::diff::report::{Effect, Kind, Level, Verdict};

use super::scenario::{edit, files, of_kind, report, sentences, shown, specs, world};

/// Three groups, one inside another, and an alert with two levels and an override.
const FLEET: &str = r#"
project fleet { severities warning critical }
cluster edge role=edge { prometheus }
cluster core role=edge { prometheus }
group outer id=g-1 {
    clusters edge core
    group inner id=g-2 { clusters edge; target host-1 address="10.0.0.1" { labels rack=r1 }
                         target host-2 address="10.0.0.2" { labels rack=r2 } }
}
group other id=g-3 { clusters core; target host-3 address="10.0.0.3" }
alert Busy unit=percent {
    query "busy > ${threshold}"
    param window type=duration default="5m"
    level warning 80 for="5m"
    level critical 95 for="1m"
    labels team=a
    summary "{{ $labels.instance }} is busy, above ${threshold} %"
}
threshold Busy group=inner { level warning 70 }
alert Down { query "up == 0"; level critical for="2m"; labels team=a; summary "{{ $labels.instance }} is down" }
"#;

#[test]
fn a_number_is_said_for_the_hosts_for_which_it_changes() {
    let report = edit(FLEET, "level warning 80", "level warning 85");
    assert_eq!(
        sentences(&report),
        [
            "Busy warning: threshold loosened: > 80 % -> > 85 % (groups other and outer, hosts of no group in clusters core and edge)"
        ]
    );
    let change = &report.behaviour[0];
    assert_eq!((change.kind, change.effect), (Kind::ThresholdLoosened, Effect::None));
    assert_eq!(change.hosts, ["host-3"]);
    assert_eq!(change.new_places[0].line, 14);
    let report = edit(FLEET, "level critical 95", "level critical 90");
    assert_eq!(sentences(&report), ["Busy critical: threshold tightened: > 95 % -> > 90 %"]);
    let report = edit(FLEET, "level critical 95", "level critical 99");
    assert_eq!(report.risk(), Some(Level::High));
}

#[test]
fn an_override_is_a_change_of_its_hosts() {
    let report = edit(
        FLEET,
        "threshold Busy group=inner { level warning 70 }",
        "threshold Busy group=outer { level warning 70 }",
    );
    assert_eq!(
        sentences(&report),
        [
            "Busy warning: threshold tightened: > 80 % -> > 70 % (group outer)",
            "Busy warning: same condition, in another rule: prometheus/edge/rules/inner-group-g-2.yaml (rule group inner-group-g-2) -> prometheus/edge/rules/outer-group-g-1.yaml (rule group outer-group-g-1) (group inner)",
        ]
    );
    assert!(report.behaviour.iter().all(|change| change.effect == Effect::ResetsToPending));
    let report = edit(FLEET, "threshold Busy group=inner {", "threshold Busy group=inner where=\"rack=r2\" {");
    assert_eq!(
        sentences(&report)[0],
        "Busy warning: threshold loosened: > 70 % -> > 80 % (group inner, where rack!=r2)"
    );
    assert_eq!(report.behaviour[0].hosts, ["host-1"]);
}

#[test]
fn levels_come_go_and_change() {
    let report = edit(FLEET, "    level critical 95 for=\"1m\"\n", "");
    assert_eq!(sentences(&report), ["Busy critical: removed: it does not fire any more (was > 95 %)"]);
    let report = edit(FLEET, "level critical for=\"2m\"", "level warning for=\"2m\"");
    assert_eq!(sentences(&report), ["Down warning: severity critical -> warning"]);
    let report = edit(FLEET, "alert Down {", "alert HostDown {");
    assert_eq!(sentences(&report), ["HostDown critical: renamed: Down -> HostDown"]);
    assert_eq!(report.behaviour[0].effect, Effect::ResetsToPending);
    let report = edit(FLEET, "level critical 95 for=\"1m\"", "level critical 95 for=\"10m\" keep-firing-for=\"5m\"");
    assert_eq!(
        sentences(&report),
        ["Busy critical: fires later: for 1m -> 10m", "Busy critical: keeps firing afterwards: 0s -> 5m",]
    );
    let report = edit(FLEET, "query \"up == 0\"", "query \"avg by (instance, group, group_id) (up) == 0\"");
    assert_eq!(
        sentences(&report),
        ["Down critical: query changed: up == 0 -> avg by (instance, group, group_id) (up) == 0"]
    );
    let report = edit(FLEET, "level critical for=\"2m\"; labels team=a;", "level critical for=\"2m\"; labels team=b;");
    assert_eq!(sentences(&report), ["Down critical: label team: a -> b"]);
    let report = edit(FLEET, "is down\"", "is gone\"");
    assert_eq!(
        sentences(&report),
        ["Down critical: text `summary`: {{ $labels.instance }} is down -> {{ $labels.instance }} is gone"]
    );
}

#[test]
fn hosts_that_move_are_named() {
    let report = edit(FLEET, "clusters core; target host-3 address=\"10.0.0.3\"", "clusters core");
    assert_eq!(sentences(&report), ["host host-3: no longer covered by Busy critical, Busy warning, Down critical"]);
}

/// A refactoring gives the proof, and says so in every form.
#[test]
fn a_refactoring_is_no_change() {
    let (first, second) = FLEET.split_once("alert Busy").unwrap();
    let split = world(&[("alertsmith.kdl", first), ("alerts/busy.kdl", &format!("alert Busy{second}"))]);
    let renamed = FLEET.replace("param window type=duration default=\"5m\"", "param limit unit=percent default=1");
    let spelled =
        FLEET.replace("busy > ${threshold}", "busy{} > (${threshold})").replace("80 for=\"5m\"", "80 for=\"300s\"");
    for (what, new) in [
        ("split files", report(&world(&[("alertsmith.kdl", FLEET)]), &split)),
        ("a parameter of another name", specs(FLEET, &renamed)),
        ("a query written otherwise", specs(FLEET, &spelled)),
    ] {
        assert_eq!(sentences(&new), [""; 0], "{what}");
        assert_eq!(new.verdict(), Verdict::Unchanged, "{what}");
    }
    let split = report(&world(&[("alertsmith.kdl", FLEET)]), &split);
    assert!(shown(&split, Form::Human).starts_with("No behavioural change: "));
}

#[test]
fn rule_files_need_no_spec() {
    let rules = |number: u32, more: &str| {
        format!(
            "groups:\n  - name: a\n    rules:\n      - alert: A\n        expr: x > {number}\n        labels: {{ severity: critical }}\n{more}"
        )
    };
    let more = "      - alert: B\n        expr: y < 1\n";
    let report = files(&[("r.yml", &rules(5, more))], &[("r.yml", &rules(9, ""))]);
    assert_eq!(
        sentences(&report),
        ["A critical: threshold loosened: > 5 -> > 9", "B: removed: it does not fire any more (was < 1)",]
    );
    assert_eq!(of_kind(&report, Kind::ThresholdLoosened)[0].new_places[0].line, 5);
}
