//! The fleet example.

use crate::support::built::{example, folder};
use crate::support::judges::{self, Generation, Outcome};

#[test]
fn every_overlay_builds_and_every_object_is_valid() {
    let tree = folder(&example("fleet"));
    let verdicts = judges::accepted(tree.path(), &[Generation::Newest]);
    let heard = |judge: &str| verdicts.iter().filter(|verdict| verdict.judge == judge).count();
    assert_eq!(heard("kustomize build"), 5);
    // Of the overlays and of the Applications.
    assert_eq!(heard("object schemas"), 5 + 5);
}

#[test]
fn the_oldest_kustomize_builds_the_overlays_too() {
    let tree = folder(&example("fleet"));
    let verdicts = judges::all(tree.path(), &[Generation::Oldest]);
    let of_kustomize: Vec<_> = verdicts.iter().filter(|verdict| verdict.judge == "kustomize build").collect();
    assert_eq!(of_kustomize.len(), 5);
    let rejected = of_kustomize.iter().find(|verdict| matches!(verdict.outcome, Outcome::Rejected(_)));
    assert!(rejected.is_none(), "{}", rejected.unwrap());
}
