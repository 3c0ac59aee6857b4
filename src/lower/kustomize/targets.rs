//! Scrape targets: one ConfigMap for each file of target groups, to be mounted into Prometheus.
//!
//! Prometheus notices changed files by itself, so nothing restarts when a host comes or goes. The values file mounts them.

use super::Overlay;
use super::object::{doc, generator, namespace_of};
use crate::artifact::Bundle;
use crate::model::Cluster;

/// The exporters that a cluster's Prometheus scrapes on hosts.
pub(super) fn jobs<'a>(bundle: &'a Bundle, cluster: &Cluster) -> Vec<&'a str> {
    let folder = folder(cluster);
    let files = bundle.files.range(folder.clone()..).take_while(|(path, _)| path.starts_with(&folder));
    files.filter_map(|(path, _)| path.strip_prefix(&folder)?.strip_suffix(".json")).collect()
}

/// The ConfigMap of a job.
pub(super) fn config_map(job: &str) -> String {
    format!("targets-{job}")
}

pub(super) fn add(overlay: &mut Overlay, bundle: &Bundle, cluster: &Cluster) {
    for job in jobs(bundle, cluster) {
        let copy = format!("targets/{job}.json");
        overlay.copy(bundle, &format!("{}{job}.json", folder(cluster)), &copy);
        let map = generator(overlay, doc(config_map(job)), namespace_of(cluster), vec![doc(copy)]);
        overlay.config_maps.push(map);
    }
}

fn folder(cluster: &Cluster) -> String {
    format!("prometheus/{}/targets/", cluster.slug)
}
