//! An answer for a person: the deliveries, then the tree as it was asked, with the reason at every route.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Question, written};
use crate::diagnostic::render::visible;
use crate::routing::{GroupBy, InhibitRule, LabelSet, Matcher, Muted, Options, Outcome, RouteId, Trace, Tree};

/// More neighbours than this that do not take the alert are counted and not shown.
const SHOWN: usize = 4;

/// The column at which a reason starts, unless the route is longer.
const REASON: usize = 48;

/// Bytes of a value beyond which it is not repeated beside every route.
const LONG: usize = 60;

/// How much is told, and of what.
#[derive(Debug, Clone, Copy)]
pub struct Telling<'a> {
    /// Who decides, in words such as "the Alertmanager of cluster `central`".
    pub by: &'a str,
    /// Where each route was written, in walk order; may be empty.
    pub places: &'a [String],
    /// In which clusters a channel tells nobody, as their Alertmanager leaves nothing of it.
    pub silent: &'a BTreeMap<String, Vec<String>>,
    /// Whether every route is shown, in long rows too.
    pub all: bool,
}

/// Tells where an alert goes and why.
pub fn tell(question: Question<'_>, labels: &LabelSet, telling: Telling<'_>) -> String {
    let tree = &question.configuration.tree;
    let trace = tree.trace(labels);
    let alert = if labels.is_empty() { "an alert without labels".to_owned() } else { written(labels) };
    let count = match trace.deliveries.len() {
        1 => "once".to_owned(),
        count => format!("{count} times"),
    };
    let mut out = format!("{alert}\nis delivered {count} by {}:\n", telling.by);
    for (number, id) in (1..).zip(&trace.deliveries) {
        let Some(route) = tree.route(*id) else { continue };
        let _ = writeln!(out, "\n{number}. {}", route.options.receiver);
        let steps: Vec<String> = tree
            .path(*id)
            .iter()
            .filter_map(|id| tree.route(*id))
            .map(|route| name(&route.matchers, route.parent))
            .collect();
        let place = telling.places.get(id.0 as usize).map_or_else(String::new, |place| format!("  ({place})"));
        let _ = writeln!(out, "   route    {}{place}", steps.join(" > "));
        if let Some(clusters) = telling.silent.get(&route.options.receiver) {
            let clusters: Vec<String> = clusters.iter().map(|cluster| format!("`{cluster}`")).collect();
            let _ = writeln!(
                out,
                "   nobody   is told in {}, whose Alertmanager leaves nothing of this channel",
                clusters.join(", ")
            );
        }
        delivery(&mut out, question, &route.options);
    }
    silencing(&mut out, &question.configuration.inhibit_rules, labels);
    out.push_str("\nThe routes as they were asked:\n\n");
    let asked = Asked { tree, trace: &trace, labels, all: telling.all };
    asked.route(&mut out, RouteId::ROOT, 0);
    out.chars().map(|character| if character == '\n' { character } else { visible(character) }).collect()
}

/// A route's conditions.
pub fn name(matchers: &[Matcher], parent: Option<RouteId>) -> String {
    match (parent, matchers) {
        (None, []) => "root".to_owned(),
        (Some(_), []) => "every alert".to_owned(),
        (_, matchers) => matchers.iter().map(Matcher::to_string).collect::<Vec<_>>().join(", "),
    }
}

/// Grouping, times and intervals of a delivery.
pub fn delivery(out: &mut String, question: Question<'_>, options: &Options) {
    let groups = match &options.group_by {
        GroupBy::All => "each alert is a group of its own (`...`)".to_owned(),
        GroupBy::Labels(labels) if labels.is_empty() => "all alerts of the route are one group".to_owned(),
        GroupBy::Labels(labels) => format!("by {}", labels.iter().cloned().collect::<Vec<_>>().join(", ")),
    };
    let _ = writeln!(out, "   groups   {groups}");
    let _ = writeln!(
        out,
        "   waits    {} for a new group, {} for news of it, {} to repeat",
        options.group_wait, options.group_interval, options.repeat_interval
    );
    let (mute, active) = (quoted(&options.mute_time_intervals), quoted(&options.active_time_intervals));
    if mute.is_empty() && active.is_empty() {
        return;
    }
    match question.at.map(|at| question.silent(options, at)) {
        Some(None) => out.push_str("   silent   not at this time\n"),
        Some(Some(Muted::Inside(names))) => {
            let _ = writeln!(out, "   silent   at this time: inside {}", quoted(&names));
        }
        Some(Some(Muted::Outside)) => {
            let _ = writeln!(out, "   silent   at this time: outside {active}");
        }
        None => {
            let inside = (!mute.is_empty()).then(|| format!("inside {mute}"));
            let outside = (!active.is_empty()).then(|| format!("outside {active}"));
            let parts: Vec<String> = inside.into_iter().chain(outside).collect();
            let _ = writeln!(out, "   silent   {} (give a time with --at)", parts.join(" and "));
        }
    }
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// The rules that may silence the alert.
fn silencing(out: &mut String, rules: &[InhibitRule], labels: &LabelSet) {
    let holds = |matchers: &[Matcher]| matchers.iter().all(|matcher| matcher.matches_labels(labels));
    let mut first = true;
    for rule in rules.iter().filter(|rule| holds(&rule.target)) {
        out.push_str(if std::mem::take(&mut first) { "\nIt may be inhibited:\n\n" } else { "" });
        let equal: Vec<String> = rule
            .equal
            .iter()
            .map(|name| match labels.get(name).filter(|value| !value.is_empty()) {
                Some(value) => Matcher::equal(name, value).to_string(),
                None => format!("no label {name}"),
            })
            .collect();
        let source = if rule.source.is_empty() { "any labels".to_owned() } else { name(&rule.source, None) };
        let agree = if equal.is_empty() { String::new() } else { format!(" and with {}", equal.join(", ")) };
        // Two alerts that match both sides leave each other alone.
        let own = if holds(&rule.source) { ", unless that one is a target too" } else { "" };
        let _ = writeln!(out, "   while an alert fires with {source}{agree}{own}");
    }
}

/// The tree with what happened.
struct Asked<'a> {
    tree: &'a Tree,
    trace: &'a Trace,
    labels: &'a LabelSet,
    all: bool,
}

impl Asked<'_> {
    fn outcome(&self, id: RouteId) -> Outcome {
        self.trace.outcomes.get(id.0 as usize).copied().unwrap_or(Outcome::ParentFails)
    }

    fn takes(&self, id: RouteId) -> bool {
        matches!(self.outcome(id), Outcome::Delivers | Outcome::Passes)
    }

    /// Nesting is bounded by the readers of specs and configurations.
    fn route(&self, out: &mut String, id: RouteId, depth: usize) {
        let Some(route) = self.tree.route(id) else { return };
        let line = format!("{:1$}{2}", "", 2 * depth, name(&route.matchers, route.parent));
        let goes_on = if route.continues { "; continues" } else { "" };
        let reason = match self.outcome(id) {
            Outcome::Delivers => format!("delivers to {}{goes_on}", route.options.receiver),
            Outcome::Passes => format!("takes it, for the routes inside{goes_on}"),
            Outcome::Fails(at) => self.failure(route.matchers.get(at)),
            Outcome::TakenBy(taker) => {
                let matchers = self.tree.route(taker).map_or(&[][..], |route| &route.matchers);
                format!("not asked: taken above by {}", name(matchers, Some(RouteId::ROOT)))
            }
            Outcome::ParentFails => "not asked".to_owned(),
        };
        let _ = writeln!(out, "{line:<REASON$}  {reason}");
        if self.takes(id) {
            self.row(out, &route.children, depth + 1);
        }
    }

    /// Children in order. Long runs of those that do not take the alert are counted.
    fn row(&self, out: &mut String, children: &[RouteId], depth: usize) {
        for run in children.chunk_by(|left, right| !self.takes(*left) && !self.takes(*right)) {
            let shown = if self.all || run.len() <= SHOWN { run.len() } else { SHOWN - 1 };
            for id in run.iter().take(shown) {
                self.route(out, *id, depth);
            }
            let rest = run.get(shown..).unwrap_or(&[]);
            let asked = rest.iter().filter(|id| matches!(self.outcome(**id), Outcome::Fails(_))).count();
            for (count, what) in [(asked, "do not match"), (rest.len() - asked, "are not asked")] {
                if count > 0 {
                    let _ = writeln!(out, "{:1$}… {count} more {what} (-v shows them)", "", 2 * depth);
                }
            }
        }
    }

    fn failure(&self, matcher: Option<&Matcher>) -> String {
        let Some(matcher) = matcher else { return "no".to_owned() };
        match self.labels.get(matcher.name()).filter(|value| !value.is_empty()) {
            Some(value) if value.len() > LONG => format!("no: its {} is another", matcher.name()),
            Some(value) => format!("no: {}", Matcher::equal(matcher.name(), value)),
            None => format!("no: there is no label {}", matcher.name()),
        }
    }
}
