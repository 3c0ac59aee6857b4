//! What the written `alertmanager.yaml` decides, for questions about routing.
//!
//! Goes by the same rules as the writing itself: what the target release cannot say is left out here too, so that an answer
//! is about the file and not about the wish.

use super::calendars::LOCATION;
use super::{matchers, routes};
use crate::ast::Version;
use crate::model::routing::{Inhibition, Period, Route};
use crate::model::{Calendar, Field, Model, Routing};
use crate::provenance::Origin;
use crate::routing::{
    Configuration, GroupBy, InhibitRule, Location, NumberRange, RouteSpec, TimeInterval, TimeRange, Tree,
};

/// What the spec's Alertmanager decides by, and where that was written.
#[derive(Debug)]
pub struct Decisions {
    /// The routes, inhibition rules and time intervals. Receivers are channels.
    pub configuration: Configuration,
    /// Where each route was written, in walk order; the root is where the default channel is named.
    pub routes: Vec<Origin>,
    /// Where each inhibition rule was written, or what it was derived from.
    pub inhibit_rules: Vec<Origin>,
    /// Whether the compiler made the inhibition rule.
    pub generated: Vec<bool>,
}

/// Reads the model as the Alertmanager of the target release will read the written file; nothing without routing.
pub fn decisions(model: &Model) -> Option<Decisions> {
    let routing = model.routing.as_ref()?;
    let target = model.project.targets.alertmanager.value;
    let mut origins = vec![routing.default.origin];
    let root = RouteSpec {
        receiver: Some(routing.default.value.clone()),
        group_by: group_by(&routing.group_by, target),
        group_wait: Some(routing.wait.value),
        group_interval: Some(routing.interval.value),
        repeat_interval: Some(routing.repeat.value),
        routes: routing.routes.iter().filter_map(|inner| route(inner, target, &mut origins)).collect(),
        ..RouteSpec::default()
    };
    let (inhibit_rules, kept): (Vec<_>, Vec<_>) = inhibit_rules(routing, target).into_iter().unzip();
    let intervals = model.calendars.iter().map(|(name, calendar)| (name.clone(), intervals(calendar, target)));
    let configuration = Configuration { tree: Tree::new(root), inhibit_rules, intervals: intervals.collect() };
    Some(Decisions {
        configuration,
        routes: origins,
        inhibit_rules: kept.iter().map(|inhibition| inhibition.origin).collect(),
        generated: kept.iter().map(|inhibition| inhibition.generated).collect(),
    })
}

fn route(route: &Route, target: Version, origins: &mut Vec<Origin>) -> Option<RouteSpec> {
    let matchers = matchers::deciding(&route.when, target)?;
    origins.push(route.origin);
    Some(RouteSpec {
        receiver: route.to.as_ref().map(|to| to.value.clone()),
        matchers,
        continues: route.r#continue.is_some_and(|more| more.value),
        group_by: group_by(&route.group_by, target),
        group_wait: route.wait.map(|time| time.value),
        group_interval: route.interval.map(|time| time.value),
        repeat_interval: route.repeat.map(|time| time.value),
        mute_time_intervals: names(&route.mute_during),
        active_time_intervals: names(&route.active_during),
        routes: route.routes.iter().filter_map(|inner| self::route(inner, target, origins)).collect(),
        ..RouteSpec::default()
    })
}

fn names(fields: &[Field<String>]) -> Vec<String> {
    fields.iter().map(|field| field.value.clone()).collect()
}

/// Nothing where nothing is written, which means inherited.
fn group_by(labels: &[Field<String>], target: Version) -> Option<GroupBy> {
    if labels.iter().any(|label| label.value == "...") {
        return Some(GroupBy::All);
    }
    let kept = routes::grouping(labels, target);
    (!kept.is_empty()).then(|| GroupBy::Labels(kept.into_iter().map(|label| label.value.clone()).collect()))
}

/// The rules that can be written, each with what it says.
fn inhibit_rules(routing: &Routing, target: Version) -> Vec<(InhibitRule, &Inhibition)> {
    let rules = routing.inhibitions.iter().map(|inhibition| (inhibit_rule(inhibition, target), inhibition));
    rules.filter_map(|(rule, inhibition)| Some((rule?, inhibition))).collect()
}

fn inhibit_rule(inhibition: &Inhibition, target: Version) -> Option<InhibitRule> {
    Some(InhibitRule {
        name: None,
        source: matchers::deciding(&inhibition.source, target)?,
        target: matchers::deciding(&inhibition.target, target)?,
        equal: names(&inhibition.equal).into_iter().collect(),
    })
}

fn intervals(calendar: &Calendar, target: Version) -> Vec<TimeInterval> {
    let zone = calendar.timezone.as_ref().filter(|_| LOCATION <= target);
    let location = zone.and_then(|zone| Location::parse(&zone.value).ok());
    calendar.periods.iter().map(|period| interval(period, location.clone())).collect()
}

/// The resolver has refused what cannot be read.
fn interval(period: &Period, location: Option<Location>) -> TimeInterval {
    let times = period.hours.iter().filter_map(|(start, end)| TimeRange::parse(&start.value, &end.value).ok());
    TimeInterval {
        times: (!period.hours.is_empty()).then(|| times.collect()),
        weekdays: ranges(&period.weekdays, NumberRange::weekdays),
        days_of_month: ranges(&period.days, NumberRange::days_of_month),
        months: ranges(&period.months, NumberRange::months),
        years: ranges(&period.years, NumberRange::years),
        location,
    }
}

fn ranges<E>(fields: &[Field<String>], read: impl Fn(&str) -> Result<NumberRange, E>) -> Option<Vec<NumberRange>> {
    (!fields.is_empty()).then(|| fields.iter().filter_map(|field| read(&field.value).ok()).collect())
}
