//! `record/undefined`: a query that reads a recorded metric which no rule records.

use std::collections::BTreeSet;

use super::{is_recorded, read};
use crate::check::{Check, Context, slip};
use crate::diagnostic::{Code, Sink, nearest};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("record/undefined", "0.1.0", include_str!("undefined.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    let recorded: BTreeSet<&str> = context.rules.iter().filter(|rule| !rule.alerts).map(|rule| rule.name).collect();
    for rule in &context.rules {
        let mut seen = BTreeSet::new();
        for (metric, range) in read(rule) {
            if !is_recorded(metric) || recorded.contains(metric) || !seen.insert(metric) {
                continue;
            }
            let similar = nearest(metric, recorded.iter().copied());
            // Rules that were written elsewhere may have been written for a Prometheus with more files than these.
            let elsewhere = rule.filed.is_some() || recorded.is_empty();
            if elsewhere && !similar.is_some_and(|similar| slip(metric, similar)) {
                continue;
            }
            let diagnostic = rule
                .finding(&CODE, format!("{} reads `{metric}`, which no rule records", rule.title()))
                .at(rule.span(range), "a name with colons belongs to a recording rule")
                .note("Where nobody records it the metric does not exist, and the query returns nothing.");
            sink.push(match similar {
                Some(similar) => diagnostic.help(format!("Did you mean `{similar}`?")),
                None => diagnostic.help(format!(
                    "Add `record \"{metric}\"` with its query, or take in the rule file that records it with `rules`."
                )),
            });
        }
    }
}
