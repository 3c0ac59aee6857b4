//! The codes of both readers.

use crate::diagnostic::Code;

/// The file is not valid KDL 2.
pub static KDL: Code = Code::error("syntax/kdl", "0.1.0", include_str!("../diagnostic/stage/syntax/kdl.md"));

/// A KDL name ends in a colon, as a key does in YAML.
pub static YAML_HABIT: Code =
    Code::warning("syntax/yaml-habit", "0.1.0", include_str!("../diagnostic/stage/syntax/yaml-habit.md"));

/// The file nests deeper than a reader follows; both dialects share the limit.
pub static NESTING: Code =
    Code::error("syntax/nesting", "0.1.0", include_str!("../diagnostic/stage/syntax/nesting.md"));

/// Every code of this room, by name.
pub static ALL: &[&Code] = &[&KDL, &NESTING, &YAML_HABIT];

/// How many levels a reader follows before it reports [`NESTING`].
pub const MAX_DEPTH: usize = 128;
