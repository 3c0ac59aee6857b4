//! `explain`.

use super::{run, spec};

#[test]
fn explains_codes() {
    let folder = spec("");
    let said = run(folder.path(), &["explain", "syntax/kdl"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    assert!(said.out.starts_with("# syntax/kdl\n\n") && said.out.ends_with('\n'), "{}", said.out);
    let said = run(folder.path(), &["explain", "yntax/kdl"]);
    assert!(said.code == 2 && said.err.contains("Did you mean the code `syntax/kdl`?"), "{said:?}");
}

#[test]
fn every_page_is_of_a_code_and_every_code_is_explained() {
    let pages = walkdir::WalkDir::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")).into_iter().map(Result::unwrap);
    let pages = pages.filter(|entry| entry.path().extension().is_some_and(|extension| extension == "md"));
    let mut written: Vec<String> = pages
        .filter_map(|entry| {
            let text = std::fs::read_to_string(entry.path()).unwrap();
            let name = text.lines().next()?.strip_prefix("# ")?.to_owned();
            name.contains('/').then_some(name)
        })
        .collect();
    written.sort_unstable();
    let listed: Vec<String> = alertsmith::explain::codes::all().into_iter().map(|code| code.name.to_owned()).collect();
    assert_eq!(written, listed);
}

const FLEET: &str = r##"
project fleet { severities info warning critical; }
cluster central role=central { prometheus; alertmanager; }
group production id=grp-123 {
    clusters central
    group ml-training id=grp-200 { target gpu-node-01 address="10.0.0.11" { exporters node; }; }
}
group development id=grp-456 { clusters central; }
alert HighCPUUsage unit=percent {
    query "100 - avg by (instance) (rate(node_cpu_seconds_total{mode=\"idle\"}[5m])) * 100 > ${threshold}"
    level warning 80 for="5m"
    level critical 95 for="2m"
}
threshold HighCPUUsage group=development { level info 60 for="10m"; level critical off reason="nobody is paged for dev"; }
threshold HighCPUUsage group=production { level warning 70; }
channel team { slack channel="#alerts" api-url=(secret)slack-webhook; }
secret slack-webhook { existing; }
routing { default team; }
"##;

#[test]
fn explains_thresholds_and_targets() {
    let folder = spec(FLEET);
    let top = folder.path();
    let say = |topic: &[&str]| {
        let said = run(top, &[&["explain"], topic].concat());
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{topic:?}");
        said.out
    };
    let mut text = String::new();
    for topic in [
        &["threshold", "HighCPUUsage", "--group", "ml-training"][..],
        &["threshold", "HighCPUUsage", "--group", "development"],
        &["threshold", "HighCPUUsage"],
        &["target", "gpu-node-01"],
    ] {
        text.extend(["==== explain ", &topic.join(" "), "\n\n", &say(topic), "\n"]);
    }
    crate::support::snapshot::assert_file("snapshots/cli/explain.txt", &text);
    for (topic, words) in [
        (&["threshold", "HighCPU"][..], "Did you mean `HighCPUUsage`?"),
        (&["threshold", "HighCPUUsage", "--group", "develpment"], "Did you mean `development`?"),
        (&["target", "gpu-node-02"], "Did you mean `gpu-node-01`?"),
        (&["target"], "takes one name"),
    ] {
        let said = run(top, &[&["explain"], topic].concat());
        assert!(said.code == 2 && said.out.is_empty() && said.err.contains(words), "{said:?}");
    }
}

const ROUTED: &str = r#"
project fleet
cluster main role=standalone { prometheus; alertmanager; }
alert Down {
    query "up{job=\"api\"} == 0"
    level warning
    level critical
    labels service=api
}
channel team { webhook url="http://team.example/hook"; }
channel oncall { webhook url="http://oncall.example/hook"; }
calendar nights { hours "22:00-24:00" "00:00-06:00"; }
routing {
    default team
    route oncall { when { severity critical; region eu; }; mute-during nights; }
}
"#;

#[test]
fn tells_who_receives_an_alert() {
    let folder = spec(ROUTED);
    let said = run(folder.path(), &["explain", "alert", "Down", "severity=critical"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    for expected in [
        "Down critical: 1 rule\n",
        "team (maybe)\n",
        "root, which no route takes  (monitoring/alertsmith.kdl:14:13)",
        "oncall (maybe)\n",
        "region=\"eu\", severity=\"critical\"  (monitoring/alertsmith.kdl:15:5)",
        "example  alertname=\"Down\" cluster=\"other\" job=\"api\" region=\"eu\" service=\"api\" severity=\"critical\"",
        "silent   inside `nights`",
    ] {
        assert!(said.out.contains(expected), "{expected} is missing in\n{}", said.out);
    }
    let said = run(
        folder.path(),
        &["explain", "alert", "Down", "severity=critical", "region=eu", "--at", "2026-01-01T23:00:00Z"],
    );
    assert!(said.out.contains("oncall (surely)") && !said.out.contains("team"), "{}", said.out);
    assert!(said.out.contains("silent   at this time: inside `nights`"), "{}", said.out);
    let said = run(folder.path(), &["explain", "alert", "Down", "--format", "json"]);
    let answer: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(answer["rules"].as_array().unwrap().len(), 2);
    assert_eq!(answer["rules"][0]["channels"][0]["channel"], "team");
    assert_eq!(answer["rules"][0]["inhibited_by"][0]["severity"], "critical");
    let said = run(folder.path(), &["explain", "alert", "Down", "job=web"]);
    assert!(said.code == 2 && said.err.contains("`job` is api"), "{said:?}");
    let said = run(folder.path(), &["explain", "alert", "Dawn"]);
    assert!(said.code == 2 && said.err.contains("Did you mean `Down`?"), "{said:?}");
}
