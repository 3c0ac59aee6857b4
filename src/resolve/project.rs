//! Resolving the project.

use super::{Context, codes};
use crate::ast::project::{PartialResponse, Project as Written};
use crate::ast::{Duration, Spec, Version};
use crate::diagnostic::Diagnostic;
use crate::model::project::{Project, Targets};

/// Severities of a spec that does not say.
const SEVERITIES: [&str; 3] = ["info", "warning", "critical"];

/// Resolves the project; a spec without one gets defaults, and the lack is reported.
pub fn resolve(context: &mut Context<'_>, spec: &Spec) -> Project {
    let mut projects = spec.files.iter().filter_map(|file| file.project.as_deref());
    let written = projects.next();
    for again in projects {
        let mut diagnostic =
            Diagnostic::new(&codes::PROJECT, "the spec has two projects").at(again.head.span, "a second project");
        if let Some(first) = written {
            diagnostic = diagnostic.also(first.head.span, "the first one");
        }
        context.sink.push(diagnostic.help("Keep one `project`; a spec describes one installation."));
    }
    if written.is_none() && !context.sink.has_errors() {
        context.sink.push(
            Diagnostic::new(&codes::PROJECT, "the spec has no project")
                .note("The project's name goes into the names of generated objects.")
                .help("Add `project NAME` to the root file."),
        );
    }
    build(context, written)
}

fn build(context: &mut Context<'_>, written: Option<&Written>) -> Project {
    let targets = written.and_then(|project| project.targets.as_deref());
    let defaults = written.and_then(|project| project.defaults.as_deref());
    let newest = "the newest release that is supported";
    let severities = match written {
        Some(project) if !project.severities.is_empty() => context.names(&project.severities),
        _ => SEVERITIES.iter().map(|name| context.default((*name).to_owned(), "the usual severities")).collect(),
    };
    let required_labels = written.map_or_else(Vec::new, |project| {
        project.require_labels.iter().map(|label| context.field(label).map(|label| label.as_str().to_owned())).collect()
    });
    Project {
        name: match written {
            Some(project) => context.name(&project.name),
            None => context.default("project".to_owned(), "the spec names no project"),
        },
        severities,
        required_labels,
        targets: Targets {
            prometheus: context.or(targets.and_then(|t| t.prometheus.as_ref()), Version::new(3, 14), newest),
            alertmanager: context.or(targets.and_then(|t| t.alertmanager.as_ref()), Version::new(0, 34), newest),
            thanos: context.or(targets.and_then(|t| t.thanos.as_ref()), Version::new(0, 42), newest),
            prometheus_operator: context.or(
                targets.and_then(|t| t.prometheus_operator.as_ref()),
                Version::new(0, 93),
                newest,
            ),
            nginx: context.or(
                targets.and_then(|t| t.nginx.as_ref()),
                Version::new(1, 22),
                "the oldest release that is supported; newer ones take the same configuration",
            ),
        },
        interval: context.or(
            defaults.and_then(|d| d.interval.as_ref()),
            Duration::from_milliseconds(15_000),
            "rules are evaluated every 15 seconds",
        ),
        r#for: context.or(
            defaults.and_then(|d| d.r#for.as_ref()),
            Duration::from_milliseconds(300_000),
            "a condition must hold for five minutes",
        ),
        partial_response: context.or(
            defaults.and_then(|d| d.partial_response.as_ref()),
            PartialResponse::Abort,
            "an evaluation without all its data fails, and that is seen",
        ),
    }
}
