//! `inhibition/both-lack`: an inhibition that silences across alerts which have nothing in common.

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Sink};
use crate::routing::Matcher;

use super::about;

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("inhibition/both-lack", "0.1.0", include_str!("both_lack.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    let (Some(paging), Some(effects)) = (context.paging(), context.effects()) else { return };
    for ((rule, label), pair) in &effects.both_lack {
        let generated = paging.decisions.generated.get(*rule).copied().unwrap_or(false);
        let (Some(source), Some(target)) = (paging.alerts.get(pair.source), paging.alerts.get(pair.target)) else {
            continue;
        };
        if generated {
            continue;
        }
        let headline = format!("`{}` silences `{}`, as neither carries the label `{label}`", source.name, target.name);
        let shown = |labels: &crate::routing::LabelSet| {
            let labels = labels.iter().map(|(name, value)| Matcher::equal(name, value).to_string());
            labels.collect::<Vec<_>>().join(" ")
        };
        sink.push(
            about(context, &CODE, headline, *rule, format!("`equal` holds where both lack `{label}`"))
                .note("To Alertmanager a label that both alerts lack is one on which they agree. Nothing else ties the two together, so one firing alert silences others that it has nothing to do with.")
                .note(format!("For example {} silences {}.", shown(&pair.example.0), shown(&pair.example.1)))
                .help(format!("Add a condition that only alerts with `{label}` satisfy, such as `{label} (regex)\".+\"` in `source`, or keep the label in the queries.")),
        );
    }
}
