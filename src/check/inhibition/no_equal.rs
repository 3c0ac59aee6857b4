//! `inhibition/no-equal`: an inhibition without labels on which both alerts agree.

use crate::check::route::{Located, conditions};
use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("inhibition/no-equal", "0.1.0", include_str!("no_equal.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    context.located(|located| look(located, sink));
}

/// Reports every rule without labels to agree on.
pub(super) fn look(located: Located<'_>, sink: &mut Sink) {
    for (index, rule) in located.configuration.inhibit_rules.iter().enumerate() {
        if !rule.equal.is_empty() || (located.generated)(index) {
            continue;
        }
        let headline = "one alert silences others everywhere: this inhibition has no `equal`";
        let diagnostic = Diagnostic::new(&CODE, headline);
        let label = format!("any alert {} silences all alerts {}", conditions(&rule.source), conditions(&rule.target));
        let diagnostic = match (located.rule)(index) {
            Some(span) => diagnostic.at(span, label),
            None => diagnostic.note(label),
        };
        sink.push(
            diagnostic
                .note("Without `equal` the two alerts need not have anything in common: one broken host in one cluster keeps quiet what all other hosts and clusters have to say.")
                .help("Name the labels on which both alerts must agree, such as the cluster and the service."),
        );
    }
}
