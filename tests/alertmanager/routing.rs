//! The routing of a raw configuration is the one that the reader of the routing tables finds.

use super::release;
use crate::routing::config::{inhibit_rule, route};
use crate::support::corpus;
use crate::support::tools::Generation;
use alertsmith::alertmanager;
use alertsmith::diagnostic::Sink;
use alertsmith::routing::Tree;
use alertsmith::source::FileId;
use std::fmt::Write as _;

fn shown(tree: &Tree) -> String {
    let mut text = String::new();
    for (id, route) in tree.iter() {
        let _ =
            writeln!(text, "{id:?} {:?} {:?} {} {:?}", route.parent, route.matchers, route.continues, route.options);
    }
    text
}

#[test]
fn trees_and_inhibition_of_the_corpus() {
    let mut compared = 0;
    for kind in ["am-config-upstream", "am-config-golden", "am-config-real"] {
        for file in corpus::yaml_files(kind) {
            let text = std::fs::read_to_string(&file).unwrap();
            let mut sink = Sink::default();
            let config = alertmanager::read(FileId(0), &text, release(Generation::Newest), &mut sink);
            let Some(value) = corpus::yaml(&text) else { continue };
            if sink.has_errors() {
                continue;
            }
            let Some(routing) = alertmanager::routing(&config) else { panic!("{}: no routing", file.display()) };
            let expected = Tree::new(route(&value["route"]).unwrap());
            assert_eq!(shown(&routing.configuration.tree), shown(&expected), "{}", file.display());
            assert_eq!(routing.routes.len(), routing.configuration.tree.len());
            let rules = value["inhibit_rules"].as_array().into_iter().flatten();
            let rules: Vec<_> = rules.map(|rule| inhibit_rule(rule).unwrap()).collect();
            assert_eq!(routing.configuration.inhibit_rules, rules, "{}", file.display());
            compared += 1;
        }
    }
    assert!(compared == 0 || compared > 60, "only {compared} files were compared");
}
