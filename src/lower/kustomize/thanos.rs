//! The parts of Thanos that a cluster has: Query, Receive, Store and Compactor, and the Ruler where there is no operator.
//!
//! Query asks every part of the cluster that has data, each replica by itself, and the endpoints that the spec adds. Everything
//! that touches the bucket reads one and the same Secret. Receive's replicas are StatefulSets, one for each hashring, because
//! a hashring names its members.

use super::Overlay;
use super::object::{at, doc, namespace_of, release};
use super::rules::Evaluated;
use super::workload::{Mount, Port, Workload, part, reloader, service};
use crate::artifact::{Bundle, Doc, Value};
use crate::ast::Duration;
use crate::ast::cluster::{ClusterDelivery, PrometheusMode};
use crate::lower::services::{
    COMPACTOR, GRPC_PORT, PROMETHEUS_PORT, QUERY, RECEIVE, RECEIVE_PORT, SIDECAR, STORE, THANOS_PORT, grpc_replicas,
    ruler,
};
use crate::lower::thanos::{hashrings_path, receive_set};
use crate::model::thanos::{Compactor, Query, Receive, Ruler, Store};
use crate::model::{Cluster, Field, Model};

/// The label that operator and files alike tell Rulers apart by.
const RULER_REPLICA: &str = "thanos_ruler_replica";
/// The label that tells replicas of Receive apart.
const RECEIVE_REPLICA: &str = "receive_replica";
/// Where the bucket's configuration is mounted.
const BUCKET: &str = "/etc/thanos/objstore";
/// Where hashrings are mounted.
const HASHRINGS: &str = "/etc/thanos/hashrings";
/// Where rule files are mounted.
const RULES: &str = "/etc/thanos/rules";
/// Where a part keeps its data.
const DATA: &str = "/var/thanos";
/// The user of Thanos' images.
const USER: i64 = 1001;

const HTTP: Port = Port("http", THANOS_PORT);
const GRPC: Port = Port("grpc", GRPC_PORT);
const PROBES: (&str, &str) = ("/-/ready", "/-/healthy");

/// Adds the parts; [`super::rules`] must have added its ConfigMaps before.
pub(super) fn add(overlay: &mut Overlay, model: &Model, bundle: &Bundle, cluster: &Cluster) {
    let thanos = &cluster.thanos;
    if let (Some(own), ClusterDelivery::Files) = (&thanos.ruler, cluster.delivery.value) {
        add_ruler(overlay, model, cluster, own);
    }
    if thanos.existing {
        return;
    }
    if let Some(query) = &thanos.query {
        add_query(overlay, model, cluster, query);
    }
    if let Some(receive) = &thanos.receive {
        add_receive(overlay, model, bundle, cluster, receive);
    }
    if let Some(store) = &thanos.store {
        add_store(overlay, model, cluster, store);
    }
    if let Some(compactor) = &thanos.compactor {
        add_compactor(overlay, model, cluster, compactor);
    }
}

/// Whether the cluster's Prometheus has a sidecar that answers queries and uploads blocks.
pub(super) fn has_sidecar(model: &Model, cluster: &Cluster) -> bool {
    let is_server = cluster.prometheus.as_ref().is_some_and(|one| one.mode.value == PrometheusMode::Server);
    is_server && (cluster.thanos.query.is_some() || super::values::object_store_secret(model, cluster).is_some())
}

fn add_query(overlay: &mut Overlay, model: &Model, cluster: &Cluster, query: &Query) {
    let mut arguments = vec![
        doc("query"),
        doc(format!("--http-address=0.0.0.0:{PROMETHEUS_PORT}")),
        doc(format!("--grpc-address=0.0.0.0:{GRPC_PORT}")),
        doc("--query.auto-downsampling"),
    ];
    let own = cluster.prometheus.as_ref().and_then(|prometheus| prometheus.replica_label.as_ref());
    if let Some(label) = query.replica_label.as_ref().or(own) {
        arguments.push(at(format!("--query.replica-label={}", label.value), label.origin));
    }
    let thanos = &cluster.thanos;
    let namespace = &cluster.namespace.value;
    let endpoint = |service: &str| doc(format!("--endpoint={}", grpc_replicas(service, namespace)));
    let mut endpoints = Vec::new();
    if has_sidecar(model, cluster) {
        endpoints.push(endpoint(SIDECAR));
    }
    if thanos.receive.is_some() {
        arguments.push(doc(format!("--query.replica-label={RECEIVE_REPLICA}")));
        endpoints.push(endpoint(RECEIVE));
    }
    if thanos.store.is_some() {
        endpoints.push(endpoint(STORE));
    }
    if thanos.ruler.is_some() {
        arguments.push(doc(format!("--query.replica-label={RULER_REPLICA}")));
        endpoints.push(endpoint(ruler(cluster)));
    }
    arguments.append(&mut endpoints);
    arguments.extend(query.endpoints.iter().map(|one| at(format!("--endpoint={}", one.value), one.origin)));
    let ports = [Port("http", PROMETHEUS_PORT), GRPC];
    service(overlay, "thanos-query/service.yaml", QUERY, namespace_of(cluster), part(QUERY), &ports, false);
    thanos_part(model, cluster, QUERY, query.replicas, arguments, &ports).deployment(overlay, "thanos-query");
    if has_sidecar(model, cluster) && cluster.delivery.value == ClusterDelivery::Operator {
        let selector = part("prometheus");
        service(overlay, "thanos-query/sidecar-service.yaml", SIDECAR, namespace_of(cluster), selector, &[GRPC], true);
    }
}

fn add_receive(overlay: &mut Overlay, model: &Model, bundle: &Bundle, cluster: &Cluster, receive: &Receive) {
    let namespace = &cluster.namespace.value;
    let ports = [HTTP, GRPC, Port("remote-write", RECEIVE_PORT)];
    let arguments = |mounts: &mut Vec<Mount>| {
        let mut arguments = vec![
            doc("receive"),
            doc(format!("--tsdb.path={DATA}/receive")),
            doc(format!("--grpc-address=0.0.0.0:{GRPC_PORT}")),
            doc(format!("--http-address=0.0.0.0:{THANOS_PORT}")),
            doc(format!("--remote-write.address=0.0.0.0:{RECEIVE_PORT}")),
            doc("--label=receive=\"true\""),
            doc(format!("--label={RECEIVE_REPLICA}=\"$(POD_NAME)\"")),
            doc(format!("--receive.local-endpoint=$(POD_NAME).{RECEIVE}.{namespace}.svc.cluster.local:{GRPC_PORT}")),
        ];
        if let Some(retention) = &receive.retention {
            arguments.push(duration("tsdb.retention", retention));
        }
        if receive.replication_factor.value > 1 {
            let factor = receive.replication_factor;
            arguments.push(at(format!("--receive.replication-factor={}", factor.value), factor.origin));
        }
        if !receive.hashrings.is_empty() {
            arguments.push(doc(format!("--receive.hashrings-file={HASHRINGS}/hashrings.json")));
            mounts.push(Mount::config_maps("hashrings", &[doc("thanos-receive-hashrings")], HASHRINGS));
        }
        arguments.extend(bucket(model, cluster, mounts));
        arguments
    };
    if overlay.copy(bundle, &hashrings_path(cluster), "thanos-receive/hashrings.json") {
        let files = vec![doc("thanos-receive/hashrings.json")];
        let map = super::object::generator(overlay, doc("thanos-receive-hashrings"), namespace_of(cluster), files);
        overlay.config_maps.push(map);
    }
    service(overlay, "thanos-receive/service.yaml", RECEIVE, namespace_of(cluster), part(RECEIVE), &ports, true);
    let sets: Vec<(String, Field<u32>)> = if receive.hashrings.is_empty() {
        vec![(RECEIVE.to_owned(), receive.replicas)]
    } else {
        receive.hashrings.iter().map(|hashring| (receive_set(hashring), hashring.replicas)).collect()
    };
    for (name, replicas) in sets {
        let mut mounts = vec![Mount::data(DATA, receive.storage.as_ref())];
        let arguments = arguments(&mut mounts);
        let mut set = thanos_part(model, cluster, RECEIVE, replicas, arguments, &ports);
        set.name = name;
        set.mounts = mounts;
        // It uploads what it holds before it ends.
        set.grace = 900;
        set.stateful(overlay, "thanos-receive");
    }
}

fn add_store(overlay: &mut Overlay, model: &Model, cluster: &Cluster, store: &Store) {
    let mut mounts = vec![Mount::data(DATA, store.storage.as_ref())];
    let mut arguments = vec![
        doc("store"),
        doc(format!("--data-dir={DATA}/store")),
        doc(format!("--grpc-address=0.0.0.0:{GRPC_PORT}")),
        doc(format!("--http-address=0.0.0.0:{THANOS_PORT}")),
    ];
    let sizes = [("index-cache-size", &store.index_cache), ("chunk-pool-size", &store.chunk_pool)];
    for (flag, size) in sizes {
        arguments.extend(size.iter().map(|size| at(format!("--{flag}={}", size.value), size.origin)));
    }
    arguments.extend(bucket(model, cluster, &mut mounts));
    service(overlay, "thanos-store/service.yaml", STORE, namespace_of(cluster), part(STORE), &[HTTP, GRPC], true);
    let mut set = thanos_part(model, cluster, STORE, store.replicas, arguments, &[HTTP, GRPC]);
    set.mounts = mounts;
    set.stateful(overlay, "thanos-store");
}

fn add_compactor(overlay: &mut Overlay, model: &Model, cluster: &Cluster, compactor: &Compactor) {
    let mut mounts = vec![Mount::data(DATA, compactor.storage.as_ref())];
    let mut arguments = vec![
        doc("compact"),
        doc("--wait"),
        doc(format!("--data-dir={DATA}/compact")),
        doc(format!("--http-address=0.0.0.0:{THANOS_PORT}")),
    ];
    let times = [
        ("retention.resolution-raw", &compactor.retention_raw),
        ("retention.resolution-5m", &compactor.retention_5m),
        ("retention.resolution-1h", &compactor.retention_1h),
        ("delete-delay", &compactor.delete_delay),
    ];
    for (flag, time) in times {
        arguments.extend(time.iter().map(|time| duration(flag, time)));
    }
    arguments.extend(bucket(model, cluster, &mut mounts));
    service(
        overlay,
        "thanos-compactor/service.yaml",
        COMPACTOR,
        namespace_of(cluster),
        part(COMPACTOR),
        &[HTTP],
        false,
    );
    let mut set = thanos_part(model, cluster, COMPACTOR, compactor.replicas, arguments, &[HTTP]);
    set.mounts = mounts;
    set.stateful(overlay, "thanos-compactor");
}

fn add_ruler(overlay: &mut Overlay, model: &Model, cluster: &Cluster, own: &Ruler) {
    let name = ruler(cluster);
    let interval = &model.project.interval;
    let mut mounts = vec![Mount::data(DATA, own.storage.as_ref())];
    let mut arguments = vec![
        doc("rule"),
        doc(format!("--data-dir={DATA}/rule")),
        doc(format!("--grpc-address=0.0.0.0:{GRPC_PORT}")),
        doc(format!("--http-address=0.0.0.0:{THANOS_PORT}")),
        at(format!("--eval-interval={}", interval.value), interval.origin),
        doc(format!("--label={RULER_REPLICA}=\"$(POD_NAME)\"")),
        doc(format!("--alert.label-drop={RULER_REPLICA}")),
    ];
    if let Some(query) = &cluster.thanos.query {
        arguments.push(at(format!("--query={}", query.url.value), query.url.origin));
    }
    if let Some(Doc { value: Value::String(url), origin, .. }) = super::alertmanager::url(model, cluster) {
        arguments.push(doc(format!("--alertmanagers.url={url}")).from_maybe(origin));
    }
    let maps = super::rules::config_maps(overlay, Evaluated::Ruler);
    if !maps.is_empty() {
        arguments.push(doc(format!("--rule-file={RULES}/*.yaml")));
        mounts.push(Mount::config_maps("rules", &maps, RULES));
    }
    arguments.extend(bucket(model, cluster, &mut mounts));
    service(overlay, "thanos-ruler/service.yaml", name, namespace_of(cluster), part(name), &[HTTP, GRPC], true);
    let mut set = thanos_part(model, cluster, name, own.replicas, arguments, &[HTTP, GRPC]);
    if !maps.is_empty() {
        set.beside.push(reloader(super::reloader_image(model), THANOS_PORT, None, &[RULES], &mounts));
    }
    set.mounts = mounts;
    set.stateful(overlay, "thanos-ruler");
}

fn thanos_part<'a>(
    model: &Model,
    cluster: &Cluster,
    name: &'static str,
    replicas: Field<u32>,
    arguments: Vec<Doc>,
    ports: &'a [Port],
) -> Workload<'a> {
    Workload {
        name: name.to_owned(),
        service: name,
        namespace: namespace_of(cluster),
        replicas,
        image: image(model),
        arguments,
        ports,
        probes: PROBES,
        mounts: Vec::new(),
        resources: None,
        beside: Vec::new(),
        user: USER,
        grace: 120,
    }
}

/// The image of every part.
pub(super) fn image(model: &Model) -> Doc {
    super::tagged("quay.io/thanos/thanos", release(model.project.targets.thanos))
}

/// The argument that names the bucket's configuration, which is mounted.
pub(super) fn bucket(model: &Model, cluster: &Cluster, mounts: &mut Vec<Mount>) -> Option<Doc> {
    let reference = super::values::object_store_secret(model, cluster)?;
    let (secret, key) = (reference.get("name")?.clone(), reference.get("key")?);
    let Value::String(file) = &key.value else { return None };
    mounts.push(Mount::secret("objstore", secret, BUCKET));
    Some(doc(format!("--objstore.config-file={BUCKET}/{file}")).from_maybe(key.origin))
}

/// A flag with a time. Thanos reads the notation of Prometheus.
fn duration(flag: &str, time: &Field<Duration>) -> Doc {
    at(format!("--{flag}={}", time.value), time.origin)
}
