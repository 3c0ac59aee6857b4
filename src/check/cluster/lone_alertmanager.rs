//! `cluster/lone-alertmanager`: everything is doubled but the one that notifies.

use crate::ast::cluster::Role;
use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("cluster/lone-alertmanager", "0.1.0", include_str!("lone_alertmanager.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    for cluster in context.model.clusters.values().filter(|cluster| cluster.role.value == Role::Central) {
        let Some(alertmanager) = cluster.alertmanager.as_ref() else { continue };
        let doubled = [
            cluster.thanos.ruler.as_ref().map(|ruler| ("Ruler", ruler.replicas)),
            cluster.prometheus.as_ref().map(|prometheus| ("Prometheus", prometheus.replicas)),
        ];
        let doubled = doubled.into_iter().flatten().find(|(_, replicas)| replicas.value > 1);
        let Some((other, replicas)) = doubled else { continue };
        if alertmanager.replicas.value > 1 || !alertmanager.peers.is_empty() {
            continue;
        }
        let headline =
            format!("`{}` has {} replicas of {other}, and one Alertmanager", cluster.name.value, replicas.value);
        let mut diagnostic = Diagnostic::new(&CODE, headline)
            .note(
                "All alerts of all clusters pass through it: while its one pod is moved to another node nobody is told \
                 anything, however many replicas evaluate the rules.",
            )
            .help("Give `alertmanager` `replicas=3`, or name the `peer`s that it gossips with.");
        let lone = context.span(alertmanager.replicas.origin).or_else(|| context.span(cluster.name.origin));
        if let Some(span) = lone {
            diagnostic = diagnostic.at(span, "one replica");
        }
        if let Some(span) = context.span(replicas.origin) {
            diagnostic = diagnostic.also(span, format!("{} of these", replicas.value));
        }
        sink.push(diagnostic);
    }
}
