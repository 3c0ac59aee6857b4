//! `record/name-style`: a recorded metric whose name does not say that it is recorded.

use super::is_recorded;
use crate::check::{Check, Context};
use crate::diagnostic::{Code, Sink};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::optional("record/name-style", "0.1.0", include_str!("name_style.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    for rule in context.rules.iter().filter(|rule| !rule.alerts && !is_recorded(rule.name)) {
        sink.push(
            rule.finding(&CODE, format!("`{}` looks like a scraped metric", rule.name))
                .at(rule.query.span(), "recorded by this query")
                .note("Whoever reads the name elsewhere looks for the exporter that it comes from. Recorded metrics are named `level:metric:operations`.")
                .help(format!("Call it something like `job:{}:sum`.", rule.name)),
        );
    }
}
