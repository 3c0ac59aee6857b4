//! `cluster`: where metrics are collected and rules evaluated.

use super::scalar::words;
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
        /// Its Prometheus.
        prometheus: Option<Box<Prometheus>> = child "prometheus",
        /// Its Thanos parts.
        thanos: Option<Box<Thanos>> = child "thanos",
        /// Its Alertmanager.
        alertmanager: Option<Box<Alertmanager>> = child "alertmanager",
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
    /// The Thanos parts of a cluster.
    pub struct Thanos("thanos") {
        /// Takes data from other clusters.
        receive: Option<Box<ThanosReceive>> = child "receive",
        /// Answers queries over all data.
        query: Option<Box<ThanosQuery>> = child "query",
        /// Evaluates rules over all data.
        ruler: Option<Box<ThanosRuler>> = child "ruler",
        /// Reads old data from object storage.
        store: Option<Box<ThanosStore>> = child "store",
        /// Compacts and deletes old data; there must be exactly one for a bucket.
        compactor: Option<Box<ThanosCompactor>> = child "compactor",
        /// The bucket.
        object_store: Option<Box<ObjectStore>> = child "object-store",
    }
}

kind! {
    /// Thanos Receive.
    pub struct ThanosReceive("receive") {
        /// The remote-write URL that other clusters send to.
        url: Spanned<Text> = property "url",
        /// How long it keeps data.
        retention: Option<Spanned<Duration>> = property "retention",
        /// How many replicas; 1 if not written.
        replicas: Option<Spanned<u32>> = property "replicas",
    }
}

kind! {
    /// Thanos Query.
    pub struct ThanosQuery("query") {
        /// Its URL inside the cluster.
        url: Spanned<Text> = property "url",
        /// The label that tells replicas apart; data is deduplicated over it.
        replica_label: Option<Spanned<Name>> = property "replica-label",
    }
}

kind! {
    /// Thanos Ruler.
    pub struct ThanosRuler("ruler") {
        /// How many replicas; 1 if not written.
        replicas: Option<Spanned<u32>> = property "replicas",
        /// The volume for its data, such as `2Gi`.
        storage: Option<Spanned<Text>> = property "storage",
    }
}

kind! {
    /// Thanos Store.
    pub struct ThanosStore("store") {
        /// Memory for the index cache, such as `500MB`.
        index_cache: Option<Spanned<Text>> = property "index-cache",
        /// Memory for the chunk pool, such as `2GB`.
        chunk_pool: Option<Spanned<Text>> = property "chunk-pool",
    }
}

kind! {
    /// Thanos Compactor.
    pub struct ThanosCompactor("compactor") {
        /// How many; anything but 1 is an error, because two compactors destroy each other's blocks.
        replicas: Option<Spanned<u32>> = property "replicas",
        /// How long raw samples are kept.
        retention_raw: Option<Spanned<Duration>> = property "retention-raw",
        /// How long samples of 5 minutes are kept.
        retention_5m: Option<Spanned<Duration>> = property "retention-5m",
        /// How long samples of 1 hour are kept.
        retention_1h: Option<Spanned<Duration>> = property "retention-1h",
        /// How long blocks marked for deletion stay.
        delete_delay: Option<Spanned<Duration>> = property "delete-delay",
    }
}

kind! {
    /// The bucket of a cluster.
    pub struct ObjectStore("object-store") {
        /// The bucket's name.
        bucket: Spanned<Text> = property "bucket",
        /// The S3 endpoint, `host:port` without a scheme.
        endpoint: Spanned<Text> = property "endpoint",
        /// The secret that holds Thanos' object storage configuration, credentials included.
        config: Option<SecretRef> = property "config",
    }
}

kind! {
    /// The Alertmanager of a cluster. All evaluators send to one Alertmanager.
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
        /// How long an alert without an end time stays active; 5m if not written.
        resolve_timeout: Option<Spanned<Duration>> = property "resolve-timeout",
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
