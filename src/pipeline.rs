//! The way of the data: every stage in turn, and nothing else.

use std::collections::BTreeSet;
use std::ops::Range;

use rayon::prelude::*;

use crate::artifact::{Body, Bundle, File};
use crate::ast::spec::SpecFile;
use crate::ast::{Decoder, Spec, suspect};
use crate::diagnostic::{Code, Diagnostic, Level, Sink};
use crate::emit::{self, Output};
use crate::model::Model;
use crate::output::{Rendered, RenderedFile};
use crate::provenance::Provenance;
use crate::source::{FileId, Sources, Span, World};
use crate::{alertmanager, check, lower, resolve};

/// A value that the syntax of an output file cannot hold.
pub static UNPRINTABLE: Code =
    Code::error("output/unprintable", "0.1.0", include_str!("diagnostic/stage/output/unprintable.md"));

/// All codes of what is printed.
pub static CODES: &[&Code] = &[&UNPRINTABLE, &check::delivery::object_size::CODE];

/// What came of reading a spec.
#[derive(Debug)]
pub struct Compilation {
    /// Every file that was read.
    pub sources: Sources,
    /// The story of every value.
    pub provenance: Provenance,
    /// The spec as written.
    pub spec: Spec,
    /// The spec as resolved; `None` if there is nothing to resolve.
    pub model: Option<Model>,
    /// The findings in reading order.
    pub diagnostics: Vec<Diagnostic>,
    /// The findings of codes that are off unless asked for.
    pub optional: Vec<Diagnostic>,
}

impl Compilation {
    /// Whether anything is wrong enough that nothing may be written.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Error)
    }
}

/// Reads, resolves and checks a spec. What a build would stumble over is found here too, so it prints everything and
/// throws it away.
pub fn check(world: &dyn World) -> Compilation {
    build(world).0
}

/// Checks a spec and, if nothing is wrong, prints every file that comes of it.
pub fn build(world: &dyn World) -> (Compilation, Option<Rendered>) {
    let mut sink = Sink::default();
    let mut compilation = front(world, &mut sink);
    let rendered = match &compilation.model {
        Some(model) if !sink.has_errors() => {
            let bundle = lower::lower(model);
            let rendered = print(&bundle, &compilation, &mut sink);
            let size = |path: &str| rendered.files.get(path).map(|file| file.bytes.len());
            check::delivery::object_size::report(&bundle, &compilation.provenance, size, &mut sink);
            refused(model, &rendered, &compilation, &mut sink);
            Some(rendered)
        }
        _ => None,
    };
    let failed = sink.has_errors();
    let found = sink.finish().into_iter();
    let found = found.map(|diagnostic| diagnostic.spelled_for(&compilation.sources));
    (compilation.optional, compilation.diagnostics) = found.partition(|diagnostic| diagnostic.code.optional);
    (compilation, rendered.filter(|_| !failed))
}

fn front(world: &dyn World, sink: &mut Sink) -> Compilation {
    let mut sources = Sources::default();
    let mut provenance = Provenance::default();
    let trees = resolve::include::read(world, &mut sources, sink);
    // Names may be defined in a file that could not be read; resolving without it would report what is not wrong.
    let readable = !sink.has_errors();
    let mut spec = Spec::default();
    let mut poisoned = BTreeSet::new();
    let (mut sensitive, mut suspect) = (Vec::new(), Vec::new());
    if !readable {
        suspect.extend(sources.iter().map(|(file, source)| Span::new(file, 0..source.text().len())));
    }
    for tree in &trees {
        let mut decoder = Decoder::new(sink);
        let file = SpecFile::from_tree(&mut decoder, tree);
        poisoned.extend(std::mem::take(&mut decoder.poisoned));
        sensitive.extend(std::mem::take(&mut decoder.sensitive));
        suspect.extend(std::mem::take(&mut decoder.suspect));
        spec.files.extend(file);
    }
    let model = (readable && !spec.files.is_empty())
        .then(|| resolve::resolve(&spec, &poisoned, world, &mut sources, &mut provenance, sink));
    for span in suspect {
        let start = span.range().start;
        let literals = suspect::literals(sources.slice(span)).into_iter();
        sensitive.extend(literals.map(|part| Span::new(span.file, start + part.start..start + part.end)));
    }
    sources.redact(&sensitive);
    // Checks judge a whole model: what is missing in it through an error would be reported a second time.
    if let Some(model) = &model
        && !sink.has_errors()
    {
        check::run(model, &provenance, sink);
    }
    Compilation { sources, provenance, spec, model, diagnostics: Vec::new(), optional: Vec::new() }
}

/// Prints every file, side by side; the result does not depend on the number of threads.
fn print(bundle: &Bundle, compilation: &Compilation, sink: &mut Sink) -> Rendered {
    let files: Vec<(&String, &File)> = bundle.files.iter().collect();
    let printed: Vec<(String, Result<RenderedFile, Box<Diagnostic>>)> = files
        .into_par_iter()
        .map(|(path, file)| {
            let output = print_one(path, file, compilation).map(|output| RenderedFile {
                bytes: output.text.into_bytes(),
                executable: file.executable,
                map: output.map,
            });
            (path.clone(), output)
        })
        .collect();
    let mut rendered = Rendered::default();
    for (path, file) in printed {
        match file {
            Ok(file) => {
                rendered.files.insert(path, file);
            }
            Err(diagnostic) => sink.push(*diagnostic),
        }
    }
    rendered
}

fn print_one(path: &str, file: &File, compilation: &Compilation) -> Result<Output, Box<Diagnostic>> {
    match &file.body {
        Body::Yaml(documents) => Ok(emit::yaml::print(documents, &header(file, compilation))),
        Body::Json(document) => Ok(emit::json::print(document)),
        Body::Nginx(block) => emit::nginx::print(block, &header(file, compilation)).map_err(|refused| {
            let span = file.origins.iter().find_map(|origin| compilation.provenance.span(*origin));
            let headline = format!("a value cannot be written to `{path}`: {refused}");
            let diagnostic = Diagnostic::new(&UNPRINTABLE, headline);
            Box::new(match span {
                Some(span) => diagnostic.at(span, "the file is made from this"),
                None => diagnostic,
            })
        }),
        Body::Text(text, origin) => {
            let map = origin.map(|origin| (0..text.len() as u32, origin)).into_iter().collect();
            Ok(Output { text: text.clone(), map })
        }
    }
}

/// Reads every alertmanager.yaml as the target release will. What that would refuse is an error here, at the place in the
/// spec that it was made from: checks name most of it in better words and before anything is printed, this misses nothing.
fn refused(model: &Model, rendered: &Rendered, compilation: &Compilation, sink: &mut Sink) {
    let version = model.project.targets.alertmanager.value;
    for path in model.clusters.values().map(lower::alertmanager::path) {
        let Some(file) = rendered.files.get(&path) else { continue };
        let Ok(text) = std::str::from_utf8(&file.bytes) else { continue };
        // The places are in the written file, which is none of the sources.
        let mut found = Sink::default();
        let _ = alertmanager::read(FileId(u32::MAX), text, version, &mut found);
        for error in found.finish().into_iter().filter(|found| found.level == Level::Error) {
            let origin = error.primary.as_ref().and_then(|label| {
                let holds = |range: &Range<u32>| range.start <= label.span.start && label.span.start < range.end;
                file.map.iter().rev().find(|(range, _)| holds(range)).map(|(_, origin)| *origin)
            });
            let span = origin.and_then(|origin| compilation.provenance.span(origin));
            let mut diagnostic = Diagnostic::new(error.code, error.headline);
            if let (Some(span), Some(label)) = (span, error.primary) {
                diagnostic = diagnostic.at(span, label.text);
            }
            let diagnostic = error.notes.into_iter().fold(diagnostic, Diagnostic::note);
            sink.push(diagnostic.note(format!("This is about `{path}`, which is made from here.")));
        }
    }
}

/// The line on top of every file that can hold a comment: what made it, from which files.
/// How the comment at the top of every written file begins; the files of the spec follow.
pub const GENERATED: &str = "Generated by alertsmith";

fn header(file: &File, compilation: &Compilation) -> Vec<String> {
    let mut origins = file.origins.clone();
    if let Body::Yaml(documents) = &file.body {
        for document in documents {
            document.collect_origins(&mut origins);
        }
    }
    let spans = origins.into_iter().flat_map(|origin| compilation.provenance.spans(origin));
    let paths: BTreeSet<&str> =
        spans.filter_map(|span| compilation.sources.get(span.file)).map(crate::source::SourceFile::path).collect();
    let paths: Vec<&str> = paths.into_iter().collect();
    let from = if paths.is_empty() { String::new() } else { format!(" from {}", paths.join(", ")) };
    vec![format!("{GENERATED}{from}. Do not edit: change the spec and build again.")]
}
