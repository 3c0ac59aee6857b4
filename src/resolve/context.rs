//! What every resolving function needs: findings, provenance, and short ways to make fields.

use std::collections::{BTreeMap, BTreeSet};

use super::codes;
use crate::ast::Name;
use crate::ast::codes::WRONG_TYPE;
use crate::diagnostic::{Diagnostic, Sink, nearest};
use crate::model::{Field, Labels};
use crate::provenance::{Origin, Provenance, Step};
use crate::source::{Span, Spanned, Text};

/// The state of one resolving run.
#[derive(Debug)]
pub struct Context<'a> {
    /// Where findings go.
    pub sink: &'a mut Sink,
    /// The stories of all values.
    pub provenance: &'a mut Provenance,
    /// Names of things that could not be decoded; references to them stay silent.
    pub poisoned: &'a BTreeSet<(&'static str, String)>,
}

impl Context<'_> {
    /// The origin of a value written at `span`.
    pub fn written(&mut self, span: Span) -> Origin {
        self.provenance.written(span)
    }

    /// A field with the value as written.
    pub fn field<T: Clone>(&mut self, written: &Spanned<T>) -> Field<T> {
        Field::new(written.value.clone(), self.provenance.written(written.span))
    }

    /// A field if something was written.
    pub fn maybe<T: Clone>(&mut self, written: Option<&Spanned<T>>) -> Option<Field<T>> {
        written.map(|written| self.field(written))
    }

    /// A field with what was written, or a default; `why` says why that one.
    pub fn or<T: Clone>(&mut self, written: Option<&Spanned<T>>, default: T, why: &'static str) -> Field<T> {
        match written {
            Some(written) => self.field(written),
            None => self.default(default, why),
        }
    }

    /// A field that nobody wrote.
    pub fn default<T>(&mut self, value: T, why: &'static str) -> Field<T> {
        Field::new(value, self.provenance.add(Step::Defaulted(why)))
    }

    /// A field taken over from something else.
    pub fn inherited<T: Clone>(&mut self, from: &Field<T>, by: String) -> Field<T> {
        Field::new(from.value.clone(), self.provenance.add(Step::Inherited { from: from.origin, by }))
    }

    /// A name as a string field.
    pub fn name(&mut self, written: &Spanned<Name>) -> Field<String> {
        Field::new(written.as_str().to_owned(), self.provenance.written(written.span))
    }

    /// Names as string fields.
    pub fn names(&mut self, written: &[Spanned<Name>]) -> Vec<Field<String>> {
        written.iter().map(|name| self.name(name)).collect()
    }

    /// A text as a string field.
    pub fn text(&mut self, written: &Spanned<Text>) -> Field<String> {
        Field::new(written.as_str().to_owned(), self.provenance.written(written.span))
    }

    /// A text as a string field, if something was written.
    pub fn maybe_text(&mut self, written: Option<&Spanned<Text>>) -> Option<Field<String>> {
        written.map(|written| self.text(written))
    }

    /// Labels as fields.
    pub fn labels<K: std::fmt::Display>(&mut self, written: &crate::ast::Map<K, Text>) -> Labels {
        written.entries.iter().map(|(name, value)| (name.to_string(), self.text(value))).collect()
    }

    /// Things by name; a second definition of a name is reported with both places, and the first one counts.
    pub fn by_name<'t, T>(
        &mut self,
        kind: &str,
        things: impl IntoIterator<Item = &'t T>,
        name: impl Fn(&'t T) -> &'t Spanned<Name>,
    ) -> BTreeMap<String, &'t T> {
        let mut map: BTreeMap<String, &'t T> = BTreeMap::new();
        for thing in things {
            let written = name(thing);
            match map.get(written.as_str()) {
                None => {
                    map.insert(written.as_str().to_owned(), thing);
                }
                Some(first) => self.sink.push(
                    Diagnostic::new(
                        &codes::DUPLICATE_NAME,
                        format!("the {kind} `{}` is defined twice", written.as_str()),
                    )
                    .at(written.span, "defined again here")
                    .also(name(first).span, "first defined here")
                    .note("All files of a spec share one namespace; their order does not matter.")
                    .help("Give one of them another name, or join the two."),
                ),
            }
        }
        map
    }

    /// Reports a text that its field cannot hold; `expects` says what it must be.
    pub fn expect(&mut self, fits: bool, what: &str, span: Span, expects: &str, why: &str) {
        if !fits {
            let diagnostic =
                Diagnostic::new(&WRONG_TYPE, format!("{what} must be {expects}")).at(span, format!("not {expects}"));
            self.sink.push(diagnostic.note(why));
        }
    }

    /// Reports a name that is no metric's. Newer Prometheus servers know others too, but neither the operator nor older releases load
    /// them, and no query reads them without quotes.
    pub fn metric_name(&mut self, what: &str, name: &Spanned<Name>) {
        let text = name.as_str();
        let fits = !text.starts_with(|c: char| c.is_ascii_digit())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b':');
        self.expect(
            fits,
            what,
            name.span,
            "a metric name",
            "Metric names have letters, digits, `_` and `:`, and do not begin with a digit.",
        );
    }

    /// Whether a name is known; an unknown one is reported with the nearest that is, unless its definition is broken.
    pub fn bind<'n>(
        &mut self,
        kind: &'static str,
        written: &Spanned<Name>,
        known: impl IntoIterator<Item = &'n String> + Clone,
    ) -> bool {
        let name = written.as_str();
        if known.clone().into_iter().any(|other| other == name) {
            return true;
        }
        if !self.poisoned.contains(&(kind, name.to_owned())) {
            let mut diagnostic = Diagnostic::new(&codes::UNKNOWN_NAME, format!("there is no {kind} `{name}`"))
                .at(written.span, format!("no {kind} has this name"))
                .note("All files of the spec were searched.");
            let names: Vec<&String> = known.into_iter().collect();
            diagnostic = match nearest(name, names.iter().map(|name| name.as_str())) {
                Some(near) => diagnostic.help(format!("Did you mean `{near}`?")).fix(written.span, near),
                None if names.is_empty() => diagnostic.help(format!("The spec has no {kind} yet; define one.")),
                None => {
                    let mut shown: Vec<String> = names.iter().take(8).map(|name| format!("`{name}`")).collect();
                    if names.len() > shown.len() {
                        shown.push(format!("and {} more", names.len() - shown.len()));
                    }
                    diagnostic.help(format!("These exist: {}.", shown.join(", ")))
                }
            };
            self.sink.push(diagnostic);
        }
        false
    }
}
