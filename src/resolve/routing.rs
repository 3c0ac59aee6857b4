//! Resolving the routing tree, inhibitions and calendars.

use std::collections::{BTreeMap, BTreeSet};

use super::{Context, codes, flow};
use crate::ast::routing::{Inhibit, Route as WrittenRoute, Routing as Written};
use crate::ast::{Duration, MatchOperator, Matchers, Name, Spec};
use crate::diagnostic::Diagnostic;
use crate::model::routing::{Calendar, Inhibition, Matcher, Route, Routing};
use crate::model::{Alert, AlertRule, Channel, Field, Project};
use crate::provenance::Step;
use crate::source::Spanned;

/// Names that routes can refer to.
#[derive(Debug, Clone, Copy)]
pub struct Known<'m> {
    /// Channels.
    pub channels: &'m BTreeMap<String, Channel>,
    /// Calendars.
    pub calendars: &'m BTreeMap<String, Calendar>,
}

/// Resolves the routing tree, if there is one, and adds the inhibitions between the levels of each alert.
pub fn resolve(
    context: &mut Context<'_>,
    spec: &Spec,
    known: Known<'_>,
    project: &Project,
    alerts: &BTreeMap<String, Alert>,
    rules: &[AlertRule],
) -> Option<Routing> {
    let mut all = spec.files.iter().filter_map(|file| file.routing.as_deref());
    let written = all.next()?;
    for again in all {
        context.sink.push(
            Diagnostic::new(&codes::DUPLICATE_NAME, "the spec has two routing trees")
                .at(again.head.span, "a second one")
                .also(written.head.span, "the first one")
                .note("Routes are asked in order, so there is one tree in one place.")
                .help("Join the two."),
        );
    }
    let mut routing = build(context, written, known);
    routing.inhibitions.extend(between_levels(context, project, alerts, rules));
    Some(routing)
}

fn build(context: &mut Context<'_>, written: &Written, known: Known<'_>) -> Routing {
    context.bind("channel", &written.default, known.channels.keys());
    let timing = written.timing.as_deref();
    let minutes = |count: u64| Duration::from_milliseconds(count * 60_000);
    let interval = context.or(timing.and_then(|t| t.interval.as_ref()), minutes(5), "Alertmanager's own default");
    let repeat = context.or(timing.and_then(|t| t.repeat.as_ref()), minutes(240), "Alertmanager's own default");
    for (name, field) in
        [("interval", timing.and_then(|t| t.interval.as_ref())), ("repeat", timing.and_then(|t| t.repeat.as_ref()))]
    {
        positive(context, name, field);
    }
    Routing {
        default: context.name(&written.default),
        group_by: group_by(context, &written.group_by),
        wait: context.or(
            timing.and_then(|t| t.wait.as_ref()),
            Duration::from_milliseconds(30_000),
            "Alertmanager's own default",
        ),
        interval,
        repeat,
        routes: written.routes.iter().map(|route| build_route(context, route, known)).collect(),
        inhibitions: written.inhibits.iter().map(|inhibit| build_inhibit(context, inhibit)).collect(),
    }
}

fn build_route(context: &mut Context<'_>, written: &WrittenRoute, known: Known<'_>) -> Route {
    let to = written.to.as_ref().filter(|to| context.bind("channel", to, known.channels.keys()));
    let to = to.map(|to| context.name(to));
    positive(context, "interval", written.interval.as_ref());
    positive(context, "repeat", written.repeat.as_ref());
    let calendars = |context: &mut Context<'_>, names: &[Spanned<Name>]| -> Vec<Field<String>> {
        let known: Vec<&Spanned<Name>> =
            names.iter().filter(|name| context.bind("calendar", name, known.calendars.keys())).collect();
        known.into_iter().map(|name| context.name(name)).collect()
    };
    Route {
        to,
        when: matchers(context, &written.when),
        group_by: group_by(context, &written.group_by),
        wait: context.maybe(written.wait.as_ref()),
        interval: context.maybe(written.interval.as_ref()),
        repeat: context.maybe(written.repeat.as_ref()),
        r#continue: context.maybe(written.r#continue.as_ref()),
        active_during: calendars(context, &written.active_during),
        mute_during: calendars(context, &written.mute_during),
        routes: written.routes.iter().map(|route| build_route(context, route, known)).collect(),
        origin: context.written(written.head.span),
    }
}

/// Alertmanager refuses intervals of zero.
fn positive(context: &mut Context<'_>, name: &str, written: Option<&Spanned<Duration>>) {
    if let Some(duration) = written.filter(|duration| duration.milliseconds() == 0) {
        context.sink.push(
            Diagnostic::new(&codes::ROUTE_OPTION, format!("`{name}` cannot be zero"))
                .at(duration.span, "Alertmanager refuses this")
                .help("Only `wait` can be `0s`, to notify at once."),
        );
    }
}

fn group_by(context: &mut Context<'_>, written: &[Spanned<Name>]) -> Vec<Field<String>> {
    for (index, label) in written.iter().enumerate() {
        if label.as_str() == "..." && written.len() > 1 {
            context.sink.push(
                Diagnostic::new(&codes::ROUTE_OPTION, "`...` already stands for every label")
                    .at(label.span, "cannot stand beside other labels")
                    .help("Write `group-by \"...\"` alone, or name the labels."),
            );
        }
        if let Some(first) = written.iter().take(index).find(|other| other.as_str() == label.as_str()) {
            context.sink.push(
                Diagnostic::new(&codes::ROUTE_OPTION, format!("`{}` is in `group-by` twice", label.as_str()))
                    .at(label.span, "again here")
                    .also(first.span, "first here")
                    .note("Alertmanager refuses a configuration with a label twice.")
                    .help("Remove one of them."),
            );
        }
    }
    context.names(written)
}

fn matchers(context: &mut Context<'_>, written: &Matchers) -> Vec<Matcher> {
    let mut out = Vec::new();
    for matcher in &written.matchers {
        if matches!(matcher.operator, MatchOperator::Regex | MatchOperator::NotRegex) {
            for value in &matcher.values {
                if let Err(why) = crate::golang::parse_anchored_regexp(value.as_str(), false) {
                    context.sink.push(
                        Diagnostic::new(&codes::ROUTE_OPTION, "this is not a valid regular expression")
                            .at(value.value.span_of(why.range), why.message)
                            .note("Alertmanager refuses the whole configuration for one such matcher."),
                    );
                }
            }
        }
        out.push(Matcher {
            label: matcher.label.as_str().to_owned(),
            operator: matcher.operator,
            values: matcher.values.iter().map(|value| context.text(value)).collect(),
            origin: context.written(matcher.label.span),
        });
    }
    out
}

fn build_inhibit(context: &mut Context<'_>, written: &Inhibit) -> Inhibition {
    for (side, matchers) in [("source", &written.source), ("target", &written.target)] {
        if matchers.matchers.is_empty() {
            context.sink.push(
                Diagnostic::new(&codes::ROUTE_OPTION, format!("the inhibition has no `{side}`"))
                    .at(written.head.span, format!("`{side}` is missing"))
                    .note("Without conditions every alert is on that side, and alerts silence each other at random.")
                    .help(format!("Add `{side} severity=…`.")),
            );
        }
    }
    let equal = written.equal.iter().map(|label| context.field(label).map(|label| label.as_str().to_owned()));
    let equal = equal.collect();
    Inhibition {
        source: matchers(context, &written.source),
        target: matchers(context, &written.target),
        equal,
        origin: context.written(written.head.span),
        generated: false,
    }
}

/// The inhibitions that keep a lower level quiet while a higher one of the same alert fires for the same thing. Alerts with
/// the same levels that are compared by the same labels share one inhibition: `alertname` is among those labels.
fn between_levels(
    context: &mut Context<'_>,
    project: &Project,
    alerts: &BTreeMap<String, Alert>,
    rules: &[AlertRule],
) -> Vec<Inhibition> {
    let mut by_alert: BTreeMap<&str, Vec<&AlertRule>> = BTreeMap::new();
    for rule in rules {
        by_alert.entry(&rule.alert).or_default().push(rule);
    }
    // Severities as positions in the project's order, and the labels compared, to the alerts.
    let mut alike: BTreeMap<(Vec<usize>, BTreeSet<String>), Vec<&Alert>> = BTreeMap::new();
    for (name, alert) in alerts.iter().filter(|(_, alert)| alert.inhibit_lower.value) {
        let own = by_alert.get(name.as_str()).map(Vec::as_slice).unwrap_or_default();
        let is_on = |severity: &Field<String>| own.iter().any(|rule| rule.severity.value == severity.value);
        let present: Vec<usize> = project
            .severities
            .iter()
            .enumerate()
            .filter(|(_, severity)| is_on(severity))
            .map(|(index, _)| index)
            .collect();
        if present.len() > 1 {
            alike.entry((present, flow::identity(alert, own.iter().copied()))).or_default().push(alert);
        }
    }
    let mut out = Vec::new();
    for ((present, equal), alerts) in alike {
        let from = alerts.iter().map(|alert| alert.name.origin).collect();
        let origin = context.provenance.add(Step::Derived { from, how: "a higher level silences the lower ones" });
        let on = |label: &str, values: Vec<Field<String>>| Matcher {
            label: label.to_owned(),
            operator: MatchOperator::Equal,
            values,
            origin,
        };
        let named = || on("alertname", alerts.iter().map(|alert| alert.name.clone()).collect());
        let severities = |positions: &[usize]| -> Vec<Field<String>> {
            positions.iter().filter_map(|position| project.severities.get(*position)).cloned().collect()
        };
        for (index, higher) in present.iter().enumerate().skip(1) {
            let lower = present.get(..index).unwrap_or_default();
            out.push(Inhibition {
                source: vec![named(), on("severity", severities(&[*higher]))],
                target: vec![named(), on("severity", severities(lower))],
                equal: equal.iter().map(|label| Field::new(label.clone(), origin)).collect(),
                origin,
                generated: true,
            });
        }
    }
    out
}
