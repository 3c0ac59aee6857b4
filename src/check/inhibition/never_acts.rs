//! `inhibition/never-acts`: an inhibition that can silence nothing.

use crate::check::route::{Located, conditions, of_spec};
use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::paging::Flaw;
use crate::routing::space::NeverActs;

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("inhibition/never-acts", "0.1.0", include_str!("never_acts.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    of_spec(context, sink, |flaw| matches!(flaw, Flaw::NeverInhibits { .. }));
}

/// The finding about a rule that never acts, whoever sends alerts.
pub fn finding(located: Located<'_>, index: usize, why: NeverActs) -> Diagnostic {
    let (mut source, mut target) = (String::new(), String::new());
    if let Some(rule) = located.configuration.inhibit_rules.get(index) {
        (source, target) = (conditions(&rule.source), conditions(&rule.target));
    }
    let reason = match why {
        NeverActs::NoSource => format!("no alert can satisfy the source {source}"),
        NeverActs::NoTarget => format!("no alert can satisfy the target {target}"),
        NeverActs::NeverAgree => {
            format!("no source {source} can agree with a target {target} on the labels of `equal`")
        }
    };
    let diagnostic = Diagnostic::new(&CODE, "this inhibition can silence nothing");
    let diagnostic = match (located.rule)(index) {
        Some(span) => diagnostic.at(span, reason),
        None => diagnostic.note(format!("The reason: {reason}.")),
    };
    diagnostic
        .note("An alert that is both source and target is not silenced by another one that is both. This is proved for all alerts.")
        .help("Correct the conditions, or remove the inhibition.")
}
