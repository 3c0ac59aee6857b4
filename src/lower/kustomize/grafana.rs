//! Grafana: its datasources in a ConfigMap that its sidecar finds.

use super::Overlay;
use super::object::{doc, generator, labels, namespace, put, text};
use crate::artifact::{Bundle, Value};
use crate::lower::grafana::path;
use crate::model::Cluster;

pub(super) fn add(overlay: &mut Overlay, bundle: &Bundle, cluster: &Cluster) {
    let Some(grafana) = &cluster.grafana else { return };
    let copy = "grafana/datasources.yaml";
    if !overlay.copy(bundle, &path(cluster), copy) {
        return;
    }
    let further: Vec<_> = grafana.datasource_labels.iter().map(|(name, value)| (name.as_str(), text(value))).collect();
    let marked = labels(overlay, &further);
    let mut map = generator(overlay, doc("grafana-datasources"), namespace(&grafana.namespace), vec![doc(copy)]);
    if let Value::Map(entries) = &mut map.value
        && let Some((_, options)) = entries.iter_mut().find(|(key, _)| key == "options")
    {
        put(options, "labels", marked);
    }
    overlay.config_maps.push(map);
}
