//! `inhibition/no-alert`: an inhibition that can silence no alert of the spec.

use std::collections::BTreeSet;

use super::about;
use crate::check::route::conditions;
use crate::check::{Check, Context};
use crate::diagnostic::{Code, Sink};
use crate::paging::{Flaw, Paging};
use crate::routing::Matcher;

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("inhibition/no-alert", "0.1.0", include_str!("no_alert.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    let (Some(paging), Some(effects), Some(Ok(flaws))) = (context.paging(), context.effects(), context.flaws()) else {
        return;
    };
    if paging.alerts.is_empty() {
        return;
    }
    let never = |flaw: &Flaw| match flaw {
        Flaw::NeverInhibits { rule, .. } => Some(*rule),
        Flaw::Contradiction { .. }
        | Flaw::Shadowed { .. }
        | Flaw::UselessContinue { .. }
        | Flaw::SkippedDefault { .. } => None,
    };
    let told: BTreeSet<usize> = flaws.iter().filter_map(never).collect();
    let rules = &paging.decisions.configuration.inhibit_rules;
    for (index, rule) in rules.iter().enumerate() {
        let generated = paging.decisions.generated.get(index).copied().unwrap_or(false);
        if generated || told.contains(&index) || effects.acting.contains(&index) {
            continue;
        }
        let label = if !any(paging, &rule.source) {
            format!("no alert can be the source, {}", conditions(&rule.source))
        } else if !any(paging, &rule.target) {
            format!("no alert can be the target, {}", conditions(&rule.target))
        } else {
            "no source and target agree on `equal`, or they are the same alerts".to_owned()
        };
        sink.push(
            about(context, &CODE, "this inhibition can silence no alert of the spec".to_owned(), index, label)
                .note("This is proved from what is known about the labels of every rule and of every declared `external` alert.")
                .help("Correct the conditions, declare what other systems send as `external`, or remove the inhibition."),
        );
    }
}

/// Whether some alert may satisfy all of these.
fn any(paging: &Paging, matchers: &[Matcher]) -> bool {
    paging.alerts.iter().any(|alert| paging.may_satisfy(&alert.labels, matchers))
}
