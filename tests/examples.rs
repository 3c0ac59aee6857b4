//! Every example is built and put before the real tools.

use std::{fs, path::Path};

use alertsmith::{
    diagnostic::render::{self, Format},
    output::{Manifest, OsDisk, plan},
    pipeline,
    source::DiskWorld,
};

use crate::support::judges::{self, Generation};

/// Builds an example into a folder; fails with the findings if it does not build, or has any at all.
#[track_caller]
fn build(example: &str, into: &Path) {
    let world = DiskWorld::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(example)).unwrap();
    let (compilation, rendered) = pipeline::build(&world);
    let findings =
        render::render(Format::Human, &compilation.diagnostics, &compilation.sources, &render::Options::default());
    assert!(compilation.diagnostics.is_empty(), "{example} has findings:\n{findings}");
    let rendered = rendered.unwrap();
    let manifest = Manifest::of(&rendered, &compilation.provenance, &compilation.sources);
    let plan = plan(&OsDisk, into, &rendered, &manifest, false).unwrap();
    plan.apply(&OsDisk, &rendered, || {}).unwrap();
}

/// Builds an example and asks the real tools about it; gives the judges that spoke.
fn judged(example: &str) -> Vec<&'static str> {
    let dir = tempfile::tempdir().unwrap();
    build(example, dir.path());
    let mut names: Vec<_> =
        judges::accepted(dir.path(), &[Generation::Newest]).iter().map(|verdict| verdict.judge).collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[test]
fn the_minimal_example_is_accepted() {
    assert!(judged("minimal").contains(&"promtool check rules"));
}

#[test]
fn the_fleet_example_is_accepted() {
    let judges = judged("fleet");
    for judge in ["promtool check rules", "promtool check config", "amtool check-config"] {
        assert!(judges.contains(&judge), "{judge} did not speak, only {judges:?}");
    }
}

#[test]
fn every_example_is_named_above() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["fleet", "minimal"]);
}
