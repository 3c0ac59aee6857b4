//! Channels: where notifications go.
//!
//! A channel has one field per receiver kind of Alertmanager, all from tables ([`receivers`]), and `kafka`, which goes
//! through a forwarder. Receivers are decoded as [`Dynamic`] values: the table says what each field is, and the
//! Alertmanager backend writes it under the same name.

mod dynamic;
pub mod field;
mod http;
pub mod receivers;
mod tracing;

pub use dynamic::{Dynamic, DynamicField, DynamicValue};
pub use field::Receiver;
pub use http::HEADER;
pub use tracing::{ClientType, Compression, TRACING, Tracing};

use super::decode::{Decoder, Entry, FieldType, Record, Use};
use super::field::{Field, Kind, KindRef, Place, Type};
use super::{Name, Ordered};
use crate::source::{Spanned, Text};
use std::sync::LazyLock;

/// One destination with one or more ways of notifying.
#[derive(Debug, Clone, PartialEq)]
pub struct Channel {
    /// Where it was written: the bytes that name it.
    pub head: Spanned<()>,
    /// What routes call it.
    pub name: Spanned<Name>,
    /// Kafka topics it is sent to, through a forwarder.
    pub kafka: Ordered<Kafka>,
    /// Alertmanager receivers in the order of [`receivers::RECEIVERS`].
    pub integrations: Vec<Integration>,
}

/// One Alertmanager receiver of a channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Integration {
    /// Which kind of receiver.
    pub receiver: &'static Receiver,
    /// Its fields.
    pub fields: Dynamic,
}

impl PartialEq for Receiver {
    fn eq(&self, other: &Self) -> bool {
        self.kind.name == other.kind.name
    }
}

kind! {
    /// A Kafka topic that a forwarder posts the notification to.
    pub struct Kafka("kafka") {
        /// The topic.
        topic: Spanned<Text> = property "topic",
        /// The forwarder that carries it.
        via: Spanned<Name> = property "via",
        /// Whether "resolved" is sent too; it is unless this says `#false`.
        send_resolved: Option<Spanned<bool>> = property "send-resolved",
        /// The most alerts in one notification; more are cut off by Alertmanager. By default as many as fit the forwarder's body limit.
        max_alerts: Option<Spanned<u32>> = property "max-alerts",
    }
}

static CHANNEL_FIELDS: LazyLock<Vec<Field>> = LazyLock::new(|| {
    let mut fields = vec![
        Field {
            name: "name",
            plural: None,
            place: Place::Name,
            ty: <Spanned<Name> as FieldType>::TYPE,
            required: true,
            doc: "What routes call it.",
            release: None,
        },
        Field {
            name: "kafka",
            plural: None,
            place: Place::Child,
            ty: Type::OneOrMany(KindRef::Lazy(Kafka::kind)),
            required: false,
            doc: "A Kafka topic, through a forwarder.",
            release: None,
        },
    ];
    fields.extend(receivers::RECEIVERS.iter().map(|receiver| Field {
        name: receiver.kind.name,
        plural: None,
        place: Place::Child,
        ty: Type::OneOrMany(KindRef::Static(&receiver.kind)),
        required: false,
        doc: receiver.kind.doc,
        release: None,
    }));
    fields
});

impl Record for Channel {
    fn kind() -> &'static Kind {
        static KIND: LazyLock<Kind> = LazyLock::new(|| Kind {
            name: "channel",
            doc: "A destination of notifications, with one or more ways of notifying.",
            fields: CHANNEL_FIELDS.as_slice(),
        });
        &KIND
    }

    fn decode(decoder: &mut Decoder<'_>, entry: Entry<'_>) -> Option<Self> {
        let mut slots = decoder.slots(Self::kind(), entry);
        let name = slots.take("name").and_then(|slot| Spanned::<Name>::decode(decoder, slot));
        let kafka = slots.take("kafka").map(|slot| decoder.one_or_many(&slot)).unwrap_or_default();
        let kafka = kafka.into_iter().filter_map(|node| Kafka::decode(decoder, Entry { node, name: None })).collect();
        let mut integrations = Vec::new();
        for receiver in receivers::RECEIVERS.iter().copied() {
            let nodes = slots.take(receiver.kind.name).map(|slot| decoder.one_or_many(&slot)).unwrap_or_default();
            for node in nodes {
                let fields = Dynamic::decode(decoder, &receiver.kind, Entry { node, name: None });
                integrations.push(Integration { receiver, fields });
            }
        }
        Some(Self { head: Spanned::new((), entry.head()), name: name?, kafka: Ordered(kafka), integrations })
    }
}

impl Decoder<'_> {
    /// The nodes of a field of type [`Type::OneOrMany`].
    fn one_or_many<'a>(&mut self, slot: &super::decode::Slot<'a>) -> Vec<&'a crate::syntax::Node> {
        use crate::syntax::Shape;
        if slot.kdl {
            return slot
                .uses
                .iter()
                .filter_map(|one| if let Use::Node(node) = one { Some(*node) } else { None })
                .collect();
        }
        match self.single(slot) {
            Some(Use::Node(node)) if node.shape == Shape::Items => node.items.iter().collect(),
            Some(Use::Node(node)) => vec![node],
            _ => Vec::new(),
        }
    }
}
