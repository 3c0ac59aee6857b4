//! What the real tools say of the examples: the newest releases, and the oldest of a copy that is written for them.

use std::collections::BTreeSet;

use alertsmith::source::World;

use super::{build, in_memory, on_disk, sources};
use crate::support::judges::{self, Generation};

/// Judges that must have spoken about a tree; one that looks in the wrong place would be silent.
const OF_RULES: [&str; 2] = ["promtool check rules", "amtool check-config"];
const OF_EVERYTHING: [&str; 5] =
    ["promtool check rules", "promtool check config", "amtool check-config", "thanos tools rules-check", "nginx -t"];

/// The oldest releases that a spec may name, as in `docs/versions.md`.
const OLDEST: [(&str, &str); 5] = [
    ("prometheus", "2.42"),
    ("alertmanager", "0.25"),
    ("thanos", "0.36"),
    ("prometheus-operator", "0.63"),
    ("nginx", "1.22"),
];

#[track_caller]
fn accepted(world: &dyn World, generation: Generation, speakers: &[&str]) {
    let dir = tempfile::tempdir().unwrap();
    build(world).write(dir.path());
    let spoke: BTreeSet<_> = judges::accepted(dir.path(), &[generation]).iter().map(|verdict| verdict.judge).collect();
    for speaker in speakers {
        assert!(spoke.contains(speaker), "{speaker} did not speak, only {spoke:?}");
    }
}

/// A copy of an example that is written for the oldest releases; `before` is the text in its root file behind which they are named.
#[track_caller]
fn for_the_oldest(example: &str, cut: impl Fn(&str) -> String) -> impl World {
    let mut files = sources(example);
    let root = files.get_mut("alertsmith.kdl").unwrap();
    let changed = cut(root);
    assert_ne!(*root, changed, "{example} is still written for the newest releases");
    *root = changed;
    in_memory(&files)
}

fn targets() -> String {
    let words: Vec<String> = OLDEST.iter().map(|(tool, version)| format!("{tool}=\"{version}\"")).collect();
    format!("targets {}", words.join(" "))
}

#[test]
fn the_newest_tools_accept_the_minimal_example() {
    accepted(&on_disk("minimal"), Generation::Newest, &OF_RULES);
}

#[test]
fn the_newest_tools_accept_the_fleet_example() {
    accepted(&on_disk("fleet"), Generation::Newest, &OF_EVERYTHING);
}

#[test]
fn the_oldest_tools_accept_the_minimal_example() {
    let world = for_the_oldest("minimal", |root| {
        root.replacen("project shop", &format!("project shop {{ {} }}", targets()), 1)
    });
    accepted(&world, Generation::Oldest, &OF_RULES);
}

#[test]
fn the_oldest_tools_accept_the_fleet_example() {
    let world = for_the_oldest("fleet", |root| {
        let lines = root
            .lines()
            .map(|line| if line.trim_start().starts_with("targets ") { targets() } else { line.to_owned() });
        lines.map(|line| line + "\n").collect()
    });
    accepted(&world, Generation::Oldest, &OF_EVERYTHING);
}

#[test]
fn the_oldest_releases_are_those_of_the_tools() {
    let pins =
        |tool| crate::support::tools::pins().find(|pin| pin.name == tool && pin.generation == Generation::Oldest);
    for (tool, judge) in
        [("prometheus", "promtool"), ("alertmanager", "amtool"), ("thanos", "thanos"), ("nginx", "nginx")]
    {
        let named = OLDEST.iter().find(|(name, _)| *name == tool).unwrap().1;
        let pinned = pins(judge).unwrap().version;
        assert!(pinned.starts_with(&format!("{named}.")), "{tool} {named} is judged by {pinned}");
    }
}
