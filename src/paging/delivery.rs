//! Which channels an alert reaches.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::OnceLock;

use super::inhibition::Sources;
use super::installation::Installations;
use super::labels::Values;
use super::sent::{self, SentAlert};
use crate::lower::alertmanager::{Decisions, decisions};
use crate::model::Model;
use crate::routing::space::{Arrival, Reach, Region, Space, Unknown};
use crate::routing::{Configuration, LabelSet, RouteId, Tree};

/// All alerts of a spec with what its Alertmanager does with them.
pub struct Paging {
    /// What the spec's Alertmanager decides by, and where that was written.
    pub decisions: Decisions,
    /// What each Alertmanager of the spec leaves of the channels.
    pub installations: Installations,
    /// The alerts that arrive, in the order of the model.
    pub alerts: Vec<SentAlert>,
    /// The label sets that routes and inhibitions can tell apart.
    pub(super) space: Result<Space, Unknown>,
    /// What reaches every route, whoever sends it.
    reach: Result<Reach, Unknown>,
    /// For every alert its region and the index of its answer.
    of: Vec<Result<(Region, usize), Unknown>>,
    answers: Vec<Received>,
    /// Who can silence whom, worked out when it is first asked.
    pub(super) sources: OnceLock<Vec<Sources>>,
}

impl fmt::Debug for Paging {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Paging").field("alerts", &self.alerts.len()).finish_non_exhaustive()
    }
}

/// Where the alerts of one [`SentAlert`] are delivered. Whether somebody hears of them there, [`Paging::silent`] says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The channels, in the order of the first route that leads there.
    pub channels: Vec<Reached>,
    /// The root delivers some of them, as no route takes them: one such, and whether that is so for all.
    pub default: Option<Arrival>,
}

/// A channel that an alert reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    /// The channel's name, which is the receiver's.
    pub channel: String,
    /// Whether every alert arrives there, or only some.
    pub surely: bool,
    /// One that does, by the labels that routes test; [`Paging::example`] completes it.
    pub witness: LabelSet,
    /// The delivering routes in walk order, the default route among them.
    pub routes: Vec<Arrival>,
}

impl Paging {
    /// Joins the rules of a model with its routing; nothing without routing.
    pub fn new(model: &Model) -> Option<Self> {
        Self::with(model, sent::all(model))
    }

    /// Joins alerts with the routing of a model; nothing without routing.
    pub fn with(model: &Model, alerts: Vec<SentAlert>) -> Option<Self> {
        let installations = Installations::of(model);
        Some(Self { installations, ..Self::of(decisions(model)?, alerts) })
    }

    /// Joins alerts with what an Alertmanager does, which notifies by every channel.
    pub fn of(decisions: Decisions, alerts: Vec<SentAlert>) -> Self {
        let Configuration { tree, inhibit_rules, .. } = &decisions.configuration;
        let mut space = Space::new(&[tree], inhibit_rules);
        let reach = match &mut space {
            Ok(space) => Reach::new(space, tree),
            Err(unknown) => Err(unknown.clone()),
        };
        let mut answers = Answers { by_region: BTreeMap::new(), all: Vec::new() };
        let of = match (&mut space, &reach) {
            (Ok(space), Ok(reach)) => {
                let names: Vec<String> = space.labels().map(str::to_owned).collect();
                let mut of = |alert: &SentAlert| {
                    let region = space.alert(&alert.labels.known(names.iter().map(String::as_str)))?;
                    answers.find(space, reach, tree, region).map(|answer| (region, answer))
                };
                alerts.iter().map(&mut of).collect()
            }
            (_, Err(unknown)) => vec![Err(unknown.clone()); alerts.len()],
            (Err(unknown), Ok(_)) => vec![Err(unknown.clone()); alerts.len()],
        };
        let (installations, answers) = (Installations::default(), answers.all);
        Self { decisions, installations, alerts, space, reach, of, answers, sources: OnceLock::new() }
    }

    /// Where an alert is delivered, by its index in [`Paging::alerts`]. An alert that is delivered nowhere has no channel
    /// at all: nothing sends it, as its labels contradict each other.
    pub fn received(&self, alert: usize) -> Result<&Received, &Unknown> {
        static NOWHERE: Received = Received { channels: Vec::new(), default: None };
        match self.of.get(alert) {
            Some(Ok((_, answer))) => Ok(self.answers.get(*answer).unwrap_or(&NOWHERE)),
            Some(Err(unknown)) => Err(unknown),
            None => Ok(&NOWHERE),
        }
    }

    /// The cluster whose Alertmanager gets an alert and leaves nothing of a channel, so that nobody hears of it there; nothing
    /// where the channel notifies.
    pub fn silent(&self, alert: usize, channel: &str) -> Option<&str> {
        self.installations.silent(self.alerts.get(alert)?.home.as_deref(), channel)
    }

    /// The label sets of an alert, as far as routes and inhibitions tell them apart.
    pub fn region(&self, alert: usize) -> Result<Region, &Unknown> {
        match self.of.get(alert) {
            Some(Ok((region, _))) => Ok(*region),
            Some(Err(unknown)) => Err(unknown),
            None => Ok(Region::NOTHING),
        }
    }

    /// The routes at which some alert arrives, on its way or at its end; nothing where that is not known of every alert, or
    /// where there is no alert.
    pub fn reached_routes(&self) -> Option<BTreeSet<RouteId>> {
        let tree = &self.decisions.configuration.tree;
        let mut reached = BTreeSet::new();
        for alert in 0..self.alerts.len() {
            let received = self.received(alert).ok()?;
            let arrivals = received.channels.iter().flat_map(|channel| &channel.routes);
            let new: Vec<RouteId> = arrivals.map(|arrival| arrival.route).filter(|id| !reached.contains(id)).collect();
            reached.extend(new.into_iter().flat_map(|id| tree.path(id)));
        }
        (!self.alerts.is_empty()).then_some(reached)
    }

    /// An alert that none of these routes delivers, if there is one; nothing is the proof that there is none.
    pub fn outside(&mut self, alert: usize, routes: &[RouteId]) -> Result<Option<LabelSet>, Unknown> {
        let mut left = self.region(alert).map_err(Clone::clone)?;
        if let (Ok(space), Ok(reach)) = (&mut self.space, &self.reach) {
            for route in routes {
                left = space.minus(left, reach.delivers(*route))?;
            }
            return Ok(space.witness(left));
        }
        Ok(None)
    }

    /// Completes a witness to an alert that the rule can send, as far as that is known: values that the alert can have in
    /// place of others that routes treat alike, and the labels that it always carries.
    pub fn example(&self, alert: usize, witness: &LabelSet) -> LabelSet {
        let (Some(alert), Ok(space)) = (self.alerts.get(alert), &self.space) else { return witness.clone() };
        let own = |(name, value): (&String, &String)| {
            let alike = match alert.labels.get(name) {
                Values::Listed(values) => values.iter().find(|own| space.alike(name, own, value)),
                Values::Any | Values::Present => None,
            };
            (name.clone(), alike.unwrap_or(value).clone())
        };
        alert.labels.complete(&witness.iter().map(own).collect())
    }

    /// What reaches every route, whoever sends it.
    pub fn reach(&self) -> Result<&Reach, &Unknown> {
        self.reach.as_ref()
    }

    /// The channel that a route delivers to.
    pub fn channel(&self, route: RouteId) -> &str {
        self.decisions.configuration.tree.route(route).map_or("", |route| &route.options.receiver)
    }
}

/// Answers by region, each asked once.
struct Answers {
    by_region: BTreeMap<Region, Result<usize, Unknown>>,
    all: Vec<Received>,
}

impl Answers {
    fn find(&mut self, space: &mut Space, reach: &Reach, tree: &Tree, region: Region) -> Result<usize, Unknown> {
        if let Some(known) = self.by_region.get(&region) {
            return known.clone();
        }
        let answer = received(space, reach, tree, region).map(|received| {
            self.all.push(received);
            self.all.len() - 1
        });
        self.by_region.insert(region, answer.clone());
        answer
    }
}

/// Where the alerts of a region are delivered.
fn received(space: &mut Space, reach: &Reach, tree: &Tree, region: Region) -> Result<Received, Unknown> {
    let arrivals = reach.arrivals(space, tree, region)?;
    let default = arrivals.iter().find(|arrival| arrival.route == RouteId::ROOT).cloned();
    let mut channels: Vec<Reached> = Vec::new();
    for arrival in arrivals {
        let Some(route) = tree.route(arrival.route) else { continue };
        let channel = &route.options.receiver;
        match channels.iter_mut().find(|reached| reached.channel == *channel) {
            Some(reached) => reached.routes.push(arrival),
            None => channels.push(Reached {
                channel: channel.clone(),
                surely: false,
                witness: arrival.witness.clone(),
                routes: vec![arrival],
            }),
        }
    }
    for reached in &mut channels {
        let mut left = region;
        for arrival in &reached.routes {
            left = space.minus(left, reach.delivers(arrival.route))?;
        }
        reached.surely = left.is_empty();
    }
    Ok(Received { channels, default })
}
