//! Grafana: datasources to be provisioned, as `grafana/<cluster>/datasources.yaml`.
//!
//! People look at data through Thanos Query where there is one, and silence alerts in the very Alertmanager that notifies, so
//! that one silence stops every channel. Each datasource has a fixed uid: dashboards and links refer to it.

use crate::artifact::{Body, Bundle, Doc, File, FileKind};
use crate::ast::cluster::PrometheusMode;
use crate::lower::services;
use crate::model::{Cluster, Field, Model};
use crate::provenance::Origin;

/// The uid of the Alertmanager datasource.
const ALERTMANAGER: &str = "alertmanager";

/// The path of the file for a cluster, below the output folder.
pub fn path(cluster: &Cluster) -> String {
    format!("grafana/{}/datasources.yaml", cluster.slug)
}

/// Writes the datasources of every Grafana.
pub fn lower(model: &Model, bundle: &mut Bundle) {
    for cluster in model.clusters.values() {
        let Some(grafana) = &cluster.grafana else { continue };
        let home = model.alertmanager_of(cluster).filter(|home| home.alertmanager.is_some());
        let alertmanager = home.and_then(|home| alertmanager(cluster, home, grafana.managed_alerts));
        let metrics = metrics(cluster, alertmanager.is_some());
        if metrics.is_none() && alertmanager.is_none() {
            continue;
        }
        let sources = Doc::list(metrics.into_iter().chain(alertmanager));
        let document = Doc::map().with("apiVersion", 1).with("datasources", sources);
        let file = File {
            kind: FileKind::Other,
            body: Body::Yaml(vec![document]),
            origins: vec![grafana.service.origin],
            executable: false,
        };
        bundle.add(path(cluster), file);
    }
}

/// Thanos Query, or the cluster's own Prometheus where it has none. An agent answers no queries.
fn metrics(cluster: &Cluster, has_alertmanager: bool) -> Option<Doc> {
    let prometheus = cluster.prometheus.as_ref().filter(|prometheus| prometheus.mode.value == PrometheusMode::Server);
    let mut settings = Doc::map().with("httpMethod", "POST");
    let (name, uid, url) = match (&cluster.thanos.query, prometheus) {
        (Some(query), _) => {
            settings.set("prometheusType", "Thanos");
            ("Thanos Query", "thanos-query", text(&query.url))
        }
        (None, Some(prometheus)) => {
            settings.set("prometheusType", "Prometheus");
            let url =
                format!("http://{}.{}.svc.cluster.local:9090", services::prometheus(cluster), cluster.namespace.value);
            ("Prometheus", "prometheus", at(url, prometheus.mode.origin))
        }
        (None, None) => return None,
    };
    if let Some(interval) = prometheus.map(|prometheus| prometheus.scrape_interval) {
        settings.set("timeInterval", at(interval.value.to_string(), interval.origin));
    }
    if has_alertmanager {
        settings.set("alertmanagerUid", ALERTMANAGER);
    }
    Some(
        source(name, uid, "prometheus", url).with("isDefault", true).with("jsonData", settings).with("editable", false),
    )
}

fn alertmanager(from: &Cluster, home: &Cluster, managed: Field<bool>) -> Option<Doc> {
    let url = services::alertmanager_url(from, home)?;
    let settings = Doc::map()
        .with("implementation", "prometheus")
        .with("handleGrafanaManagedAlerts", at(managed.value, managed.origin));
    let source = source("Alertmanager", ALERTMANAGER, "alertmanager", url);
    Some(source.with("jsonData", settings).with("editable", false))
}

fn source(name: &str, uid: &str, kind: &str, url: Doc) -> Doc {
    Doc::map().with("name", name).with("uid", uid).with("type", kind).with("access", "proxy").with("url", url)
}

fn at(value: impl Into<Doc>, origin: Origin) -> Doc {
    value.into().from(origin)
}

fn text(field: &Field<String>) -> Doc {
    at(&field.value, field.origin)
}
