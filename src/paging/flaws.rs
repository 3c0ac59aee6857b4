//! What is wrong with a configuration whoever sends alerts: every claim is a proof over all label sets.

use crate::routing::space::{Inhibition, NeverActs, Reach, Region, RouteState, Space, Unknown};
use crate::routing::{Configuration, Route, RouteId};

/// Something in a configuration that does not do what it looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flaw {
    /// No alert arrives at the route: its matchers and those around it exclude each other.
    Contradiction {
        /// The route.
        route: RouteId,
    },
    /// No alert arrives at the route: these earlier ones take all of them without `continue`. Together they do, and none of
    /// them can be left out, except in lists longer than a few dozen.
    Shadowed {
        /// The route.
        route: RouteId,
        /// Who takes its alerts, in walk order.
        by: Vec<RouteId>,
    },
    /// `continue` of the route changes nothing: no alert that it takes is taken by a later sibling too.
    UselessContinue {
        /// The route.
        route: RouteId,
    },
    /// The default receiver gets nothing of what no route takes for good, because these routes with `continue` have
    /// delivered it already.
    SkippedDefault {
        /// The routes, of which each covers some such alerts.
        by: Vec<RouteId>,
    },
    /// The inhibition rule can silence nothing.
    NeverInhibits {
        /// Its index in the configuration.
        rule: usize,
        /// Why.
        why: NeverActs,
    },
}

/// Everything of that kind, routes in walk order and then inhibition rules. What lies below a route that nothing reaches is
/// not told again.
pub fn flaws(configuration: &Configuration) -> Result<Vec<Flaw>, Unknown> {
    let mut space = Space::new(&[&configuration.tree], &configuration.inhibit_rules)?;
    let reach = Reach::new(&mut space, &configuration.tree)?;
    flaws_of(configuration, &mut space, &reach)
}

/// As [`flaws`], where the space is known already.
pub(super) fn flaws_of(configuration: &Configuration, space: &mut Space, reach: &Reach) -> Result<Vec<Flaw>, Unknown> {
    let tree = &configuration.tree;
    let mut found = Vec::new();
    for (id, route) in tree.iter() {
        let told = route.parent.is_some_and(|parent| reach.reached(parent).is_empty());
        if told || !reach.reached(id).is_empty() {
            continue;
        }
        found.push(match reach.state(space, tree, id)? {
            RouteState::Shadowed(by) => Flaw::Shadowed { route: id, by },
            RouteState::Contradiction | RouteState::Reached { .. } => Flaw::Contradiction { route: id },
        });
    }
    found.extend(reach.useless_continue().iter().map(|route| Flaw::UselessContinue { route: *route }));
    let skipped = skipped_default(space, reach, configuration)?;
    found.extend((!skipped.is_empty()).then_some(Flaw::SkippedDefault { by: skipped }));
    for (rule, written) in configuration.inhibit_rules.iter().enumerate() {
        if let Inhibition::Never(why) = space.inhibition(written, Region::EVERYTHING, Region::EVERYTHING)? {
            found.push(Flaw::NeverInhibits { rule, why });
        }
    }
    Ok(found)
}

/// The alerts that no route takes for good: those that satisfy no route of the first row that has no `continue`.
pub(super) fn untaken(space: &mut Space, reach: &Reach, configuration: &Configuration) -> Result<Region, Unknown> {
    let tree = &configuration.tree;
    let mut left = reach.reached(RouteId::ROOT);
    for route in first_row(configuration).filter_map(|id| tree.route(id)).filter(|route| !route.continues) {
        let taken = space.matching(&route.matchers)?;
        left = space.minus(left, taken)?;
    }
    Ok(left)
}

fn first_row(configuration: &Configuration) -> impl Iterator<Item = RouteId> + '_ {
    configuration.tree.route(RouteId::ROOT).into_iter().flat_map(|root: &Route| root.children.iter().copied())
}

/// The routes with `continue` that keep everything from the default receiver, if some alerts are left to it at all.
fn skipped_default(space: &mut Space, reach: &Reach, configuration: &Configuration) -> Result<Vec<RouteId>, Unknown> {
    let untaken = untaken(space, reach, configuration)?;
    let gets = space.and(untaken, reach.delivers(RouteId::ROOT))?;
    let mut by = Vec::new();
    if untaken.is_empty() || !gets.is_empty() {
        return Ok(by);
    }
    let mut left = untaken;
    for id in first_row(configuration) {
        let Some(route) = configuration.tree.route(id).filter(|route| route.continues) else { continue };
        let covers = space.matching(&route.matchers)?;
        if !space.and(left, covers)?.is_empty() {
            by.push(id);
            left = space.minus(left, covers)?;
        }
    }
    Ok(by)
}
