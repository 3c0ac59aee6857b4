//! Whose routing is asked: a spec's Alertmanager, or a raw configuration.

use std::collections::BTreeMap;
use std::path::Path;

use super::exit::{Exit, Trouble};
use super::session::check_folder;
use super::terminal::{Stream, Terminal};
use super::{input, spec};
use crate::alertmanager;
use crate::ast::Version;
use crate::diagnostic::render::{Format, Options, render};
use crate::diagnostic::{Diagnostic, Level, Sink};
use crate::lower::alertmanager::decisions;
use crate::paging::Installations;
use crate::routing::Configuration;
use crate::source::{Sources, Span};

/// Who decides, and where its routes were written.
pub(super) struct Decider {
    /// What it decides by.
    pub configuration: Configuration,
    /// Who that is, in words.
    pub by: String,
    /// `file:line:column` of each route, in walk order.
    pub places: Vec<String>,
    /// In which clusters a channel tells nobody.
    pub silent: BTreeMap<String, Vec<String>>,
    /// How the program ends when everything was answered.
    pub exit: Exit,
}

/// Shows errors, for people.
fn show(errors: &[Diagnostic], sources: &Sources, root: String, terminal: &Terminal) {
    let options = Options { root, ..terminal.options(Stream::Err) };
    terminal.err(&render(Format::Human, errors, sources, &options));
}

/// The Alertmanager of a spec; nothing, with the errors shown, where the spec has some.
pub(super) fn from_spec(path: Option<&Path>, terminal: &mut Terminal) -> Result<Option<Decider>, Trouble> {
    let spec = spec::find(path)?;
    let run = check_folder(&spec.folder)?;
    if run.has_errors() {
        let errors: Vec<_> = run.diagnostics.into_iter().filter(|found| found.level == Level::Error).collect();
        show(&errors, &run.sources, spec.from_here, terminal);
        return Ok(None);
    }
    let decisions = run.model.as_ref().and_then(|model| Some((model, decisions(model)?)));
    let (model, decisions) = decisions.ok_or_else(|| {
        Trouble::new("the spec has no routing").help("Add `routing { default CHANNEL }`, or ask a file with --config.")
    })?;
    let place = |origin| {
        let span = run.provenance.span(origin)?;
        Some(format!("{}{}", spec.from_here, run.sources.place(span)))
    };
    let clusters: Vec<String> = model
        .clusters
        .values()
        .filter(|cluster| cluster.alertmanager.is_some())
        .map(|cluster| format!("`{}`", cluster.name.value))
        .collect();
    let by = match clusters.as_slice() {
        [] => "the routing of the spec, which no cluster's Alertmanager has".to_owned(),
        [one] => format!("the Alertmanager of cluster {one}"),
        [several @ .., last] => {
            format!("each Alertmanager it arrives at, of the clusters {} and {last}", several.join(", "))
        }
    };
    let places = decisions.routes.iter().map(|origin| place(*origin).unwrap_or_default()).collect();
    let installations = Installations::of(model);
    let silent = model.channels.keys().map(|channel| {
        (channel.clone(), installations.where_silent(channel).into_iter().map(str::to_owned).collect::<Vec<_>>())
    });
    let silent = silent.filter(|(_, clusters)| !clusters.is_empty()).collect();
    Ok(Some(Decider { configuration: decisions.configuration, by, places, silent, exit: Exit::Fine }))
}

/// The Alertmanager that loads a file; nothing, with the errors shown, where it would not load the file for a reason that has
/// to do with routing. Another reason is shown too, and the rest is answered.
pub(super) fn from_file(path: &Path, release: Version, terminal: &Terminal) -> Result<Option<Decider>, Trouble> {
    let bytes = if path.as_os_str() == "-" { input::standard_input() } else { input::read(path) }?;
    let text = String::from_utf8(bytes).map_err(|_| Trouble::file("read", path, "it is not UTF-8"))?;
    let (mut sources, mut sink) = (Sources::default(), Sink::default());
    let id = sources.add(path.display().to_string(), text.as_str());
    let config = alertmanager::read(id, &text, release, &mut sink);
    sources.redact(&config.secrets);
    let errors: Vec<_> = sink.finish().into_iter().filter(|found| found.level == Level::Error).collect();
    if !errors.is_empty() {
        show(&errors, &sources, String::new(), terminal);
    }
    let deciding: Vec<Span> = config
        .top
        .fields
        .iter()
        .filter(|field| ["route", "inhibit_rules", "time_intervals", "mute_time_intervals"].contains(&field.field.name))
        .map(|field| field.key.span().to(field.value.span()))
        .collect();
    let decides = |error: &Diagnostic| {
        error.primary.as_ref().is_none_or(|label| {
            deciding.iter().any(|part| part.start <= label.span.start && label.span.end <= part.end)
        })
    };
    let Some(routing) = alertmanager::routing(&config).filter(|_| !errors.iter().any(decides)) else {
        return Ok(None);
    };
    if !errors.is_empty() {
        terminal.note(&format!("Alertmanager {release} would not load the file; this is the answer of its routes"));
    }
    Ok(Some(Decider {
        by: format!("Alertmanager with `{}`", path.display()),
        places: routing.routes.iter().map(|route| sources.place(route.span)).collect(),
        configuration: routing.configuration,
        silent: BTreeMap::new(),
        exit: if errors.is_empty() { Exit::Fine } else { Exit::Findings },
    }))
}
