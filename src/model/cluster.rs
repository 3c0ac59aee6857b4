//! Clusters with their monitoring parts.

use super::Setting;
use super::ingress::Ingress;
use super::thanos::Thanos;
use super::{Field, Labels};
use crate::ast::Duration;
use crate::ast::cluster::{ClusterDelivery, PrometheusMode, Role};

/// A resolved cluster.
#[derive(Debug)]
pub struct Cluster {
    /// Its name.
    pub name: Field<String>,
    /// The name made fit for files and objects.
    pub slug: String,
    /// What it is for.
    pub role: Field<Role>,
    /// Its environment.
    pub environment: Option<Field<String>>,
    /// The Kubernetes namespace of the monitoring stack.
    pub namespace: Field<String>,
    /// How rules reach it.
    pub delivery: Field<ClusterDelivery>,
    /// Labels that its Prometheus adds to everything it sends out; `cluster` is always there (the cluster's name if the
    /// spec says nothing else).
    pub external_labels: Labels,
    /// Labels that the operator's rule selector asks for.
    pub rule_selector: Labels,
    /// Labels of the namespaces that the operator takes rules from; empty for all.
    pub rule_namespace_selector: Labels,
    /// Its Prometheus.
    pub prometheus: Option<Prometheus>,
    /// Its Thanos parts.
    pub thanos: Thanos,
    /// Its Alertmanager.
    pub alertmanager: Option<Alertmanager>,
    /// Its Grafana.
    pub grafana: Option<Grafana>,
    /// The hosts under which it is reached.
    pub ingress: Option<Ingress>,
}

/// The Prometheus of a cluster.
#[derive(Debug)]
pub struct Prometheus {
    /// How it runs.
    pub mode: Field<PrometheusMode>,
    /// How many replicas.
    pub replicas: Field<u32>,
    /// How long it keeps data.
    pub retention: Option<Field<Duration>>,
    /// The label that tells replicas apart.
    pub replica_label: Option<Field<String>>,
    /// How often targets are scraped.
    pub scrape_interval: Field<Duration>,
    /// The cluster whose Receive gets the data.
    pub remote_write: Option<Field<String>>,
    /// The volume for its data.
    pub storage: Option<Field<String>>,
    /// CPU and memory asked for and allowed, in Kubernetes' notation.
    pub resources: Resources,
}

/// What a container asks for and may use.
#[derive(Debug, Default)]
pub struct Resources {
    /// CPU asked for.
    pub cpu: Option<Field<String>>,
    /// Memory asked for.
    pub memory: Option<Field<String>>,
    /// The most CPU.
    pub cpu_limit: Option<Field<String>>,
    /// The most memory.
    pub memory_limit: Option<Field<String>>,
}

/// The Alertmanager of a cluster.
#[derive(Debug)]
pub struct Alertmanager {
    /// How many replicas.
    pub replicas: Field<u32>,
    /// The Kubernetes namespace.
    pub namespace: Field<String>,
    /// The Secret that holds `alertmanager.yaml`.
    pub secret: Field<String>,
    /// The URL that people and links use.
    pub external_url: Option<Field<String>>,
    /// The mail server.
    pub smtp: Option<Smtp>,
    /// Where it sends the traces of its own work, by [`TRACING`](crate::ast::channel::TRACING); empty if nowhere.
    pub tracing: Vec<Setting>,
    /// How long an alert without an end time stays active.
    pub resolve_timeout: Option<Field<Duration>>,
    /// The volume for its data.
    pub storage: Option<Field<String>>,
    /// Alertmanagers outside of the spec that it gossips with, `host:port`.
    pub peers: Vec<Field<String>>,
    /// The integrations that it notifies by; empty for all.
    pub only: Vec<Field<String>>,
}

impl Alertmanager {
    /// Whether it notifies by an integration, such as `slack` or `kafka`.
    pub fn notifies_by(&self, integration: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only.value == integration)
    }
}

/// The mail server.
#[derive(Debug)]
pub struct Smtp {
    /// `host:port`.
    pub smarthost: Field<String>,
    /// The sender's address.
    pub from: Field<String>,
    /// The user name.
    pub username: Option<Field<String>>,
    /// The secret with the password.
    pub password: Option<Field<String>>,
    /// Whether TLS is required.
    pub require_tls: Option<Field<bool>>,
}

/// The Grafana of a cluster.
#[derive(Debug)]
pub struct Grafana {
    /// The Kubernetes namespace.
    pub namespace: Field<String>,
    /// The name of its Service.
    pub service: Field<String>,
    /// The port of its Service.
    pub port: Field<u32>,
    /// Whether its own rules notify through the Alertmanager.
    pub managed_alerts: Field<bool>,
    /// Labels by which its sidecar finds datasources; never empty.
    pub datasource_labels: Labels,
}
