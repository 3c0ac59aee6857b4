//! Secrets that stand in the file although they could stand beside it.

use crate::alertmanager::table::{Scalar, Type};
use crate::alertmanager::{Config, Section, Value};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::source::Span;

/// A secret in plain sight.
pub static INLINE_SECRET: Code = Code::warning(
    "alertmanager/inline-secret",
    "0.1.0",
    include_str!("../../diagnostic/stage/alertmanager/inline-secret.md"),
);

/// More places than this are counted.
const SHOWN: usize = 4;

/// Reports all of them at once: they leave the file together.
pub(super) fn look(config: &Config, sink: &mut Sink) {
    let mut found = Vec::new();
    collect(config, &config.top, &mut found);
    let Some((name, first)) = found.first() else { return };
    let headline = match found.len() {
        1 => format!("the secret `{name}` stands in the file itself"),
        more => format!("{more} secrets stand in the file itself"),
    };
    let mut diagnostic = Diagnostic::new(&INLINE_SECRET, headline).at(*first, format!("could be `{name}_file`"));
    for (name, span) in found.iter().skip(1).take(SHOWN) {
        diagnostic = diagnostic.also(*span, format!("could be `{name}_file`"));
    }
    sink.push(
        diagnostic
            .note("Who can read the configuration, its history or its backups can read them, and to change one is to change the file.")
            .help(format!("Put each into a file of its own and name it, as `{name}_file: /etc/alertmanager/secrets/…`.")),
    );
}

fn collect(config: &Config, section: &Section, found: &mut Vec<(&'static str, Span)>) {
    for entry in &section.fields {
        match (&entry.value, entry.field.ty) {
            (Value::Text(text), Type::Scalar(kind)) if is_inline(kind, text.as_str()) => {
                let file = format!("{}_file", entry.field.name);
                if section.table.find(&file, config.version).is_some() {
                    found.push((entry.field.name, entry.key.span()));
                }
            }
            (Value::Section(inner), _) => collect(config, inner, found),
            (Value::List(items, _), _) => {
                for inner in items.iter().filter_map(Value::section) {
                    collect(config, inner, found);
                }
            }
            _ => {}
        }
    }
}

/// Placeholders of tools that fill the file in are no secrets, and the URL of a webhook is one only with a token in it.
fn is_inline(kind: Scalar, text: &str) -> bool {
    let placeholder = text.is_empty()
        || text.contains("${")
        || text.contains("$(")
        || text.contains("{{")
        || text.starts_with('<') && text.ends_with('>');
    let webhook = kind == Scalar::TemplateUrl && !text.contains(['@', '?']);
    kind.is_secret() && !placeholder && !webhook
}
