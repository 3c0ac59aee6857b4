//! Resolving the Thanos parts of a cluster.

use super::Context;
use crate::ast::thanos as written;
use crate::model::slug;
use crate::model::thanos::{Compactor, Hashring, ObjectStore, Query, Receive, Ruler, Store, Thanos};

pub(super) fn build(context: &mut Context<'_>, written: &written::Thanos) -> Thanos {
    Thanos {
        existing: written.existing.as_ref().is_some_and(|existing| existing.value),
        receive: written.receive.as_deref().map(|receive| build_receive(context, receive)),
        query: written.query.as_deref().map(|query| Query {
            url: context.text(&query.url),
            replica_label: query.replica_label.as_ref().map(|label| context.name(label)),
            replicas: context.or(query.replicas.as_ref(), 1, "one replica"),
            endpoints: query.endpoints.iter().map(|endpoint| context.text(endpoint)).collect(),
        }),
        ruler: written.ruler.as_deref().map(|ruler| Ruler {
            replicas: context.or(ruler.replicas.as_ref(), 1, "one replica"),
            storage: context.maybe_text(ruler.storage.as_ref()),
        }),
        store: written.store.as_deref().map(|store| Store {
            index_cache: context.maybe_text(store.index_cache.as_ref()),
            chunk_pool: context.maybe_text(store.chunk_pool.as_ref()),
            replicas: context.or(store.replicas.as_ref(), 1, "one replica"),
            storage: context.maybe_text(store.storage.as_ref()),
        }),
        compactor: written.compactor.as_deref().map(|compactor| Compactor {
            replicas: context.or(compactor.replicas.as_ref(), 1, "there is exactly one compactor"),
            retention_raw: context.maybe(compactor.retention_raw.as_ref()),
            retention_5m: context.maybe(compactor.retention_5m.as_ref()),
            retention_1h: context.maybe(compactor.retention_1h.as_ref()),
            delete_delay: context.maybe(compactor.delete_delay.as_ref()),
            storage: context.maybe_text(compactor.storage.as_ref()),
        }),
        object_store: written.object_store.as_deref().map(|store| ObjectStore {
            bucket: context.text(&store.bucket),
            endpoint: context.text(&store.endpoint),
            config: store.config.as_ref().map(|secret| context.name(&secret.name)),
        }),
    }
}

fn build_receive(context: &mut Context<'_>, written: &written::ThanosReceive) -> Receive {
    let replicas = context.or(written.replicas.as_ref(), 1, "one replica");
    let mut hashrings: Vec<Hashring> = written
        .hashrings
        .iter()
        .map(|hashring| {
            let name = context.name(&hashring.name);
            Hashring {
                slug: slug(&name.value),
                name,
                tenants: hashring.tenants.iter().map(|tenant| context.text(tenant)).collect(),
                replicas: match &hashring.replicas {
                    Some(own) => context.field(own),
                    None => context.inherited(&replicas, "Receive".to_owned()),
                },
            }
        })
        .collect();
    // Receive takes the first one that fits, and one without tenants fits everybody.
    hashrings.sort_by(|one, other| {
        (one.tenants.is_empty(), &one.name.value).cmp(&(other.tenants.is_empty(), &other.name.value))
    });
    Receive {
        url: context.text(&written.url),
        retention: context.maybe(written.retention.as_ref()),
        replicas,
        replication_factor: context.or(written.replication_factor.as_ref(), 1, "each sample is kept once"),
        storage: context.maybe_text(written.storage.as_ref()),
        hashrings,
    }
}
