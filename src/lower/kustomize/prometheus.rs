//! Prometheus where there is no operator: a StatefulSet with its configuration, rules and targets mounted, and the sidecar of
//! Thanos beside it where the cluster has Thanos.
//!
//! The configuration names the folders that are mounted here; both read the same constants.

use super::object::{at, doc, generator, namespace_of, release};
use super::rules::Evaluated;
use super::thanos::{bucket, has_sidecar, image};
use super::workload::{Mount, Port, Workload, container, part, reloader, service};
use super::{Overlay, reloader_image, tagged, targets};
use crate::artifact::{Bundle, Doc};
use crate::ast::Version;
use crate::ast::cluster::{ClusterDelivery, PrometheusMode};
use crate::lower::prometheus::{RULES, TARGETS, jobs, path};
use crate::lower::services::{GRPC_PORT, PROMETHEUS_PORT, SIDECAR, THANOS_PORT, prometheus};
use crate::model::{Cluster, Model};

/// Where the configuration is mounted.
const CONFIG: &str = "/etc/prometheus/config";
/// Where data lies.
const DATA: &str = "/prometheus";

/// Adds the StatefulSet; rules and targets must have added their ConfigMaps before.
pub(super) fn add(overlay: &mut Overlay, model: &Model, bundle: &Bundle, cluster: &Cluster) {
    let Some(settings) = &cluster.prometheus else { return };
    if cluster.delivery.value != ClusterDelivery::Files {
        return;
    }
    let copy = "prometheus/prometheus.yaml";
    overlay.copy(bundle, &path(cluster), copy);
    let map = generator(overlay, doc("prometheus-config"), namespace_of(cluster), vec![doc(copy)]);
    overlay.config_maps.push(map);

    let is_server = settings.mode.value == PrometheusMode::Server;
    let is_new = model.project.targets.prometheus.value >= Version::new(3, 0);
    let mut arguments = vec![doc(format!("--config.file={CONFIG}/prometheus.yaml")), doc("--web.enable-lifecycle")];
    let storage = if is_server { "--storage.tsdb.path" } else { "--storage.agent.path" };
    arguments.push(doc(format!("{storage}={DATA}")));
    match (is_server, is_new) {
        (true, true) => {}
        (true, false) => arguments.push(doc("--enable-feature=expand-external-labels")),
        (false, true) => arguments.push(at("--agent", settings.mode.origin)),
        (false, false) => {
            arguments.push(doc("--enable-feature=agent,expand-external-labels").from(settings.mode.origin));
        }
    }
    if let (true, Some(retention)) = (is_server, &settings.retention) {
        arguments.push(at(format!("--storage.tsdb.retention.time={}", retention.value), retention.origin));
    }
    let mut mounts = vec![
        Mount::data(DATA, settings.storage.as_ref()),
        Mount::config_maps("config", &[doc("prometheus-config")], CONFIG),
    ];
    let mut folders = Vec::new();
    let maps = super::rules::config_maps(overlay, Evaluated::Prometheus);
    if is_server && !maps.is_empty() {
        mounts.push(Mount::config_maps("rules", &maps, RULES));
        folders.push(RULES);
    }
    for (index, job) in jobs(bundle, cluster).into_iter().enumerate() {
        // Prometheus itself looks after files of targets.
        let name = format!("targets-{index}");
        mounts.push(Mount::config_maps(name, &[doc(targets::config_map(job))], format!("{TARGETS}/{job}")));
    }
    let config = format!("{CONFIG}/prometheus.yaml");
    let mut beside = vec![reloader(reloader_image(model), PROMETHEUS_PORT, Some(&config), &folders, &mounts)];
    let name = prometheus(cluster);
    let ports = [Port("http", PROMETHEUS_PORT)];
    if is_server && has_sidecar(model, cluster) {
        let mut own = Vec::new();
        let sidecar = sidecar(model, cluster, &mut own);
        beside.push(sidecar);
        mounts.extend(own);
        if super::values::object_store_secret(model, cluster).is_some() {
            // Blocks that a sidecar uploads must not be compacted under its hands.
            arguments.push(doc("--storage.tsdb.min-block-duration=2h"));
            arguments.push(doc("--storage.tsdb.max-block-duration=2h"));
        }
        service(
            overlay,
            "prometheus/sidecar-service.yaml",
            SIDECAR,
            namespace_of(cluster),
            part(name),
            &[Port("grpc", GRPC_PORT)],
            true,
        );
    }
    service(overlay, "prometheus/service.yaml", name, namespace_of(cluster), part(name), &ports, true);
    let set = Workload {
        name: name.to_owned(),
        service: name,
        namespace: namespace_of(cluster),
        replicas: settings.replicas,
        image: tagged("quay.io/prometheus/prometheus", release(model.project.targets.prometheus)),
        arguments,
        ports: &ports,
        probes: ("/-/ready", "/-/healthy"),
        mounts,
        resources: super::values::resources(&settings.resources),
        beside,
        user: 65534,
        grace: 600,
    };
    set.stateful(overlay, "prometheus");
}

/// Thanos' sidecar: it answers queries over what Prometheus has, and uploads its blocks.
fn sidecar(model: &Model, cluster: &Cluster, mounts: &mut Vec<Mount>) -> Doc {
    let mut arguments = vec![
        doc("sidecar"),
        doc(format!("--prometheus.url=http://127.0.0.1:{PROMETHEUS_PORT}")),
        doc(format!("--tsdb.path={DATA}")),
        doc(format!("--grpc-address=0.0.0.0:{GRPC_PORT}")),
        doc(format!("--http-address=0.0.0.0:{THANOS_PORT}")),
    ];
    arguments.extend(bucket(model, cluster, mounts));
    let port = |name: &str, port: i64| Doc::map().with("name", name).with("containerPort", port);
    let data = Doc::map().with("name", "data").with("mountPath", DATA);
    let own = mounts.iter().map(Mount::document);
    container("thanos-sidecar", image(model))
        .with("args", Doc::list(arguments))
        .with("ports", Doc::list([port("grpc", GRPC_PORT), port("sidecar-http", THANOS_PORT)]))
        .with("volumeMounts", Doc::list([data].into_iter().chain(own)))
}
