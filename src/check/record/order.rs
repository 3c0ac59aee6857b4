//! `record/order`: a rule that reads what a later rule of its group records.

use std::collections::BTreeMap;

use super::read;
use crate::check::{Check, Context};
use crate::diagnostic::{Code, Sink};
use crate::provenance::Origin;
use crate::source::Span;

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("record/order", "0.1.0", include_str!("order.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    // Where in its group a metric is recorded last. Several rules can record parts of one metric.
    let mut recorded: BTreeMap<(Origin, &str), (usize, Option<Span>)> = BTreeMap::new();
    for rule in context.rules.iter().filter(|rule| !rule.alerts) {
        if let Some(filed) = rule.filed {
            let name = filed.rule.record.as_ref().and_then(|record| context.span(record.origin));
            let own = (filed.position, name);
            let first = recorded.entry((filed.group.name.origin, rule.name)).or_insert(own);
            if filed.position < first.0 {
                *first = own;
            }
        }
    }
    for rule in &context.rules {
        let Some(filed) = rule.filed else { continue };
        for (metric, range) in read(rule) {
            let Some((position, place)) = recorded.get(&(filed.group.name.origin, metric)) else {
                continue;
            };
            if *position <= filed.position {
                continue;
            }
            let mut diagnostic = rule
                .finding(&CODE, format!("{} reads `{metric}` before it is recorded", rule.title()))
                .at(rule.span(range), "the value of the last evaluation");
            if let Some(place) = place {
                diagnostic = diagnostic.also(*place, "recorded later in the group");
            }
            sink.push(
                diagnostic
                    .note("Rules of a group are evaluated one after the other. What is recorded later is one interval old here, and after a start it is not there at all.")
                    .help("Move the recording rule in front of the rules that read it."),
            );
        }
    }
}
