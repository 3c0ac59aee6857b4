//! `route/no-alert`: a route that no alert of the spec can reach.

use std::collections::{BTreeMap, BTreeSet};

use super::Located;
use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::paging::{Flaw, Paging, Values};
use crate::routing::{Matcher, RouteId};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("route/no-alert", "0.1.0", include_str!("no_alert.md"));

/// More values than this are not listed.
const SHOWN: usize = 6;

fn run(context: &Context<'_>, sink: &mut Sink) {
    let (Some(paging), Some(Ok(flaws))) = (context.paging(), context.flaws()) else { return };
    let Some(reached) = paging.reached_routes() else { return };
    let dead: BTreeSet<RouteId> = flaws.iter().filter_map(unreached).collect();
    let mut carried = Carried { paging, by_label: BTreeMap::new() };
    context.located(|located| {
        for (id, route) in located.configuration.tree.iter() {
            let told = route.parent.is_some_and(|parent| !reached.contains(&parent));
            if !told && !reached.contains(&id) && !dead.contains(&id) {
                sink.push(finding(located, &mut carried, id));
            }
        }
    });
}

/// The route that a flaw says nothing reaches.
pub(super) fn unreached(flaw: &Flaw) -> Option<RouteId> {
    match flaw {
        Flaw::Contradiction { route } | Flaw::Shadowed { route, .. } => Some(*route),
        Flaw::UselessContinue { .. } | Flaw::SkippedDefault { .. } | Flaw::NeverInhibits { .. } => None,
    }
}

fn finding(located: Located<'_>, carried: &mut Carried<'_>, id: RouteId) -> Diagnostic {
    let headline = format!("no alert of the spec can reach this route to `{}`", located.receiver(id));
    let tree = &located.configuration.tree;
    let matchers = tree.route(id).map_or(&[][..], |route| &route.matchers);
    let label = match matchers.iter().find_map(|matcher| carried.never(matcher)) {
        Some(label) => label,
        None => format!("no alert that arrives here has {}", located.conditions(id)),
    };
    located
        .about(&CODE, headline, id, label)
        .note("This is proved from what is known about the labels of every rule of the spec and of every declared `external` alert.")
        .help("Correct the condition, declare what other systems send as `external`, or remove the route.")
}

/// What each label can be over all alerts, gathered once for each label that is asked about.
struct Carried<'p> {
    paging: &'p Paging,
    /// Nothing for a label whose values are open on some alert; the empty text stands for alerts without it.
    by_label: BTreeMap<String, Option<BTreeSet<&'p str>>>,
}

impl Carried<'_> {
    /// Why no alert at all satisfies a matcher, if that is so.
    fn never(&mut self, matcher: &Matcher) -> Option<String> {
        let name = matcher.name();
        if !self.by_label.contains_key(name) {
            self.by_label.insert(name.to_owned(), values(self.paging, name));
        }
        let values = self.by_label.get(name)?.as_ref()?;
        if values.iter().any(|value| matcher.matches(value)) {
            return None;
        }
        let known: Vec<&str> = values.iter().copied().filter(|value| !value.is_empty()).collect();
        Some(if known.is_empty() {
            format!("no alert carries the label `{name}`")
        } else if known.len() <= SHOWN {
            format!("no alert has {matcher}; what `{name}` can be is {}", known.join(", "))
        } else {
            format!("no alert has {matcher}")
        })
    }
}

/// All values that a label has on some alert; nothing where they are open.
fn values<'p>(paging: &'p Paging, label: &str) -> Option<BTreeSet<&'p str>> {
    let mut all = BTreeSet::new();
    for alert in &paging.alerts {
        match alert.labels.get(label) {
            Values::Any | Values::Present => return None,
            Values::Listed(values) => all.extend(values.iter().map(String::as_str)),
        }
    }
    Some(all)
}
