//! The field table: what each kind of the language may say.
//!
//! One table per kind drives decoding of both dialects, the JSON schema, the reference page and shell completion. Tables
//! are written with the `kind!` macro; the type of a struct field says what it accepts.

use crate::source::Text;
use crate::syntax;

/// A kind of thing in the spec: an alert, a cluster, a route.
#[derive(Debug)]
pub struct Kind {
    /// What it is called in messages, in KDL's spelling ("alert").
    pub name: &'static str,
    /// What it says, in Markdown; the first line stands alone.
    pub doc: &'static str,
    /// Its fields, in the order in which the reference lists them.
    pub fields: &'static [Field],
}

/// One field of a kind.
#[derive(Debug)]
pub struct Field {
    /// KDL's name for it: a property, a child node, or (for arguments) only what YAML and messages call it.
    pub name: &'static str,
    /// YAML's key where it differs (`levels` for repeated `level`).
    pub plural: Option<&'static str>,
    /// Where KDL puts it.
    pub place: Place,
    /// What it holds.
    pub ty: Type,
    /// Whether it must be there.
    pub required: bool,
    /// What it says, in Markdown.
    pub doc: &'static str,
    /// For fields of Alertmanager receivers: the releases that brought it.
    pub release: Option<Release>,
}

/// The Alertmanager releases, as (major, minor), that brought a receiver field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Release {
    /// The field itself.
    pub since: (u32, u32),
    /// Its `…_file` form, where it has one.
    pub file_since: Option<(u32, u32)>,
}

/// A field table that is named directly, or through a function where tables refer to each other in a circle.
#[derive(Debug, Clone, Copy)]
pub enum KindRef {
    /// The table itself.
    Static(&'static Kind),
    /// A function that gives the table.
    Lazy(fn() -> &'static Kind),
}

impl KindRef {
    /// The table.
    pub fn get(self) -> &'static Kind {
        match self {
            Self::Static(kind) => kind,
            Self::Lazy(kind) => kind(),
        }
    }
}

impl Field {
    /// YAML's key for the field.
    pub fn yaml_key(&self) -> &'static str {
        self.plural.unwrap_or(self.name)
    }
}

/// Where KDL puts a field. YAML always has a mapping entry, but for [`Place::Name`], which is the key of the thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The first argument in KDL, the mapping key in YAML.
    Name,
    /// A further argument in KDL, an ordinary entry in YAML.
    Argument,
    /// `key=value` in KDL.
    Property,
    /// A child node in KDL.
    Child,
    /// All properties in KDL and all entries in YAML that no other field claims.
    Rest,
    /// "Switched off, because": in KDL the argument `off` and the property `reason`, in YAML `off: <reason>`.
    Off,
}

/// What a field holds.
#[derive(Debug, Clone, Copy)]
pub enum Type {
    /// One scalar.
    Scalar(ScalarKind),
    /// Several scalars: KDL arguments, a YAML sequence (or one scalar).
    Scalars(ScalarKind),
    /// Names with one scalar each: KDL properties or children, a YAML mapping.
    Map(ScalarKind),
    /// Label names with one or several values, each perhaps tagged `not`, `regex` or `not-regex`.
    Matchers,
    /// A reference to a declared secret: `(secret)name` in KDL, `{ secret: name }` in YAML.
    Secret,
    /// One scalar, or a reference to a declared secret.
    ScalarOrSecret(ScalarKind),
    /// A thing written at most once.
    Block(KindRef),
    /// Things with names: repeated nodes in KDL, a mapping in YAML.
    Named(KindRef),
    /// Things in order, without names: repeated nodes in KDL, a sequence in YAML.
    Ordered(KindRef),
    /// Things in order, of which there is usually one: repeated nodes in KDL, a mapping or a sequence of them in YAML.
    OneOrMany(KindRef),
    /// The reason of an [`Place::Off`].
    Off,
}

/// How a scalar's text is read.
#[derive(Debug, Clone, Copy)]
pub struct ScalarKind {
    /// What messages call it, with an article ("a duration such as `5m` or `1h30m`").
    pub expects: &'static str,
    /// What the JSON schema says of it.
    pub schema: SchemaHint,
    /// Tells whether a text can be read; the error says in a few words what is wrong, or is empty.
    pub check: fn(&Text, syntax::ScalarKind) -> Result<(), String>,
}

/// What the JSON schema says of a scalar.
#[derive(Debug, Clone, Copy)]
pub enum SchemaHint {
    /// Any scalar: YAML reads `5`, `true` and `x` as different types, the field takes their text.
    Text,
    /// Text that matches a regular expression.
    Pattern(&'static str),
    /// A whole number not below this.
    Integer(i64),
    /// A number, or text with a unit.
    Number,
    /// True or false.
    Bool,
    /// One of these words.
    Words(&'static [&'static str]),
}
