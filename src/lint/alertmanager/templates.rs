//! Templates of notifications: in files of their own, and in the fields of receivers.
//!
//! A file that cannot be parsed keeps Alertmanager from loading its configuration. A field is parsed only when a
//! notification is sent, which then fails: that is a warning, and the worse case.

use super::super::File;
use crate::alertmanager::table::{Scalar, Type};
use crate::alertmanager::{Config, DEFAULT_TEMPLATES, Section, Value, is_defined};
use crate::ast::Version;
use crate::diagnostic::{Code, Diagnostic, Sink, nearest};
use crate::gotemplate::{FunctionSet, Problem, Template, facts, parse};
use crate::source::{Span, Text};
use crate::syntax::Node;
use std::collections::BTreeSet;
use std::ops::Range;

/// A template file that is refused.
pub static TEMPLATE_FILE: Code = Code::error(
    "alertmanager/template-file",
    "0.1.0",
    include_str!("../../diagnostic/stage/alertmanager/template-file.md"),
);

/// A template that fails when it is used.
pub static TEMPLATE: Code =
    Code::warning("alertmanager/template", "0.1.0", include_str!("../../diagnostic/stage/alertmanager/template.md"));

/// A template that nobody defines.
pub static UNDEFINED_TEMPLATE: Code = Code::warning(
    "alertmanager/undefined-template",
    "0.1.0",
    include_str!("../../diagnostic/stage/alertmanager/undefined-template.md"),
);

/// What a failing field does.
const FAILS: &str =
    "Alertmanager reads this text only when it notifies: the notification then fails, and nobody is told.";

/// The names that the template files of one run define.
#[derive(Debug, Default)]
pub struct Defined {
    names: BTreeSet<String>,
    files: usize,
}

impl Defined {
    /// Notes what a template file defines.
    pub fn add(&mut self, text: &str) {
        self.files += 1;
        if let Ok(template) = parse(text, FunctionSet::notification()) {
            self.names.extend(template.definitions.into_iter().map(|definition| definition.name));
        }
    }
}

/// A text with what is needed to say something about it.
struct Judged<'a> {
    place: &'a dyn Fn(Range<usize>) -> Span,
    version: Version,
    code: &'static Code,
    /// What the finding says of the consequence.
    note: &'static str,
    /// The names that can be called, besides those of every Alertmanager; nothing when they are not all known.
    defined: Option<&'a BTreeSet<String>>,
}

/// Judges a template file.
pub fn lint_file(file: File<'_>, version: Version, defined: &Defined, sink: &mut Sink) {
    let place = |range: Range<usize>| Span::new(file.id, range);
    let judged = Judged {
        place: &place,
        version,
        code: &TEMPLATE_FILE,
        note: "Alertmanager does not load a configuration with a template file that it cannot parse.",
        defined: Some(&defined.names),
    };
    judged.look(file.text, sink);
}

/// Judges the fields of receivers.
pub(super) fn look(config: &Config, defined: &Defined, sink: &mut Sink) {
    let known = defined.files > 0 || config.templates().next().is_none();
    for receiver in config.receivers() {
        for integration in receiver.integrations() {
            let mut texts = Vec::new();
            collect(integration.section, &mut texts);
            for text in texts.into_iter().filter(|text| text.as_str().contains("{{")) {
                let place = |range: Range<usize>| text.span_of(range);
                let judged = Judged {
                    place: &place,
                    version: config.version,
                    code: &TEMPLATE,
                    note: FAILS,
                    defined: known.then_some(&defined.names),
                };
                judged.look(text.as_str(), sink);
            }
        }
    }
}

/// The texts of a part that Alertmanager expands; those of its HTTP client are taken as they are.
fn collect<'c>(section: &'c Section, texts: &mut Vec<&'c Text>) {
    for entry in &section.fields {
        if matches!(entry.field.name, "http_config" | "tls_config" | "sigv4") {
            continue;
        }
        match (&entry.value, entry.field.ty) {
            (Value::Text(text), Type::Scalar(Scalar::Text | Scalar::TemplateUrl) | Type::TextOrBlock(_)) => {
                texts.push(text);
            }
            (Value::Section(inner), _) => collect(inner, texts),
            (Value::List(items, _), _) => {
                texts.extend(items.iter().filter_map(Value::text));
                for inner in items.iter().filter_map(Value::section) {
                    collect(inner, texts);
                }
            }
            (Value::Map(entries, _), _) => {
                for (_, value) in entries {
                    match value {
                        Value::Text(text) => texts.push(text),
                        Value::Any(node) => any(node, texts),
                        _ => {}
                    }
                }
            }
            (Value::Any(node), _) => any(node, texts),
            _ => {}
        }
    }
}

fn any<'c>(node: &'c Node, texts: &mut Vec<&'c Text>) {
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        texts.extend(node.arguments.iter().map(|scalar| &scalar.text));
        open.extend(node.members.iter().chain(&node.items));
    }
}

impl Judged<'_> {
    fn look(&self, text: &str, sink: &mut Sink) {
        match parse(text, FunctionSet::notification()) {
            Ok(template) => self.parsed(&template, sink),
            Err(errors) => {
                for error in errors {
                    sink.push(
                        Diagnostic::new(self.code, "this template cannot be parsed")
                            .at((self.place)(error.range), error.message)
                            .note(self.note),
                    );
                }
            }
        }
    }

    fn parsed(&self, template: &Template, sink: &mut Sink) {
        let facts = facts(template);
        for used in &facts.functions {
            let since = FunctionSet::notification().find(&used.name).map_or("", |function| function.since);
            let Ok(since) = since.parse::<Version>() else { continue };
            if since > self.version {
                sink.push(
                    Diagnostic::new(
                        self.code,
                        format!("Alertmanager {} has no function `{}`", self.version, used.name),
                    )
                    .at((self.place)(used.range.clone()), format!("known since {since}"))
                    .note(self.note)
                    .help(format!("Do without it, or run Alertmanager {since} or newer.")),
                );
            }
        }
        for problem in &facts.problems {
            sink.push(self.problem(problem));
        }
        let Some(defined) = self.defined else { return };
        let own: BTreeSet<&str> = template.definitions.iter().map(|definition| definition.name.as_str()).collect();
        for used in &facts.templates {
            let name = used.name.as_str();
            if own.contains(name) || defined.contains(name) || is_defined(name, self.version) {
                continue;
            }
            let diagnostic = Diagnostic::new(&UNDEFINED_TEMPLATE, format!("there is no template `{name}`"))
                .at((self.place)(used.range.clone()), "defined in no file that was looked at")
                .note("A notification that comes to this place fails, and nobody is told.");
            let known = defined.iter().map(String::as_str).chain(DEFAULT_TEMPLATES.iter().map(|(name, _)| *name));
            sink.push(match nearest(name, known) {
                Some(near) => diagnostic.help(format!("Did you mean `{near}`?")),
                None => {
                    diagnostic.help("Define it in a file that `templates` names, and give that file to `lint` too.")
                }
            });
        }
    }

    fn problem(&self, problem: &Problem) -> Diagnostic {
        let note = "The text is accepted when it is loaded. A notification that comes to this place fails, and nobody is told.";
        match problem {
            Problem::Arguments { function, given, least, most, range } => {
                let takes = match most {
                    Some(most) if most == least => format!("it takes {least}"),
                    Some(most) => format!("it takes {least} to {most}"),
                    None => format!("it takes at least {least}"),
                };
                Diagnostic::new(&TEMPLATE, format!("`{function}` is given {given} arguments"))
                    .at((self.place)(range.clone()), takes)
                    .note(note)
            }
            Problem::UnknownField { field, known, range } => {
                let diagnostic = Diagnostic::new(&TEMPLATE, format!("there is no field `{field}` here"))
                    .at((self.place)(range.clone()), "unknown field")
                    .note(note);
                match nearest(field, known.iter().copied()) {
                    Some(near) => diagnostic.help(format!("Did you mean `{near}`?")),
                    None => diagnostic.help(format!("There are `{}`.", known.join("`, `"))),
                }
            }
            Problem::UndeclaredVariable { name, range } => {
                Diagnostic::new(&TEMPLATE, format!("the variable `{name}` is never declared"))
                    .at((self.place)(range.clone()), "set here")
                    .note(note)
                    .help(format!("Declare it with `{name} :=`."))
            }
        }
    }
}
