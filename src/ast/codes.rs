//! Codes of findings about the shape of the spec.

use crate::diagnostic::Code;

macro_rules! page {
    ($name:literal) => {
        include_str!(concat!("../diagnostic/stage/spec/", $name, ".md"))
    };
}

/// A key that the kind does not have, or a value that nothing reads.
pub static UNKNOWN_KEY: Code = Code::error("spec/unknown-key", "0.1.0", page!("unknown-key"));
/// A required field that is not there.
pub static MISSING_KEY: Code = Code::error("spec/missing-key", "0.1.0", page!("missing-key"));
/// A key that was written twice.
pub static DUPLICATE_KEY: Code = Code::error("spec/duplicate-key", "0.1.0", page!("duplicate-key"));
/// A value that cannot be read as what its field holds.
pub static WRONG_TYPE: Code = Code::error("spec/wrong-type", "0.1.0", page!("wrong-type"));
/// A KDL property that should be a child, or the reverse.
pub static MISPLACED_KEY: Code = Code::error("spec/misplaced-key", "0.1.0", page!("misplaced-key"));
/// A literal where a reference to a secret belongs.
pub static SECRET_LITERAL: Code =
    Code::error("secret/literal", "0.1.0", include_str!("../diagnostic/stage/secret/literal.md"));

/// All of them.
pub static ALL: &[&Code] = &[&UNKNOWN_KEY, &MISSING_KEY, &DUPLICATE_KEY, &WRONG_TYPE, &MISPLACED_KEY, &SECRET_LITERAL];
