//! How long exact answers about routing take. Run with `cargo bench --bench routing`; `docs/performance.md` has figures.
#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark may fail loudly")]

use alertsmith::routing::space::{Inhibition, Reach, Region, RouteState, Space};
use alertsmith::routing::{GroupBy, InhibitRule, LabelSet, Matcher, Operator, RouteSpec, Tree};
use divan::Bencher;
use divan::counter::ItemsCount;

fn main() {
    divan::main();
}

fn route(receiver: &str, matchers: &[(&str, Operator, String)]) -> RouteSpec {
    RouteSpec {
        receiver: Some(receiver.to_owned()),
        matchers: matchers
            .iter()
            .map(|(name, operator, value)| Matcher::new(*name, *operator, value).unwrap())
            .collect(),
        ..RouteSpec::default()
    }
}

fn equal(name: &'static str, value: impl Into<String>) -> (&'static str, Operator, String) {
    (name, Operator::Equal, value.into())
}

fn matches(name: &'static str, value: impl Into<String>) -> (&'static str, Operator, String) {
    (name, Operator::Matches, value.into())
}

/// What most large trees look like: a few rules for everybody, then a route for each team with routes for its services,
/// which split by severity and environment. One route in some twenty tests a regular expression.
fn nested(size: usize) -> Tree {
    let mut routes = vec![
        RouteSpec { continues: true, ..route("audit", &[matches("severity", "critical|page")]) },
        route("null", &[matches("alertname", "Watchdog|InfoInhibitor")]),
        route("platform", &[matches("namespace", "kube-.*|openshift-.*"), matches("alertname", "Kube.+")]),
    ];
    let mut count = routes.len() + 1;
    for team in 0.. {
        if count >= size {
            break;
        }
        let mut own = route(&format!("team-{team}"), &[equal("team", format!("team-{team}"))]);
        own.group_by = Some(GroupBy::Labels(["alertname", "cluster", "service"].map(str::to_owned).into()));
        own.routes.push(route(&format!("team-{team}-db"), &[matches("instance", format!("db-{team}-.*"))]));
        for service in 0..6 {
            let mut of_service = route(&format!("team-{team}"), &[equal("service", format!("svc-{team}-{service}"))]);
            of_service.routes = vec![
                route(&format!("team-{team}-page"), &[equal("severity", "critical"), equal("env", "prod")]),
                route(&format!("team-{team}-chat"), &[matches("severity", "warning|critical")]),
                route("null", &[equal("severity", "info"), ("env", Operator::NotEqual, "prod".to_owned())]),
            ];
            own.routes.push(of_service);
        }
        count += 26;
        routes.push(own);
    }
    tree(routes)
}

/// A long row without structure: each route has a service of its own, a severity, and some a pattern.
fn flat(size: usize) -> Tree {
    let one = |at: usize| {
        let severity = ["critical", "warning", "info"][at % 3];
        let mut matchers = vec![equal("service", format!("svc-{}", at / 3)), equal("severity", severity)];
        if at.is_multiple_of(20) {
            matchers.push(matches("instance", format!("node-{}.*", at / 20 % 10)));
        }
        RouteSpec { continues: at.is_multiple_of(50), ..route(&format!("receiver-{}", at % 300), &matchers) }
    };
    tree((1..size).map(one).collect())
}

fn tree(routes: Vec<RouteSpec>) -> Tree {
    Tree::new(RouteSpec { receiver: Some("default".to_owned()), routes, ..RouteSpec::default() })
}

fn rules() -> Vec<InhibitRule> {
    let rule = |source: &[(&str, Operator, String)], target: &[(&str, Operator, String)], equal: &[&str]| InhibitRule {
        source: route("", source).matchers,
        target: route("", target).matchers,
        equal: equal.iter().map(|label| (*label).to_owned()).collect(),
        ..InhibitRule::default()
    };
    vec![
        rule(&[equal("severity", "critical")], &[matches("severity", "warning|info")], &["alertname", "service"]),
        rule(&[equal("alertname", "NodeDown")], &[matches("alertname", "Node.+")], &["instance"]),
        rule(
            &[equal("alertname", "ClusterDown")],
            &[("alertname", Operator::NotEqual, "ClusterDown".to_owned())],
            &["cluster"],
        ),
    ]
}

/// Every question about one tree: what reaches every route, why nothing does, who gets something, which `continue` does
/// nothing, and what inhibition rules can do. Gives the number of routes that are reached.
fn analyse(tree: &Tree, rules: &[InhibitRule]) -> usize {
    let mut space = Space::new(&[tree], rules).unwrap();
    let reach = Reach::new(&mut space, tree).unwrap();
    let states = tree.iter().map(|(id, _)| reach.state(&mut space, tree, id).unwrap());
    let states: Vec<RouteState> = states.collect();
    assert!(reach.receivers(&space, tree).len() > 10);
    divan::black_box(reach.useless_continue());
    for rule in rules {
        let answer = space.inhibition(rule, Region::EVERYTHING, Region::EVERYTHING).unwrap();
        assert!(matches!(answer, Inhibition::Acts { .. }));
    }
    states.iter().filter(|state| matches!(state, RouteState::Reached { .. })).count()
}

#[divan::bench(args = [200, 2_000, 6_000], sample_count = 5, sample_size = 1)]
fn analyse_nested(bencher: Bencher<'_, '_>, size: usize) {
    let (tree, rules) = (nested(size), rules());
    assert!(tree.len() >= size);
    bencher.counter(ItemsCount::new(tree.len())).bench(|| analyse(&tree, &rules));
}

#[divan::bench(args = [200, 2_000, 6_000], sample_count = 5, sample_size = 1)]
fn analyse_flat(bencher: Bencher<'_, '_>, size: usize) {
    let (tree, rules) = (flat(size), rules());
    bencher.counter(ItemsCount::new(tree.len())).bench(|| analyse(&tree, &rules));
}

/// What changes between a tree and the same with a route moved, a receiver renamed and a condition dropped.
fn edited(tree_of: fn(usize) -> Tree, size: usize) -> (Tree, Tree) {
    fn spec(tree: &Tree, id: alertsmith::routing::RouteId) -> RouteSpec {
        let route = tree.route(id).unwrap();
        RouteSpec {
            receiver: Some(route.options.receiver.clone()),
            matchers: route.matchers.clone(),
            continues: route.continues,
            group_by: Some(route.options.group_by.clone()),
            routes: route.children.iter().map(|child| spec(tree, *child)).collect(),
            ..RouteSpec::default()
        }
    }
    let before = tree_of(size);
    let mut after = spec(&before, alertsmith::routing::RouteId::ROOT);
    let count = after.routes.len();
    after.routes.swap(count / 2, count / 2 + 1);
    after.routes[count / 3].receiver = Some("somebody-else".to_owned());
    after.routes[count / 4].matchers.pop();
    (before, Tree::new(after))
}

#[divan::bench(args = [200, 2_000, 6_000], sample_count = 5, sample_size = 1)]
fn changes_nested(bencher: Bencher<'_, '_>, size: usize) {
    let (before, after) = edited(nested, size);
    bencher.counter(ItemsCount::new(before.len())).bench(|| {
        let mut space = Space::new(&[&before, &after], &[]).unwrap();
        assert!(!space.changes(&before, &after).unwrap().is_empty());
    });
}

#[divan::bench(args = [200, 2_000, 6_000], sample_count = 5, sample_size = 1)]
fn changes_flat(bencher: Bencher<'_, '_>, size: usize) {
    let (before, after) = edited(flat, size);
    bencher.counter(ItemsCount::new(before.len())).bench(|| {
        let mut space = Space::new(&[&before, &after], &[]).unwrap();
        assert!(!space.changes(&before, &after).unwrap().is_empty());
    });
}

/// One decision.
#[divan::bench(args = [200, 2_000, 6_000])]
fn decide(bencher: Bencher<'_, '_>, size: usize) {
    let tree = nested(size);
    let team = size / 52;
    let labels: LabelSet = [
        ("alertname", "DiskFull".to_owned()),
        ("team", format!("team-{team}")),
        ("service", format!("svc-{team}-3")),
        ("severity", "critical".to_owned()),
        ("env", "prod".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    assert_eq!(tree.deliver(&labels).len(), 2);
    bencher.bench(|| tree.deliver(&labels));
}
