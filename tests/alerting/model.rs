//! Models made by hand: the smallest installation with an Alertmanager and a forwarder, to be filled in by each test.

use std::collections::BTreeMap;

use alertsmith::ast::channel::{Receiver, receivers::RECEIVERS};
use alertsmith::ast::cluster::{ClusterDelivery, Role};
use alertsmith::ast::forwarder::Envelope;
use alertsmith::ast::project::PartialResponse;
use alertsmith::ast::{Duration, MatchOperator, Version};
use alertsmith::model::routing::{Inhibition, Matcher, Period, Route};
use alertsmith::model::secret::SecretSource;
use alertsmith::model::{
    Calendar, Channel, Cluster, Field, Forwarder, Integration, Kafka, Model, Project, Routing, Secret, Setting,
    SettingValue, cluster, forwarder, project, slug,
};
use alertsmith::provenance::{Origin, Provenance, Step};

/// An origin; these tests look at what is written, not at where it came from.
pub fn origin() -> Origin {
    Provenance::default().add(Step::Defaulted("a test"))
}

pub fn f<T>(value: T) -> Field<T> {
    Field::new(value, origin())
}

pub fn text(value: &str) -> Field<String> {
    f(value.to_owned())
}

pub fn seconds(value: u64) -> Field<Duration> {
    f(Duration::from_millis(value * 1000))
}

/// An installation for that Alertmanager: one cluster, a default channel without integrations, no routes.
pub fn model(alertmanager: Version) -> Model {
    let main = Cluster {
        name: text("main"),
        slug: "main".to_owned(),
        role: f(Role::Standalone),
        environment: None,
        namespace: text("monitoring"),
        delivery: f(ClusterDelivery::Files),
        external_labels: BTreeMap::new(),
        rule_selector: BTreeMap::new(),
        prometheus: None,
        thanos: cluster::Thanos::default(),
        alertmanager: Some(cluster::Alertmanager {
            replicas: f(1),
            namespace: text("monitoring"),
            secret: text("alertmanager-main"),
            external_url: None,
            smtp: Some(cluster::Smtp {
                smarthost: text("mail.fleet.example:587"),
                from: text("alerts@fleet.example"),
                username: Some(text("alerts")),
                password: Some(text("smtp-password")),
                require_tls: Some(f(true)),
            }),
            resolve_timeout: Some(seconds(300)),
        }),
    };
    let mut model = Model {
        project: Project {
            name: text("fleet"),
            severities: ["info", "warning", "critical"].map(text).into(),
            required_labels: Vec::new(),
            targets: project::Targets {
                prometheus: f(Version::new(3, 14)),
                alertmanager: f(alertmanager),
                thanos: f(Version::new(0, 42)),
                prometheus_operator: f(Version::new(0, 93)),
                nginx: f(Version::new(1, 22)),
            },
            interval: seconds(15),
            r#for: seconds(300),
            partial_response: f(PartialResponse::Abort),
        },
        clusters: [("main".to_owned(), main)].into(),
        groups: BTreeMap::new(),
        targets: BTreeMap::new(),
        alerts: BTreeMap::new(),
        alert_rules: Vec::new(),
        recording_rules: Vec::new(),
        rule_sets: BTreeMap::new(),
        externals: BTreeMap::new(),
        channels: BTreeMap::new(),
        forwarders: BTreeMap::new(),
        routing: Some(Routing {
            default: text("default"),
            group_by: ["alertname", "service", "namespace"].map(text).into(),
            wait: seconds(30),
            interval: seconds(300),
            repeat: seconds(7200),
            routes: Vec::new(),
            inhibitions: Vec::new(),
        }),
        calendars: BTreeMap::new(),
        checks: BTreeMap::new(),
        effective_checks: BTreeMap::new(),
        secrets: BTreeMap::new(),
        delivery: None,
        expects: Vec::new(),
    };
    add_channel(&mut model, "default", Vec::new(), Vec::new());
    add_secret(&mut model, "smtp-password");
    model
}

pub fn add_secret(model: &mut Model, name: &str) {
    let secret =
        Secret { name: text(name), object: text(&slug(name)), key: text("value"), source: SecretSource::Existing };
    model.secrets.insert(name.to_owned(), secret);
}

pub fn add_channel(model: &mut Model, name: &str, kafka: Vec<Kafka>, integrations: Vec<Integration>) {
    model.channels.insert(name.to_owned(), Channel { name: text(name), kafka, integrations });
}

pub fn receiver(name: &str) -> &'static Receiver {
    RECEIVERS.iter().find(|receiver| receiver.kind.name == name).unwrap()
}

/// An integration with plain values.
pub fn integration(name: &str, values: &[(&str, SettingValue)]) -> Integration {
    let receiver = receiver(name);
    let mut settings = Vec::new();
    for field in receiver.kind.fields {
        for (name, value) in values {
            if *name == field.name {
                settings.push(Setting { field, value: copy(value) });
            }
        }
    }
    Integration { receiver, settings, origin: origin() }
}

fn copy(value: &SettingValue) -> SettingValue {
    match value {
        SettingValue::Scalar(field) => SettingValue::Scalar(field.clone()),
        SettingValue::Secret(field) => SettingValue::Secret(field.clone()),
        _ => panic!("only plain values"),
    }
}

pub fn scalar(value: &str) -> SettingValue {
    SettingValue::Scalar(text(value))
}

pub fn secret(name: &str) -> SettingValue {
    SettingValue::Secret(text(name))
}

pub fn matcher(label: &str, operator: MatchOperator, values: &[&str]) -> Matcher {
    Matcher { label: label.to_owned(), operator, values: values.iter().map(|v| text(v)).collect(), origin: origin() }
}

pub fn route(to: &str, when: Vec<Matcher>) -> Route {
    Route {
        to: Some(text(to)),
        when,
        group_by: Vec::new(),
        wait: None,
        interval: None,
        repeat: None,
        r#continue: None,
        active_during: Vec::new(),
        mute_during: Vec::new(),
        routes: Vec::new(),
        origin: origin(),
    }
}

pub fn inhibition(source: Vec<Matcher>, target: Vec<Matcher>, equal: &[&str]) -> Inhibition {
    Inhibition { source, target, equal: equal.iter().map(|e| text(e)).collect(), origin: origin(), generated: true }
}

pub fn business_hours() -> Calendar {
    Calendar {
        name: text("business-hours"),
        timezone: Some(text("Asia/Seoul")),
        periods: vec![Period {
            weekdays: vec![text("monday:friday")],
            hours: vec![(text("09:00"), text("18:00"))],
            days: vec![text("1:-1")],
            months: vec![text("january:december")],
            years: vec![text("2026:2030")],
        }],
    }
}

pub fn kafka(topic: &str) -> Kafka {
    Kafka { topic: text(topic), via: text("alert-forwarder"), send_resolved: f(true), max_alerts: None }
}

/// A forwarder of the topics that the model's channels send through it.
pub fn add_forwarder(model: &mut Model, upstreams: Vec<forwarder::Upstream>) {
    let mut topics: Vec<_> =
        model.channels.values().flat_map(|channel| &channel.kafka).map(|k| k.topic.clone()).collect();
    topics.sort_by(|a, b| a.value.cmp(&b.value));
    topics.dedup();
    let forwarder = Forwarder {
        name: text("alert-forwarder"),
        slug: "alert-forwarder".to_owned(),
        cluster: text("main"),
        upstreams,
        envelope: f(Envelope::ConfluentV2),
        cluster_id: None,
        bearer: None,
        basic: None,
        caller: None,
        tls: forwarder::Tls::default(),
        headers: Vec::new(),
        listen: f(8080),
        resolver: text("10.96.0.10"),
        body_kib: f(1024),
        connect: seconds(2),
        read: seconds(5),
        total: seconds(8),
        replicas: f(2),
        topics,
    };
    model.forwarders.insert("alert-forwarder".to_owned(), forwarder);
}

pub fn upstream(url: &str) -> forwarder::Upstream {
    let (scheme, rest) = url.split_once("://").unwrap();
    let (host, port) = rest.split_once(':').unwrap();
    forwarder::Upstream {
        url: text(url),
        https: scheme == "https",
        host: host.to_owned(),
        port: port.parse().unwrap(),
        path: String::new(),
    }
}
