//! Clusters with their monitoring parts.

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
    /// Its Prometheus.
    pub prometheus: Option<Prometheus>,
    /// Its Thanos parts.
    pub thanos: Thanos,
    /// Its Alertmanager.
    pub alertmanager: Option<Alertmanager>,
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

/// The Thanos parts of a cluster.
#[derive(Debug, Default)]
pub struct Thanos {
    /// Takes data from other clusters.
    pub receive: Option<Receive>,
    /// Answers queries over all data.
    pub query: Option<Query>,
    /// Evaluates rules over all data.
    pub ruler: Option<Ruler>,
    /// Reads old data.
    pub store: Option<Store>,
    /// Compacts and deletes old data.
    pub compactor: Option<Compactor>,
    /// The bucket.
    pub object_store: Option<ObjectStore>,
}

/// Thanos Receive.
#[derive(Debug)]
pub struct Receive {
    /// The remote-write URL.
    pub url: Field<String>,
    /// How long it keeps data.
    pub retention: Option<Field<Duration>>,
    /// How many replicas.
    pub replicas: Field<u32>,
}

/// Thanos Query.
#[derive(Debug)]
pub struct Query {
    /// Its URL inside the cluster.
    pub url: Field<String>,
    /// The label that tells replicas apart.
    pub replica_label: Option<Field<String>>,
}

/// Thanos Ruler.
#[derive(Debug)]
pub struct Ruler {
    /// How many replicas.
    pub replicas: Field<u32>,
    /// The volume for its data.
    pub storage: Option<Field<String>>,
}

/// Thanos Store.
#[derive(Debug)]
pub struct Store {
    /// Memory for the index cache.
    pub index_cache: Option<Field<String>>,
    /// Memory for the chunk pool.
    pub chunk_pool: Option<Field<String>>,
}

/// Thanos Compactor.
#[derive(Debug)]
pub struct Compactor {
    /// How many; 1 in a model without errors.
    pub replicas: Field<u32>,
    /// How long raw samples are kept.
    pub retention_raw: Option<Field<Duration>>,
    /// How long samples of 5 minutes are kept.
    pub retention_5m: Option<Field<Duration>>,
    /// How long samples of 1 hour are kept.
    pub retention_1h: Option<Field<Duration>>,
    /// How long blocks marked for deletion stay.
    pub delete_delay: Option<Field<Duration>>,
}

/// The bucket of a cluster.
#[derive(Debug)]
pub struct ObjectStore {
    /// The bucket's name.
    pub bucket: Field<String>,
    /// The S3 endpoint, `host:port`.
    pub endpoint: Field<String>,
    /// The secret with Thanos' object storage configuration.
    pub config: Option<Field<String>>,
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
    /// How long an alert without an end time stays active.
    pub resolve_timeout: Option<Field<Duration>>,
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
