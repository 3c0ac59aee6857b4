//! How the parts of a cluster are called by each other: names of Services, and the URLs made of them.
//!
//! The operator brings Services of its own for what it runs; everything else gets one of the part's name.

use crate::artifact::Doc;
use crate::ast::cluster::ClusterDelivery;
use crate::model::Cluster;

/// The port at which Alertmanager answers.
pub const ALERTMANAGER_PORT: i64 = 9093;
/// The port at which Alertmanagers gossip.
pub const GOSSIP_PORT: i64 = 9094;
/// The port at which Prometheus, and Thanos Query, answer.
pub const PROMETHEUS_PORT: i64 = 9090;
/// The port at which parts of Thanos ask each other for data.
pub const GRPC_PORT: i64 = 10901;
/// The port at which parts of Thanos other than Query answer.
pub const THANOS_PORT: i64 = 10902;
/// The port at which Thanos Receive takes data.
pub const RECEIVE_PORT: i64 = 19291;

/// The Service of Thanos Query.
pub const QUERY: &str = "thanos-query";
/// The Service of all replicas of Thanos Receive.
pub const RECEIVE: &str = "thanos-receive";
/// The Service of Thanos Store.
pub const STORE: &str = "thanos-store";
/// The Service of Thanos Compactor.
pub const COMPACTOR: &str = "thanos-compactor";
/// The Service of the sidecars beside Prometheus.
pub const SIDECAR: &str = "thanos-sidecar";

/// The Service of a cluster's Alertmanager replicas.
pub fn alertmanager(cluster: &Cluster) -> &'static str {
    match cluster.delivery.value {
        ClusterDelivery::Operator => "alertmanager-operated",
        ClusterDelivery::Files => "alertmanager",
    }
}

/// The Service of a cluster's Prometheus replicas.
pub fn prometheus(cluster: &Cluster) -> &'static str {
    match cluster.delivery.value {
        ClusterDelivery::Operator => "prometheus-operated",
        ClusterDelivery::Files => "prometheus",
    }
}

/// The Service of a cluster's Ruler replicas.
pub fn ruler(cluster: &Cluster) -> &'static str {
    match cluster.delivery.value {
        ClusterDelivery::Operator => "thanos-ruler-operated",
        ClusterDelivery::Files => "thanos-ruler",
    }
}

/// The URL of a cluster's Alertmanager, seen from a cluster: its Service inside, the published URL outside.
pub fn alertmanager_url(from: &Cluster, home: &Cluster) -> Option<Doc> {
    let settings = home.alertmanager.as_ref()?;
    if from.name == home.name {
        let namespace = &settings.namespace;
        let url = format!("http://{}.{}.svc.cluster.local:{ALERTMANAGER_PORT}", alertmanager(home), namespace.value);
        return Some(Doc::from(url.into(), namespace.origin));
    }
    settings.external_url.as_ref().map(|url| Doc::from((&url.value).into(), url.origin))
}

/// Where the replicas behind a headless Service of a namespace answer over gRPC, each by itself.
pub fn grpc_replicas(service: &str, namespace: &str) -> String {
    format!("dnssrv+_grpc._tcp.{service}.{namespace}.svc.cluster.local")
}
