//! Scrape targets for file_sd and http_sd: one JSON file per cluster and exporter, with `group` and `group_id` on every
//! host.

use std::collections::BTreeMap;

use crate::artifact::{Body, Bundle, Doc, File, FileKind};
use crate::model::{Model, slug};

/// Writes `prometheus/<cluster>/targets/<job>.json`.
pub fn lower(model: &Model, bundle: &mut Bundle) {
    let mut jobs: BTreeMap<String, Vec<Doc>> = BTreeMap::new();
    for target in model.targets.values() {
        let (Some(group), Some(cluster)) = (model.groups.get(&target.group), model.clusters.get(&target.cluster.value))
        else {
            continue;
        };
        for exporter in &target.exporters {
            let host = &target.address.value;
            let host = if host.contains(':') && !host.starts_with('[') { format!("[{host}]") } else { host.clone() };
            let address = Doc::from(format!("{host}:{}", exporter.port).into(), target.address.origin);
            let mut labels: BTreeMap<&str, Doc> = BTreeMap::new();
            labels.insert("group", Doc::from(group.name.value.clone().into(), group.name.origin));
            labels.insert("group_id", Doc::from(group.id.value.clone().into(), group.id.origin));
            labels.insert("instance", Doc::from(target.name.value.clone().into(), target.name.origin));
            for (name, value) in &target.labels {
                labels.insert(name, Doc::from(value.value.clone().into(), value.origin));
            }
            let mut map = Doc::map();
            for (name, value) in labels {
                map.set(name, value);
            }
            let path = format!("prometheus/{}/targets/{}.json", cluster.slug, slug(&exporter.name.value));
            let entry = Doc::map().with("targets", Doc::list([address])).with("labels", map);
            jobs.entry(path).or_default().push(entry);
        }
    }
    for (path, entries) in jobs {
        let body = Body::Json(Doc::list(entries));
        bundle.add(path, File { kind: FileKind::Targets, body, origins: Vec::new(), executable: false });
    }
}
