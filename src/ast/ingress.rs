//! `ingress`: the hosts under which parts of a cluster are reached.

use super::scalar::words;
use super::{Map, Name, Named, SecretRef};
use crate::source::{Spanned, Text};

words! {
    /// The part that a host leads to.
    pub enum IngressTarget("`alertmanager`, `grafana`, `prometheus`, `thanos-query` or `thanos-receive`") {
        /// Alertmanager's pages.
        Alertmanager = "alertmanager",
        /// Grafana.
        Grafana = "grafana",
        /// Prometheus' pages.
        Prometheus = "prometheus",
        /// Thanos Query.
        Query = "thanos-query",
        /// The remote-write endpoint of Thanos Receive.
        Receive = "thanos-receive",
    }
}

kind! {
    /// Hosts that lead into a cluster.
    pub struct Ingress("ingress") {
        /// The Ingress class; the cluster's default if not written.
        class: Option<Spanned<Name>> = property "class",
        /// The TLS Secret of every host that names none of its own; without one a host is served in clear text.
        tls: Option<SecretRef> = property "tls",
        /// Annotations for every Ingress.
        annotations: Map<Text, Text> = child "annotations",
        /// Hosts.
        hosts: Named<IngressHost> = child "host" / "hosts",
    }
}

kind! {
    /// One host.
    pub struct IngressHost("host") {
        /// Its name, such as `grafana.fleet.example`.
        name: Spanned<Name> = name "name",
        /// The part that it leads to.
        to: Spanned<IngressTarget> = property "to",
        /// Its TLS Secret, which holds `tls.crt` and `tls.key`.
        tls: Option<SecretRef> = property "tls",
    }
}
