//! Scrape targets: one ConfigMap for each file of target groups, to be mounted into Prometheus.
//!
//! Prometheus notices changed files by itself, so nothing restarts when a host comes or goes. The values file mounts them.

use super::Overlay;
use super::object::{doc, generator, namespace_of};
use crate::artifact::Bundle;
use crate::lower::prometheus::jobs;
use crate::model::Cluster;

/// The ConfigMap of a job.
pub(super) fn config_map(job: &str) -> String {
    format!("targets-{job}")
}

pub(super) fn add(overlay: &mut Overlay, bundle: &Bundle, cluster: &Cluster) {
    for job in jobs(bundle, cluster) {
        let copy = format!("targets/{job}.json");
        overlay.copy(bundle, &format!("prometheus/{}/targets/{job}.json", cluster.slug), &copy);
        let map = generator(overlay, doc(config_map(job)), namespace_of(cluster), vec![doc(copy)]);
        overlay.config_maps.push(map);
    }
}
