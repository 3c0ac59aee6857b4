//! The codes of both readers.

use crate::diagnostic::Code;

/// The file is not valid KDL 2.
pub static KDL: Code = Code::error("syntax/kdl", "0.1.0", include_str!("../diagnostic/stage/syntax/kdl.md"));

/// KDL written with the signs of YAML: a colon or a comma behind a word, a dash for an item.
pub static YAML_HABIT: Code =
    Code::error("syntax/yaml-habit", "0.1.0", include_str!("../diagnostic/stage/syntax/yaml-habit.md"));

/// A comment would begin in the middle of a KDL word, as in `https://…`.
pub static COMMENT_IN_WORD: Code =
    Code::error("syntax/comment-in-word", "0.1.0", include_str!("../diagnostic/stage/syntax/comment-in-word.md"));

/// Typographic or single quotes where a KDL string was meant.
pub static FOREIGN_QUOTES: Code =
    Code::error("syntax/foreign-quotes", "0.1.0", include_str!("../diagnostic/stage/syntax/foreign-quotes.md"));

/// The file nests deeper than a reader follows; both dialects share the limit.
pub static NESTING: Code =
    Code::error("syntax/nesting", "0.1.0", include_str!("../diagnostic/stage/syntax/nesting.md"));

/// The file is not valid YAML.
pub static YAML: Code = Code::error("syntax/yaml", "0.1.0", include_str!("../diagnostic/stage/syntax/yaml.md"));

/// A YAML alias that cannot be expanded.
pub static YAML_ALIAS: Code =
    Code::error("syntax/yaml-alias", "0.1.0", include_str!("../diagnostic/stage/syntax/yaml-alias.md"));

/// A YAML file with more than one document.
pub static YAML_DOCUMENT: Code =
    Code::error("syntax/yaml-document", "0.1.0", include_str!("../diagnostic/stage/syntax/yaml-document.md"));

/// A YAML key that is no plain text.
pub static YAML_KEY: Code =
    Code::error("syntax/yaml-key", "0.1.0", include_str!("../diagnostic/stage/syntax/yaml-key.md"));

/// A YAML tag that means nothing in a spec.
pub static YAML_TAG: Code =
    Code::error("syntax/yaml-tag", "0.1.0", include_str!("../diagnostic/stage/syntax/yaml-tag.md"));

/// Every code of this room, by name.
pub static ALL: &[&Code] = &[
    &COMMENT_IN_WORD,
    &FOREIGN_QUOTES,
    &KDL,
    &NESTING,
    &YAML,
    &YAML_ALIAS,
    &YAML_DOCUMENT,
    &YAML_HABIT,
    &YAML_KEY,
    &YAML_TAG,
];

/// How many levels a reader follows before it reports [`NESTING`].
pub const MAX_DEPTH: usize = 128;
