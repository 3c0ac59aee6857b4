//! Channels with their receivers.

use super::Field;
use crate::ast::channel::Receiver;
use crate::ast::field;
use crate::provenance::Origin;

/// A resolved channel: one Alertmanager receiver with one or more integrations.
#[derive(Debug)]
pub struct Channel {
    /// Its name, also the receiver's.
    pub name: Field<String>,
    /// Kafka topics, through forwarders.
    pub kafka: Vec<Kafka>,
    /// Alertmanager integrations.
    pub integrations: Vec<Integration>,
}

/// A Kafka topic through a forwarder.
#[derive(Debug)]
pub struct Kafka {
    /// The topic.
    pub topic: Field<String>,
    /// The forwarder's name.
    pub via: Field<String>,
    /// Whether "resolved" is sent too.
    pub send_resolved: Field<bool>,
    /// The most alerts in one notification; `None` means as many as fit the forwarder's body limit.
    pub max_alerts: Option<Field<u32>>,
}

/// One Alertmanager integration.
#[derive(Debug)]
pub struct Integration {
    /// Its kind with its field table.
    pub receiver: &'static Receiver,
    /// What the spec sets, in table order.
    pub settings: Vec<Setting>,
    /// Where it was written.
    pub origin: Origin,
}

/// A setting of an integration.
#[derive(Debug)]
pub struct Setting {
    /// Its row in the table; Alertmanager's key is the row's YAML key with `_` for `-`.
    pub field: &'static field::Field,
    /// What was written.
    pub value: SettingValue,
}

/// The value of a setting.
#[derive(Debug)]
pub enum SettingValue {
    /// One scalar; its type is in the table.
    Scalar(Field<String>),
    /// Several scalars.
    Scalars(Vec<Field<String>>),
    /// Names with values.
    Map(Vec<(String, Field<String>)>),
    /// A reference to a secret, by its name.
    Secret(Field<String>),
    /// A part with settings of its own.
    Block(Vec<Setting>),
    /// Parts in order.
    Ordered(Vec<Vec<Setting>>),
}
