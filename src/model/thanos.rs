//! The Thanos parts of a cluster.

use super::Field;
use crate::ast::Duration;

/// The Thanos parts of a cluster.
#[derive(Debug, Default)]
pub struct Thanos {
    /// Whether its parts run already; then only the Ruler is written.
    pub existing: bool,
    /// Takes data from other clusters.
    pub receive: Option<Receive>,
    /// Answers queries over all data.
    pub query: Option<Query>,
    /// Evaluates rules over all data.
    pub ruler: Option<Ruler>,
    /// Reads old data.
    pub store: Option<Store>,
    /// Compacts and deletes old data.
    pub compactor: Option<Compactor>,
    /// The bucket.
    pub object_store: Option<ObjectStore>,
}

/// Thanos Receive.
#[derive(Debug)]
pub struct Receive {
    /// The remote-write URL.
    pub url: Field<String>,
    /// How long it keeps data.
    pub retention: Option<Field<Duration>>,
    /// How many replicas.
    pub replicas: Field<u32>,
    /// To how many replicas each sample is written.
    pub replication_factor: Field<u32>,
    /// The volume for its data.
    pub storage: Option<Field<String>>,
    /// Hashrings, in the order in which Receive looks for a tenant.
    pub hashrings: Vec<Hashring>,
}

/// A set of Receive replicas for some tenants.
#[derive(Debug)]
pub struct Hashring {
    /// Its name.
    pub name: Field<String>,
    /// The name made fit for objects.
    pub slug: String,
    /// Its tenants; empty for all others.
    pub tenants: Vec<Field<String>>,
    /// How many replicas.
    pub replicas: Field<u32>,
}

/// Thanos Query.
#[derive(Debug)]
pub struct Query {
    /// Its URL inside the cluster.
    pub url: Field<String>,
    /// The label that tells replicas apart.
    pub replica_label: Option<Field<String>>,
    /// How many replicas.
    pub replicas: Field<u32>,
    /// Further places with data.
    pub endpoints: Vec<Field<String>>,
}

/// Thanos Ruler.
#[derive(Debug)]
pub struct Ruler {
    /// How many replicas.
    pub replicas: Field<u32>,
    /// The volume for its data.
    pub storage: Option<Field<String>>,
}

/// Thanos Store.
#[derive(Debug)]
pub struct Store {
    /// Memory for the index cache.
    pub index_cache: Option<Field<String>>,
    /// Memory for the chunk pool.
    pub chunk_pool: Option<Field<String>>,
    /// How many replicas.
    pub replicas: Field<u32>,
    /// The volume for its cache.
    pub storage: Option<Field<String>>,
}

/// Thanos Compactor.
#[derive(Debug)]
pub struct Compactor {
    /// How many; 1 in a model without errors.
    pub replicas: Field<u32>,
    /// How long raw samples are kept.
    pub retention_raw: Option<Field<Duration>>,
    /// How long samples of 5 minutes are kept.
    pub retention_5m: Option<Field<Duration>>,
    /// How long samples of 1 hour are kept.
    pub retention_1h: Option<Field<Duration>>,
    /// How long blocks marked for deletion stay.
    pub delete_delay: Option<Field<Duration>>,
    /// The volume for its work.
    pub storage: Option<Field<String>>,
}

/// The bucket of a cluster.
#[derive(Debug)]
pub struct ObjectStore {
    /// The bucket's name.
    pub bucket: Field<String>,
    /// The S3 endpoint, `host:port`.
    pub endpoint: Field<String>,
    /// The secret with Thanos' object storage configuration.
    pub config: Option<Field<String>>,
}
