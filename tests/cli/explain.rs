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
