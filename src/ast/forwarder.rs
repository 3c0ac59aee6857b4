//! `forwarder`: an nginx that passes webhooks on to a Kafka REST proxy.

use super::scalar::words;
use super::{Duration, Map, Name, SecretRef};
use crate::source::{Spanned, Text};

words! {
    /// The request body that the upstream expects.
    pub enum Envelope("`confluent-v2`, `confluent-v3`, `strimzi` or `raw`") {
        /// Confluent REST proxy, API v2.
        ConfluentV2 = "confluent-v2",
        /// Confluent REST proxy, API v3.
        ConfluentV3 = "confluent-v3",
        /// Strimzi's HTTP bridge.
        Strimzi = "strimzi",
        /// Alertmanager's body as it is.
        Raw = "raw",
    }
}

kind! {
    /// An nginx reverse proxy between Alertmanager and the internal network.
    pub struct Forwarder("forwarder") {
        /// Its name, also that of its Service.
        name: Spanned<Name> = name "name",
        /// URLs it forwards to; the second and later ones are tried when the ones before fail.
        upstreams: Vec<Spanned<Text>> = child "upstream" / "upstreams",
        /// The request body that the upstream expects; `confluent-v2` if not written.
        envelope: Option<Spanned<Envelope>> = child "envelope",
        /// The Kafka cluster id in the URL, for `confluent-v3`.
        cluster_id: Option<Spanned<Text>> = child "cluster-id",
        /// The bearer token for the upstream.
        bearer: Option<SecretRef> = child "bearer",
        /// The `user:password` for the upstream, in Base64.
        basic: Option<SecretRef> = child "basic",
        /// The bearer token that callers must present.
        caller: Option<SecretRef> = child "caller",
        /// How the upstream's certificate is checked.
        tls: Option<Box<ForwarderTls>> = child "tls",
        /// Further headers for the upstream.
        headers: Map<Text, Text> = child "headers",
        /// The port it listens on; 8080 if not written.
        listen: Option<Spanned<u32>> = child "listen",
        /// DNS server that resolves upstream names at run time; `kube-dns.kube-system.svc.cluster.local` if not written.
        resolver: Option<Spanned<Text>> = child "resolver",
        /// Limits.
        limits: Option<Box<ForwarderLimits>> = child "limits",
        /// Times.
        timeouts: Option<Box<ForwarderTimeouts>> = child "timeouts",
        /// How many replicas; 2 if not written.
        replicas: Option<Spanned<u32>> = child "replicas",
        /// The cluster it runs in; the one with the Alertmanager if not written.
        cluster: Option<Spanned<Name>> = child "cluster",
    }
}

kind! {
    /// TLS towards the upstream.
    pub struct ForwarderTls("tls") {
        /// The authority that signed the upstream's certificate.
        ca: Option<SecretRef> = property "ca",
        /// The certificate to present.
        cert: Option<SecretRef> = property "cert",
        /// The key of that certificate.
        key: Option<SecretRef> = property "key",
        /// The name in the upstream's certificate; that of the URL if not written.
        server_name: Option<Spanned<Text>> = property "server-name",
    }
}

kind! {
    /// Limits of a forwarder.
    pub struct ForwarderLimits("limits") {
        /// The largest body in KiB; 1024 if not written. An alert takes about 0.6 KiB.
        body_kib: Option<Spanned<u32>> = property "body-kib",
    }
}

kind! {
    /// Times of a forwarder.
    pub struct ForwarderTimeouts("timeouts") {
        /// For opening a connection; 2s if not written.
        connect: Option<Spanned<Duration>> = property "connect",
        /// For an answer; 5s if not written.
        read: Option<Spanned<Duration>> = property "read",
        /// For all tries together; 8s if not written. It must be shorter than the group interval.
        total: Option<Spanned<Duration>> = property "total",
    }
}
