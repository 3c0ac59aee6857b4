//! `alert/unsure-label`: a label of the contract that the alert carries only if the data happens to have it.

use super::missing_label::{Said, report};
use crate::check::{Check, Context};
use crate::diagnostic::{Code, Sink};
use crate::promql::Presence;

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("alert/unsure-label", "0.1.0", include_str!("unsure_label.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    report(context, sink, &CODE, Presence::Possible, |alert, label| Said {
        headline: format!("`{alert}` may lack the label `{label}`"),
        note: "Nothing makes sure that the series have it; an alert without it falls to the default channel.",
        help: format!("Add `labels {label}=…` to the alert, or select only series that have it with `{label}!=\"\"`."),
    });
}
