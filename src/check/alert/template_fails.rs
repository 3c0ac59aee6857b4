//! `alert/template-fails`: a text that loads and then fails whenever the alert fires.

use crate::check::{Check, Context, Rule};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::gotemplate::{self, Facts, FunctionSet, Problem};
use crate::promql;
use crate::source::Text;

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("alert/template-fails", "0.1.0", include_str!("template_fails.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    for rule in context.alerts() {
        for (annotation, text) in rule.annotations {
            look(rule, &format!("`{annotation}`"), text, sink);
        }
        for (label, value) in rule.labels {
            if let Some(span) = context.span(value.origin) {
                look(rule, &format!("the label `{label}`"), &Text::synthetic(value.value.as_str(), span), sink);
            }
        }
    }
}

fn look(rule: &Rule<'_>, what: &str, text: &Text, sink: &mut Sink) {
    let Ok(template) = gotemplate::parse(text.as_str(), FunctionSet::alert()) else { return };
    let Facts { problems, queries, .. } = gotemplate::facts(&template);
    let failing = |why: String| -> Diagnostic {
        rule.finding(&CODE, format!("{what} of `{}` fails when the alert fires: {why}", rule.name))
            .note("Prometheus loads the rule, and then writes an error message in place of the text.")
    };
    for problem in problems {
        let span = text.span_of(problem.range());
        sink.push(match problem {
            Problem::Arguments { function, given, least, most, .. } => {
                let wanted = match most {
                    Some(most) if most == least => format!("{least}"),
                    Some(most) => format!("{least} to {most}"),
                    None => format!("at least {least}"),
                };
                failing(format!("`{function}` takes {wanted} and is given {given}"))
                    .at(span, "wrong number of arguments")
                    .help("A piped value is the last argument.")
            }
            Problem::UnknownField { field, known, .. } => failing(format!("there is no field `{field}`"))
                .at(span, "not there")
                .help(format!("There are {}.", list(known))),
            Problem::UndeclaredVariable { name, .. } => failing(format!("nobody declares `{name}`"))
                .at(span, "not declared")
                .help("Declare it with `:=` first."),
        });
    }
    for query in queries {
        let Err(errors) = promql::parse(&query.expression, rule.target) else { continue };
        if let Some(error) = errors.first() {
            sink.push(
                failing(format!("its query is not valid: {}", error.message))
                    .at(text.span_of(query.range.clone()), "Prometheus cannot read this query")
                    .help("Try the query by itself; quotes inside of it have to be escaped."),
            );
        }
    }
}

fn list(known: &[&str]) -> String {
    let names: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
