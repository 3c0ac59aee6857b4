//! The codes of this room: what Alertmanager refuses when it loads its configuration.

use crate::diagnostic::Code;

/// Fields of which at most one may be set.
pub static CONFLICT: Code =
    Code::error("alertmanager/conflict", "0.1.0", include_str!("../diagnostic/stage/alertmanager/conflict.md"));

/// A key or a name that stands twice.
pub static DUPLICATE: Code =
    Code::error("alertmanager/duplicate", "0.1.0", include_str!("../diagnostic/stage/alertmanager/duplicate.md"));

/// A list of labels to group by that cannot be used.
pub static GROUP_BY: Code =
    Code::error("alertmanager/group-by", "0.1.0", include_str!("../diagnostic/stage/alertmanager/group-by.md"));

/// A matcher that cannot be read.
pub static MATCHER: Code =
    Code::error("alertmanager/matcher", "0.1.0", include_str!("../diagnostic/stage/alertmanager/matcher.md"));

/// A field without which a part cannot work.
pub static MISSING: Code =
    Code::error("alertmanager/missing", "0.1.0", include_str!("../diagnostic/stage/alertmanager/missing.md"));

/// No root route, or one that does not take every alert.
pub static ROOT_ROUTE: Code =
    Code::error("alertmanager/root-route", "0.1.0", include_str!("../diagnostic/stage/alertmanager/root-route.md"));

/// A receiver or time interval that is used and not defined.
pub static UNDEFINED: Code =
    Code::error("alertmanager/undefined", "0.1.0", include_str!("../diagnostic/stage/alertmanager/undefined.md"));

/// A key that the release does not know.
pub static UNKNOWN_FIELD: Code = Code::error(
    "alertmanager/unknown-field",
    "0.1.0",
    include_str!("../diagnostic/stage/alertmanager/unknown-field.md"),
);

/// A value that cannot be read.
pub static VALUE: Code =
    Code::error("alertmanager/value", "0.1.0", include_str!("../diagnostic/stage/alertmanager/value.md"));

/// Every code of this room, by name.
pub static ALL: &[&Code] =
    &[&CONFLICT, &DUPLICATE, &GROUP_BY, &MATCHER, &MISSING, &ROOT_ROUTE, &UNDEFINED, &UNKNOWN_FIELD, &VALUE];
