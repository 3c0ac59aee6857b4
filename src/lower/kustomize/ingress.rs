//! Ingresses: one for each host, to the Service of the part that it leads to.

use super::Overlay;
use super::object::{annotate, at, doc, namespace, namespace_of, object, text};
use crate::artifact::Doc;
use crate::ast::ingress::IngressTarget;
use crate::lower::services::{
    ALERTMANAGER_PORT, PROMETHEUS_PORT, QUERY, RECEIVE, RECEIVE_PORT, alertmanager, prometheus,
};
use crate::model::ingress::IngressHost;
use crate::model::{Cluster, Model, slug};

pub(super) fn add(overlay: &mut Overlay, model: &Model, cluster: &Cluster) {
    let Some(ingress) = &cluster.ingress else { return };
    for host in &ingress.hosts {
        let Some((service, port, home)) = backend(cluster, host) else { continue };
        let port = Doc::map().with("number", port);
        let backend = Doc::map().with("service", Doc::map().with("name", service).with("port", port));
        let path = Doc::map().with("path", "/").with("pathType", "Prefix").with("backend", backend);
        let rule = Doc::map().with("host", text(&host.name)).with("http", Doc::map().with("paths", Doc::list([path])));
        let mut spec = Doc::map().with_some("ingressClassName", ingress.class.as_ref().map(text));
        if let Some(secret) = host.tls.as_ref().and_then(|name| model.secrets.get(&name.value)) {
            let tls = Doc::map()
                .with("hosts", Doc::list([text(&host.name)]))
                .with("secretName", at(&secret.object.value, secret.object.origin));
            spec.set("tls", Doc::list([tls]));
        }
        let stem = slug(&host.name.value);
        let name = at(&stem, host.name.origin);
        let mut object = object(overlay, "networking.k8s.io/v1", "Ingress", name, home);
        if !ingress.annotations.is_empty() {
            let annotations =
                ingress.annotations.iter().fold(Doc::map(), |map, (name, value)| map.with(name, text(value)));
            annotate(&mut object, annotations);
        }
        overlay
            .objects
            .insert(format!("ingress/{stem}.yaml"), object.with("spec", spec.with("rules", Doc::list([rule]))));
    }
}

/// Service, port and namespace of the part that a host leads to, if the cluster has it.
fn backend(cluster: &Cluster, host: &IngressHost) -> Option<(Doc, Doc, Doc)> {
    let own = |service: &str, port: i64| Some((doc(service), doc(port), namespace_of(cluster)));
    match host.to.value {
        IngressTarget::Alertmanager => {
            let settings = cluster.alertmanager.as_ref()?;
            Some((doc(alertmanager(cluster)), doc(ALERTMANAGER_PORT), namespace(&settings.namespace)))
        }
        IngressTarget::Grafana => {
            let grafana = cluster.grafana.as_ref()?;
            let port = at(i64::from(grafana.port.value), grafana.port.origin);
            Some((text(&grafana.service), port, namespace(&grafana.namespace)))
        }
        IngressTarget::Prometheus => {
            cluster.prometheus.as_ref()?;
            own(prometheus(cluster), PROMETHEUS_PORT)
        }
        IngressTarget::Query => {
            cluster.thanos.query.as_ref()?;
            own(QUERY, PROMETHEUS_PORT)
        }
        IngressTarget::Receive => {
            cluster.thanos.receive.as_ref()?;
            own(RECEIVE, RECEIVE_PORT)
        }
    }
}
