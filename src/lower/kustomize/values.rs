//! The Prometheus of a cluster, as values for the kube-prometheus-stack chart.
//!
//! A Prometheus needs accounts, roles, exporters and monitors around it, which the chart brings. So the overlay does not
//! hold a Prometheus object beside the chart's, but a values file that makes the chart's Prometheus what the spec says; it
//! lies beside the kustomization and is given to Helm. Alertmanager and Ruler are objects of the overlay, so the chart is
//! told to leave its own out.

use super::Overlay;
use super::object::{at, doc, number, text};
use super::rules::{EVALUATOR, Evaluated};
use super::targets::config_map;
use crate::artifact::{Body, Bundle, Doc, File, FileKind};
use crate::ast::cluster::{ClusterDelivery, PrometheusMode};
use crate::lower::prometheus::{jobs, published};
use crate::model::cluster::{Prometheus, Resources};
use crate::model::{Cluster, Field, Labels, Model};

/// The file's name.
const FILE: &str = "kube-prometheus-stack.values.yaml";

pub(super) fn add(overlay: &mut Overlay, model: &Model, bundle: &Bundle, cluster: &Cluster) {
    let Some(prometheus) = &cluster.prometheus else { return };
    if cluster.delivery.value != ClusterDelivery::Operator {
        return;
    }
    let is_agent = prometheus.mode.value == PrometheusMode::Agent;
    let mut section = Doc::map();
    if is_agent {
        section.set("agentMode", at(true, prometheus.mode.origin));
    }
    let section = section.with("prometheusSpec", specification(model, bundle, cluster, prometheus));
    let off = || Doc::map().with("enabled", false);
    let mut document = Doc::map()
        .with(
            "alertmanager",
            off().commented("Alertmanager and Thanos Ruler come with this overlay or from another cluster."),
        )
        .with("thanosRuler", off())
        .with("prometheus", section);
    if cluster.grafana.is_some() {
        let sources =
            Doc::map().with("defaultDatasourceEnabled", false).commented("The overlay brings the datasources.");
        let sidecar = Doc::map().with("datasources", sources);
        document.set("grafana", Doc::map().with("sidecar", sidecar));
    }
    if is_agent {
        let none = Doc::map().with("create", false).commented("An agent evaluates no rules.");
        document.set("defaultRules", none);
    }
    let origins = super::origins(&document);
    let file = File { kind: FileKind::Other, body: Body::Yaml(vec![document]), origins, executable: false };
    overlay.files.insert(FILE.to_owned(), file);
    overlay.beside.push(format!("{FILE} is for Helm: the values of the kube-prometheus-stack chart."));
}

fn specification(model: &Model, bundle: &Bundle, cluster: &Cluster, prometheus: &Prometheus) -> Doc {
    let is_server = prometheus.mode.value == PrometheusMode::Server;
    let interval = &prometheus.scrape_interval;
    let mut spec = Doc::map()
        .with("replicas", number(prometheus.replicas))
        .with("scrapeInterval", at(interval.value.to_string(), interval.origin))
        .with("externalLabels", labels(&cluster.external_labels))
        .with_some("replicaExternalLabelName", prometheus.replica_label.as_ref().map(text));
    if is_server {
        let evaluation = &model.project.interval;
        spec.set("evaluationInterval", at(evaluation.value.to_string(), evaluation.origin));
        if let Some(retention) = &prometheus.retention {
            spec.set("retention", at(retention.value.to_string(), retention.origin));
        }
        spec.set("ruleSelectorNilUsesHelmValues", false);
        spec.set("ruleSelector", rule_selector(cluster));
        alerting(&mut spec, model, cluster);
        if !cluster.rule_namespace_selector.is_empty() {
            let selector = Doc::map().with("matchLabels", labels(&cluster.rule_namespace_selector));
            spec.set("ruleNamespaceSelector", selector);
        }
        if super::thanos::has_sidecar(model, cluster) {
            let storage =
                object_store_secret(model, cluster).map(|reference| Doc::map().with("existingSecret", reference));
            let sidecar = Doc::map().with("version", super::object::release(model.project.targets.thanos));
            spec.set("thanos", sidecar.with_some("objectStorageConfig", storage));
        }
    }
    let receiver = prometheus.remote_write.as_ref().and_then(|name| model.clusters.get(&name.value));
    if let Some(receive) = receiver.and_then(|cluster| cluster.thanos.receive.as_ref()) {
        spec.set("remoteWrite", Doc::list([Doc::map().with("url", text(&receive.url))]));
    }
    if let Some(resources) = resources(&prometheus.resources) {
        spec.set("resources", resources);
    }
    if let Some(size) = &prometheus.storage {
        spec.set("storageSpec", super::object::volume_claim(size));
    }
    let jobs = jobs(bundle, cluster);
    if !jobs.is_empty() {
        spec.set("configMaps", Doc::list(jobs.iter().map(|job| doc(config_map(job)))));
        spec.set("additionalScrapeConfigs", Doc::list(jobs.iter().map(|job| scrape_config(job))));
    }
    spec
}

/// A scrape job over a file of target groups that is mounted from its ConfigMap.
fn scrape_config(job: &str) -> Doc {
    let file = format!("/etc/prometheus/configmaps/{}/{job}.json", config_map(job));
    Doc::map()
        .with("job_name", job)
        .with("file_sd_configs", Doc::list([Doc::map().with("files", Doc::list([file.as_str()]))]))
}

/// What Prometheus takes its rules by: the labels that the spec names, or else everything but the Ruler's.
fn rule_selector(cluster: &Cluster) -> Doc {
    if cluster.rule_selector.is_empty() {
        let not = Doc::map()
            .with("key", EVALUATOR)
            .with("operator", "NotIn")
            .with("values", Doc::list([Evaluated::Ruler.name()]));
        return Doc::map().with("matchExpressions", Doc::list([not]));
    }
    Doc::map().with("matchLabels", labels(&cluster.rule_selector))
}

/// Where alerts are sent: the operator's Service in the same cluster, the published URL of another one.
fn alerting(spec: &mut Doc, model: &Model, cluster: &Cluster) {
    let Some(home) = model.alertmanager_of(cluster) else { return };
    let Some(alertmanager) = &home.alertmanager else { return };
    if home.name == cluster.name {
        let endpoint = Doc::map()
            .with("name", "alertmanager-operated")
            .with("namespace", super::object::namespace(&alertmanager.namespace))
            .with("port", "web")
            .with("apiVersion", "v2");
        spec.set("alertingEndpoints", Doc::list([endpoint]));
        return;
    }
    let Some(url) = &alertmanager.external_url else { return };
    if let Some(endpoint) = published(url) {
        spec.set("additionalAlertManagerConfigs", Doc::list([endpoint]));
    }
}

/// The Secret with Thanos' object storage configuration, as `name` and `key`.
pub(super) fn object_store_secret(model: &Model, cluster: &Cluster) -> Option<Doc> {
    let name = cluster.thanos.object_store.as_ref()?.config.as_ref()?;
    let secret = model.secrets.get(&name.value)?;
    Some(Doc::map().with("name", at(&secret.object.value, name.origin)).with("key", text(&secret.key)))
}

fn labels(labels: &Labels) -> Doc {
    labels.iter().fold(Doc::map(), |map, (name, value)| map.with(name, text(value)))
}

pub(super) fn resources(resources: &Resources) -> Option<Doc> {
    let pair = |cpu: &Option<Field<String>>, memory: &Option<Field<String>>| {
        let map = Doc::map().with_some("cpu", cpu.as_ref().map(text)).with_some("memory", memory.as_ref().map(text));
        (map != Doc::map()).then_some(map)
    };
    let map = Doc::map()
        .with_some("requests", pair(&resources.cpu, &resources.memory))
        .with_some("limits", pair(&resources.cpu_limit, &resources.memory_limit));
    (map != Doc::map()).then_some(map)
}
