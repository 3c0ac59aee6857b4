//! `delivery/ingress`: a host that leads nowhere, or whose certificate cannot be served.

use crate::ast::ingress::IngressTarget;
use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::model::Cluster;
use crate::model::secret::SecretSource;

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::error("delivery/ingress", "0.1.0", include_str!("ingress.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    for cluster in context.model.clusters.values() {
        for host in cluster.ingress.iter().flat_map(|ingress| &ingress.hosts) {
            let name = &host.name.value;
            let part = host.to.value.as_str();
            if !has(cluster, host.to.value) {
                let headline = format!("`{name}` leads to `{part}`, which `{}` does not have", cluster.name.value);
                let diagnostic = Diagnostic::new(&CODE, headline)
                    .note("No Ingress is written for a host without a Service behind it: the name would answer with 503 at best.")
                    .help("Add the part to the cluster, or remove the host.");
                sink.push(match context.span(host.to.origin) {
                    Some(span) => diagnostic.at(span, "the cluster has none"),
                    None => diagnostic,
                });
            }
            let Some(tls) = &host.tls else { continue };
            let Some(secret) = context.model.secrets.get(&tls.value) else { continue };
            let kind = match &secret.source {
                SecretSource::External { .. } => "An `external-secret`",
                SecretSource::Sealed { .. } => "A `sealed-secret`",
                SecretSource::Sops { .. } | SecretSource::Existing => continue,
            };
            let headline = format!("the secret `{}` cannot hold a certificate and its key", secret.name.value);
            let diagnostic = Diagnostic::new(&CODE, headline)
                .note(format!("{kind} of a spec has one key, and a TLS Secret needs `tls.crt` and `tls.key`."))
                .help(
                    "Refer to an `existing` Secret, such as one that cert-manager makes, or to one from a SOPS file.",
                );
            sink.push(match context.span(tls.origin) {
                Some(span) => diagnostic.at(span, format!("for `{name}`")),
                None => diagnostic,
            });
        }
    }
}

/// Whether a cluster has a part.
fn has(cluster: &Cluster, part: IngressTarget) -> bool {
    match part {
        IngressTarget::Alertmanager => cluster.alertmanager.is_some(),
        IngressTarget::Grafana => cluster.grafana.is_some(),
        IngressTarget::Prometheus => cluster.prometheus.is_some(),
        IngressTarget::Query => cluster.thanos.query.is_some(),
        IngressTarget::Receive => cluster.thanos.receive.is_some(),
    }
}
