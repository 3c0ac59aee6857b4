//! Thanos: the hashring file of Receive, as `thanos/<cluster>/hashrings.json`.
//!
//! Endpoints are the stable names of the replicas of a StatefulSet. Receive takes the first hashring that fits a tenant, so
//! those with tenants stand before the one for everybody else.

use crate::artifact::{Body, Bundle, Doc, File, FileKind};
use crate::lower::services::{GRPC_PORT, RECEIVE};
use crate::model::thanos::{Hashring, Receive};
use crate::model::{Cluster, Model};

/// The path of the file for a cluster, below the output folder.
pub fn hashrings_path(cluster: &Cluster) -> String {
    format!("thanos/{}/hashrings.json", cluster.slug)
}

/// The StatefulSet of a hashring's replicas.
pub fn receive_set(hashring: &Hashring) -> String {
    format!("{RECEIVE}-{}", hashring.slug)
}

/// Writes the hashrings of every Receive that has some.
pub fn lower(model: &Model, bundle: &mut Bundle) {
    for cluster in model.clusters.values() {
        let Some(receive) = cluster.thanos.receive.as_ref().filter(|receive| !receive.hashrings.is_empty()) else {
            continue;
        };
        let origins = receive.hashrings.iter().map(|hashring| hashring.name.origin).collect();
        let file =
            File { kind: FileKind::Other, body: Body::Json(document(cluster, receive)), origins, executable: false };
        bundle.add(hashrings_path(cluster), file);
    }
}

fn document(cluster: &Cluster, receive: &Receive) -> Doc {
    Doc::list(receive.hashrings.iter().map(|hashring| {
        let set = receive_set(hashring);
        let namespace = &cluster.namespace.value;
        let endpoints = (0..hashring.replicas.value).map(|replica| {
            let endpoint = format!("{set}-{replica}.{RECEIVE}.{namespace}.svc.cluster.local:{GRPC_PORT}");
            Doc::from(endpoint.into(), hashring.replicas.origin)
        });
        let tenants = hashring.tenants.iter().map(|tenant| Doc::from((&tenant.value).into(), tenant.origin));
        Doc::map()
            .with("hashring", Doc::from((&hashring.name.value).into(), hashring.name.origin))
            .with("algorithm", "ketama")
            .with("tenants", Doc::list(tenants))
            .with("endpoints", Doc::list(endpoints))
    }))
}
