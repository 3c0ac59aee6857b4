//! From a label set to its deliveries, in Alertmanager's order, with the reasons.
//!
//! Alertmanager walks depth first. A route whose matchers fail gives nothing. Otherwise its children are asked in
//! order and everything they give is collected; a child that gave something and has no `continue` ends the row; and a
//! route none of whose children gave anything delivers itself.

use super::matcher::LabelSet;
use super::tree::{RouteId, Tree};

/// Why a route gave or did not give a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It delivers itself.
    Delivers,
    /// It matches, and routes below it deliver.
    Passes,
    /// One of its matchers fails: the first that does, as an index into the route's matchers.
    Fails(usize),
    /// It was never asked, because this earlier sibling (or an ancestor's sibling) took the alert without `continue`.
    TakenBy(RouteId),
    /// It was never asked, because its parent's matchers fail.
    ParentFails,
}

/// What happened at every route.
#[derive(Debug, Clone)]
pub struct Trace {
    /// The delivering routes in order; a receiver may occur more than once.
    pub deliveries: Vec<RouteId>,
    /// One outcome per route, in walk order.
    pub outcomes: Vec<Outcome>,
}

impl Tree {
    /// The routes that deliver an alert with these labels, in order. Empty labels count as missing ones.
    pub fn deliver(&self, labels: &LabelSet) -> Vec<RouteId> {
        let mut found = Vec::new();
        // The root has no matchers in a configuration that loads; it is asked all the same, as Alertmanager does.
        self.collect(RouteId::ROOT, labels, &mut found);
        found
    }

    /// The names of the receivers that get an alert with these labels, in order and with repetitions.
    pub fn receivers(&self, labels: &LabelSet) -> Vec<&str> {
        let routes = self.deliver(labels).into_iter().filter_map(|id| self.route(id));
        routes.map(|route| route.options.receiver.as_str()).collect()
    }

    fn collect(&self, id: RouteId, labels: &LabelSet, found: &mut Vec<RouteId>) {
        let Some(route) = self.route(id).filter(|route| route.matches(labels)) else { return };
        let before = found.len();
        for child in route.candidates(labels) {
            let count = found.len();
            self.collect(child, labels, found);
            let continues = self.route(child).is_some_and(|child| child.continues);
            if found.len() > count && !continues {
                break;
            }
        }
        if found.len() == before {
            found.push(id);
        }
    }

    /// Like [`Tree::deliver`], with what happened at every route.
    pub fn trace(&self, labels: &LabelSet) -> Trace {
        let mut trace = Trace { deliveries: Vec::new(), outcomes: vec![Outcome::ParentFails; self.len()] };
        self.explain(RouteId::ROOT, labels, &mut trace);
        trace
    }

    fn explain(&self, id: RouteId, labels: &LabelSet, trace: &mut Trace) {
        let Some(route) = self.route(id) else { return };
        let failing = route.matchers.iter().position(|matcher| !matcher.matches_labels(labels));
        if let Some(failing) = failing {
            trace.set(id, Outcome::Fails(failing));
            return;
        }
        let before = trace.deliveries.len();
        let mut taken = None;
        for child in &route.children {
            if let Some(taker) = taken {
                self.mark(*child, Outcome::TakenBy(taker), trace);
                continue;
            }
            let count = trace.deliveries.len();
            self.explain(*child, labels, trace);
            let continues = self.route(*child).is_some_and(|child| child.continues);
            if trace.deliveries.len() > count && !continues {
                taken = Some(*child);
            }
        }
        if trace.deliveries.len() == before {
            trace.deliveries.push(id);
            trace.set(id, Outcome::Delivers);
        } else {
            trace.set(id, Outcome::Passes);
        }
    }

    /// Gives a whole subtree one outcome. In walk order a subtree is a contiguous run.
    fn mark(&self, id: RouteId, outcome: Outcome, trace: &mut Trace) {
        trace.set(id, outcome);
        for child in self.route(id).map_or(&[][..], |route| &route.children) {
            self.mark(*child, outcome, trace);
        }
    }
}

impl Trace {
    fn set(&mut self, id: RouteId, outcome: Outcome) {
        if let Some(slot) = self.outcomes.get_mut(id.0 as usize) {
            *slot = outcome;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::matcher::{Matcher, Operator};
    use super::super::tree::{GroupBy, RouteSpec};
    use super::*;

    fn route(
        receiver: &str,
        matchers: &[(&str, Operator, &str)],
        continues: bool,
        routes: Vec<RouteSpec>,
    ) -> RouteSpec {
        RouteSpec {
            receiver: (!receiver.is_empty()).then(|| receiver.to_owned()),
            matchers: matchers
                .iter()
                .map(|(name, operator, value)| Matcher::new(*name, *operator, *value).unwrap())
                .collect(),
            continues,
            routes,
            ..RouteSpec::default()
        }
    }

    fn labels(pairs: &[(&str, &str)]) -> LabelSet {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn example() -> Tree {
        let equal = |value| [("team", Operator::Equal, value)];
        let mut first =
            route("a", &equal("a"), true, vec![route("", &[("env", Operator::Matches, "prod.*")], false, vec![])]);
        first.group_by = Some(GroupBy::All);
        Tree::new(route(
            "default",
            &[],
            false,
            vec![
                first,
                route("b", &[("team", Operator::Matches, "a|b")], false, vec![]),
                route("c", &[], false, vec![]),
            ],
        ))
    }

    #[test]
    fn order_continue_and_fallback() {
        let tree = example();
        assert_eq!(tree.receivers(&labels(&[("team", "a")])), ["a", "b"]);
        assert_eq!(tree.deliver(&labels(&[("team", "a"), ("env", "production")])), [RouteId(2), RouteId(3)]);
        assert_eq!(tree.receivers(&labels(&[])), ["c"]);
    }

    #[test]
    fn inheritance() {
        let tree = example();
        assert_eq!(tree.route(RouteId(2)).unwrap().options.receiver, "a");
        assert_eq!(tree.route(RouteId(2)).unwrap().options.group_by, GroupBy::All);
        assert_eq!(tree.unique_key(RouteId(2)), "{}/{team=\"a\"}/0/{env=~\"prod.*\"}/0");
    }

    #[test]
    fn reasons() {
        let trace = example().trace(&labels(&[("team", "b")]));
        assert_eq!(
            trace.outcomes,
            [Outcome::Passes, Outcome::Fails(0), Outcome::ParentFails, Outcome::Delivers, Outcome::TakenBy(RouteId(3))]
        );
    }

    #[test]
    fn many_siblings_are_indexed_without_changing_the_answer() {
        let children = (0..50).map(|at| {
            let team = format!("t{}", at % 20);
            let other = [("env", Operator::NotEqual, "x")];
            let own = [("team", Operator::Equal, team.as_str())];
            route(&format!("r{at}"), if at % 7 == 0 { &other } else { &own }, at % 3 == 0, vec![])
        });
        let tree = Tree::new(route("default", &[], false, children.collect()));
        for team in 0..25 {
            for env in ["x", "y"] {
                let labels = labels(&[("team", &format!("t{team}")), ("env", env)]);
                assert_eq!(tree.deliver(&labels), tree.trace(&labels).deliveries);
            }
        }
    }
}
