//! `prometheus.yaml` for a Prometheus that runs without the operator, as `prometheus/<cluster>/prometheus.yaml`.
//!
//! Paths are those at which the overlay mounts rules and targets; on a bare machine the same folders are below
//! `/etc/prometheus`. A replica tells itself apart by its pod's name, and drops that label before it sends alerts, so that
//! Alertmanager sees the alerts of both replicas as one.

use crate::artifact::{Body, Bundle, Doc, File, FileKind};
use crate::ast::cluster::{ClusterDelivery, PrometheusMode};
use crate::lower::services;
use crate::model::cluster::Prometheus;
use crate::model::{Cluster, Field, Model};
use crate::provenance::Origin;

/// Where rule files are mounted.
pub const RULES: &str = "/etc/prometheus/rules";
/// Where targets are mounted, a folder for each job.
pub const TARGETS: &str = "/etc/prometheus/targets";

/// The path of the file for a cluster, below the output folder.
pub fn path(cluster: &Cluster) -> String {
    format!("prometheus/{}/prometheus.yaml", cluster.slug)
}

/// The scrape jobs of a cluster: what [`super::targets`] wrote.
pub fn jobs<'a>(bundle: &'a Bundle, cluster: &Cluster) -> Vec<&'a str> {
    let folder = format!("prometheus/{}/targets/", cluster.slug);
    let files = bundle.files.range(folder.clone()..).take_while(|(path, _)| path.starts_with(&folder));
    files.filter_map(|(path, _)| path.strip_prefix(&folder)?.strip_suffix(".json")).collect()
}

/// Writes the configuration of every Prometheus without the operator.
pub fn lower(model: &Model, bundle: &mut Bundle) {
    for cluster in model.clusters.values().filter(|cluster| cluster.delivery.value == ClusterDelivery::Files) {
        let Some(prometheus) = &cluster.prometheus else { continue };
        let document = document(model, bundle, cluster, prometheus);
        let file = File {
            kind: FileKind::Other,
            body: Body::Yaml(vec![document]),
            origins: vec![prometheus.mode.origin],
            executable: false,
        };
        bundle.add(path(cluster), file);
    }
}

fn document(model: &Model, bundle: &Bundle, cluster: &Cluster, prometheus: &Prometheus) -> Doc {
    let is_server = prometheus.mode.value == PrometheusMode::Server;
    let mut labels = cluster.external_labels.iter().fold(Doc::map(), |map, (name, value)| map.with(name, text(value)));
    let replica = prometheus.replica_label.as_ref().filter(|label| !cluster.external_labels.contains_key(&label.value));
    if let Some(label) = replica {
        labels.set(&label.value, at("${POD_NAME}", label.origin));
    }
    let scrape = &prometheus.scrape_interval;
    let mut global = Doc::map().with("scrape_interval", at(scrape.value.to_string(), scrape.origin));
    // Prometheus refuses a timeout that is longer than the interval, and 10s is its usual one.
    if scrape.value.milliseconds() < 10_000 {
        global.set("scrape_timeout", at(scrape.value.to_string(), scrape.origin));
    }
    if is_server {
        let interval = &model.project.interval;
        global.set("evaluation_interval", at(interval.value.to_string(), interval.origin));
    }
    let mut document = Doc::map().with("global", global.with("external_labels", labels));
    if is_server {
        document.set("rule_files", Doc::list([format!("{RULES}/*.yaml")]));
        if let Some(alerting) = alerting(model, cluster, replica) {
            document.set("alerting", alerting);
        }
    }
    let jobs = jobs(bundle, cluster).into_iter().map(|job| {
        let files = Doc::list([format!("{TARGETS}/{job}/{job}.json")]);
        Doc::map().with("job_name", job).with("file_sd_configs", Doc::list([Doc::map().with("files", files)]))
    });
    document.set("scrape_configs", Doc::list(jobs));
    let receiver = prometheus.remote_write.as_ref().and_then(|name| model.clusters.get(&name.value));
    if let Some(receive) = receiver.and_then(|cluster| cluster.thanos.receive.as_ref()) {
        document.set("remote_write", Doc::list([Doc::map().with("url", text(&receive.url))]));
    }
    document
}

/// Where alerts are sent: to every replica inside of the cluster, to the published URL of another one.
fn alerting(model: &Model, cluster: &Cluster, replica: Option<&Field<String>>) -> Option<Doc> {
    let home = model.alertmanager_of(cluster)?;
    let settings = home.alertmanager.as_ref()?;
    let endpoint = if home.name == cluster.name {
        let (service, namespace) = (services::alertmanager(home), &settings.namespace);
        // Replicas by name: a name that stands for all of them would leave it to chance who hears of an alert.
        let replicas = (0..settings.replicas.value).map(|replica| {
            let port = services::ALERTMANAGER_PORT;
            let host = format!("{service}-{replica}.{service}.{}.svc.cluster.local:{port}", namespace.value);
            at(host, settings.replicas.origin)
        });
        Doc::map().with("static_configs", Doc::list([Doc::map().with("targets", Doc::list(replicas))]))
    } else {
        published(settings.external_url.as_ref()?)?
    };
    let mut alerting = Doc::map();
    if let Some(label) = replica {
        let drop = Doc::map().with("action", "labeldrop").with("regex", text(label));
        alerting.set("alert_relabel_configs", Doc::list([drop]));
    }
    Some(alerting.with("alertmanagers", Doc::list([endpoint])))
}

/// The published URL of an Alertmanager in its parts, as Prometheus wants it.
pub fn published(url: &Field<String>) -> Option<Doc> {
    let (scheme, rest) = url.value.split_once("://")?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let port = if scheme == "https" { 443 } else { 80 };
    let host = if host.rsplit(']').next().is_some_and(|end| end.contains(':')) {
        host.to_owned()
    } else {
        format!("{host}:{port}")
    };
    let mut endpoint = Doc::map()
        .with("scheme", at(scheme, url.origin))
        .with("static_configs", Doc::list([Doc::map().with("targets", Doc::list([at(host, url.origin)]))]));
    let path = path.trim_end_matches('/');
    if !path.is_empty() {
        endpoint.set("path_prefix", at(format!("/{path}"), url.origin));
    }
    Some(endpoint)
}

fn at(value: impl Into<Doc>, origin: Origin) -> Doc {
    value.into().from(origin)
}

fn text(field: &Field<String>) -> Doc {
    at(&field.value, field.origin)
}
