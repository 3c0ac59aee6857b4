//! `cluster`: where metrics are collected and rules evaluated.

use super::channel::Tracing;
use super::ingress::Ingress;
use super::scalar::words;
use super::thanos::Thanos;
use super::{Duration, Labels, Map, Name, SecretRef};
use crate::source::{Spanned, Text};

words! {
    /// What a cluster is for.
    pub enum Role("`central`, `edge` or `standalone`") {
        /// Receives the data of edge clusters and evaluates rules over all of them.
        Central = "central",
        /// Sends its data to a central cluster.
        Edge = "edge",
        /// Stands alone.
        Standalone = "standalone",
    }
}

words! {
    /// How Prometheus runs.
    pub enum PrometheusMode("`server` or `agent`") {
        /// Stores data and evaluates rules.
        Server = "server",
        /// Only collects and forwards; rules given to it are never evaluated.
        Agent = "agent",
    }
}

words! {
    /// How rules and configuration reach a cluster.
    pub enum ClusterDelivery("`operator` or `files`") {
        /// As objects of the Prometheus Operator.
        Operator = "operator",
        /// As plain files in ConfigMaps and Secrets.
        Files = "files",
    }
}

kind! {
    /// A Kubernetes cluster or a site with its own Prometheus.
    pub struct Cluster("cluster") {
        /// Its name.
        name: Spanned<Name> = name "name",
        /// What it is for.
        role: Spanned<Role> = property "role",
        /// Its environment, such as `production`; overlays and messages use it.
        environment: Option<Spanned<Name>> = property "environment",
        /// The Kubernetes namespace of the monitoring stack; `monitoring` if not written.
        namespace: Option<Spanned<Name>> = property "namespace",
        /// How rules reach it: `operator` if not written.
        delivery: Option<Spanned<ClusterDelivery>> = property "delivery",
        /// Labels that its Prometheus adds to everything it sends out.
        external_labels: Labels = child "external-labels",
        /// Labels that the operator's rule selector asks for; they are put on every PrometheusRule.
        rule_selector: Map<Text, Text> = child "rule-selector",
        /// Labels of the namespaces that the operator takes rules from; the namespace of the stack must have them.
        rule_namespace_selector: Map<Text, Text> = child "rule-namespace-selector",
        /// Its Prometheus.
        prometheus: Option<Box<Prometheus>> = child "prometheus",
        /// Its Thanos parts.
        thanos: Option<Box<Thanos>> = child "thanos",
        /// Its Alertmanager.
        alertmanager: Option<Box<Alertmanager>> = child "alertmanager",
        /// Its Grafana, which gets datasources.
        grafana: Option<Box<Grafana>> = child "grafana",
        /// The hosts under which people and other clusters reach it.
        ingress: Option<Box<Ingress>> = child "ingress",
    }
}

kind! {
    /// The Prometheus of a cluster.
    pub struct Prometheus("prometheus") {
        /// `server` or `agent`; `server` if not written.
        mode: Option<Spanned<PrometheusMode>> = property "mode",
        /// How many replicas; 1 if not written.
        replicas: Option<Spanned<u32>> = property "replicas",
        /// How long it keeps data.
        retention: Option<Spanned<Duration>> = property "retention",
        /// The label that tells replicas apart; it is dropped before alerts are sent.
        replica_label: Option<Spanned<Name>> = property "replica-label",
        /// How often targets are scraped; 15s if not written.
        scrape_interval: Option<Spanned<Duration>> = property "scrape-interval",
        /// The cluster whose Receive gets the data.
        remote_write: Option<Spanned<Name>> = property "remote-write",
        /// The volume for its data, such as `3Gi`.
        storage: Option<Spanned<Text>> = property "storage",
        /// What it asks for and may use.
        resources: Option<Box<Resources>> = child "resources",
    }
}

kind! {
    /// What a container asks for and may use, in Kubernetes' notation (`500m`, `2Gi`).
    pub struct Resources("resources") {
        /// CPU asked for.
        cpu: Option<Spanned<Text>> = property "cpu",
        /// Memory asked for.
        memory: Option<Spanned<Text>> = property "memory",
        /// The most CPU it may use.
        cpu_limit: Option<Spanned<Text>> = property "cpu-limit",
        /// The most memory it may use.
        memory_limit: Option<Spanned<Text>> = property "memory-limit",
    }
}

kind! {
    /// The Alertmanager of a cluster. All evaluators of an environment send to one Alertmanager.
    pub struct Alertmanager("alertmanager") {
        /// How many replicas; 1 if not written.
        replicas: Option<Spanned<u32>> = property "replicas",
        /// The Kubernetes namespace; the cluster's if not written.
        namespace: Option<Spanned<Name>> = property "namespace",
        /// The Secret that holds `alertmanager.yaml`; `alertmanager-main` if not written.
        secret: Option<Spanned<Name>> = property "secret",
        /// The URL that people and links use.
        external_url: Option<Spanned<Text>> = property "external-url",
        /// The mail server and sender for e-mail channels.
        smtp: Option<Box<Smtp>> = child "smtp",
        /// Where it sends the traces of its own work.
        tracing: Option<Box<Tracing>> = child "tracing",
        /// How long an alert without an end time stays active; 5m if not written.
        resolve_timeout: Option<Spanned<Duration>> = property "resolve-timeout",
        /// The volume for silences and the notification log, such as `1Gi`.
        storage: Option<Spanned<Text>> = property "storage",
        /// Alertmanagers outside of the spec that it gossips with, as `host:port`; the port is usually 9094.
        peers: Vec<Spanned<Text>> = child "peer" / "peers",
        /// The integrations that this Alertmanager notifies by, such as `slack`; all of each channel's if not written. A staging
        /// installation pages nobody with it.
        only: Vec<Spanned<Name>> = child "only",
    }
}

kind! {
    /// The mail server for all e-mail channels.
    pub struct Smtp("smtp") {
        /// `host:port` of the server.
        smarthost: Spanned<Text> = property "smarthost",
        /// The sender's address.
        from: Spanned<Text> = property "from",
        /// The user name, if the server asks for one.
        username: Option<Spanned<Text>> = property "username",
        /// The password.
        password: Option<SecretRef> = property "password",
        /// Whether TLS is required; it is unless this says `#false`.
        require_tls: Option<Spanned<bool>> = property "require-tls",
    }
}

kind! {
    /// A Grafana that shows the data and manages silences.
    pub struct Grafana("grafana") {
        /// Its Kubernetes namespace; the cluster's if not written.
        namespace: Option<Spanned<Name>> = property "namespace",
        /// The name of its Service; `grafana` if not written.
        service: Option<Spanned<Name>> = property "service",
        /// The port of its Service; 80 if not written.
        port: Option<Spanned<u32>> = property "port",
        /// Whether Grafana's own rules notify through the Alertmanager too; they do unless this says `#false`.
        managed_alerts: Option<Spanned<bool>> = property "managed-alerts",
        /// Labels by which its sidecar finds datasources; `grafana_datasource=1` if not written.
        datasource_labels: Map<Text, Text> = child "datasource-labels",
    }
}
