//! `version/unsupported`: a target release older than the oldest that the output is tested with.

use crate::ast::Version;
use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::error("version/unsupported", "0.1.0", include_str!("unsupported.md"));

/// The oldest releases whose real tools judge the output in the test suite; `docs/versions.md` lists them.
const OLDEST: [(&str, Version); 4] = [
    ("Prometheus", Version::new(2, 42)),
    ("Alertmanager", Version::new(0, 25)),
    ("Thanos", Version::new(0, 36)),
    ("nginx", Version::new(1, 22)),
];

fn run(context: &Context<'_>, sink: &mut Sink) {
    let targets = &context.model.project.targets;
    let own = [&targets.prometheus, &targets.alertmanager, &targets.thanos, &targets.nginx];
    for ((name, oldest), target) in OLDEST.into_iter().zip(own) {
        if target.value >= oldest {
            continue;
        }
        let mut diagnostic =
            Diagnostic::new(&CODE, format!("{name} {} is older than anything the output is made for", target.value));
        if let Some(span) = context.span(target.origin) {
            diagnostic = diagnostic.at(span, format!("the oldest supported release is {oldest}"));
        }
        sink.push(
            diagnostic
                .note("What is written is judged by the real tools down to that release; what older ones do with it, nobody has tried.")
                .help_spelled(
                    format!("Write `{}=\"{oldest}\"` or newer.", name.to_lowercase()),
                    format!("Write `{}: \"{oldest}\"` or newer.", name.to_lowercase()),
                ),
        );
    }
}
