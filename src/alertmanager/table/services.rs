//! What Alertmanager does beside notifying: traces of itself, records of its events.

use super::http::{HEADER, HTTP_CONFIG, TLS_CONFIG};
use super::rule::{check, choice, one_of};
use super::{
    Scalar, Table, Type, block, boolean, duration, field, float, integer, list, secret_url, sections, text, texts,
};
use crate::alertmanager::http;

/// `tracing`
pub static TRACING: Table = Table {
    name: "tracing",
    fields: &[
        field("client_type", Type::Scalar(Scalar::TracingClient), (0, 30)),
        text("endpoint", (0, 30)),
        float("sampling_fraction", (0, 30)),
        boolean("insecure", (0, 30)),
        block("tls_config", &TLS_CONFIG, (0, 30)),
        sections("headers", &HEADER, (0, 30)),
        text("compression", (0, 30)),
        duration("timeout", (0, 30)),
    ],
    rules: &[one_of(&["endpoint"]), choice("compression", &["", "gzip"])],
};

/// `event_recorder`
pub static EVENT_RECORDER: Table = Table {
    name: "event_recorder",
    fields: &[
        list("file_outputs", &FILE_OUTPUT, (0, 33)),
        list("webhook_outputs", &WEBHOOK_OUTPUT, (0, 33)),
        list("kafka_outputs", &KAFKA_OUTPUT, (0, 33)),
        list("stdout_outputs", &STDOUT_OUTPUT, (0, 34)),
    ],
    rules: &[],
};

static FILE_OUTPUT: Table =
    Table { name: "file_outputs", fields: &[text("path", (0, 33))], rules: &[one_of(&["path"])] };

static STDOUT_OUTPUT: Table = Table { name: "stdout_outputs", fields: &[], rules: &[] };

static WEBHOOK_OUTPUT: Table = Table {
    name: "webhook_outputs",
    fields: &[
        secret_url("url", (0, 33)),
        block("http_config", &HTTP_CONFIG, (0, 33)),
        duration("timeout", (0, 33)),
        integer("workers", (0, 33)),
        integer("max_retries", (0, 33)),
        duration("retry_backoff", (0, 33)),
        boolean("batch", (0, 34)),
        integer("batch_max_events", (0, 34)),
        integer("batch_max_bytes", (0, 34)),
        duration("batch_flush_interval", (0, 34)),
    ],
    rules: &[one_of(&["url"]), check(http::webhook_output)],
};

static KAFKA_OUTPUT: Table = Table {
    name: "kafka_outputs",
    fields: &[
        texts("brokers", (0, 33)),
        text("topic", (0, 33)),
        text("client_id", (0, 33)),
        text("format", (0, 33)),
        text("acks", (0, 33)),
        text("compression", (0, 33)),
        integer("buffer_size", (0, 33)),
        block("tls_config", &TLS_CONFIG, (0, 33)),
    ],
    rules: &[
        one_of(&["brokers"]),
        check(http::empty_broker),
        one_of(&["topic"]),
        choice("format", &["", "json", "protobuf"]),
        choice("acks", &["", "none", "leader", "all"]),
        choice("compression", &["", "none", "gzip", "snappy", "lz4", "zstd"]),
    ],
};
