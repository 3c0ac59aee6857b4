//! What is claimed about the alerts of the example, with the examples that it gives, against the real amtool.

use std::collections::BTreeSet;

use crate::support::built;
use crate::support::run::run;
use crate::support::tools::{Generation, tool};

use super::fleet::fleet;

#[test]
fn amtool_confirms_surely_and_maybe() {
    let Some(amtool) = tool("amtool", Generation::Newest) else { return };
    let files = built::example("fleet");
    let (_, config) = files.iter().find(|(path, _)| path.ends_with("cluster-01/alertmanager.yaml")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("alertmanager.yml");
    std::fs::write(&path, config).unwrap();
    let paging = fleet();
    let mut asked = BTreeSet::new();
    for (index, _) in paging.alerts.iter().enumerate() {
        let received = paging.received(index).unwrap();
        for reached in &received.channels {
            let example = paging.example(index, &reached.witness);
            if !asked.insert(example.clone()) {
                continue;
            }
            let labels = example.iter().map(|(name, value)| format!("{name}={value}"));
            let mut command = amtool.command();
            command.args(["config", "routes", "test", "--config.file"]).arg(&path).args(labels);
            let output = run(&mut command).unwrap();
            let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
            let told: BTreeSet<&str> = said.split(',').collect();
            assert!(told.contains(reached.channel.as_str()), "{example:?} does not reach {}: {said}", reached.channel);
            for other in &received.channels {
                assert!(!other.surely || told.contains(other.channel.as_str()), "{example:?}: {said} {other:?}");
            }
            let known: BTreeSet<&str> = received.channels.iter().map(|reached| reached.channel.as_str()).collect();
            assert!(told.is_subset(&known), "{example:?} reaches {said}, which nobody claims");
        }
    }
    assert!(asked.len() > 15, "only {} examples", asked.len());
}
