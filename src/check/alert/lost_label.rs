//! `alert/lost-label`: a text that reads a label which the query does not keep.

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Sink};
use crate::gotemplate::{self, FunctionSet, LabelSource};
use crate::promql::Presence;

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::error("alert/lost-label", "0.1.0", include_str!("lost_label.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    for rule in context.alerts() {
        for (annotation, text) in rule.annotations {
            let Ok(template) = gotemplate::parse(text.as_str(), FunctionSet::alert()) else { continue };
            for one in gotemplate::fields(&template) {
                let carried = rule.flow.label(&one.label);
                if one.via != LabelSource::Labels || one.guarded || carried.presence != Presence::Impossible {
                    continue;
                }
                let label = &one.label;
                let headline =
                    format!("`{annotation}` of `{}` reads the label `{label}`, which is never there", rule.name);
                let diagnostic = rule
                    .finding(&CODE, headline)
                    .at(text.span_of(one.range.clone()), "always empty")
                    .also(rule.span(&carried.reason.range), carried.reason.words());
                let set =
                    rule.labels.contains_key(label) || ["severity", "group", "group_id"].contains(&label.as_str());
                sink.push(if set {
                    diagnostic
                        .note("`$labels` holds the labels of the query's result. Labels that the rule itself adds are not in it.")
                        .help("Write the value into the text instead.")
                } else {
                    diagnostic
                        .note("Whoever is paged reads an empty place where the name should be.")
                        .help(format!("Keep `{label}` in the query, for example in its `by (…)`, or leave it out of the text."))
                });
            }
        }
    }
}
