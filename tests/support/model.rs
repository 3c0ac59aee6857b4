//! Models put together by hand, for tests of one backend.

use std::collections::BTreeMap;

use alertsmith::ast::project::PartialResponse;
use alertsmith::ast::{Duration, Version};
use alertsmith::model::project::Targets;
use alertsmith::model::{Field, Labels, Model, Project};
use alertsmith::provenance::{Origin, Provenance, Step};

/// An origin that says nothing.
pub fn origin() -> Origin {
    Provenance::default().add(Step::Defaulted("a model made for a test"))
}

/// A value as if written in a spec.
pub fn field<T>(value: T) -> Field<T> {
    Field::new(value, origin())
}

/// A text as if written in a spec.
pub fn text(value: &str) -> Field<String> {
    field(value.to_owned())
}

/// A duration in seconds.
pub fn seconds(seconds: u64) -> Field<Duration> {
    field(Duration::from_milliseconds(seconds * 1000))
}

/// Labels.
pub fn labels(pairs: &[(&str, &str)]) -> Labels {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), text(value))).collect()
}

/// A model with nothing in it.
pub fn empty() -> Model {
    let version = |major, minor| field(Version { major, minor, patch: 0 });
    Model {
        project: Project {
            name: text("fleet"),
            severities: ["info", "warning", "critical"].map(text).into(),
            required_labels: Vec::new(),
            targets: Targets {
                prometheus: version(3, 14),
                alertmanager: version(0, 34),
                thanos: version(0, 42),
                prometheus_operator: version(0, 93),
                nginx: version(1, 31),
            },
            interval: seconds(15),
            r#for: seconds(300),
            partial_response: field(PartialResponse::Abort),
        },
        clusters: BTreeMap::new(),
        groups: BTreeMap::new(),
        targets: BTreeMap::new(),
        alerts: BTreeMap::new(),
        alert_rules: Vec::new(),
        recording_rules: Vec::new(),
        rule_sets: BTreeMap::new(),
        externals: BTreeMap::new(),
        channels: BTreeMap::new(),
        forwarders: BTreeMap::new(),
        routing: None,
        calendars: BTreeMap::new(),
        checks: BTreeMap::new(),
        effective_checks: BTreeMap::new(),
        secrets: BTreeMap::new(),
        delivery: None,
        expects: Vec::new(),
    }
}
