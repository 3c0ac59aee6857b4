//! From the neutral tree to typed kinds, by the field tables.
//!
//! Decoding a thing has two steps. First its entries are handed to its fields: arguments in order, properties and children
//! by name, mapping entries by key ([`Decoder::slots`]). Whatever fits nowhere is reported with the nearest name. Then each
//! field reads its entries by its type ([`FieldType`]). Nothing stops at the first error; a thing that lacks a required
//! field is *poisoned*: it is left out, and its name is remembered so that references to it stay silent.

use std::collections::{BTreeMap, BTreeSet};

use super::codes;
use super::field::{Field, Kind, Place, Type};
use crate::diagnostic::{Diagnostic, Sink, nearest};
use crate::source::{Span, Text};
use crate::syntax::{Form, Node, Scalar, ScalarKind, Shape};

/// The state of one decoding run.
#[derive(Debug)]
pub struct Decoder<'a> {
    /// Where findings go.
    pub sink: &'a mut Sink,
    /// Names of things that could not be decoded, by kind name.
    pub poisoned: BTreeSet<(&'static str, String)>,
    /// Places of literals that stand where a secret belongs; they must never be shown.
    pub sensitive: Vec<Span>,
    /// Places that nothing reads, such as a misspelt block; secrets may stand in them.
    pub suspect: Vec<Span>,
}

/// A thing to be decoded: its node and, in YAML, the key that names it.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// The node that holds the fields.
    pub node: &'a Node,
    /// The name, where the dialect puts it before the thing.
    pub name: Option<&'a Text>,
}

impl Entry<'_> {
    /// The bytes that name the thing: the node name and its first argument, or the mapping key.
    pub fn head(&self) -> Span {
        let node = self.node;
        match (node.form, node.arguments.first()) {
            (Form::Child, Some(first)) => node.key.span().to(first.span()),
            (Form::Item, _) => node.value_span,
            _ => node.key.span(),
        }
    }
}

/// One written use of a field.
#[derive(Debug, Clone, Copy)]
pub enum Use<'a> {
    /// The name that YAML puts before the thing.
    Name(&'a Text),
    /// A KDL argument.
    Argument(&'a Scalar),
    /// A KDL property or child, or a YAML entry.
    Node(&'a Node),
}

impl Use<'_> {
    /// The bytes of the use.
    pub fn span(&self) -> Span {
        match self {
            Use::Name(name) => name.span(),
            Use::Argument(scalar) => scalar.span(),
            Use::Node(node) => node.span,
        }
    }
}

/// Everything that was written for one field.
#[derive(Debug)]
pub struct Slot<'a> {
    /// The field.
    pub field: &'static Field,
    /// The kind it belongs to.
    pub kind: &'static Kind,
    /// What was written for it, in order.
    pub uses: Vec<Use<'a>>,
    /// The bytes that name the thing it belongs to.
    pub head: Span,
    /// Whether the thing was written in KDL.
    pub kdl: bool,
}

impl Slot<'_> {
    /// How the field is written in the dialect at hand, for messages.
    fn spelling(&self) -> String {
        let name = self.field.name;
        match self.field.place {
            _ if !self.kdl => format!("`{}: …`", self.field.yaml_key()),
            Place::Property => format!("the property `{name}=…`"),
            Place::Child => format!("a line `{name} …` in its block"),
            Place::Name | Place::Argument => format!("its {name} right behind `{}`", self.kind.name),
            Place::Rest => "properties".to_owned(),
            Place::Off => "`off reason=\"…\"`".to_owned(),
        }
    }
}

/// A type that a field of a kind can have.
pub trait FieldType: Sized {
    /// What the field table says of it.
    const TYPE: Type;
    /// Whether the field must be there.
    const REQUIRED: bool;

    /// Reads what was written for the field; `None` poisons the thing it belongs to.
    fn decode(decoder: &mut Decoder<'_>, slot: Slot<'_>) -> Option<Self>;
}

/// A kind with a field table; implemented by the `kind!` macro.
pub trait Record: Sized {
    /// The field table.
    fn kind() -> &'static Kind;

    /// Decodes one thing; `None` if it is poisoned.
    fn decode(decoder: &mut Decoder<'_>, entry: Entry<'_>) -> Option<Self>;
}

/// The entries of one thing, by field name.
#[derive(Debug)]
pub struct Slots<'a> {
    slots: BTreeMap<&'static str, Slot<'a>>,
}

impl<'a> Slots<'a> {
    /// Takes what was written for a field.
    pub fn take(&mut self, name: &str) -> Option<Slot<'a>> {
        self.slots.remove(name)
    }
}

impl<'d> Decoder<'d> {
    /// A decoder that reports into `sink`.
    pub fn new(sink: &'d mut Sink) -> Self {
        Self { sink, poisoned: BTreeSet::new(), sensitive: Vec::new(), suspect: Vec::new() }
    }

    /// Hands the entries of a thing to its fields and reports what fits nowhere.
    pub fn slots<'a>(&mut self, kind: &'static Kind, entry: Entry<'a>) -> Slots<'a> {
        let node = entry.node;
        let kdl = matches!(node.form, Form::Child | Form::Property);
        let head = entry.head();
        let slot = |field| Slot { field, kind, uses: Vec::new(), head, kdl };
        let mut slots: BTreeMap<&'static str, Slot<'a>> =
            kind.fields.iter().map(|field| (field.name, slot(field))).collect();
        if let Some(name) = entry.name
            && let Some(field) = kind.fields.iter().find(|field| field.place == Place::Name)
            && let Some(slot) = slots.get_mut(field.name)
        {
            slot.uses.push(Use::Name(name));
        }
        if kdl {
            self.arguments(kind, node, &mut slots);
        } else if !matches!(node.shape, Shape::Mapping | Shape::Empty) {
            self.sink.push(
                Diagnostic::new(&codes::WRONG_TYPE, format!("{} needs a mapping of its fields", called(kind)))
                    .at(node.value_span, "this is not a mapping")
                    .help(format!("Write its fields as `key: value` lines: {}.", field_list(kind, false))),
            );
        }
        for member in &node.members {
            match self.field_for(kind, member, kdl) {
                Some(field) => {
                    if let Some(slot) = slots.get_mut(field.name) {
                        slot.uses.push(Use::Node(member));
                    }
                }
                None => self.unknown_key(kind, member, kdl),
            }
        }
        Slots { slots }
    }

    /// Hands KDL arguments to the fields that take them, in order.
    fn arguments<'a>(&mut self, kind: &'static Kind, node: &'a Node, slots: &mut BTreeMap<&'static str, Slot<'a>>) {
        let off = kind.fields.iter().find(|field| field.place == Place::Off);
        let mut takers =
            kind.fields.iter().filter(|field| matches!(field.place, Place::Name | Place::Argument)).collect::<Vec<_>>();
        takers.reverse();
        for argument in &node.arguments {
            let is_off = argument.kind == ScalarKind::Plain && argument.text.as_str() == "off";
            let taker = match off {
                Some(off) if is_off && takers.last().is_none_or(|field| field.place != Place::Name) => Some(off),
                _ => takers.pop(),
            };
            match taker.and_then(|field| slots.get_mut(field.name)) {
                Some(slot) => slot.uses.push(Use::Argument(argument)),
                None => {
                    if kind.fields.iter().any(|field| matches!(field.ty, Type::Secret)) {
                        // It may have been meant for a field that holds a secret.
                        self.sensitive.push(argument.span());
                    }
                    let what = called(kind);
                    let mut diagnostic =
                        Diagnostic::new(&codes::UNKNOWN_KEY, format!("{what} takes no further value here"))
                            .at(argument.span(), "nothing reads this value");
                    if !kind.fields.is_empty() {
                        diagnostic = diagnostic.help(format!("It has these fields: {}.", field_list(kind, true)));
                    }
                    self.sink.push(diagnostic);
                }
            }
        }
    }

    /// The field that a property, child or entry is for.
    fn field_for(&mut self, kind: &'static Kind, member: &Node, kdl: bool) -> Option<&'static Field> {
        let key = member.key.as_str();
        let rest = kind.fields.iter().find(|field| field.place == Place::Rest);
        let off = kind.fields.iter().find(|field| field.place == Place::Off);
        if !kdl {
            let named = kind
                .fields
                .iter()
                .find(|field| !matches!(field.place, Place::Name | Place::Rest) && field.yaml_key() == key);
            return named.or(rest);
        }
        if key == "reason" && member.form == Form::Property && off.is_some() {
            return off;
        }
        let field = kind
            .fields
            .iter()
            .find(|field| matches!(field.place, Place::Property | Place::Child | Place::Argument) && field.name == key);
        match field {
            Some(field) => {
                self.check_place(kind, field, member);
                Some(field)
            }
            None if member.form == Form::Property => rest,
            None => None,
        }
    }

    /// Reports a KDL property that should be a child, and the reverse.
    fn check_place(&mut self, kind: &'static Kind, field: &Field, member: &Node) {
        let (key, what) = (field.name, kind.name);
        let source_value = "…";
        let (headline, help) = match (field.place, member.form) {
            (Place::Property, Form::Child) => (
                format!("`{key}` of {} is written as a property", called(kind)),
                format!("Write `{key}={source_value}` on the line of `{what}`, not on a line of its own."),
            ),
            (Place::Child, Form::Property) => (
                format!("`{key}` of {} is written as a line of its own", called(kind)),
                format!("Write `{key} {source_value}` on a line of its own inside the braces of `{what}`."),
            ),
            (Place::Argument, _) => (
                format!("{key} of {} is written right behind its name", called(kind)),
                format!("Write the value alone, without `{key}`."),
            ),
            _ => return,
        };
        let help = if kind.fields.iter().any(|field| field.place == Place::Child) || field.place != Place::Child {
            help
        } else {
            format!("{help} It has these fields: {}.", field_list(kind, true))
        };
        self.sink.push(
            Diagnostic::new(&codes::MISPLACED_KEY, headline)
                .at(member.key.span(), "in the wrong place")
                .note("Every field has one spelling, so that the specs of different people read alike.")
                .help(help),
        );
    }

    fn unknown_key(&mut self, kind: &'static Kind, member: &Node, kdl: bool) {
        let key = member.key.as_str();
        let spelled = |field: &'static Field| if kdl { field.name } else { field.yaml_key() };
        let candidates = || {
            kind.fields.iter().filter(move |field| match field.place {
                Place::Name | Place::Rest => false,
                Place::Argument => !kdl,
                Place::Property | Place::Child | Place::Off => true,
            })
        };
        let headline = format!("{} has no field `{key}`", called(kind));
        let mut diagnostic = Diagnostic::new(&codes::UNKNOWN_KEY, headline)
            .at(member.key.span(), "unknown here")
            .note("Nothing would read it, so what it says would have no effect.");
        let other_dialect = kind
            .fields
            .iter()
            .find(|field| field.plural.is_some() && if kdl { field.yaml_key() == key } else { field.name == key });
        let near = nearest(key, candidates().map(spelled));
        let meant = other_dialect.or_else(|| candidates().find(|field| Some(spelled(field)) == near));
        if let Some(field) = other_dialect {
            diagnostic = if kdl {
                diagnostic.help(format!("That is YAML's spelling. In KDL write `{}` once for each.", field.name))
            } else {
                diagnostic.help(format!("That is KDL's spelling. In YAML write `{}: …`.", field.yaml_key()))
            };
        } else if let Some(near) = near {
            diagnostic = diagnostic.help(format!("Did you mean `{near}`?")).fix(member.key.span(), near);
        } else {
            diagnostic = diagnostic.help(format!("It has these fields: {}.", field_list(kind, kdl)));
        }
        if meant.is_some_and(|field| matches!(field.ty, Type::Secret)) {
            // A misspelt secret field may hold the secret itself.
            self.sensitive.extend(member.arguments.iter().filter(|s| s.tag.is_none()).map(Scalar::span));
        }
        self.suspect.push(member.span);
        self.sink.push(diagnostic);
    }

    /// Reports a value that cannot be read as what its field holds.
    pub fn wrong_type(&mut self, slot: &Slot<'_>, span: Span, expects: &str, why: &str) {
        let field = slot.field.name;
        let headline = match slot.field.place {
            Place::Name => format!("this is not a valid name for {}", called(slot.kind)),
            _ => format!("`{field}` of {} must be {expects}", called(slot.kind)),
        };
        let label = if why.is_empty() { format!("not {expects}") } else { why.to_owned() };
        self.sink.push(Diagnostic::new(&codes::WRONG_TYPE, headline).at(span, label));
    }

    /// Reports a required field that is not there.
    pub fn missing(&mut self, slot: &Slot<'_>) {
        let headline = format!("{} needs `{}`", called(slot.kind), slot.field.name);
        let doc = slot.field.doc.trim().lines().next().unwrap_or_default();
        self.sink.push(
            Diagnostic::new(&codes::MISSING_KEY, headline)
                .at(slot.head, format!("`{}` is missing", slot.field.name))
                .note(doc.to_owned())
                .help(format!("Add {}.", slot.spelling())),
        );
    }

    /// The single use of a field that is written at most once; further uses are reported. The outer `None` says that there
    /// is none.
    pub fn single<'a>(&mut self, slot: &Slot<'a>) -> Option<Use<'a>> {
        let (first, further) = slot.uses.split_first()?;
        for again in further {
            self.suspect.push(again.span());
            self.duplicate(slot.field.name, *first, *again);
        }
        Some(*first)
    }

    /// Reports a key that was written twice.
    pub fn duplicate(&mut self, key: &str, first: Use<'_>, again: Use<'_>) {
        let place = |one: Use<'_>| match one {
            Use::Name(name) => name.span(),
            Use::Argument(scalar) => scalar.span(),
            Use::Node(node) if node.key.as_str().is_empty() => node.span,
            Use::Node(node) => node.key.span(),
        };
        self.sink.push(
            Diagnostic::new(&codes::DUPLICATE_KEY, format!("`{key}` is written twice"))
                .at(place(again), "written again here")
                .also(place(first), "first written here")
                .note("Only one of them could count, and people would not agree which one.")
                .help("Keep one of the two."),
        );
    }

    /// The one scalar of a use; anything else is reported.
    pub fn scalar(&mut self, slot: &Slot<'_>, one: Use<'_>, expects: &str) -> Option<Scalar> {
        match one {
            Use::Name(name) => Some(Scalar { text: name.clone(), kind: ScalarKind::Plain, tag: None }),
            Use::Argument(scalar) => Some(scalar.clone()),
            Use::Node(node) => {
                if let (Shape::Scalar, [scalar]) = (node.shape, node.arguments.as_slice()) {
                    return Some(scalar.clone());
                }
                let why = match node.shape {
                    Shape::Empty => "a value is missing",
                    Shape::Scalars => "only one value can stand here",
                    Shape::Scalar | Shape::Mapping | Shape::Items => "",
                };
                let span = if node.shape == Shape::Empty { node.key.span() } else { node.value_span };
                self.wrong_type(slot, span, expects, why);
                None
            }
        }
    }
}

/// What a thing of this kind is called in a sentence: "an alert", and for parts of other things "`smtp`".
fn called(kind: &Kind) -> String {
    let name = match kind.name {
        "expect" => "test",
        "inhibit" => "inhibition",
        "param" => "parameter",
        "record" => "recording rule",
        "rules" => "rule set",
        name => name,
    };
    let stands_alone = ["expect", "inhibit", "period", "policy", "project", "route", "spec file", "threshold"];
    if !stands_alone.contains(&kind.name) && !kind.fields.iter().any(|field| field.place == Place::Name) {
        return format!("`{name}`");
    }
    let vowel = name.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {name}", if vowel { "an" } else { "a" })
}

/// The fields of a kind as a readable list.
fn field_list(kind: &Kind, kdl: bool) -> String {
    let names: Vec<String> = kind
        .fields
        .iter()
        .filter(|field| match field.place {
            Place::Name | Place::Rest => false,
            Place::Argument => !kdl,
            Place::Property | Place::Child | Place::Off => true,
        })
        .map(|field| format!("`{}`", if kdl { field.name } else { field.yaml_key() }))
        .collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
