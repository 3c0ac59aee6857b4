//! `tracing` of an Alertmanager: where it sends the traces of its own work.

use super::Dynamic;
use super::field::{Receiver, block, boolean, duration, fraction, map, required, text, word};
use super::http::TLS;
use crate::ast::decode::{Decoder, Entry, Record};
use crate::ast::field::Kind;
use crate::ast::scalar::words;

words! {
    /// How traces are sent.
    pub enum ClientType("`grpc` or `http`") {
        /// OTLP over gRPC.
        Grpc = "grpc",
        /// OTLP over HTTP.
        Http = "http",
    }
}

words! {
    /// How traces are made smaller on the way.
    pub enum Compression("`gzip`") {
        /// With gzip.
        Gzip = "gzip",
    }
}

/// Alertmanager's `tracing` section.
///
/// Its headers are values only: Alertmanager loads a configuration with files for them, and then does not start its tracing.
pub static TRACING: Receiver = Receiver::new(
    "tracing",
    "Where an Alertmanager sends the traces of its own work; see Alertmanager's `tracing`.",
    (0, 30),
    &[
        required(text("endpoint", (0, 30)), "The collector, as `host:port`."),
        word::<ClientType>("client-type", (0, 30)),
        fraction("sampling-fraction", (0, 30)),
        boolean("insecure", (0, 30)),
        block("tls", &TLS, (0, 30)),
        map("headers", (0, 30)),
        word::<Compression>("compression", (0, 30)),
        duration("timeout", (0, 30)),
    ],
);

/// A decoded [`TRACING`].
#[derive(Debug, Clone, PartialEq)]
pub struct Tracing(pub Dynamic);

impl Record for Tracing {
    fn kind() -> &'static Kind {
        &TRACING.kind
    }

    fn decode(decoder: &mut Decoder<'_>, entry: Entry<'_>) -> Option<Self> {
        Some(Self(Dynamic::decode(decoder, Self::kind(), entry)))
    }
}
