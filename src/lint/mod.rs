//! Raw files of a monitoring stack, judged as they are: no spec, nothing written.
//!
//! A file is read once; its content says what kind it is ([`kind`]), and each kind has one function that reads it as the
//! real tool would and then looks for what loads but is wrong. The level `error` is a promise: the real tool of the target
//! release refuses to load the file. Everything else is a warning.

pub mod alertmanager;
pub mod kind;
pub mod rules;

pub use kind::Kind;
pub use rules::Rules;

use crate::ast::Version;
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::promql;
use crate::resolve::codes::ENCODING;
use crate::source::{FileId, Sources, Span};

/// The codes of this room.
pub static CODES: &[&Code] = &[];

/// A file to look at.
#[derive(Debug)]
pub struct Input {
    /// What it is called in findings.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Whether it was asked for by name; what a folder holds is passed over in silence if it is of no kind.
    pub named: bool,
}

/// The releases for which files are judged.
#[derive(Debug, Clone)]
pub struct Options {
    /// The Prometheus that loads rule files, with its feature flags.
    pub prometheus: promql::Target,
    /// The Thanos Ruler that loads rule files.
    pub thanos: Version,
    /// Which of the two loads a file.
    pub loader: Loader,
    /// The Alertmanager that loads configurations.
    pub alertmanager: Version,
}

impl Default for Options {
    /// The newest releases, without feature flags.
    fn default() -> Self {
        let (thanos, alertmanager) = (Version::new(0, 42), Version::new(0, 34));
        Self { prometheus: promql::Target::default(), thanos, loader: Loader::Guessed, alertmanager }
    }
}

/// Who loads rule files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loader {
    /// A Ruler those that say something only a Ruler reads, Prometheus all others.
    Guessed,
    /// Prometheus all of them.
    Prometheus,
    /// A Ruler all of them.
    Thanos,
}

/// What came of it.
#[derive(Debug)]
pub struct Linted {
    /// Every file that was read.
    pub sources: Sources,
    /// The findings in reading order.
    pub diagnostics: Vec<Diagnostic>,
    /// How many files are of a kind that was looked at.
    pub looked_at: usize,
}

/// A file of a known kind.
#[derive(Debug, Clone, Copy)]
pub struct File<'a> {
    /// Its id, for places.
    pub id: FileId,
    /// Its text.
    pub text: &'a str,
}

/// Looks at all files.
pub fn run(inputs: Vec<Input>, options: &Options) -> Linted {
    let mut sources = Sources::default();
    let mut sink = Sink::default();
    let mut files = Vec::new();
    for input in inputs {
        let text = match String::from_utf8(input.bytes) {
            Ok(text) => text,
            Err(error) => {
                if input.named {
                    not_utf8(&mut sources, &mut sink, input.path, error);
                }
                continue;
            }
        };
        if let Some(kind) = kind::of(&text, input.named) {
            files.push((kind, sources.add(input.path, text)));
        }
    }
    let mut secrets = Vec::new();
    let mut defined = alertmanager::Defined::default();
    for &(_, id) in files.iter().filter(|(kind, _)| *kind == Kind::Templates) {
        defined.add(sources.get(id).map_or("", |source| source.text()));
    }
    let mut rules = Rules::new(&mut sources);
    for &(kind, id) in &files {
        let file = File { id, text: sources.get(id).map_or("", |source| source.text()) };
        match kind {
            Kind::Rules => rules.lint(file, options, &mut sink),
            Kind::Kubernetes => rules.lint_objects(file, options, &mut sink),
            Kind::Alertmanager => secrets.extend(alertmanager::lint(file, options, &defined, &mut sink)),
            Kind::Templates => alertmanager::lint_file(file, options.alertmanager, &defined, &mut sink),
        }
    }
    rules.check(&mut sink);
    sources.redact(&secrets);
    Linted { sources, diagnostics: sink.finish(), looked_at: files.len() }
}

fn not_utf8(sources: &mut Sources, sink: &mut Sink, path: String, error: std::string::FromUtf8Error) {
    let valid = error.utf8_error().valid_up_to();
    let bytes = error.into_bytes();
    let wrong = bytes.get(valid).copied().unwrap_or_default();
    let headline = format!("`{path}` is not UTF-8");
    let file = sources.add(path, String::from_utf8_lossy(&bytes).into_owned());
    let end = valid + char::REPLACEMENT_CHARACTER.len_utf8();
    sink.push(
        Diagnostic::new(&ENCODING, headline)
            .at(Span::new(file, valid..end), format!("the byte 0x{wrong:02x} cannot stand here"))
            .help("Save the file as UTF-8."),
    );
}
