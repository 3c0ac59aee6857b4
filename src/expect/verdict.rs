//! Whether one test holds, and if not, what happened instead.

use std::ops::Range;

use super::FAILED;
use crate::diagnostic::Diagnostic;
use crate::model::{Expect, Field};
use crate::paging::Paging;
use crate::provenance::{Origin, Provenance};
use crate::routing::space::Unknown;
use crate::routing::{LabelSet, Matcher, Muted, RouteId, Zone, muted};

/// One test with what it speaks about.
pub(super) struct Trial<'a> {
    pub paging: &'a mut Paging,
    pub provenance: &'a Provenance,
    pub expect: &'a Expect,
    /// The alerts that it speaks about.
    pub meant: Range<usize>,
    /// How many alerts of the spec there are; those of tests stand behind them and silence nobody.
    pub sent: usize,
}

impl Trial<'_> {
    /// Everything that does not hold.
    pub fn failures(&mut self) -> Vec<Diagnostic> {
        if self.meant.is_empty() {
            let diagnostic = self.failed(self.expect.origin, "no rule sends such an alert", "no rule has these labels");
            return vec![
                diagnostic
                    .note(
                        "The labels of the test contradict what the rules of the alert send, so it would test nothing.",
                    )
                    .help("`alertsmith explain alert NAME` shows what is known about its labels."),
            ];
        }
        let at = match self.expect.at.as_ref().map(|at| (at, Zone::UTC.instant(&at.value))) {
            None => None,
            Some((_, Ok(instant))) => Some(instant),
            Some((at, Err(error))) => return vec![self.failed(at.origin, "its time cannot be read", &error.message)],
        };
        let mut failures = Vec::new();
        let expect = self.expect;
        for channel in &expect.reaches {
            failures.extend(self.answer(channel, |trial| trial.reaches(channel, at)));
        }
        for channel in &expect.not_reaches {
            failures.extend(self.answer(channel, |trial| trial.avoids(channel, at)));
        }
        for alert in &expect.inhibited_by {
            failures.extend(self.answer(alert, |trial| trial.inhibited(alert)));
        }
        failures
    }

    /// What a question gives; one that cannot be answered exactly fails too.
    fn answer(
        &mut self,
        about: &Field<String>,
        ask: impl FnOnce(&mut Self) -> Result<Option<Diagnostic>, Unknown>,
    ) -> Option<Diagnostic> {
        ask(self).unwrap_or_else(|unknown| {
            let labels = unknown.labels.join("`, `");
            let headline = "who is told cannot be worked out";
            let diagnostic = self.failed(about.origin, headline, "unknown");
            Some(diagnostic.note(format!("The conditions on `{labels}` are too intricate for an exact answer.")))
        })
    }

    fn failed(&self, at: Origin, headline: &str, label: &str) -> Diagnostic {
        let diagnostic = Diagnostic::new(&FAILED, format!("{}: {headline}", self.expect.title.value));
        match self.provenance.span(at) {
            Some(span) => diagnostic.at(span, label),
            None => diagnostic,
        }
    }

    /// The routes to a channel, those that speak at the time and those that are silent then, each with the reason.
    fn routes(&self, channel: &str, at: Option<i64>) -> (Vec<RouteId>, Vec<(RouteId, Muted)>) {
        let configuration = &self.paging.decisions.configuration;
        let mut speaking = Vec::new();
        let mut silent = Vec::new();
        for (id, route) in configuration.tree.iter().filter(|(_, route)| route.options.receiver == channel) {
            match at.and_then(|at| muted(&route.options, &configuration.intervals, at, &Zone::UTC)) {
                Some(why) => silent.push((id, why)),
                None => speaking.push(id),
            }
        }
        (speaking, silent)
    }

    fn reaches(&mut self, channel: &Field<String>, at: Option<i64>) -> Result<Option<Diagnostic>, Unknown> {
        let name = &channel.value;
        let (heard, unheard): (Vec<usize>, Vec<usize>) =
            self.meant.clone().partition(|alert| self.paging.silent(*alert, name).is_none());
        if heard.is_empty() {
            return Ok(unheard.first().and_then(|alert| self.unheard(channel, *alert)));
        }
        let (speaking, silent) = self.routes(name, at);
        for alert in heard {
            let Some(witness) = self.paging.outside(alert, &speaking)? else { continue };
            let example = self.paging.example(alert, &witness);
            let delivered = self.paging.decisions.configuration.tree.deliver(&example);
            let mut diagnostic = match silent.iter().find(|(id, _)| delivered.contains(id)) {
                Some((id, why)) => {
                    let words = match why {
                        Muted::Inside(names) => format!("silent at this time: inside `{}`", names.join("`, `")),
                        Muted::Outside => "silent at this time: outside its `active-during`".to_owned(),
                    };
                    let headline = format!("`{name}` is not told at this time");
                    self.with_route(self.failed(channel.origin, &headline, "the route to it is silent"), *id, &words)
                }
                None => {
                    let told: Vec<String> =
                        delivered.iter().map(|id| format!("`{}`", self.paging.channel(*id))).collect();
                    let label = format!("goes to {} instead", listed(&told));
                    let headline = format!("`{name}` is not told");
                    let mut diagnostic = self.failed(channel.origin, &headline, &label);
                    for id in &delivered {
                        let taken = if *id == RouteId::ROOT { "no route takes it" } else { "taken here" };
                        diagnostic = self.with_route(diagnostic, *id, taken);
                    }
                    diagnostic
                }
            };
            diagnostic = diagnostic.note(format!("The alert is {}.", written(&example)));
            return Ok(Some(self.of_rule(diagnostic, alert)));
        }
        Ok(None)
    }

    /// Says that a channel tells nobody in any of the installations at which the alerts arrive.
    fn unheard(&self, channel: &Field<String>, alert: usize) -> Option<Diagnostic> {
        let cluster = self.paging.silent(alert, &channel.value)?;
        let headline = format!("`{}` tells nobody in `{cluster}`", channel.value);
        let diagnostic = self
            .failed(channel.origin, &headline, "nothing is left of it there")
            .note(format!("The Alertmanager of cluster `{cluster}` has `only`, which leaves nothing of this channel, and no rule of the test sends to one that notifies by it."))
            .help("Add one of the channel's integrations to `only`, or expect `not-reaches`.");
        Some(self.of_rule(diagnostic, alert))
    }

    fn avoids(&mut self, channel: &Field<String>, at: Option<i64>) -> Result<Option<Diagnostic>, Unknown> {
        let name = &channel.value;
        let (speaking, _) = self.routes(name, at);
        for alert in self.meant.clone() {
            if self.paging.silent(alert, name).is_some() {
                continue;
            }
            let received = self.paging.received(alert).map_err(Clone::clone)?;
            let mut arrivals = received.channels.iter().flat_map(|reached| &reached.routes);
            let Some(arrival) = arrivals.find(|arrival| speaking.contains(&arrival.route)).cloned() else { continue };
            let example = self.paging.example(alert, &arrival.witness);
            let headline = format!("`{name}` is told");
            let diagnostic = self.failed(channel.origin, &headline, "should not hear of it, but does");
            let taken = if arrival.route == RouteId::ROOT { "no route takes it" } else { "taken here" };
            let diagnostic = self.with_route(diagnostic, arrival.route, taken);
            let diagnostic = diagnostic.note(format!("The alert is {}.", written(&example)));
            return Ok(Some(self.of_rule(diagnostic, alert)));
        }
        Ok(None)
    }

    fn inhibited(&mut self, by: &Field<String>) -> Result<Option<Diagnostic>, Unknown> {
        for alert in self.meant.clone() {
            let inhibitors = self.paging.inhibitors(alert).map_err(Clone::clone)?;
            let silences = |source: usize| {
                let source = self.paging.alerts.get(source).filter(|_| source < self.sent);
                source.is_some_and(|source| source.name == by.value)
            };
            if inhibitors.iter().any(|inhibitor| silences(inhibitor.source)) {
                continue;
            }
            let headline = format!("`{}` does not silence it", by.value);
            let diagnostic = self
                .failed(by.origin, &headline, "no inhibition lets it")
                .note("For no labels that the two can have is there an inhibition whose source is the one, whose target is the other, and on whose `equal` both agree.")
                .help("`alertsmith explain alert NAME` shows what silences an alert.");
            return Ok(Some(self.of_rule(diagnostic, alert)));
        }
        Ok(None)
    }

    fn with_route(&self, diagnostic: Diagnostic, id: RouteId, label: &str) -> Diagnostic {
        let origin = self.paging.decisions.routes.get(id.0 as usize);
        match origin.and_then(|origin| self.provenance.span(*origin)) {
            Some(span) => diagnostic.also(span, label),
            None => diagnostic,
        }
    }

    /// Says which rule it is about where there are several.
    fn of_rule(&self, diagnostic: Diagnostic, alert: usize) -> Diagnostic {
        match self.paging.alerts.get(alert) {
            Some(alert) if self.meant.len() > 1 => {
                let by = alert.evaluation.as_ref().map_or(String::new(), |evaluation| {
                    format!(", by {} of cluster `{}`", evaluation.engine.as_str(), evaluation.cluster)
                });
                let severity = alert.severity.as_deref().unwrap_or_default();
                let rules = self.meant.len();
                diagnostic.note(format!(
                    "This is about one of its {rules} rules: {} {severity}, {}{by}.",
                    alert.name, alert.place
                ))
            }
            Some(_) | None => diagnostic,
        }
    }
}

/// Labels as they are written in a matcher.
fn written(labels: &LabelSet) -> String {
    let labels = labels.iter().map(|(name, value)| Matcher::equal(name, value).to_string());
    let labels: Vec<String> = labels.collect();
    if labels.is_empty() { "one without labels".to_owned() } else { labels.join(" ") }
}

/// `a`, `b` and `c`.
fn listed(items: &[String]) -> String {
    match items {
        [] => "nobody".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
