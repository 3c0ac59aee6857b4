//! Forwarders.

use super::Field;
use crate::ast::Duration;
use crate::ast::forwarder::Envelope;

/// A resolved forwarder.
#[derive(Debug)]
pub struct Forwarder {
    /// Its name, also that of its Service.
    pub name: Field<String>,
    /// The name made fit for files and objects.
    pub slug: String,
    /// The cluster it runs in.
    pub cluster: Field<String>,
    /// Where it forwards to, at least one.
    pub upstreams: Vec<Upstream>,
    /// The body that the upstream expects.
    pub envelope: Field<Envelope>,
    /// The Kafka cluster id for `confluent-v3`.
    pub cluster_id: Option<Field<String>>,
    /// The secret with the upstream's bearer token.
    pub bearer: Option<Field<String>>,
    /// The secret with the upstream's Base64 `user:password`.
    pub basic: Option<Field<String>>,
    /// The secret with the token that callers must present.
    pub caller: Option<Field<String>>,
    /// TLS towards the upstream, for `https` upstreams.
    pub tls: Tls,
    /// Further headers.
    pub headers: Vec<(Field<String>, Field<String>)>,
    /// The port it listens on.
    pub listen: Field<u16>,
    /// The DNS server.
    pub resolver: Field<String>,
    /// The largest body in KiB.
    pub body_kib: Field<u32>,
    /// Time for opening a connection.
    pub connect: Field<Duration>,
    /// Time for an answer.
    pub read: Field<Duration>,
    /// Time for all tries together.
    pub total: Field<Duration>,
    /// How many replicas.
    pub replicas: Field<u32>,
    /// Every Kafka topic that a channel sends through it, sorted, each once.
    pub topics: Vec<Field<String>>,
}

/// One URL in its parts.
#[derive(Debug)]
pub struct Upstream {
    /// The URL as written.
    pub url: Field<String>,
    /// Whether it is `https`.
    pub https: bool,
    /// The host name or address.
    pub host: String,
    /// The port; 443 or 80 if not written.
    pub port: u16,
    /// The path before `/topics/…`, without a slash at the end; usually empty.
    pub path: String,
}

/// TLS towards the upstream.
#[derive(Debug, Default)]
pub struct Tls {
    /// The secret with the authority's certificate.
    pub ca: Option<Field<String>>,
    /// The secret with the certificate to present.
    pub cert: Option<Field<String>>,
    /// The secret with its key.
    pub key: Option<Field<String>>,
    /// The name in the upstream's certificate.
    pub server_name: Option<Field<String>>,
}
