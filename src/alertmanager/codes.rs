//! The codes of this room: what Alertmanager refuses when it loads its configuration.

use crate::diagnostic::Code;

macro_rules! codes {
    ($($name:ident = $code:literal, $page:literal, $doc:literal;)*) => {
        $(
            #[doc = $doc]
            pub static $name: Code = Code::error(
                concat!("alertmanager/", $code),
                "0.1.0",
                include_str!(concat!("../diagnostic/stage/alertmanager/", $page, ".md")),
            );
        )*
        /// Every code of this room, by name.
        pub static ALL: &[&Code] = &[$(&$name),*];
    };
}

codes! {
    CONFLICT = "conflict", "conflict", "Fields of which at most one may be set.";
    DUPLICATE = "duplicate", "duplicate", "A key or a name that stands twice.";
    GROUP_BY = "group-by", "group-by", "A list of labels to group by that cannot be used.";
    MATCHER = "matcher", "matcher", "A matcher that cannot be read.";
    MISSING = "missing", "missing", "A field without which a part cannot work.";
    ROOT_ROUTE = "root-route", "root-route", "No root route, or one that does not take every alert.";
    UNDEFINED = "undefined", "undefined", "A receiver or time interval that is used and not defined.";
    UNKNOWN_FIELD = "unknown-field", "unknown-field", "A key that the release does not know.";
    VALUE = "value", "value", "A value that cannot be read.";
}
