//! What stands in a bundle.

use alertsmith::artifact::Body;

use super::{Script, bash, build, model, write};
use crate::support::judges::{self, Generation};

fn json(scripts: &[Script<'_>]) -> serde_json::Value {
    let bundle = build(&model(scripts));
    let Body::Json(document) = &bundle.files["checks/ml-training/bundle.json"].body else { panic!("not JSON") };
    serde_json::from_str(&alertsmith::emit::json::print(document).text).unwrap()
}

#[test]
fn the_bundle_has_the_shape_that_agents_read() {
    let mut check = bash("mount-check", "echo 'value 1'\n");
    check.params = &[("limit", "2.50"), ("paths", "/data,/mnt/models")];
    let bundle = json(&[check]);
    assert_eq!((&bundle["group"], &bundle["group_id"]), (&"ml-training".into(), &"grp-200".into()));
    let entry = &bundle["checks"][0];
    assert_eq!(entry["name"], "mount-check");
    assert_eq!(entry["script_content"], "echo 'value 1'\n");
    // As sha256sum says.
    assert_eq!(entry["script_hash"], "220a7bb0fd18e7fd6e829d55ab81d0d3cfc7515caa4f1e0342b83ccffbd90c9c");
    assert_eq!(entry["config"], serde_json::json!({"limit": 2.5, "paths": "/data,/mnt/models"}));
    assert_eq!((&entry["interval"], &entry["timeout"]), (&60.into(), &5.into()));
    let host = &bundle["targets"]["gpu-node-01"][0];
    assert_eq!((&host["name"], &host["hash"]), (&entry["name"], &entry["hash"]));
}

#[test]
fn the_hash_changes_with_all_that_changes_a_run_and_with_nothing_else() {
    let hash = |script: Script<'_>| json(&[script])["checks"][0]["hash"].as_str().unwrap().to_owned();
    let with = |params, metrics, timeout| Script { timeout, params, metrics, ..bash("a", "echo") };
    let plain: &[(&str, &[&str])] = &[("value", &["kind"])];
    let hashes = [
        hash(bash("a", "echo")),
        hash(bash("b", "echo")),
        hash(bash("a", "echo ")),
        hash(with(&[("p", "1")], plain, 5)),
        hash(with(&[("p", "2")], plain, 5)),
        hash(with(&[("p1", "")], plain, 5)),
        hash(with(&[], plain, 6)),
        hash(with(&[], &[("value", &[])], 5)),
    ];
    let different: std::collections::BTreeSet<_> = hashes.iter().collect();
    assert_eq!(different.len(), hashes.len());
    let beside = json(&[bash("a", "echo"), bash("b", "true")])["checks"][0]["hash"].as_str().unwrap().to_owned();
    assert_eq!(hashes[0], beside);
}

#[test]
fn shellcheck_has_nothing_to_say_about_the_runner() {
    let folder = tempfile::tempdir().unwrap();
    write(&build(&model(&[bash("mount-check", "#!/bin/bash\necho 'value 1'\n")])), folder.path());
    let verdicts = judges::accepted(folder.path(), &[Generation::Newest]);
    assert!(verdicts.iter().any(|verdict| verdict.subject.ends_with("runner.sh")));
}
