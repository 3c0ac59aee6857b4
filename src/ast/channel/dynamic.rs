//! Things that are decoded by their table alone, without a struct of their own.

use crate::ast::decode::{Decoder, Entry, FieldType, Slot, Use};
use crate::ast::field::{Field, Kind, Place, ScalarKind, Type};
use crate::ast::types::secret;
use crate::ast::{Map, SecretRef};
use crate::source::{Spanned, Text};
use crate::syntax::{Node, Scalar, Shape};

/// A thing decoded by its table.
#[derive(Debug, Clone, PartialEq)]
pub struct Dynamic {
    /// Where it was written: the bytes that name it.
    pub head: Spanned<()>,
    /// The fields that were written, in the order of the table.
    pub fields: Vec<DynamicField>,
}

/// A field of a [`Dynamic`].
#[derive(Debug, Clone)]
pub struct DynamicField {
    /// Its row in the table.
    pub field: &'static Field,
    /// What was written.
    pub value: DynamicValue,
}

impl PartialEq for DynamicField {
    fn eq(&self, other: &Self) -> bool {
        self.field.name == other.field.name && self.value == other.value
    }
}

/// The value of a field of a [`Dynamic`].
#[derive(Debug, Clone, PartialEq)]
pub enum DynamicValue {
    /// One scalar; the text is valid for the field's type.
    Scalar(Spanned<Text>),
    /// Several.
    Scalars(Vec<Spanned<Text>>),
    /// Names with values.
    Map(Map<Text, Text>),
    /// A reference to a secret.
    Secret(SecretRef),
    /// A part with fields of its own.
    Block(Dynamic),
    /// Parts in order.
    Ordered(Vec<Dynamic>),
}

impl Dynamic {
    /// Decodes a thing by its table; what cannot be read is reported and left out.
    pub fn decode(decoder: &mut Decoder<'_>, kind: &'static Kind, entry: Entry<'_>) -> Self {
        let mut slots = decoder.slots(kind, entry);
        let mut fields = Vec::new();
        for field in kind.fields {
            let Some(slot) = slots.take(field.name) else { continue };
            if slot.uses.is_empty() {
                if field.required {
                    decoder.missing(&slot);
                }
                continue;
            }
            fields.extend(value(decoder, slot).map(|value| DynamicField { field, value }));
        }
        Self { head: Spanned::new((), entry.head()), fields }
    }

    /// The value of a field, if it was written.
    pub fn get(&self, name: &str) -> Option<&DynamicValue> {
        self.fields.iter().find(|field| field.field.name == name).map(|field| &field.value)
    }
}

fn value(decoder: &mut Decoder<'_>, slot: Slot<'_>) -> Option<DynamicValue> {
    match slot.field.ty {
        Type::Scalar(kind) => {
            let one = decoder.single(&slot)?;
            scalar(decoder, &slot, kind, one).map(DynamicValue::Scalar)
        }
        Type::Scalars(_) => Vec::<Spanned<Text>>::decode(decoder, slot).map(DynamicValue::Scalars),
        Type::Map(_) => Map::<Text, Text>::decode(decoder, slot).map(DynamicValue::Map),
        Type::Secret => {
            let one = decoder.single(&slot)?;
            secret(decoder, &slot, one).map(DynamicValue::Secret)
        }
        Type::ScalarOrSecret(kind) => {
            let one = decoder.single(&slot)?;
            if is_reference(one) {
                secret(decoder, &slot, one).map(DynamicValue::Secret)
            } else {
                scalar(decoder, &slot, kind, one).map(DynamicValue::Scalar)
            }
        }
        Type::Block(kind) => match decoder.single(&slot)? {
            Use::Node(node) => {
                Some(DynamicValue::Block(Dynamic::decode(decoder, kind.get(), Entry { node, name: None })))
            }
            one @ (Use::Argument(_) | Use::Name(_)) => {
                decoder.wrong_type(&slot, one.span(), "a block of fields", "");
                None
            }
        },
        Type::Ordered(kind) | Type::Named(kind) | Type::OneOrMany(kind) => {
            let nodes: Vec<&Node> = if slot.kdl {
                slot.uses.iter().filter_map(|one| if let Use::Node(node) = one { Some(*node) } else { None }).collect()
            } else {
                match decoder.single(&slot)? {
                    Use::Node(node) if node.shape == Shape::Items => node.items.iter().collect(),
                    one => {
                        decoder.wrong_type(&slot, one.span(), "a list, each item with its fields", "");
                        Vec::new()
                    }
                }
            };
            let parts = nodes
                .into_iter()
                .map(|node| Dynamic::decode(decoder, kind.get(), Entry { node, name: None }))
                .collect();
            Some(DynamicValue::Ordered(parts))
        }
        // No table of a dynamic thing has these.
        Type::Matchers | Type::Off => None,
    }
}

fn scalar(decoder: &mut Decoder<'_>, slot: &Slot<'_>, kind: ScalarKind, one: Use<'_>) -> Option<Spanned<Text>> {
    let scalar = decoder.scalar(slot, one, kind.expects)?;
    if scalar.tag.is_some() {
        decoder.wrong_type(slot, scalar.span(), kind.expects, "no tag can stand here");
        return None;
    }
    match (kind.check)(&scalar.text, scalar.kind) {
        Ok(()) => Some(Spanned::new(scalar.text.clone(), scalar.text.span())),
        Err(why) => {
            decoder.wrong_type(slot, scalar.text.span(), kind.expects, &why);
            None
        }
    }
}

/// Whether a value is written as a reference to a secret.
fn is_reference(one: Use<'_>) -> bool {
    let tagged = |scalar: &Scalar| scalar.tag.as_ref().is_some_and(|tag| tag.as_str() == "secret");
    match one {
        Use::Name(_) => false,
        Use::Argument(scalar) => tagged(scalar),
        Use::Node(node) => {
            node.arguments.first().is_some_and(tagged)
                || node.members.iter().any(|inner| inner.key.as_str() == "secret")
        }
    }
}

impl Place {
    /// Whether KDL writes the field as part of the node's own line.
    pub fn is_inline(self) -> bool {
        !matches!(self, Place::Child)
    }
}
