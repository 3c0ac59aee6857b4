//! Corners by hand: names that meet in one file name, labels that cannot be asked for, and the story of a number.

use alertsmith::diagnostic::Label;
use alertsmith::explain::threshold;
use alertsmith::pipeline::{self, Compilation};
use alertsmith::source::MemoryWorld;

use crate::support::built;

const FLEET: &str = r#"
project fleet
cluster c role=standalone { prometheus }
group outer id=o kind=logical { group inner id=i kind=environment }
alert Load { query "load > ${threshold}"; level warning 10 }
"#;

fn check(more: &str) -> Compilation {
    pipeline::check(&MemoryWorld::default().with("alertsmith.kdl", format!("{FLEET}{more}")))
}

#[track_caller]
fn refused(code: &str, more: &str) {
    let compilation = check(more);
    let codes: Vec<&str> = compilation.diagnostics.iter().map(|diagnostic| diagnostic.code.name).collect();
    assert_eq!(codes, [code], "{more}");
}

#[test]
fn the_story_of_a_number_is_told_to_its_end() {
    let more = "threshold Load { level warning 20 }\nthreshold Load cluster=c { level warning 30 }\n\
                threshold Load group=outer { level warning 40 }\nthreshold Load group=inner { level warning 50 }";
    let compilation = check(more);
    let model = compilation.model.as_ref().unwrap();
    let parts = threshold::explain(&compilation.spec, model, &compilation.provenance, "Load", Some("inner")).unwrap();
    let [part] = parts.as_slice() else { panic!("{parts:#?}") };
    let shown = |label: &Label| {
        let source = compilation.sources.get(label.span.file).unwrap();
        format!("{} {}", &source.text()[label.span.start as usize..label.span.end as usize], label.text)
    };
    let told: Vec<String> = part.places.iter().map(shown).collect();
    let wanted = [
        "50 threshold, set for group `inner`",
        "40 instead of this threshold, set for group `outer`",
        "30 instead of this threshold, set for cluster `c`",
        "20 instead of this threshold, set for everywhere",
        "10 instead of this threshold",
    ];
    assert_eq!(told, wanted);
}

/// A kind that holds in part of a group is a place of its own in the name, as the group has two values.
#[test]
fn groups_inside_a_group_can_be_of_another_kind() {
    let files = built::kdl(&format!(
        "{FLEET}threshold Load kind=environment {{ level warning 20 }}\nthreshold Load group=outer for=\"1m\""
    ));
    assert!(files["prometheus/c/rules/outer-group-o.yaml"].contains("load{group_id=\"o\"} > 10"));
    let both = &files["prometheus/c/rules/outer-group-o-and-kind-environment.yaml"];
    assert!(both.contains("load{group_id=\"i\"} > 20"), "{both}");
}

#[test]
fn different_places_never_share_a_file() {
    refused(
        "name/collision",
        "threshold Load where=\"rack=r1\" { level warning 20 }\nthreshold Load where=\"rack=R1\" { level warning 30 }",
    );
}

#[test]
fn long_places_have_names_that_fit() {
    let long = "x".repeat(60);
    let more = format!(
        "group {long} id=id-{long} {{ clusters c }}\nthreshold Load group={long} where=\"rack={long}\" {{ level warning 20 }}"
    );
    let files = built::kdl(&format!("{FLEET}{more}"));
    assert!(files.keys().any(|path| path.contains(&long)), "{:?}", files.keys());
    let longest = files.keys().filter_map(|path| path.rsplit('/').next()).map(str::len).max();
    assert!(longest <= Some(145), "{longest:?}");
}

#[test]
fn where_does_not_ask_for_what_places_say() {
    for label in ["group", "group_id", "cluster", "__name__"] {
        refused("threshold/place", &format!("threshold Load where=\"{label}=x\" {{ level warning 20 }}"));
    }
}

#[test]
fn hosts_do_not_say_that_they_belong_elsewhere() {
    refused("alert/reserved-label", "group g id=x { target h address=\"10.0.0.1\" { labels group_id=y } }");
}

#[test]
fn clusters_are_told_apart() {
    refused("cluster/topology", "cluster d role=standalone { external-labels cluster=c; prometheus }");
}

/// An override can be the same as the alert's number and still count: it puts the number back where a cluster has another.
#[test]
fn what_puts_a_number_back_is_not_the_same_as_inherited() {
    let cluster = "threshold Load cluster=c { level warning 20 }\n";
    let group = "threshold Load group=outer { level warning 10 }";
    let codes = |more: &str| check(more).diagnostics.iter().map(|found| found.code.name).collect::<Vec<_>>();
    assert!(codes(&format!("{cluster}{group}")).is_empty(), "{:?}", codes(&format!("{cluster}{group}")));
    assert_eq!(codes(group), ["threshold/same-as-inherited"]);
}
