//! Random content by the field tables: what a spec says, before it is spelled in either dialect.

use std::collections::BTreeSet;

use alertsmith::ast::field::{Field, Kind, Place, ScalarKind, SchemaHint, Type};
use alertsmith::source::{FileId, Span, Text};
use alertsmith::syntax;

use crate::support::random::Random;

/// A thing with its fields, in the order of its table.
#[derive(Debug, Clone)]
pub(crate) struct Thing {
    pub(crate) kind: &'static Kind,
    pub(crate) fields: Vec<(&'static Field, Value)>,
}

/// What a field holds.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Scalar(Scalar),
    Scalars(Vec<Scalar>),
    Map(Vec<(String, Scalar)>),
    /// Label, tag if the comparison is not equality, values.
    Matchers(Vec<(String, Option<&'static str>, Vec<String>)>),
    Secret(String),
    Block(Thing),
    /// Things that are told apart by their name.
    Named(Vec<Thing>),
    Ordered(Vec<Thing>),
    OneOrMany(Vec<Thing>),
    /// With the reason.
    Off(String),
}

/// A leaf.
#[derive(Debug, Clone)]
pub(crate) struct Scalar {
    pub(crate) text: String,
    /// `true` and `false` have a spelling of their own.
    pub(crate) is_bool: bool,
}

/// Which fields of which kinds were made at least once.
#[derive(Debug, Default)]
pub(crate) struct Seen(BTreeSet<(&'static str, &'static str)>);

impl Seen {
    /// The fields of a table, and of every table it leads to, that were never made.
    pub(crate) fn forgotten(&self, root: &'static Kind) -> Vec<String> {
        let (mut open, mut done, mut forgotten) = (vec![root], BTreeSet::new(), Vec::new());
        while let Some(kind) = open.pop() {
            if !done.insert(std::ptr::from_ref(kind) as usize) {
                continue;
            }
            for field in kind.fields {
                if !self.0.contains(&(kind.name, field.name)) {
                    forgotten.push(format!("{}.{}", kind.name, field.name));
                }
                if let Type::Block(inner) | Type::Named(inner) | Type::Ordered(inner) | Type::OneOrMany(inner) =
                    field.ty
                {
                    open.push(inner.get());
                }
            }
        }
        forgotten
    }
}

/// Values that some field with a check of its own takes: durations, releases, quantities, labels, whole numbers.
const SHAPED: [&str; 22] = [
    "0", "5m", "1h30m", "250ms", "30s", "2d", "3.14", "0.34.1", "v2.42", "80", "0.5", "-1", "95%", "10GiB", "1e3",
    "instance", "group_id", "a", "B2", "42", "-1001", "007",
];

/// Text that one dialect or the other could read as something else.
const AWKWARD: [&str; 46] = [
    "plain",
    "two words",
    "null",
    "~",
    "true",
    "false",
    "#true",
    "off",
    "on",
    "no",
    "yes",
    "012",
    "0x1f",
    "1_000",
    "5m",
    ".5",
    "-",
    "- a",
    "a: b",
    "a #b",
    "#",
    "{{ $labels.instance }}",
    "${threshold}",
    "\"",
    "'",
    "it's",
    "\\",
    "\\n",
    "a\\\"b",
    "/* x */",
    "// x",
    "/-x",
    "(secret)x",
    "!secret x",
    "&a",
    "*a",
    "[a, b]",
    "{a}",
    "a;b",
    "a=b",
    "한국어",
    "ü é 𝔸",
    "inf",
    "nan",
    "@x",
    "`x`",
];

/// Text of several lines, and with blanks and letters that must be escaped.
const LONG: [&str; 12] = [
    "a\nb",
    "a\n  b\n c",
    "\na",
    "a\n",
    "a\n\n",
    "a\r\nb",
    "\ta",
    " a ",
    "a\tb",
    "a\u{1}b",
    "a\u{2028}b",
    "sum(rate(x{y=\"z\"}[5m]))\n  / 2\n  > ${t}",
];

pub(crate) struct Generator<'r> {
    random: &'r mut Random,
    seen: &'r mut Seen,
    /// The tables of the things around the one at hand.
    around: Vec<&'static str>,
    /// Whether every field is written, once.
    is_full: bool,
    /// Whether only fields are written that must be.
    is_spare: bool,
}

impl<'r> Generator<'r> {
    pub(crate) fn new(random: &'r mut Random, seen: &'r mut Seen) -> Self {
        Self { random, seen, around: Vec::new(), is_full: false, is_spare: false }
    }

    /// A spec that says a few things.
    pub(crate) fn some(mut self, kind: &'static Kind) -> Thing {
        self.thing(kind, None)
    }

    /// A thing with the fields that it must have, and nothing else.
    pub(crate) fn needed(mut self, kind: &'static Kind) -> Thing {
        self.is_spare = true;
        self.thing(kind, None)
    }

    /// A spec that says everything that can be said.
    pub(crate) fn everything(mut self, kind: &'static Kind) -> Thing {
        self.is_full = true;
        self.thing(kind, None)
    }

    fn thing(&mut self, kind: &'static Kind, number: Option<usize>) -> Thing {
        let has_rest = kind.fields.iter().any(|field| field.place == Place::Rest);
        let mut fields = Vec::new();
        let mut argument_is_missing = false;
        for field in kind.fields {
            let depth = self.around.len();
            let often = if depth == 0 { 6 } else { 2 + depth };
            let is_wanted = field.required || self.is_full || !self.is_spare && self.random.once_in(often);
            // Arguments are told apart by their position: without the first there is no second.
            if !is_wanted || field.place == Place::Argument && argument_is_missing {
                argument_is_missing |= field.place == Place::Argument;
                continue;
            }
            if let Some(value) = self.value(kind, field, number, has_rest) {
                self.seen.0.insert((kind.name, field.name));
                fields.push((field, value));
            }
        }
        Thing { kind, fields }
    }

    fn value(
        &mut self,
        kind: &'static Kind,
        field: &'static Field,
        number: Option<usize>,
        has_rest: bool,
    ) -> Option<Value> {
        Some(match field.ty {
            Type::Scalar(scalar) => {
                let mut scalar = self.scalar(scalar);
                if let (Place::Name, Some(number)) = (field.place, number) {
                    scalar.text = unique(&scalar.text, number, field);
                }
                Value::Scalar(scalar)
            }
            Type::Scalars(scalar) => {
                let count = self.random.below(4);
                Value::Scalars((0..count).map(|_| self.scalar(scalar)).collect())
            }
            Type::Map(scalar) => {
                let count = self.random.below(4);
                let taken = |key: &str| has_rest && kind.fields.iter().any(|field| field.name == key);
                let keys = (0..count)
                    .map(|number| format!("{}{number}", self.random.word(&["label", "x", "_k", "reason_", "Off"])));
                let keys: Vec<String> = keys.filter(|key| !taken(key)).collect();
                Value::Map(keys.into_iter().map(|key| (key, self.scalar(scalar))).collect())
            }
            Type::Matchers => {
                let count = self.random.below(4);
                let one = |number| {
                    let label = format!("{}{number}", self.random.word(&["service", "not", "regex", "l_"]));
                    let tag = self.random.word(&["", "", "not", "regex", "not-regex"]);
                    let values = (0..=self.random.below(3)).map(|_| self.text()).collect();
                    (label, Some(tag).filter(|tag| !tag.is_empty()), values)
                };
                let mut matchers: Vec<_> = (0..count).map(one).collect();
                // A second condition on the last label, which compares in another way.
                if let Some((label, Some(tag), _)) = matchers.last()
                    && self.random.once_in(2)
                {
                    let tag = if *tag == "not" { "regex" } else { "not" };
                    matchers.push((label.clone(), Some(tag), vec![self.text()]));
                }
                Value::Matchers(matchers)
            }
            Type::Secret => Value::Secret(self.name()),
            Type::ScalarOrSecret(scalar) => {
                if self.random.once_in(2) {
                    Value::Secret(self.name())
                } else {
                    Value::Scalar(self.scalar(scalar))
                }
            }
            Type::Block(inner) => Value::Block(self.inside(inner.get(), None)?),
            Type::Named(inner) => Value::Named(self.several(inner.get())?),
            Type::Ordered(inner) => Value::Ordered(self.several(inner.get())?),
            Type::OneOrMany(inner) => Value::OneOrMany(self.several(inner.get())?),
            Type::Off => Value::Off(self.text()),
        })
    }

    fn several(&mut self, kind: &'static Kind) -> Option<Vec<Thing>> {
        let more = if self.is_full { 0 } else { self.random.below(3) };
        (0..=more).map(|number| self.inside(kind, Some(number))).collect()
    }

    /// A part of the thing at hand; nothing where groups in groups would never end.
    fn inside(&mut self, kind: &'static Kind, number: Option<usize>) -> Option<Thing> {
        let deepest = if self.is_full { usize::MAX } else { 5 };
        let same = self.around.iter().filter(|name| **name == kind.name).count();
        if self.around.len() > deepest || self.is_full && same > 1 {
            return None;
        }
        self.around.push(kind.name);
        let thing = self.thing(kind, number);
        self.around.pop();
        Some(thing)
    }

    fn scalar(&mut self, kind: ScalarKind) -> Scalar {
        let text = match kind.schema {
            SchemaHint::Bool => self.random.word(&["true", "false"]).to_owned(),
            SchemaHint::Words(words) => self.random.word(words).to_owned(),
            SchemaHint::Integer(least) => {
                (u64::try_from(least).unwrap() + self.random.below(100_000) as u64).to_string()
            }
            SchemaHint::Pattern(_) | SchemaHint::Number => self.fitting(kind, |random| random.word(&SHAPED).to_owned()),
            SchemaHint::Text => {
                let text = self.text();
                if fits(kind, &text) { text } else { self.fitting(kind, |random| random.word(&AWKWARD).to_owned()) }
            }
        };
        Scalar { text, is_bool: matches!(kind.schema, SchemaHint::Bool) }
    }

    /// A text that the field takes; `make` must give one sooner or later.
    fn fitting(&mut self, kind: ScalarKind, make: impl Fn(&mut Random) -> String) -> String {
        let found = (0..1000).map(|_| make(self.random)).find(|text| fits(kind, text));
        found.unwrap_or_else(|| panic!("nothing in the lists is {}", kind.expects))
    }

    fn text(&mut self) -> String {
        let parts = 1 + self.random.below(2);
        let part = |_| if self.random.once_in(4) { self.random.word(&LONG) } else { self.random.word(&AWKWARD) };
        (0..parts).map(part).collect()
    }

    fn name(&mut self) -> String {
        self.random.word(&["vault", "off", "true", "5m", "a b", "슬랙", "x\"y", "012"]).to_owned()
    }
}

/// Names below one parent must differ; where only certain words can be names, they do so already.
fn unique(name: &str, number: usize, field: &Field) -> String {
    let numbered = format!("{name}{number}");
    match field.ty {
        Type::Scalar(kind) if fits(kind, &numbered) => numbered,
        _ => name.to_owned(),
    }
}

fn fits(kind: ScalarKind, text: &str) -> bool {
    let span = Span::new(FileId(0), 0..text.len());
    (kind.check)(&Text::verbatim(text, span), syntax::ScalarKind::Quoted).is_ok()
}
