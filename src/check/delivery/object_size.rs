//! `delivery/object-size`: an object that the API server or the operator refuses for its size.
//!
//! Sizes are those of what was printed, so this is asked after printing and not with the checks over the model. Backends split what
//! can be split; what is left is one file, or one rule group, that is too large by itself.

use crate::artifact::{Body, Bundle, Doc, FileKind, Value};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::provenance::{Origin, Provenance};

/// The code.
pub static CODE: Code = Code::error("delivery/object-size", "0.1.0", include_str!("object_size.md"));

/// What a ConfigMap or Secret may hold, in bytes: `MaxSecretSize` and its like in Kubernetes.
const LARGEST_DATA: usize = 1024 * 1024;
/// What the operator takes of one PrometheusRule, in bytes.
const LARGEST_RULES: usize = 512 * 1024;

/// Reports what is too large. `size` gives the bytes of a printed file by its path.
pub fn report(bundle: &Bundle, provenance: &Provenance, size: impl Fn(&str) -> Option<usize>, sink: &mut Sink) {
    for (path, file) in &bundle.files {
        let Body::Yaml(documents) = &file.body else { continue };
        let Some(document) = documents.first() else { continue };
        match file.kind {
            FileKind::Manifest if text(document.get("kind")) == Some("PrometheusRule") => {
                let bytes = size(path).unwrap_or(0);
                if bytes > LARGEST_RULES {
                    let name =
                        document.get("metadata").and_then(|metadata| text(metadata.get("name"))).unwrap_or_default();
                    let what = format!("the rule group in the PrometheusRule `{name}`");
                    let why = "The operator refuses rules of more than 512 KiB, and a rule group is not split: its rules are \
                               evaluated one after the other.";
                    let help = "Divide the group, or shorten the annotations of its rules.";
                    push(sink, provenance, &file.origins, (&what, bytes, LARGEST_RULES), why, help);
                }
            }
            FileKind::Kustomization => {
                let folder = path.strip_suffix("kustomization.yaml").unwrap_or(path);
                for key in ["configMapGenerator", "secretGenerator"] {
                    for generator in items(document.get(key)) {
                        generated(bundle, provenance, folder, generator, &size, sink);
                    }
                }
            }
            FileKind::PrometheusRules
            | FileKind::ThanosRules
            | FileKind::Targets
            | FileKind::Alertmanager
            | FileKind::Nginx
            | FileKind::CheckBundle
            | FileKind::Script
            | FileKind::Manifest
            | FileKind::Application
            | FileKind::Other => {}
        }
    }
}

/// What a generator makes a ConfigMap or Secret of.
fn generated(
    bundle: &Bundle,
    provenance: &Provenance,
    folder: &str,
    generator: &Doc,
    size: &impl Fn(&str) -> Option<usize>,
    sink: &mut Sink,
) {
    let files: Vec<String> = items(generator.get("files"))
        .filter_map(|entry| text(Some(entry)))
        .map(|entry| format!("{folder}{}", entry.rsplit('=').next().unwrap_or(entry)))
        .collect();
    let bytes: usize = files.iter().filter_map(|file| size(file)).sum();
    if bytes <= LARGEST_DATA {
        return;
    }
    let name = text(generator.get("name")).unwrap_or_default();
    let origins: Vec<Origin> =
        files.iter().filter_map(|file| bundle.files.get(file)).flat_map(|file| file.origins.iter().copied()).collect();
    let why =
        "The API server refuses a ConfigMap or Secret with more than 1 MiB of data, so nothing of it would arrive.";
    let help = "Divide what it is made of: groups of rules, hosts or checks.";
    push(sink, provenance, &origins, (&format!("the content of `{name}`"), bytes, LARGEST_DATA), why, help);
}

fn push(
    sink: &mut Sink,
    provenance: &Provenance,
    origins: &[Origin],
    (what, bytes, most): (&str, usize, usize),
    why: &str,
    help: &str,
) {
    let headline = format!("{what} has {} KiB, and {} KiB are the most", bytes.div_ceil(1024), most / 1024);
    let diagnostic = Diagnostic::new(&CODE, headline).note(why).help(help);
    sink.push(match origins.iter().find_map(|origin| provenance.span(*origin)) {
        Some(span) => diagnostic.at(span, "it is made from this"),
        None => diagnostic,
    });
}

fn text(document: Option<&Doc>) -> Option<&str> {
    match document.map(|document| &document.value) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}

fn items(document: Option<&Doc>) -> impl Iterator<Item = &Doc> {
    let items = match document.map(|document| &document.value) {
        Some(Value::List(items)) => items.as_slice(),
        _ => &[],
    };
    items.iter()
}
