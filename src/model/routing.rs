//! The routing tree, inhibitions and calendars.

use super::Field;
use crate::ast::{Duration, MatchOperator};
use crate::provenance::Origin;

/// The resolved routing tree.
#[derive(Debug)]
pub struct Routing {
    /// The channel for alerts that no route takes.
    pub default: Field<String>,
    /// Labels by which alerts are put into one notification; the single entry `...` means all.
    pub group_by: Vec<Field<String>>,
    /// How long to wait for more alerts of a new group.
    pub wait: Field<Duration>,
    /// How long to wait before telling about new alerts of a group.
    pub interval: Field<Duration>,
    /// How long to wait before telling the same again.
    pub repeat: Field<Duration>,
    /// Routes in order.
    pub routes: Vec<Route>,
    /// Inhibitions as written, then those generated between the levels of an alert.
    pub inhibitions: Vec<Inhibition>,
}

/// A route. Options that are `None` are inherited in Alertmanager itself.
#[derive(Debug)]
pub struct Route {
    /// The channel, if it differs from that of the route around it.
    pub to: Option<Field<String>>,
    /// Conditions; all must hold.
    pub when: Vec<Matcher>,
    /// Labels by which alerts are put into one notification; empty means inherited.
    pub group_by: Vec<Field<String>>,
    /// As in [`Routing`].
    pub wait: Option<Field<Duration>>,
    /// As in [`Routing`].
    pub interval: Option<Field<Duration>>,
    /// As in [`Routing`].
    pub repeat: Option<Field<Duration>>,
    /// Whether the routes behind it are asked too.
    pub r#continue: Option<Field<bool>>,
    /// Calendars outside which nothing is sent.
    pub active_during: Vec<Field<String>>,
    /// Calendars during which nothing is sent.
    pub mute_during: Vec<Field<String>>,
    /// Routes inside it.
    pub routes: Vec<Route>,
    /// Where it was written.
    pub origin: Origin,
}

/// A condition on one label.
#[derive(Debug, Clone)]
pub struct Matcher {
    /// The label.
    pub label: String,
    /// How it is compared.
    pub operator: MatchOperator,
    /// The values, at least one; for the negative operators none of them may fit.
    pub values: Vec<Field<String>>,
    /// Where it was written.
    pub origin: Origin,
}

/// While a source alert fires, target alerts that agree on `equal` are not notified.
#[derive(Debug)]
pub struct Inhibition {
    /// Conditions on the alert that silences.
    pub source: Vec<Matcher>,
    /// Conditions on the alerts that are silenced.
    pub target: Vec<Matcher>,
    /// Labels on which both must agree.
    pub equal: Vec<Field<String>>,
    /// Where it was written, or the alert whose levels it stands between.
    pub origin: Origin,
    /// Whether the compiler made it, for the comment above it.
    pub generated: bool,
}

/// Named times.
#[derive(Debug)]
pub struct Calendar {
    /// Its name.
    pub name: Field<String>,
    /// The time zone, an IANA name.
    pub timezone: Option<Field<String>>,
    /// Alternatives, at least one; each in Alertmanager's own notation.
    pub periods: Vec<Period>,
}

/// One alternative; everything that is set must fit.
#[derive(Debug)]
pub struct Period {
    /// Days of the week, `monday:friday`.
    pub weekdays: Vec<Field<String>>,
    /// Start and end of times of the day, `09:00` and `18:00`.
    pub hours: Vec<(Field<String>, Field<String>)>,
    /// Days of the month.
    pub days: Vec<Field<String>>,
    /// Months.
    pub months: Vec<Field<String>>,
    /// Years.
    pub years: Vec<Field<String>>,
}
