//! Which routes and channels the tests of a spec touch.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::model::{Expect, Model};
use crate::paging::Paging;
use crate::provenance::Origin;
use crate::routing::{Matcher, RouteId};

/// What tests touch: a route when an alert of a test arrives at it, a channel when a test names it.
#[derive(Debug, Default)]
pub struct Coverage {
    /// How many routes there are, the default among them.
    pub routes: usize,
    /// How many channels there are.
    pub channels: usize,
    /// The routes that no alert of a test arrives at, in walk order.
    pub untouched_routes: Vec<Untouched>,
    /// The channels that no test names.
    pub untouched_channels: Vec<(String, Origin)>,
    touched: BTreeSet<RouteId>,
}

/// A route that no test touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untouched {
    /// Which one.
    pub route: RouteId,
    /// Its channel.
    pub channel: String,
    /// Its own conditions, in Alertmanager's notation.
    pub conditions: Vec<String>,
    /// Where it was written.
    pub origin: Option<Origin>,
}

impl Coverage {
    pub(super) fn new(model: &Model) -> Self {
        let named: BTreeSet<&str> = model
            .expects
            .iter()
            .flat_map(|expect| expect.reaches.iter().chain(&expect.not_reaches))
            .map(|channel| channel.value.as_str())
            .collect();
        let untouched = model.channels.values().filter(|channel| !named.contains(channel.name.value.as_str()));
        Self {
            channels: model.channels.len(),
            untouched_channels: untouched.map(|one| (one.name.value.clone(), one.name.origin)).collect(),
            ..Self::default()
        }
    }

    /// Notes the routes that the alerts of a test arrive at. A test that expects nothing touches nothing.
    pub(super) fn touch(&mut self, paging: &Paging, expect: &Expect, meant: Range<usize>) {
        if expect.reaches.is_empty() && expect.not_reaches.is_empty() && expect.inhibited_by.is_empty() {
            return;
        }
        for received in meant.filter_map(|alert| paging.received(alert).ok()) {
            let arrivals = received.channels.iter().flat_map(|reached| &reached.routes);
            self.touched.extend(arrivals.flat_map(|arrival| paging.decisions.configuration.tree.path(arrival.route)));
        }
    }

    pub(super) fn finish(&mut self, paging: &Paging) {
        let decisions = &paging.decisions;
        let tree = &decisions.configuration.tree;
        self.routes = tree.len();
        let delivers = |id: RouteId| tree.route(id).map_or("", |route| route.options.receiver.as_str());
        // That the root is passed says nothing: it is touched where it delivers, and a test for that is worth having.
        let untouched = tree.iter().filter(|(id, _)| !self.touched.contains(id));
        self.untouched_routes = untouched
            .map(|(id, route)| Untouched {
                route: id,
                channel: delivers(id).to_owned(),
                conditions: route.matchers.iter().map(Matcher::to_string).collect(),
                origin: decisions.routes.get(id.0 as usize).copied(),
            })
            .collect();
    }
}
