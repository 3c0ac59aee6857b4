//! What the backend says the file decides is what the file decides.

use alertsmith::ast::MatchOperator;
use alertsmith::lower::alertmanager::decisions;
use alertsmith::model::Model;
use alertsmith::routing::{InhibitRule, Intervals, Tree};

use super::configuration::{BOTH, installation, print};
use super::model::{inhibition, matcher, route, text};
use crate::routing::config;
use crate::support::corpus;

/// Reads what was written for the model, and compares. Gives the number of routes.
fn agree(model: &Model) -> usize {
    let printed = print(model);
    let file = corpus::yaml(&printed).unwrap();
    let decided = decisions(model).unwrap();
    let tree = Tree::new(config::route(&file["route"]).unwrap());
    let routes = |tree: &Tree| -> Vec<_> {
        tree.iter().map(|(_, route)| (route.matchers.clone(), route.options.clone(), route.continues)).collect()
    };
    assert_eq!(routes(&decided.configuration.tree), routes(&tree), "{printed}");
    assert_eq!(decided.routes.len(), tree.len());
    let list = |key: &str| file[key].as_array().cloned().unwrap_or_default();
    let rules: Vec<InhibitRule> =
        list("inhibit_rules").iter().map(|rule| config::inhibit_rule(rule).unwrap()).collect();
    assert_eq!(decided.configuration.inhibit_rules, rules, "{printed}");
    assert_eq!((decided.inhibit_rules.len(), decided.generated.len()), (rules.len(), rules.len()));
    let interval = |value: &serde_json::Value| {
        let parts = value["time_intervals"].as_array().unwrap();
        (corpus::text_of(&value["name"]), parts.iter().map(|part| config::interval(part).unwrap()).collect())
    };
    let intervals: Intervals = list("time_intervals").iter().map(interval).collect();
    assert_eq!(decided.configuration.intervals, intervals, "{printed}");
    tree.len()
}

#[test]
fn decisions_are_those_of_the_written_file() {
    for generation in BOTH {
        let mut model = installation(generation);
        let routing = model.routing.as_mut().unwrap();
        let mut several = route("shop-alerts", vec![matcher("team", MatchOperator::Equal, &["a.b", "c|d"])]);
        several.group_by = vec![text("team"), text("größe"), text("team")];
        let neither = matcher("team", MatchOperator::NotEqual, &["x", "y"]);
        several.routes = vec![
            route("cube", vec![neither, matcher("env", MatchOperator::Regex, &["(?i)prod", "dev.*"])]),
            // The oldest release cannot read this name.
            route("oncall", vec![matcher("größe", MatchOperator::Equal, &["x"])]),
        ];
        routing.routes.push(several);
        let odd = vec![matcher("größe", MatchOperator::Equal, &["x"])];
        routing.inhibitions.push(inhibition(odd.clone(), odd, &["team"]));
        let newest = model.project.targets.alertmanager.value >= alertsmith::ast::Version::new(0, 28);
        assert_eq!(agree(&model), if newest { 7 } else { 6 });
    }
}
