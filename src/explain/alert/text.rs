//! The explanation of an alert for a person. Rules that fare alike are told together.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::Asked;
use crate::diagnostic::render::visible;
use crate::explain::route::Question;
use crate::explain::route::text::{delivery, name};
use crate::paging::{Received, SentAlert, Values};
use crate::routing::space::{Arrival, Unknown};
use crate::routing::{LabelSet, Matcher, RouteId};

/// More rules than this that fare alike are counted.
const SHOWN: usize = 6;

/// More known values of a label than this are counted.
const VALUES: usize = 6;

/// Rules of one severity that reach the same channels by the same routes, and the same of them in vain, told together.
struct Fate {
    severity: Option<String>,
    received: Result<Received, Unknown>,
    /// The channels that notify nobody, each with the cluster whose Alertmanager leaves nothing of it.
    silent: BTreeMap<String, String>,
    of: Vec<usize>,
}

/// The way of each delivery, and whether it is sure: what decides whether two rules are told together.
fn ways(received: &Result<Received, Unknown>) -> Option<Vec<(RouteId, bool, bool)>> {
    let channels = received.as_ref().ok()?.channels.iter();
    let ways = channels
        .flat_map(|reached| reached.routes.iter().map(|arrival| (arrival.route, arrival.surely, reached.surely)));
    Some(ways.collect())
}

/// Tells who receives an alert, and why. `place` gives `file:line:column` of a route and of an inhibition rule; intervals are
/// asked at `at`, in seconds since 1970, if it is given.
pub fn tell(
    asked: &Asked,
    at: Option<i64>,
    route: &dyn Fn(RouteId) -> String,
    rule: &dyn Fn(usize) -> String,
) -> String {
    let mut fates: Vec<Fate> = Vec::new();
    for index in &asked.meant {
        let received = asked.paging.received(*index).cloned().map_err(Clone::clone);
        let severity = asked.paging.alerts.get(*index).and_then(|alert| alert.severity.clone());
        let channels = received.iter().flat_map(|received| &received.channels);
        let silent = channels.filter_map(|reached| {
            let cluster = asked.paging.silent(*index, &reached.channel)?;
            Some((reached.channel.clone(), cluster.to_owned()))
        });
        let silent: BTreeMap<String, String> = silent.collect();
        let alike = |fate: &&mut Fate| {
            fate.severity == severity && fate.silent == silent && ways(&fate.received) == ways(&received)
        };
        match fates.iter_mut().find(alike) {
            Some(fate) => fate.of.push(*index),
            None => fates.push(Fate { severity, received, silent, of: vec![*index] }),
        }
    }
    let teller = Teller { asked, at, route, rule };
    let mut out = String::new();
    for (number, fate) in fates.iter().enumerate() {
        out.push_str(if number == 0 { "" } else { "\n" });
        teller.rules(&mut out, &fate.of);
        match &fate.received {
            Ok(received) => teller.received(&mut out, received, fate),
            Err(unknown) => {
                let labels = unknown.labels.join(", ");
                let _ = writeln!(out, "\n  Who receives it is unknown: the routes on {labels} are too intricate.");
            }
        }
        teller.inhibitors(&mut out, &fate.of);
    }
    out.chars().map(|character| if character == '\n' { character } else { visible(character) }).collect()
}

struct Teller<'a> {
    asked: &'a Asked,
    at: Option<i64>,
    route: &'a dyn Fn(RouteId) -> String,
    rule: &'a dyn Fn(usize) -> String,
}

impl Teller<'_> {
    fn alert(&self, index: usize) -> Option<&SentAlert> {
        self.asked.paging.alerts.get(index)
    }

    /// Which rules are told about, and what is known of their labels.
    fn rules(&self, out: &mut String, of: &[usize]) {
        let severity = of.first().and_then(|first| self.alert(*first)?.severity.as_deref());
        let rules = match of {
            [_] => "1 rule".to_owned(),
            several => format!("{} rules", several.len()),
        };
        let _ =
            writeln!(out, "{}{}: {rules}", self.asked.name, severity.map_or(String::new(), |one| format!(" {one}")));
        for alert in of.iter().take(SHOWN).filter_map(|index| self.alert(*index)) {
            let by = alert.evaluation.as_ref().map_or(String::new(), |evaluation| {
                format!(", by {} of cluster `{}`", evaluation.engine.as_str(), evaluation.cluster)
            });
            let groups: Vec<&str> = alert.groups.iter().flatten().map(String::as_str).collect();
            let over = if groups.is_empty() { String::new() } else { format!(", over {}", groups.join(" ")) };
            let _ = writeln!(out, "  {}{by}{over}", alert.place);
        }
        if of.len() > SHOWN {
            let _ = writeln!(out, "  and {} more", of.len() - SHOWN);
        }
        let all = of.iter().filter_map(|index| self.alert(*index)).map(|alert| alert.labels.clone());
        if let Some(labels) = all.reduce(|all, labels| all.or(&labels)) {
            let rest = if labels.rest().is_missing() { "" } else { " and what its series carry" };
            let labels: Vec<String> = labels.named().filter_map(|(label, values)| known(label, values)).collect();
            let _ = writeln!(out, "  labels   {}{rest}", labels.join(" "));
        }
    }

    fn received(&self, out: &mut String, received: &Received, fate: &Fate) {
        if received.channels.is_empty() {
            out.push_str("\n  Nothing arrives: what the query asks of labels contradicts itself.\n");
        }
        let example = |witness: &LabelSet| fate.of.first().map(|first| self.asked.paging.example(*first, witness));
        for reached in &received.channels {
            let how = if reached.surely { "surely" } else { "maybe" };
            let _ = writeln!(out, "\n  {} ({how})", reached.channel);
            if let Some(cluster) = fate.silent.get(&reached.channel) {
                let _ = writeln!(
                    out,
                    "   nobody   is told: the Alertmanager of cluster `{cluster}` leaves nothing of this channel"
                );
            }
            for arrival in &reached.routes {
                self.path(out, arrival);
                if !arrival.surely
                    && let Some(example) = example(&arrival.witness)
                {
                    let _ = writeln!(out, "   example  {}", written(&example));
                }
            }
        }
    }

    fn path(&self, out: &mut String, arrival: &Arrival) {
        let configuration = &self.asked.paging.decisions.configuration;
        let tree = &configuration.tree;
        let steps = tree.path(arrival.route).into_iter().filter_map(|id| tree.route(id));
        let steps: Vec<String> = steps.map(|route| name(&route.matchers, route.parent)).collect();
        let default = if arrival.route == RouteId::ROOT { ", which no route takes" } else { "" };
        let _ = writeln!(out, "   route    {}{default}  ({})", steps.join(" > "), (self.route)(arrival.route));
        if let Some(route) = tree.route(arrival.route) {
            delivery(out, Question { configuration, at: self.at }, &route.options);
        }
    }

    fn inhibitors(&self, out: &mut String, of: &[usize]) {
        let mut all: BTreeMap<(usize, &str, Option<&str>), Silencing> = BTreeMap::new();
        for inhibitor in of.iter().filter_map(|index| self.asked.paging.inhibitors(*index).ok()).flatten() {
            let Some(source) = self.alert(inhibitor.source) else { continue };
            let silencing = all.entry((inhibitor.rule, &source.name, source.severity.as_deref())).or_default();
            silencing.surely += usize::from(inhibitor.surely);
            silencing.lack.extend(inhibitor.both_lack);
        }
        for (number, ((rule, name, severity), Silencing { surely, lack })) in all.into_iter().enumerate() {
            out.push_str(if number == 0 { "\n  Silenced while one of these fires:\n" } else { "" });
            let severity = severity.map_or(String::new(), |severity| format!(" {severity}"));
            let rules = &self.asked.paging.decisions.configuration.inhibit_rules;
            let equal = rules.get(rule).map(|rule| rule.equal.iter().cloned().collect::<Vec<_>>());
            let equal = equal.filter(|equal| !equal.is_empty());
            let agree = equal.map_or(String::new(), |equal| format!(" with the same {}", equal.join(", ")));
            let how = if surely == of.len() { "surely" } else { "maybe" };
            let _ = writeln!(out, "   {name}{severity}{agree} ({how})  ({})", (self.rule)(rule));
            if !lack.is_empty() {
                let lack = lack.into_iter().collect::<Vec<_>>().join(", ");
                let _ = writeln!(out, "     two that lack {lack} count as having the same");
            }
        }
    }
}

/// How an inhibition acts on rules that are told together.
#[derive(Default)]
struct Silencing {
    /// For how many of them it surely acts.
    surely: usize,
    /// What source and target can both lack.
    lack: BTreeSet<String>,
}

/// What is known about a label, unless that is nothing.
fn known(label: &str, values: &Values) -> Option<String> {
    match values {
        Values::Any => Some(format!("{label}?")),
        Values::Present => Some(label.to_owned()),
        Values::Listed(_) if values.is_missing() => None,
        Values::Listed(listed) => {
            let shown: Vec<&str> = listed.iter().map(String::as_str).filter(|value| !value.is_empty()).collect();
            let more = if shown.len() > VALUES { format!("|… {} more", shown.len() - VALUES) } else { String::new() };
            let maybe = if listed.contains("") { "?" } else { "" };
            let shown: Vec<&str> = shown.into_iter().take(VALUES).collect();
            Some(format!("{label}{maybe}={}{more}", shown.join("|")))
        }
    }
}

/// Labels as they are written in a matcher.
fn written(labels: &LabelSet) -> String {
    let labels = labels.iter().map(|(name, value)| Matcher::equal(name, value).to_string());
    labels.collect::<Vec<_>>().join(" ")
}
