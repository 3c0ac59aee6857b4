//! The algebra over all label sets against plain routing of single ones.
//!
//! `ALERTSMITH_CASES` sets the number of trees, `ALERTSMITH_SEED` repeats a run.

use super::{config, generate};
use crate::support::corpus;
use crate::support::random::{Random, cases};
use crate::support::run::run;
use crate::support::tools::{Generation, Tool, tool};
use alertsmith::routing::space::{Cause, Inhibition, Reach, Region, RouteState, Space};
use alertsmith::routing::{InhibitRule, LabelSet, Matcher, Options, Outcome, RouteId, RouteSpec, Tree};
use serde_json::{Value, json};

fn spec(written: &Value) -> RouteSpec {
    config::route(&written["route"]).unwrap()
}

/// Label sets that must not refute a claim about all of them: ten thousand in the full run.
fn many(small: usize) -> usize {
    if std::env::var_os("ALERTSMITH_CASES").is_some() { 10_000 } else { small }
}

/// Label sets that a tree is likely to tell apart, and that meet the classes of the space in many combinations.
fn samples(random: &mut Random, space: &Space, count: usize) -> Vec<LabelSet> {
    let names: Vec<String> = space.labels().map(str::to_owned).collect();
    let sample = |at: usize| {
        if at.is_multiple_of(2) {
            return generate::labels(random);
        }
        let mut labels = LabelSet::new();
        for name in &names {
            let value = random.pick(space.representatives(name));
            if !value.is_empty() {
                labels.insert(name.clone(), value.clone());
            }
        }
        labels
    };
    (0..count).map(sample).collect()
}

/// Sets `continue` of the route with this place in walk order.
fn set_continue(spec: &mut RouteSpec, id: RouteId, continues: bool) {
    fn visit(spec: &mut RouteSpec, wanted: u32, continues: bool, at: &mut u32) {
        if *at == wanted {
            spec.continues = continues;
        }
        *at += 1;
        for child in &mut spec.routes {
            visit(child, wanted, continues, at);
        }
    }
    visit(spec, id.0, continues, &mut 0);
}

/// A space that cuts expressions into classes, or one that keeps them all apart: the answers must be the same.
fn cut(case: usize, trees: &[&Tree], rules: &[InhibitRule]) -> Space {
    Space::with_classes(trees, rules, if case.is_multiple_of(2) { 4000 } else { 0 }).unwrap()
}

#[test]
fn regions_are_what_routing_says() {
    let mut random = Random::seeded("space", 20_261_121);
    let (mut shadowed, mut useless) = (0, 0);
    for case in 0..cases(25) {
        let written = generate::config(&mut random);
        let tree = Tree::new(spec(&written));
        let mut space = cut(case, &[&tree], &[]);
        let reach = Reach::new(&mut space, &tree).unwrap();
        for labels in samples(&mut random, &space, many(300)) {
            let trace = tree.trace(&labels);
            for (id, outcome) in (0..).map(RouteId).zip(&trace.outcomes) {
                let delivers = *outcome == Outcome::Delivers;
                assert_eq!(space.contains(reach.delivers(id), &labels), delivers, "{id:?} {labels:?}\n{written}");
                let reached = delivers || *outcome == Outcome::Passes;
                assert_eq!(space.contains(reach.reached(id), &labels), reached, "{id:?} {labels:?}\n{written}");
            }
        }
        for (id, route) in tree.iter() {
            match reach.state(&mut space, &tree, id).unwrap() {
                RouteState::Reached { witness, delivers } => {
                    let outcome = tree.trace(&witness).outcomes[id.0 as usize];
                    assert!(
                        matches!(outcome, Outcome::Delivers | Outcome::Passes),
                        "{witness:?} {outcome:?}\n{written}"
                    );
                    if let Some(labels) = delivers {
                        assert!(tree.deliver(&labels).contains(&id), "{labels:?}\n{written}");
                    }
                }
                RouteState::Contradiction => {}
                RouteState::Shadowed(by) => {
                    shadowed += 1;
                    let reached_when = |opened: &[RouteId]| {
                        let mut changed = spec(&written);
                        for taker in opened {
                            set_continue(&mut changed, *taker, true);
                        }
                        let tree = Tree::new(changed);
                        let mut space = Space::new(&[&tree], &[]).unwrap();
                        !Reach::new(&mut space, &tree).unwrap().reached(id).is_empty()
                    };
                    assert!(!by.is_empty() && !reached_when(&[]));
                    // Others may stand in the way as well; with one taker and its followers there is none.
                    if by.len() == 1 && by[0].0 + 1 == id.0 {
                        assert!(reached_when(&by), "{by:?} do not shadow {id:?}\n{written}");
                    }
                }
            }
            if route.continues && !reach.reached(id).is_empty() {
                let mut changed = spec(&written);
                set_continue(&mut changed, id, false);
                let changed = Tree::new(changed);
                let mut both = Space::new(&[&tree, &changed], &[]).unwrap();
                let same = both.changes(&tree, &changed).unwrap().is_empty();
                assert_eq!(reach.useless_continue().contains(&id), same, "continue of {id:?}\n{written}");
                useless += usize::from(same);
            }
        }
    }
    assert!(
        shadowed > 5 && useless > 3,
        "the generator made {shadowed} shadowed routes and {useless} useless continues"
    );
}

#[test]
fn published_trees_are_answered_exactly() {
    let mut trees = 0;
    for kind in ["am-config-real", "am-config-upstream", "am-config-golden"] {
        for path in corpus::yaml_files(kind) {
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            let Some(written) = corpus::yaml(&text).filter(|written| written["route"].is_object()) else { continue };
            let Ok(spec) = config::route(&written["route"]) else { continue };
            let tree = Tree::new(spec);
            let mut space =
                Space::new(&[&tree], &[]).unwrap_or_else(|unknown| panic!("{} {unknown:?}", path.display()));
            let reach =
                Reach::new(&mut space, &tree).unwrap_or_else(|unknown| panic!("{} {unknown:?}", path.display()));
            assert!(space.changes(&tree, &tree).unwrap().is_empty());
            for (id, _) in tree.iter() {
                if let RouteState::Reached { witness, .. } = reach.state(&mut space, &tree, id).unwrap() {
                    let outcome = tree.trace(&witness).outcomes[id.0 as usize];
                    assert!(matches!(outcome, Outcome::Delivers | Outcome::Passes), "{}: {witness:?}", path.display());
                }
            }
            trees += 1;
        }
    }
    assert!(trees > 60 || corpus::folder().is_none(), "only {trees} trees were found");
}

/// What a tree delivers, without order.
fn delivered(tree: &Tree, labels: &LabelSet) -> Vec<Options> {
    let mut found: Vec<Options> =
        tree.deliver(labels).iter().map(|id| tree.route(*id).unwrap().options.clone()).collect();
    found.sort();
    found
}

/// The receivers that the real amtool names for a label set, joined by commas.
fn amtool(tool: &Tool, config: &Value, labels: &LabelSet) -> String {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), config.to_string()).unwrap();
    let mut command = tool.command();
    command.args(["config", "routes", "test"]).arg(format!("--config.file={}", file.path().display()));
    command.args(labels.iter().map(|(name, value)| Matcher::equal(name, value).to_string()));
    // Warnings about old spellings come first, on the same stream.
    let said = String::from_utf8(run(&mut command).unwrap().stdout).unwrap();
    said.lines().last().unwrap_or("").to_owned()
}

#[test]
fn amtool_confirms_witnesses() {
    let Some(tool) = tool("amtool", Generation::Newest) else { return };
    let mut random = Random::seeded("witnesses", 20_261_121);
    let mut confirmed = 0;
    let wanted = cases(20);
    while confirmed < wanted {
        let [before, after] = [generate::config(&mut random), generate::config(&mut random)];
        let trees = [Tree::new(spec(&before)), Tree::new(spec(&after))];
        let mut space = cut(confirmed, &[&trees[0], &trees[1]], &[]);
        let changes = space.changes(&trees[0], &trees[1]).unwrap();
        for change in changes.iter().take(4) {
            for (tree, written) in trees.iter().zip([&before, &after]) {
                let ours = tree.receivers(&change.witness).join(",");
                assert_eq!(amtool(&tool, written, &change.witness), ours, "{:?}\n{written}", change.witness);
            }
            confirmed += 1;
        }
        // And what is said about one tree: who is reached, and with what.
        let reach = Reach::new(&mut space, &trees[0]).unwrap();
        for (receiver, witness) in reach.receivers(&space, &trees[0]).into_iter().take(2) {
            let theirs = amtool(&tool, &before, &witness);
            assert!(theirs.split(',').any(|name| name == receiver), "{receiver} {witness:?} {theirs}\n{before}");
        }
    }
}

/// Two overlapping siblings change places among labels with so many combinations that sampling them misses it.
#[test]
fn swapped_siblings_are_found() {
    let overlap = [
        json!({ "receiver": "x", "matchers": ["team=~\"a.*\"", "env=\"prod\""] }),
        json!({ "receiver": "y", "matchers": ["severity=\"critical\"", "region=~\"eu-.*\""] }),
    ];
    let written = |order: [usize; 2]| {
        let mut routes: Vec<Value> = ["one", "two", "three", "four"]
            .iter()
            .flat_map(|label| (0..3).map(move |at| (label, at)))
            .map(|(label, at)| json!({ "receiver": "z", "matchers": [format!("{label}=\"v{at}\"")] }))
            .collect();
        routes.extend(order.map(|at| overlap[at].clone()));
        let receivers: Vec<Value> = ["default", "x", "y", "z"].iter().map(|name| json!({ "name": name })).collect();
        json!({ "route": { "receiver": "default", "routes": routes }, "receivers": receivers })
    };
    let written = [written([0, 1]), written([1, 0])];
    let trees = [Tree::new(spec(&written[0])), Tree::new(spec(&written[1]))];
    let mut space = Space::new(&[&trees[0], &trees[1]], &[]).unwrap();
    let changes = space.changes(&trees[0], &trees[1]).unwrap();
    assert_eq!(changes.len(), 1);
    let witness = &changes[0].witness;
    assert_eq!(witness.keys().collect::<Vec<_>>(), ["env", "region", "severity", "team"]);
    assert_eq!([trees[0].receivers(witness), trees[1].receivers(witness)], [["x"], ["y"]]);
    if let Some(tool) = tool("amtool", Generation::Newest) {
        assert_eq!([0, 1].map(|at| amtool(&tool, &written[at], witness)), ["x", "y"]);
    }
}

/// Forty independent routes that all continue: their outcomes together are beyond counting, each delivery is not.
#[test]
fn independent_deliveries_are_compared_one_by_one() {
    let written = |receiver: &str| {
        let routes: Vec<Value> = (0..40)
            .map(|at| {
                let receiver = if at == 7 { receiver } else { "x" };
                json!({ "receiver": receiver, "continue": true, "group_wait": format!("{at}s"),
                        "matchers": [format!("a{at}=\"x\""), format!("b{at}=\"x\"")] })
            })
            .collect();
        Tree::new(config::route(&json!({ "receiver": "default", "routes": routes })).unwrap())
    };
    let [before, same, after] = ["x", "x", "y"].map(written);
    let mut space = Space::new(&[&before, &after], &[]).unwrap();
    assert_eq!(space.changes(&before, &same), Ok(Vec::new()));
    let changes = space.changes(&before, &after).unwrap();
    assert_eq!(changes.len(), 2);
    for change in changes {
        assert_eq!(change.witness.keys().collect::<Vec<_>>(), ["a7", "b7"]);
        assert_eq!([change.before[0].receiver.as_str(), change.after[0].receiver.as_str()], ["x", "y"]);
    }
}

/// A small edit somewhere in a tree.
fn edit(random: &mut Random, spec: &mut RouteSpec) {
    let count = spec.routes.len();
    if count > 0 && !random.once_in(3) {
        let at = random.below(count);
        return edit(random, &mut spec.routes[at]);
    }
    match random.below(5) {
        0 if count > 1 => spec.routes.swap(random.below(count), random.below(count)),
        1 if count > 0 => {
            spec.routes.remove(random.below(count));
        }
        2 => spec.continues = !spec.continues,
        3 => spec.receiver = Some(format!("r{}", random.below(6))),
        _ => {
            spec.matchers.pop();
        }
    }
}

#[test]
fn differences_are_real_and_complete() {
    let mut random = Random::seeded("differences", 20_261_121);
    let (mut equal, mut different) = (0, 0);
    let amtool_is_there = tool("amtool", Generation::Newest);
    for case in 0..cases(25) {
        let written = generate::config(&mut random);
        let before = Tree::new(spec(&written));
        let mut edited = spec(&written);
        edit(&mut random, &mut edited);
        let after = Tree::new(edited);
        let mut space = cut(case, &[&before, &after], &[]);
        let changes = space.changes(&before, &after).unwrap();
        for change in &changes {
            let mut said = [change.before.clone(), change.after.clone()];
            for side in &mut said {
                side.sort();
            }
            assert_ne!(said[0], said[1]);
            let happened = [delivered(&before, &change.witness), delivered(&after, &change.witness)];
            assert_eq!(happened, said, "{:?}\n{written}", change.witness);
        }
        let count = many(if changes.is_empty() { 2_000 } else { 300 });
        for labels in samples(&mut random, &space, count) {
            let changed = changes.iter().any(|change| space.contains(change.region, &labels));
            assert_eq!(delivered(&before, &labels) != delivered(&after, &labels), changed, "{labels:?}\n{written}");
        }
        if let (true, Some(tool)) = (changes.is_empty(), &amtool_is_there) {
            for labels in samples(&mut random, &space, 3) {
                let ours = before.receivers(&labels).join(",");
                assert_eq!(amtool(tool, &written, &labels), ours, "{labels:?}\n{written}");
            }
        }
        if changes.is_empty() { equal += 1 } else { different += 1 }
    }
    assert!(equal > 0 && different > 5, "the generator made {equal} equal and {different} different pairs");
}

#[test]
fn inhibition_acts_exactly_where_a_pair_exists() {
    let mut random = Random::seeded("inhibition", 20_261_121);
    let (mut acting, mut never) = (0, 0);
    for case in 0..cases(40) {
        let written = generate::config(&mut random);
        for rule in written["inhibit_rules"].as_array().unwrap() {
            let rule = config::inhibit_rule(rule).unwrap();
            let mut space = cut(case, &[], std::slice::from_ref(&rule));
            let answer = space.inhibition(&rule, Region::EVERYTHING, Region::EVERYTHING).unwrap();
            if let Inhibition::Acts { source, target, both_lack } = &answer {
                acting += 1;
                assert!(rule.inhibits(source, target), "{rule:?} {source:?} {target:?}");
                for (label, source, target) in both_lack {
                    assert!(rule.inhibits(source, target), "{rule:?} {source:?} {target:?}");
                    assert!(!source.contains_key(label) && !target.contains_key(label));
                }
            } else {
                never += 1;
            }
            let samples = samples(&mut random, &space, 60);
            for (source, target) in samples.iter().flat_map(|source| samples.iter().map(move |target| (source, target)))
            {
                if !rule.inhibits(source, target) {
                    continue;
                }
                let Inhibition::Acts { both_lack, .. } = &answer else { panic!("{rule:?} {source:?} {target:?}") };
                for label in &rule.equal {
                    let value = |labels: &LabelSet| labels.get(label).cloned().unwrap_or_default();
                    let lacks = value(source).is_empty() && value(target).is_empty();
                    assert!(
                        !lacks || both_lack.iter().any(|(name, _, _)| name == label),
                        "{rule:?} {source:?} {target:?}"
                    );
                }
            }
        }
    }
    assert!(acting > 10 && never > 0, "{acting} rules act and {never} do not");
}

const WORDS: [&str; 28] = [
    "Disk", "Cpu", "Memory", "Network", "Latency", "Error", "Queue", "Cert", "Backup", "Node", "Kube", "Etcd", "Pod",
    "Api", "Ingress", "Replica", "Job", "Cron", "Volume", "Inode", "Swap", "Load", "Clock", "Raid", "Fan", "Power",
    "Gpu", "Temp",
];

/// What people write: a route for every kind of name, many times over. Taken together the expressions cut names into 2^28
/// classes.
#[test]
fn dozens_of_unanchored_expressions_on_one_label_are_answered() {
    let written = |last: &str| {
        let mut routes: Vec<Value> = WORDS
            .iter()
            .map(|word| json!({ "receiver": word.to_lowercase(), "matchers": [format!("alertname=~\".*{word}.*\"")] }))
            .collect();
        // Covered by one before it, and by two together; and one that is not.
        routes.push(json!({ "receiver": "x", "matchers": ["alertname=~\"DiskFull.*\""] }));
        routes.push(json!({ "receiver": "x", "matchers": ["alertname=~\"Host(Cpu|Memory)High.+\""] }));
        routes.push(json!({ "receiver": last, "matchers": ["alertname=~\"Host.*\"", "severity=\"critical\""] }));
        Tree::new(config::route(&json!({ "receiver": "default", "routes": routes })).unwrap())
    };
    let tree = written("host");
    let mut space = Space::new(&[&tree], &[]).unwrap();
    let reach = Reach::new(&mut space, &tree).unwrap();
    for (id, route) in tree.iter() {
        match reach.state(&mut space, &tree, id).unwrap() {
            RouteState::Reached { witness, delivers } => {
                assert_eq!(tree.receivers(&witness), [route.options.receiver.as_str()], "{witness:?}");
                assert!(delivers.is_some());
            }
            RouteState::Contradiction => panic!("{id:?}"),
            RouteState::Shadowed(by) => {
                let expected = if id == RouteId(29) { vec![RouteId(1)] } else { vec![RouteId(2), RouteId(3)] };
                assert_eq!((route.options.receiver.as_str(), by), ("x", expected));
            }
        }
    }
    let other = written("others");
    let mut space = Space::new(&[&tree, &other], &[]).unwrap();
    assert_eq!(space.changes(&tree, &tree), Ok(Vec::new()));
    let changes = space.changes(&tree, &other).unwrap();
    assert_eq!(changes.len(), 1);
    let witness = &changes[0].witness;
    assert_eq!([tree.receivers(witness), other.receivers(witness)], [["host"], ["others"]]);
}

/// What nobody writes ends soon, and says which label is to blame.
#[test]
fn explosions_are_admitted() {
    let tree = |matchers: &dyn Fn(usize) -> Vec<String>, routes: usize| {
        let routes: Vec<Value> =
            (0..routes).map(|at| json!({ "receiver": format!("r{at}"), "matchers": matchers(at) })).collect();
        Tree::new(config::route(&json!({ "receiver": "default", "routes": routes })).unwrap())
    };
    let counting = tree(&|at| vec![format!("a=~\".*[{at}x].{{40}}\"")], 14);
    let unknown = Space::new(&[&counting], &[]).map(|_| ()).unwrap_err();
    assert_eq!((unknown.labels.as_slice(), unknown.cause), (&["a".to_owned()][..], Cause::Patterns));
    assert_eq!(unknown.routes(&counting), (1..15).map(RouteId).collect::<Vec<_>>());
    // Every pair of many labels, in no order that helps.
    let pairs = tree(&|at| vec![format!("l{}=\"x\"", at * 37 % 61), format!("l{}!=\"y\"", at * at % 61)], 300);
    let mut space = Space::new(&[&pairs], &[]).unwrap();
    let unknown = Reach::new(&mut space, &pairs).map(|_| ()).unwrap_err();
    assert_eq!((unknown.labels.len(), unknown.cause), (5, Cause::Combinations));
}
