//! `alert/unknown-alert`: a query for the state of an alert that nobody defines.

use std::collections::BTreeSet;

use crate::check::{Check, Context, slip};
use crate::diagnostic::{Code, Sink, nearest};
use crate::promql::{MatchOp, Pattern};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("alert/unknown-alert", "0.1.0", include_str!("unknown_alert.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    let known: BTreeSet<&str> = context.alerts().map(|rule| rule.name).collect();
    for rule in &context.rules {
        let states =
            rule.expr.selectors().filter(|selector| matches!(selector.metric(), Some("ALERTS" | "ALERTS_FOR_STATE")));
        for matcher in
            states.flat_map(|selector| &selector.matchers).filter(|matcher| matcher.label.name == "alertname")
        {
            let Some(value) = matcher.value.known() else { continue };
            let names: Vec<String> = match matcher.op {
                MatchOp::Equal => vec![value.to_owned()],
                MatchOp::Regex => match Pattern::parse(value).ok().and_then(|pattern| pattern.words().cloned()) {
                    Some(words) => words.into_iter().collect(),
                    None => continue,
                },
                MatchOp::NotEqual | MatchOp::NotRegex => continue,
            };
            for name in names.iter().filter(|name| !name.is_empty() && !known.contains(name.as_str())) {
                let similar = nearest(name, known.iter().copied());
                // Rules that were written elsewhere may have been written for a Prometheus with more files than these.
                if rule.filed.is_some() && !similar.is_some_and(|similar| slip(name, similar)) {
                    continue;
                }
                let diagnostic = rule
                    .finding(&CODE, format!("{} asks for the alert `{name}`, which nobody defines", rule.title()))
                    .at(rule.span(&matcher.value.range), "no alert of this name")
                    .note("Prometheus keeps the state of its own alerts only, so the query finds nothing.");
                sink.push(match similar {
                    Some(similar) => diagnostic.help(format!("Did you mean `{similar}`?")),
                    None => diagnostic.help("Alerts of other systems are not in this metric. If the alert was renamed or removed, follow here."),
                });
            }
        }
    }
}
