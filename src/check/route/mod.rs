//! Checks of routes and channels. What is wrong with a tree whoever sends alerts is reported for raw configurations too.

mod dead;
mod deep_nesting;
mod group_by;
mod no_alert;
mod pages_twice;
mod shadowed;
mod silent_default;
mod skipped_default;
mod too_complex;
mod unreached_channel;
mod unused_channel;
mod useless_continue;

use super::{Check, Context, inhibition, timing};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::paging::Flaw;
use crate::routing::space::Unknown;
use crate::routing::{Configuration, Matcher, RouteId};
use crate::source::Span;

/// All checks of the family.
pub static CHECKS: &[&Check] = &[
    &dead::CHECK,
    &group_by::CHECK,
    &no_alert::CHECK,
    &pages_twice::CHECK,
    &deep_nesting::CHECK,
    &shadowed::CHECK,
    &silent_default::CHECK,
    &skipped_default::CHECK,
    &too_complex::CHECK,
    &unreached_channel::CHECK,
    &unused_channel::CHECK,
    &useless_continue::CHECK,
];

/// A configuration and where its parts were written.
#[derive(Clone, Copy)]
pub struct Located<'a> {
    /// What is judged.
    pub configuration: &'a Configuration,
    /// The place of a route: the bytes that name it.
    pub route: &'a dyn Fn(RouteId) -> Option<Span>,
    /// The place of an inhibition rule, by its index.
    pub rule: &'a dyn Fn(usize) -> Option<Span>,
    /// Whether the compiler made the inhibition rule with this index.
    pub generated: &'a dyn Fn(usize) -> bool,
    /// The place of a named time interval.
    pub interval: &'a dyn Fn(&str) -> Option<Span>,
}

impl Located<'_> {
    /// The conditions of a route: `severity="critical", team="web"`.
    pub(super) fn conditions(&self, id: RouteId) -> String {
        conditions(self.configuration.tree.route(id).map_or(&[][..], |route| &route.matchers))
    }

    /// The receiver of a route.
    pub(super) fn receiver(&self, id: RouteId) -> &str {
        self.configuration.tree.route(id).map_or("", |route| &route.options.receiver)
    }

    /// A finding about a route, at its place.
    pub(super) fn about(
        &self,
        code: &'static Code,
        headline: String,
        id: RouteId,
        label: impl Into<String>,
    ) -> Diagnostic {
        let diagnostic = Diagnostic::new(code, headline);
        match (self.route)(id) {
            Some(span) => diagnostic.at(span, label),
            None => diagnostic,
        }
    }

    /// Another route of the story, at its place.
    pub(super) fn with(&self, diagnostic: Diagnostic, id: RouteId, label: impl Into<String>) -> Diagnostic {
        match (self.route)(id) {
            Some(span) => diagnostic.also(span, label),
            None => diagnostic,
        }
    }
}

/// Conditions in words: `severity="critical", team="web"`, or "every alert" if there are none.
pub(super) fn conditions(matchers: &[Matcher]) -> String {
    if matchers.is_empty() {
        return "every alert".to_owned();
    }
    matchers.iter().map(Matcher::to_string).collect::<Vec<_>>().join(", ")
}

/// Reports what is wrong with a configuration whoever sends alerts, each under the code of its check.
pub fn report(located: Located<'_>, flaws: &Result<Vec<Flaw>, Unknown>, sink: &mut Sink) {
    match flaws {
        Ok(flaws) => {
            for flaw in flaws {
                sink.push(finding(located, flaw));
            }
        }
        Err(unknown) => sink.push(too_complex::finding(located, unknown)),
    }
    deep_nesting::look(located, sink);
    inhibition::look(located, sink);
    timing::look(located, sink);
}

fn finding(located: Located<'_>, flaw: &Flaw) -> Diagnostic {
    match flaw {
        Flaw::Contradiction { route } => dead::finding(located, *route),
        Flaw::Shadowed { route, by } => shadowed::finding(located, *route, by),
        Flaw::UselessContinue { route } => useless_continue::finding(located, *route),
        Flaw::SkippedDefault { by } => skipped_default::finding(located, by),
        Flaw::NeverInhibits { rule, why } => inhibition::never(located, *rule, *why),
    }
}

/// Reports the flaws of the spec's own routing that `wanted` picks.
pub(super) fn of_spec(context: &Context<'_>, sink: &mut Sink, wanted: impl Fn(&Flaw) -> bool) {
    context.located(|located| {
        for flaw in context.flaws().and_then(|flaws| flaws.as_ref().ok()).into_iter().flatten() {
            if wanted(flaw) {
                sink.push(finding(located, flaw));
            }
        }
    });
}
