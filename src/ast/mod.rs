//! The typed spec: exactly what was written, with the place of every part.
//!
//! One file per kind; each is a table written with the `kind!` macro. [`field`] says what a table is, [`decode`] reads
//! either dialect by it, [`schema`] turns it into the JSON schema.

/// Declares a kind: a struct with its field table and its decoder.
///
/// Each field is written `name: Type = place "kdl-name"`, with `/ "yaml-key"` where YAML differs. Places are those of
/// [`field::Place`] in lower case.
macro_rules! kind {
    (@place name) => { $crate::ast::field::Place::Name };
    (@place argument) => { $crate::ast::field::Place::Argument };
    (@place property) => { $crate::ast::field::Place::Property };
    (@place child) => { $crate::ast::field::Place::Child };
    (@place rest) => { $crate::ast::field::Place::Rest };
    (@place off) => { $crate::ast::field::Place::Off };
    (@plural) => { None };
    (@plural $plural:literal) => { Some($plural) };
    (
        $(#[doc = $doc:literal])+
        pub struct $name:ident($kdl:literal) {
            $($(#[doc = $field_doc:literal])+ $field:ident: $ty:ty = $place:ident $key:literal $(/ $plural:literal)?,)*
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {
            /// Where it was written: the bytes that name it.
            pub head: $crate::source::Spanned<()>,
            $($(#[doc = $field_doc])+ pub $field: $ty,)*
        }

        impl $crate::ast::Record for $name {
            fn kind() -> &'static $crate::ast::field::Kind {
                static KIND: $crate::ast::field::Kind = $crate::ast::field::Kind {
                    name: $kdl,
                    doc: concat!($($doc, "\n"),+),
                    fields: &[$($crate::ast::field::Field {
                        name: $key,
                        plural: kind!(@plural $($plural)?),
                        place: kind!(@place $place),
                        ty: <$ty as $crate::ast::FieldType>::TYPE,
                        required: <$ty as $crate::ast::FieldType>::REQUIRED,
                        doc: concat!($($field_doc, "\n"),+),
                        release: None,
                    }),*],
                };
                &KIND
            }

            fn decode(
                decoder: &mut $crate::ast::Decoder<'_>,
                entry: $crate::ast::Entry<'_>,
            ) -> Option<Self> {
                let mut slots = decoder.slots(Self::kind(), entry);
                $(let $field = slots.take($key).and_then(|slot| <$ty as $crate::ast::FieldType>::decode(decoder, slot));)*
                Some(Self { head: $crate::source::Spanned::new((), entry.head()), $($field: $field?),* })
            }
        }
    };
}

pub mod alert;
pub mod calendar;
pub mod channel;
pub mod check;
pub mod cluster;
pub mod codes;
pub mod decode;
pub mod delivery;
pub mod expect;
pub mod field;
pub mod foreign;
pub mod forwarder;
pub mod group;
pub mod ingress;
pub mod policy;
pub mod project;
pub mod record;
pub mod routing;
pub mod rule_file;
pub mod rules;
pub mod scalar;
pub mod schema;
pub mod secret;
pub mod spec;
pub mod suspect;
pub mod thanos;
pub mod threshold;
pub mod types;

pub use decode::{Decoder, Entry, FieldType, Record};
pub use scalar::{Duration, LabelName, Name, Quantity, ScalarType, Version};
pub use spec::Spec;
pub use types::{Labels, Map, MatchOperator, Matcher, Matchers, Named, Off, Ordered, SecretRef};
