//! Texts with `${…}`: annotations and labels, filled in per rule.
//!
//! The template engine runs with `${ }` as its delimiters, so that Prometheus' own `{{ … }}` passes through untouched.
//! Names that are not defined are errors, and the work of one text is bounded.

use std::collections::BTreeMap;

use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, UndefinedBehavior};

use super::{Context, codes};
use crate::diagnostic::{Diagnostic, nearest};
use crate::source::Text;

/// The most steps that one text may take.
const FUEL: u64 = 10_000;

/// Fills in texts.
#[derive(Debug)]
pub struct Renderer {
    environment: Environment<'static>,
}

impl Renderer {
    /// A renderer with the compiler's delimiters.
    pub fn new() -> Self {
        let mut environment = Environment::empty();
        let syntax = SyntaxConfig::builder()
            .variable_delimiters("${", "}")
            .block_delimiters("<%%", "%%>")
            .comment_delimiters("<##", "##>")
            .keep_trailing_newline(true)
            .build()
            .unwrap_or_default();
        environment.set_syntax(syntax);
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(FUEL));
        environment.set_debug(true);
        Self { environment }
    }

    /// The text with its `${…}` filled in; what cannot be is reported at its bytes.
    pub fn render(&self, context: &mut Context<'_>, text: &Text, values: &BTreeMap<String, String>) -> Option<String> {
        let template = text.as_str();
        if !template.contains("${") {
            return Some(template.to_owned());
        }
        match self.environment.render_str(template, values) {
            Ok(rendered) => Some(rendered),
            Err(error) => {
                let range = error.range().filter(|range| range.end <= template.len() && range.start <= range.end);
                let span = range.clone().map_or(text.span(), |range| text.span_of(range));
                let written = range.and_then(|range| template.get(range)).unwrap_or_default().trim();
                let unknown = error.kind() == minijinja::ErrorKind::UndefinedError;
                let headline = if unknown && !written.is_empty() {
                    format!("`{written}` is not a parameter of this alert")
                } else {
                    format!("this text cannot be filled in: {}", error.detail().unwrap_or("its `${…}` is not valid"))
                };
                let mut diagnostic = Diagnostic::new(&codes::TEXT, headline).at(span, "cannot be filled in").note(
                    "`${…}` is filled in when the spec is built; whoever is paged would read a hole in the text.",
                );
                diagnostic = match nearest(written, values.keys().map(String::as_str)) {
                    Some(near) if unknown => diagnostic.help(format!("Did you mean `${{{near}}}`?")),
                    _ => {
                        let names: Vec<String> = values.keys().map(|name| format!("`${{{name}}}`")).collect();
                        diagnostic.help(format!(
                            "These can be used: {}. Labels of the firing alert are written `{{{{ $labels.NAME }}}}`.",
                            names.join(", ")
                        ))
                    }
                };
                context.sink.push(diagnostic);
                None
            }
        }
    }
}

impl Default for Renderer {
    fn default() -> Self {
        Self::new()
    }
}
