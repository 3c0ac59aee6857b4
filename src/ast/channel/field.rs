//! Short constructors for the rows of receiver tables.

use crate::ast::Duration;
use crate::ast::field::{Field, Kind, KindRef, Place, Release, ScalarKind, SchemaHint, Type};
use crate::ast::scalar::ScalarType;
use crate::source::Text;

/// A receiver kind, or a part of one.
#[derive(Debug)]
pub struct Receiver {
    /// Its field table.
    pub kind: Kind,
    /// The Alertmanager release that brought it, as (major, minor).
    pub since: (u32, u32),
}

impl Receiver {
    /// A table with these rows.
    pub const fn new(name: &'static str, doc: &'static str, since: (u32, u32), fields: &'static [Field]) -> Self {
        Self { kind: Kind { name, doc, fields }, since }
    }

    /// Alertmanager's key for the list of these receivers.
    pub fn list_key(&self) -> String {
        format!("{}_configs", self.kind.name)
    }
}

const fn row(name: &'static str, place: Place, ty: Type, since: (u32, u32)) -> Field {
    Field {
        name,
        plural: None,
        place,
        ty,
        required: false,
        doc: "As Alertmanager's field of the same name, with `_` for `-`.",
        release: Some(Release { since, file_since: None }),
    }
}

/// Text, usually a template.
pub const fn text(name: &'static str, since: (u32, u32)) -> Field {
    row(name, Place::Property, Type::Scalar(Text::KIND), since)
}

/// `#true` or `#false`.
pub const fn boolean(name: &'static str, since: (u32, u32)) -> Field {
    row(name, Place::Property, Type::Scalar(bool::KIND), since)
}

const WHOLE: ScalarKind = ScalarKind {
    expects: "a whole number",
    schema: SchemaHint::Pattern("^-?[0-9]+$"),
    check: |text, _| text.as_str().parse::<i64>().map(drop).map_err(|_| String::new()),
};

/// A whole number; negative ones are chat ids.
pub const fn integer(name: &'static str, since: (u32, u32)) -> Field {
    row(name, Place::Property, Type::Scalar(WHOLE), since)
}

/// A duration in Prometheus' notation.
pub const fn duration(name: &'static str, since: (u32, u32)) -> Field {
    row(name, Place::Property, Type::Scalar(Duration::KIND), since)
}

/// A duration in Go's notation: hours, minutes and seconds, no days.
pub const fn go_duration(name: &'static str, since: (u32, u32)) -> Field {
    const GO: ScalarKind = ScalarKind {
        expects: "a duration such as `30s` or `1h30m` (here Alertmanager knows no unit above hours)",
        schema: SchemaHint::Pattern("^([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$"),
        check: |text, written| match Duration::read(text, written) {
            Ok(_) if text.as_str().contains(['d', 'w', 'y']) => Err("the largest unit here is `h`".to_owned()),
            Ok(_) => Ok(()),
            Err(why) => Err(why),
        },
    };
    row(name, Place::Property, Type::Scalar(GO), since)
}

/// A share from 0 to 1.
pub const fn fraction(name: &'static str, since: (u32, u32)) -> Field {
    const SHARE: ScalarKind = ScalarKind {
        expects: "a number from 0 to 1",
        schema: SchemaHint::Number,
        check: |text, _| {
            let is_number = text.as_str().bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
            let share = text.as_str().parse::<f64>().ok().filter(|_| is_number);
            if share.is_some_and(|share| share <= 1.0) { Ok(()) } else { Err(String::new()) }
        },
    };
    row(name, Place::Property, Type::Scalar(SHARE), since)
}

/// One of the words of `T`.
pub const fn word<T: ScalarType>(name: &'static str, since: (u32, u32)) -> Field {
    row(name, Place::Property, Type::Scalar(T::KIND), since)
}

/// Names with values.
pub const fn map(name: &'static str, since: (u32, u32)) -> Field {
    row(name, Place::Child, Type::Map(Text::KIND), since)
}

/// Several texts.
pub const fn texts(name: &'static str, since: (u32, u32)) -> Field {
    row(name, Place::Child, Type::Scalars(Text::KIND), since)
}

/// A reference to a secret that Alertmanager reads from a file since `file_since`.
pub const fn secret(name: &'static str, since: (u32, u32), file_since: (u32, u32)) -> Field {
    let mut field = row(name, Place::Property, Type::Secret, since);
    field.release = Some(Release { since, file_since: Some(file_since) });
    field
}

/// A secret that Alertmanager cannot read from a file.
pub const fn secret_inline(name: &'static str, since: (u32, u32)) -> Field {
    row(name, Place::Property, Type::Secret, since)
}

/// Text, or a reference to a secret that Alertmanager reads from a file since `file_since`.
pub const fn text_or_secret(name: &'static str, since: (u32, u32), file_since: (u32, u32)) -> Field {
    let mut field = row(name, Place::Property, Type::ScalarOrSecret(Text::KIND), since);
    field.release = Some(Release { since, file_since: Some(file_since) });
    field
}

/// A whole number, or a reference to a secret that Alertmanager reads from a file since `file_since`.
pub const fn integer_or_secret(name: &'static str, since: (u32, u32), file_since: (u32, u32)) -> Field {
    let mut field = row(name, Place::Property, Type::ScalarOrSecret(WHOLE), since);
    field.release = Some(Release { since, file_since: Some(file_since) });
    field
}

/// A field that must be there, with words of its own for what it says.
pub const fn required(mut field: Field, doc: &'static str) -> Field {
    field.required = true;
    field.doc = doc;
    field
}

/// A part with fields of its own.
pub const fn block(name: &'static str, part: &'static Receiver, since: (u32, u32)) -> Field {
    row(name, Place::Child, Type::Block(KindRef::Static(&part.kind)), since)
}

/// Parts in order.
pub const fn ordered(name: &'static str, plural: &'static str, part: &'static Receiver, since: (u32, u32)) -> Field {
    let mut field = row(name, Place::Child, Type::Ordered(KindRef::Static(&part.kind)), since);
    field.plural = Some(plural);
    field
}
