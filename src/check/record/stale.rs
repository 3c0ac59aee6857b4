//! `record/stale`: a metric that is recorded so rarely that it is gone in between.

use std::collections::BTreeSet;

use crate::check::{Check, Context, seconds};
use crate::diagnostic::{Code, Sink};
use crate::provenance::Origin;

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("record/stale", "0.1.0", include_str!("stale.md"));

/// How far back Prometheus looks for the newest sample unless told otherwise.
const LOOKBACK_SECONDS: f64 = 300.0;

fn run(context: &Context<'_>, sink: &mut Sink) {
    // All rules of a group share its interval.
    let mut seen: BTreeSet<Origin> = BTreeSet::new();
    for rule in context.rules.iter().filter(|rule| !rule.alerts) {
        let mut slow = rule.instances.iter().filter_map(|instance| instance.interval);
        let Some(interval) = slow.find(|interval| seconds(interval.value) > LOOKBACK_SECONDS) else { continue };
        if !seen.insert(interval.origin) {
            continue;
        }
        let mut diagnostic = rule.finding(&CODE, format!("`{}` is gone before it is recorded again", rule.name));
        diagnostic = match context.span(interval.origin) {
            Some(span) => diagnostic.at(span, "a new sample only this often"),
            None => diagnostic.at(rule.query.span(), format!("recorded every {}", interval.value)),
        };
        sink.push(
            diagnostic
                .note("Prometheus looks back five minutes for the newest sample. After that the metric does not exist until the next evaluation, and alerts on it resolve and fire again.")
                .help("Record it at least every four minutes, or read it with `last_over_time(…[…])`."),
        );
    }
}
