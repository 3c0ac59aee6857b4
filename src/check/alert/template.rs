//! `alert/template`: a text that is not a valid Go template.

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Sink};
use crate::gotemplate::{self, FunctionSet};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::error("alert/template", "0.1.0", include_str!("template.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    for rule in context.alerts() {
        for (annotation, text) in rule.annotations {
            let Err(errors) = gotemplate::parse(text.as_str(), FunctionSet::alert()) else { continue };
            for error in errors {
                let headline = format!("`{annotation}` of `{}` is not a valid template: {}", rule.name, error.message);
                sink.push(
                    rule.finding(&CODE, headline)
                        .at(text.span_of(error.range.clone()), "here")
                        .note("Prometheus refuses the whole rule file for one such text.")
                        .help("What stands in `{{ … }}` is Go's template language; the rest is plain text."),
                );
            }
        }
    }
}
