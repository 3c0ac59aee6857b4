//! `alert/value-in-label`: a label that holds the value of the alert, so that each value is another alert.

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Sink};
use crate::gotemplate::{self, FunctionSet, Node};
use crate::source::Text;

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("alert/value-in-label", "0.1.0", include_str!("value_in_label.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    for rule in context.alerts() {
        for (label, value) in rule.labels {
            let Some(span) = context.span(value.origin) else { continue };
            let text = Text::synthetic(value.value.as_str(), span);
            let Ok(template) = gotemplate::parse(text.as_str(), FunctionSet::alert()) else { continue };
            let read = gotemplate::facts(&template).values;
            if !prints(&template.body, &read) {
                continue;
            }
            let waits = rule.instances.iter().find(|instance| instance.for_seconds() > 0.0);
            let mut diagnostic = rule
                .finding(&CODE, format!("the label `{label}` of `{}` changes with the value", rule.name))
                .at(span, "another alert for each value");
            if let Some(span) = waits.and_then(|instance| instance.r#for).and_then(|hold| context.span(hold.origin)) {
                diagnostic = diagnostic.also(span, "starts again whenever the value changes");
            }
            let note = if waits.is_some() {
                "An alert is what its labels are. With the value in one of them, the alert of the last evaluation is gone at the next, and none holds long enough to fire."
            } else {
                "An alert is what its labels are. With the value in one of them, every new value resolves one alert and fires another."
            };
            sink.push(diagnostic.note(note).help("Write the value into an annotation."));
        }
    }
}

/// Whether a text prints the value, rather than deciding by it.
fn prints(nodes: &[Node], read: &[std::ops::Range<usize>]) -> bool {
    let mut open: Vec<&[Node]> = vec![nodes];
    while let Some(nodes) = open.pop() {
        for node in nodes {
            match node {
                Node::Action(pipeline) => {
                    let inside = |read: &std::ops::Range<usize>| {
                        pipeline.range.start <= read.start && read.end <= pipeline.range.end
                    };
                    if pipeline.variables.is_empty() && read.iter().any(inside) {
                        return true;
                    }
                }
                Node::Branch(branch) => {
                    open.extend(branch.arms.iter().map(|arm| arm.body.as_slice()));
                    open.push(&branch.otherwise);
                }
                Node::Text(_) | Node::Comment(_) | Node::Call { .. } | Node::Break(_) | Node::Continue(_) => {}
            }
        }
    }
    false
}
