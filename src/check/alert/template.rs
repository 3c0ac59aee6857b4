//! `alert/template`: a text that is not a valid Go template.

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::gotemplate::{self, FunctionSet};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::error("alert/template", "0.1.0", include_str!("template.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    for (name, alert) in &context.model.alerts {
        for (annotation, text) in &alert.annotations {
            let Err(errors) = gotemplate::parse(text.as_str(), FunctionSet::alert()) else { continue };
            for error in errors {
                sink.push(
                    Diagnostic::new(
                        &CODE,
                        format!("`{annotation}` of `{name}` is not a valid template: {}", error.message),
                    )
                    .at(text.span_of(error.range.clone()), "here")
                    .note("Prometheus refuses the whole rule file for one such text.")
                    .help("What stands in `{{ … }}` is Go's template language; the rest is plain text."),
                );
            }
        }
    }
}
