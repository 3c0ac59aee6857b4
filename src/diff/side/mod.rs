//! One side of a comparison: what is written for the tools, with the places that it comes from.
//!
//! A side is a set of typed documents. For a spec these are the documents that a build prints, whose values know their
//! origins in the spec; for files as they are, [`raw`] reads the files into the same documents, with the files themselves as
//! the origins. Everything that compares sides reads documents, so it is said once for all kinds of input.

pub mod raw;
pub mod rules;

use std::collections::BTreeMap;

use super::report::{Place, Step};
use crate::artifact::{Body, Bundle, Doc, FileKind, Value};
use crate::explain::{Part, story};
use crate::lower;
use crate::model::{AlertRule, Model};
use crate::output::Rendered;
use crate::pipeline::Compilation;
use crate::provenance::{Origin, Provenance};
use crate::routing::Configuration;
use crate::source::{Sources, Span};

/// One side.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// The files that origins lead to.
    pub sources: &'a Sources,
    /// The stories of all values.
    pub provenance: &'a Provenance,
    /// The documents.
    pub bundle: &'a Bundle,
    /// The resolved spec, if there is one.
    pub model: Option<&'a Model>,
    /// What the configurations of Alertmanager decide by, by path; a spec's follow from its model.
    pub configurations: Option<&'a BTreeMap<String, Configured>>,
    /// Files that could not be read.
    pub unread: &'a [String],
    /// What goes before the path of a file so that the reader can open it: empty, or with a `/` at its end.
    pub root: &'a str,
}

/// What a configuration of Alertmanager decides by, with places.
#[derive(Debug)]
pub struct Configured {
    /// Routes, inhibition rules, time intervals.
    pub configuration: Configuration,
    /// Where each route was written, in walk order.
    pub routes: Vec<Span>,
    /// Where each inhibition rule was written.
    pub inhibit_rules: Vec<Span>,
}

/// A spec that was built.
#[derive(Debug)]
pub struct Built {
    compilation: Compilation,
    bundle: Bundle,
    /// What was printed.
    pub rendered: Rendered,
}

impl Built {
    /// Takes what a build gave. `Err` gives the run back if nothing was printed.
    pub fn of(compilation: Compilation, rendered: Option<Rendered>) -> Result<Self, Box<Compilation>> {
        match (rendered, &compilation.model) {
            (Some(rendered), Some(model)) => {
                let bundle = lower::lower(model);
                Ok(Self { compilation, bundle, rendered })
            }
            _ => Err(Box::new(compilation)),
        }
    }

    /// The side that this spec is.
    pub fn side<'a>(&'a self, root: &'a str) -> Side<'a> {
        Side {
            sources: &self.compilation.sources,
            provenance: &self.compilation.provenance,
            bundle: &self.bundle,
            model: self.compilation.model.as_ref(),
            configurations: None,
            unread: &[],
            root,
        }
    }
}

impl<'a> Side<'a> {
    /// The documents of files of one kind, by path.
    pub fn documents(self, kind: FileKind) -> impl Iterator<Item = (&'a str, &'a Doc)> {
        let files = self.bundle.files.iter().filter(move |(_, file)| file.kind == kind);
        files.flat_map(|(path, file)| {
            let documents: &[Doc] = match &file.body {
                Body::Yaml(documents) => documents,
                Body::Json(document) => std::slice::from_ref(document),
                Body::Nginx(_) | Body::Text(..) => &[],
            };
            documents.iter().map(|document| (path.as_str(), document))
        })
    }

    /// The rules of the model by their origin, which each has for itself.
    fn made(self) -> BTreeMap<Origin, &'a AlertRule> {
        self.model.iter().flat_map(|model| &model.alert_rules).map(|rule| (rule.origin, rule)).collect()
    }

    /// Where a value comes from, with its whole story. `None` if nobody wrote it.
    pub fn place(self, origin: Origin, what: &str) -> Option<Place> {
        let mut part = Part { headline: String::new(), places: Vec::new(), notes: Vec::new() };
        story::tell(&mut part, self.provenance, origin, what);
        let mut places = part.places.into_iter();
        let mut place = self.at(places.next()?.span)?;
        place.chain =
            places.filter_map(|label| Some(Step { at: self.at(label.span)?.shown(), says: label.text })).collect();
        Some(place)
    }

    /// A span as a place.
    pub fn at(self, span: Span) -> Option<Place> {
        let file = self.sources.get(span.file)?;
        let (line, column) = file.position(span.start);
        let (end_line, end_column) = file.position(span.end.max(span.start));
        let path = format!("{}{}", self.root, file.path());
        Some(Place { file: path, line, column, end_line, end_column, chain: Vec::new() })
    }

    /// The place of a document's own value.
    pub fn place_of(self, doc: &Doc, what: &str) -> Option<Place> {
        doc.origin.and_then(|origin| self.place(origin, what))
    }
}

/// A scalar as text; `None` for lists and maps.
pub fn text(doc: &Doc) -> Option<String> {
    match &doc.value {
        Value::Null => Some(String::new()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Integer(value) => Some(value.to_string()),
        Value::Number(value) | Value::String(value) => Some(value.clone()),
        Value::List(_) | Value::Map(_) => None,
    }
}

/// The text of an entry of a map.
pub fn text_at(doc: &Doc, key: &str) -> Option<String> {
    doc.get(key).and_then(text)
}

/// The items of a list; none for anything else.
pub fn items(doc: Option<&Doc>) -> &[Doc] {
    match doc.map(|doc| &doc.value) {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}

/// The entries of a map; none for anything else.
pub fn entries(doc: Option<&Doc>) -> &[(String, Doc)] {
    match doc.map(|doc| &doc.value) {
        Some(Value::Map(entries)) => entries,
        _ => &[],
    }
}
