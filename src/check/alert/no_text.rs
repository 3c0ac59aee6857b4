//! `alert/no-text`: an alert that says nothing to people.

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Sink};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::optional("alert/no-text", "0.1.0", include_str!("no_text.md"));

/// Annotations that people read.
const TEXTS: [&str; 5] = ["summary", "description", "message", "title", "info"];

fn run(context: &Context<'_>, sink: &mut Sink) {
    for rule in context.alerts() {
        let said = |name: &&str| rule.annotation(name).is_some_and(|text| !text.as_str().trim().is_empty());
        if TEXTS.iter().any(said) {
            continue;
        }
        sink.push(
            rule.finding(&CODE, format!("`{}` says nothing to people", rule.name))
                .at(rule.query.span(), "all that is known about it")
                .note("Whoever is paged reads its name and its labels, and has to find out what they mean.")
                .help("Add a `summary` of one line, and a `description` of what to do."),
        );
    }
}
