//! Models that no spec would give: a small one is compiled, and then changed by hand, past what the resolver refuses.

use alertsmith::ast::channel::{Receiver, receivers::RECEIVERS};
use alertsmith::ast::{Duration, MatchOperator, Version};
use alertsmith::model::routing::{Inhibition, Matcher, Route};
use alertsmith::model::secret::SecretSource;
use alertsmith::model::{
    Calendar, Channel, Field, Integration, Kafka, Model, Secret, Setting, SettingValue, forwarder, slug,
};
use alertsmith::pipeline;
use alertsmith::provenance::{Origin, Provenance, Step};
use alertsmith::source::MemoryWorld;

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
    f(Duration::from_milliseconds(value * 1000))
}

/// The smallest spec with an Alertmanager, a mail server, a calendar and a forwarder.
fn compiled(alertmanager: Version) -> Model {
    let spec = format!(
        r#"
        project fleet {{ targets alertmanager="{alertmanager}" }}
        cluster main role=standalone {{
            alertmanager resolve-timeout="5m" {{
                smtp smarthost="mail.fleet.example:587" from="alerts@fleet.example" username=alerts \
                    password=(secret)smtp-password require-tls=#true
            }}
        }}
        secret smtp-password {{ existing }}
        channel default {{ email to="team@fleet.example" }}
        forwarder alert-forwarder {{ upstream "http://kafka-rest.internal:8082"; resolver "10.96.0.10" }}
        routing {{ default default; group-by alertname service namespace; timing repeat="2h" }}
        calendar business-hours timezone="Asia/Seoul" {{
            weekdays "monday:friday"
            hours "09:00-18:00"
            days "1:-1"
            months "january:december"
            years "2026:2030"
        }}
        "#
    );
    let compilation = pipeline::check(&MemoryWorld::default().with("alertsmith.kdl", spec));
    assert!(!compilation.has_errors(), "{:#?}", compilation.diagnostics);
    compilation.model.unwrap()
}

/// An installation for that Alertmanager: one cluster, a default channel without integrations, no routes, no forwarder.
pub fn model(alertmanager: Version) -> Model {
    let mut model = compiled(alertmanager);
    model.forwarders.clear();
    model.calendars.clear();
    add_channel(&mut model, "default", Vec::new(), Vec::new());
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
    compiled(Version::new(0, 34)).calendars.remove("business-hours").unwrap()
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
    let mut forwarder = compiled(Version::new(0, 34)).forwarders.remove("alert-forwarder").unwrap();
    forwarder.upstreams = upstreams;
    forwarder.topics = topics;
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
