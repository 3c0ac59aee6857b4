//! `thanos`: the parts that store, query and evaluate over all clusters.

use super::{Duration, Name, Named, SecretRef};
use crate::source::{Spanned, Text};

kind! {
    /// The Thanos parts of a cluster.
    pub struct Thanos("thanos") {
        /// Whether its parts run already, brought by something else; then only what refers to them is written. The Ruler is written anyway.
        existing: Option<Spanned<bool>> = property "existing",
        /// Takes data from other clusters.
        receive: Option<Box<ThanosReceive>> = child "receive",
        /// Answers queries over all data.
        query: Option<Box<ThanosQuery>> = child "query",
        /// Evaluates rules over all data.
        ruler: Option<Box<ThanosRuler>> = child "ruler",
        /// Reads old data from object storage.
        store: Option<Box<ThanosStore>> = child "store",
        /// Compacts and deletes old data; there must be exactly one for a bucket.
        compactor: Option<Box<ThanosCompactor>> = child "compactor",
        /// The bucket.
        object_store: Option<Box<ObjectStore>> = child "object-store",
    }
}

kind! {
    /// Thanos Receive.
    pub struct ThanosReceive("receive") {
        /// The remote-write URL that other clusters send to.
        url: Spanned<Text> = property "url",
        /// How long it keeps data.
        retention: Option<Spanned<Duration>> = property "retention",
        /// How many replicas; 1 if not written. More than one need a hashring.
        replicas: Option<Spanned<u32>> = property "replicas",
        /// To how many replicas each sample is written; 1 if not written.
        replication_factor: Option<Spanned<u32>> = property "replication-factor",
        /// The volume for its data, such as `10Gi`.
        storage: Option<Spanned<Text>> = property "storage",
        /// Hashrings: which replicas take the data of which tenants.
        hashrings: Named<Hashring> = child "hashring" / "hashrings",
    }
}

kind! {
    /// A set of Receive replicas that share the data of some tenants.
    pub struct Hashring("hashring") {
        /// Its name, such as `soft-tenants`.
        name: Spanned<Name> = name "name",
        /// Its tenants; all that no other hashring has if not written.
        tenants: Vec<Spanned<Text>> = child "tenants",
        /// How many replicas; those of Receive if not written.
        replicas: Option<Spanned<u32>> = property "replicas",
    }
}

kind! {
    /// Thanos Query.
    pub struct ThanosQuery("query") {
        /// Its URL inside the cluster.
        url: Spanned<Text> = property "url",
        /// The label that tells replicas apart; data is deduplicated over it.
        replica_label: Option<Spanned<Name>> = property "replica-label",
        /// How many replicas; 1 if not written.
        replicas: Option<Spanned<u32>> = property "replicas",
        /// Further places with data, such as `dnssrv+_grpc._tcp.sidecar.other.example`; the parts of this cluster are asked anyway.
        endpoints: Vec<Spanned<Text>> = child "endpoint" / "endpoints",
    }
}

kind! {
    /// Thanos Ruler.
    pub struct ThanosRuler("ruler") {
        /// How many replicas; 1 if not written.
        replicas: Option<Spanned<u32>> = property "replicas",
        /// The volume for its data, such as `2Gi`.
        storage: Option<Spanned<Text>> = property "storage",
    }
}

kind! {
    /// Thanos Store.
    pub struct ThanosStore("store") {
        /// Memory for the index cache, such as `500MB`.
        index_cache: Option<Spanned<Text>> = property "index-cache",
        /// Memory for the chunk pool, such as `2GB`.
        chunk_pool: Option<Spanned<Text>> = property "chunk-pool",
        /// How many replicas; 1 if not written.
        replicas: Option<Spanned<u32>> = property "replicas",
        /// The volume for its cache, such as `10Gi`.
        storage: Option<Spanned<Text>> = property "storage",
    }
}

kind! {
    /// Thanos Compactor.
    pub struct ThanosCompactor("compactor") {
        /// How many; anything but 1 is an error, because two compactors destroy each other's blocks.
        replicas: Option<Spanned<u32>> = property "replicas",
        /// How long raw samples are kept.
        retention_raw: Option<Spanned<Duration>> = property "retention-raw",
        /// How long samples of 5 minutes are kept.
        retention_5m: Option<Spanned<Duration>> = property "retention-5m",
        /// How long samples of 1 hour are kept.
        retention_1h: Option<Spanned<Duration>> = property "retention-1h",
        /// How long blocks marked for deletion stay.
        delete_delay: Option<Spanned<Duration>> = property "delete-delay",
        /// The volume for its work, such as `50Gi`; it must hold the largest block several times.
        storage: Option<Spanned<Text>> = property "storage",
    }
}

kind! {
    /// The bucket of a cluster.
    pub struct ObjectStore("object-store") {
        /// The bucket's name.
        bucket: Spanned<Text> = property "bucket",
        /// The S3 endpoint, `host:port` without a scheme.
        endpoint: Spanned<Text> = property "endpoint",
        /// The secret that holds Thanos' object storage configuration, credentials included.
        config: Option<SecretRef> = property "config",
    }
}
