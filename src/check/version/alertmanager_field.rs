//! `version/alertmanager-field`: something that the target Alertmanager cannot do.

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::lower::alertmanager::{Need, requirements};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::error("version/alertmanager-field", "0.1.0", include_str!("alertmanager_field.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    let target = &context.model.project.targets.alertmanager;
    for requirement in requirements(context.model) {
        let what = &requirement.what;
        let mut diagnostic = match &requirement.needs {
            Need::Release(release) => {
                let headline = format!("Alertmanager {} does not know {what}", target.value);
                let mut diagnostic = Diagnostic::new(&CODE, headline)
                    .note("Alertmanager refuses its whole configuration for one key that it does not know.")
                    .help(format!("It takes Alertmanager {release} or newer; leave it out until then."));
                if let Some(span) = context.span(target.origin) {
                    diagnostic = diagnostic.also(span, "the release that the output is for");
                }
                diagnostic
            }
            Need::Impossible { why, instead } => {
                Diagnostic::new(&CODE, format!("Alertmanager cannot read {what} from a file")).note(*why).help(*instead)
            }
        };
        if let Some(span) = context.span(requirement.origin) {
            diagnostic = diagnostic.at(span, "asked for here");
        }
        sink.push(diagnostic);
    }
}
