//! Diagnostics: what the compiler says, independent of how it is shown.
//!
//! A [`Diagnostic`] has a [`Code`], one headline that stands alone, a label on the exact bytes, further labels (where an
//! inherited value came from), the reason, and the next step. Stages push into a [`Sink`]; [`render`] shows them.

mod code;
pub mod render;
mod sink;
mod suggest;

pub use code::{Code, Level};
pub use sink::Sink;
pub use suggest::{is_close, nearest};

use crate::source::{Sources, Span};

/// One finding.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// Which rule speaks; gives the page that `alertsmith explain` prints.
    pub code: &'static Code,
    /// How serious it is; the code's own level unless an option changed it.
    pub level: Level,
    /// One sentence that stands alone, without a full stop.
    pub headline: String,
    /// The exact bytes and a few words on them; `None` for a finding about the whole spec or the environment.
    pub primary: Option<Label>,
    /// Other places that belong to the story, such as the first definition or where a value was inherited from.
    pub secondary: Vec<Label>,
    /// Why it matters: full sentences.
    pub notes: Vec<String>,
    /// The next step: full sentences.
    pub help: Vec<String>,
    /// What a piece of `help` says instead where the finding lies in a YAML file, by its number in `help`; see
    /// [`Diagnostic::help_spelled`].
    pub help_in_yaml: Vec<(usize, String)>,
    /// An edit that would mend it.
    pub fix: Option<Fix>,
}

/// A place with a few words on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The bytes to mark.
    pub span: Span,
    /// What to say there; no full stop.
    pub text: String,
}

/// A replacement that mends the finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// The bytes to replace.
    pub span: Span,
    /// What to put there.
    pub replacement: String,
}

impl Diagnostic {
    /// A finding of `code` at its default level.
    pub fn new(code: &'static Code, headline: impl Into<String>) -> Self {
        Self {
            code,
            level: code.level,
            headline: headline.into(),
            primary: None,
            secondary: Vec::new(),
            notes: Vec::new(),
            help: Vec::new(),
            help_in_yaml: Vec::new(),
            fix: None,
        }
    }

    /// Marks the exact bytes.
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.primary = Some(Label { span, text: text.into() });
        self
    }

    /// Adds another place of the story.
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.secondary.push(Label { span, text: text.into() });
        self
    }

    /// Says why it matters.
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Says what to do next.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    /// Says what to do next where that is a piece of a spec, which each dialect spells in its own way.
    pub fn help_spelled(mut self, kdl: impl Into<String>, yaml: impl Into<String>) -> Self {
        self.help_in_yaml.push((self.help.len(), yaml.into()));
        self.help(kdl)
    }

    /// Settles the spelling of the help by the file that the finding lies in.
    pub fn spelled_for(mut self, sources: &Sources) -> Self {
        let file = self.primary.as_ref().and_then(|label| sources.get(label.span.file));
        let is_yaml =
            file.is_some_and(|file| [".yaml", ".yml", ".json"].iter().any(|ending| file.path().ends_with(ending)));
        for (number, yaml) in std::mem::take(&mut self.help_in_yaml) {
            if let Some(help) = self.help.get_mut(number).filter(|_| is_yaml) {
                *help = yaml;
            }
        }
        self
    }

    /// Offers an edit.
    pub fn fix(mut self, span: Span, replacement: impl Into<String>) -> Self {
        self.fix = Some(Fix { span, replacement: replacement.into() });
        self
    }
}
