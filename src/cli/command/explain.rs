//! `alertsmith explain`: why something is as it is.

use std::path::{Path, PathBuf};

use super::route::instant;
use crate::ast::Spec;
use crate::cli::args::{AnswerFormat, ExplainArgs};
use crate::cli::exit::{Exit, Trouble};
use crate::cli::session::check_folder;
use crate::cli::spec;
use crate::cli::terminal::{Stream, Terminal};
use crate::diagnostic::Label;
use crate::diagnostic::render::{Options, render_places};
use crate::explain::alert::Nothing;
use crate::explain::route::label;
use crate::explain::{Part, Unknown, alert, codes, line, target, threshold};
use crate::model::Model;
use crate::output::{Disk, MANIFEST, Manifest, OsDisk};
use crate::provenance::{Origin, Provenance};
use crate::routing::{LabelSet, RouteId};
use crate::source::{DiskWorld, Sources, Span, World};

pub fn run(args: &ExplainArgs, terminal: &mut Terminal) -> Result<Exit, Trouble> {
    let [first, rest @ ..] = args.topic.as_slice() else {
        return Err(Trouble::new("there is nothing to explain"));
    };
    if let Some(code) = codes::find(first).filter(|_| rest.is_empty()) {
        terminal.out(code.page.trim_end());
        terminal.out("\n");
        return Ok(Exit::Fine);
    }
    if let Some((file, number)) = first.rsplit_once(':').and_then(|(file, line)| Some((file, line.parse().ok()?))) {
        return output_line(args, Path::new(file), number, terminal);
    }
    match (first.as_str(), rest) {
        ("threshold", [alert]) => of_spec(args, terminal, |spec, model, provenance| {
            threshold::explain(spec, model, provenance, alert, args.group.as_deref())
        }),
        ("target", [name]) => of_spec(args, terminal, |_, model, provenance| target::explain(model, provenance, name)),
        ("alert", [name, labels @ ..]) => alert_of_spec(args, terminal, name, labels),
        ("alert", []) => {
            Err(Trouble::new("`explain alert` takes a name")
                .help("Run `alertsmith explain alert NAME [LABEL=VALUE…]`."))
        }
        ("threshold" | "target", _) => Err(Trouble::new(format!("`explain {first}` takes one name"))
            .help(format!("Run `alertsmith explain {first} NAME`."))),
        _ => {
            let trouble =
                Trouble::new(format!("there is nothing to say about `{first}`: it is no code, and no file and line"));
            Err(match codes::similar(first) {
                Some(similar) => trouble.help(format!("Did you mean the code `{similar}`?")),
                None => trouble,
            })
        }
    }
}

/// Explains something of the resolved spec. A spec with errors is explained as far as it goes.
fn of_spec(
    args: &ExplainArgs,
    terminal: &mut Terminal,
    explain: impl FnOnce(&Spec, &Model, &Provenance) -> Result<Vec<Part>, Unknown>,
) -> Result<Exit, Trouble> {
    let spec = spec::find(args.spec.as_deref())?;
    let compilation = check_folder(&spec.folder)?;
    if compilation.has_errors() {
        terminal.note("the spec has errors; run `alertsmith check` to see them");
    }
    let model = compilation.model.as_ref().ok_or_else(|| Trouble::new("there is nothing in the spec to explain"))?;
    let parts = explain(&compilation.spec, model, &compilation.provenance).map_err(unknown_name)?;
    let options = Options { root: spec.from_here, ..terminal.options(Stream::Out) };
    for (number, part) in parts.iter().enumerate() {
        let separator = if number == 0 { "" } else { "\n" };
        let places = render_places(&part.headline, &part.places, &compilation.sources, &options);
        let notes: String = part.notes.iter().flat_map(|note| ["  ", note, "\n"]).collect();
        terminal.out(&format!("{separator}{places}{notes}"));
    }
    Ok(Exit::Fine)
}

/// Who receives an alert.
fn alert_of_spec(args: &ExplainArgs, terminal: &mut Terminal, name: &str, labels: &[String]) -> Result<Exit, Trouble> {
    let mut asked_for = LabelSet::new();
    for text in labels {
        let (label, value) =
            label(text).map_err(|why| Trouble::new(format!("`{text}` is not a label of an alert: {why}")))?;
        asked_for.insert(label, value);
    }
    let at = args.at.as_deref().map(instant).transpose()?;
    let spec = spec::find(args.spec.as_deref())?;
    let compilation = check_folder(&spec.folder)?;
    if compilation.has_errors() {
        terminal.note("the spec has errors; run `alertsmith check` to see them");
    }
    let model = compilation.model.as_ref().ok_or_else(|| Trouble::new("there is nothing in the spec to explain"))?;
    let asked = alert::ask(model, name, asked_for).map_err(|nothing| match nothing {
        Nothing::NoRouting => Trouble::new("the spec has no routing").help("Add `routing { default CHANNEL }`."),
        Nothing::Unknown(unknown) => unknown_name(unknown),
        Nothing::NotSent(known) => {
            let trouble = Trouble::new(format!("no rule of `{name}` sends an alert with these labels"));
            let known: Vec<String> = known
                .iter()
                .map(|(label, values)| {
                    let values: Vec<&str> =
                        values.iter().map(|value| if value.is_empty() { "missing" } else { value }).collect();
                    format!("`{label}` is {}", values.join(" or "))
                })
                .collect();
            if known.is_empty() { trouble } else { trouble.help(format!("In its alerts {}.", known.join(", and "))) }
        }
    })?;
    if args.format == AnswerFormat::Json {
        terminal.out(&(alert::json::answer(&asked) + "\n"));
        return Ok(Exit::Fine);
    }
    let place = |origin: Option<&Origin>| {
        let span = origin.and_then(|origin| compilation.provenance.span(*origin));
        span.map_or_else(String::new, |span| format!("{}{}", spec.from_here, compilation.sources.place(span)))
    };
    let decisions = &asked.paging.decisions;
    let route = |id: RouteId| place(decisions.routes.get(id.0 as usize));
    let rule = |index: usize| place(decisions.inhibit_rules.get(index));
    terminal.out(&alert::text::tell(&asked, at, &route, &rule));
    Ok(Exit::Fine)
}

fn unknown_name(unknown: Unknown) -> Trouble {
    let trouble = Trouble::new(format!("the spec has no {} `{}`", unknown.kind, unknown.name));
    match unknown.similar {
        Some(similar) => trouble.help(format!("Did you mean `{similar}`?")),
        None => trouble,
    }
}

/// The places of the spec that a line of an output file was made from.
fn output_line(args: &ExplainArgs, file: &Path, number: usize, terminal: &mut Terminal) -> Result<Exit, Trouble> {
    let text = OsDisk.read(file).map_err(|error| Trouble::file("read", file, error))?;
    let text = String::from_utf8_lossy(&text).into_owned();
    let range = line::range_of_line(&text, number)
        .ok_or_else(|| Trouble::new(format!("`{}` has no line {number}", file.display())))?;
    let (manifest, path) = manifest_of(file)?;
    let origins = line::origins(&manifest, &path, &range);
    let shown = text.get(range).unwrap_or_default();
    if origins.is_empty() {
        terminal.out(&format!(
            "{}:{number}: {shown}\nNobody wrote this line: it is a default, or the format demands it.\n",
            file.display()
        ));
        return Ok(Exit::Fine);
    }
    let spec = spec::find(args.spec.as_deref())?;
    let world = DiskWorld::open(&spec.folder).map_err(|_| Trouble::new("the spec folder cannot be read"))?;
    let mut sources = Sources::default();
    let mut places = Vec::new();
    for origin in origins {
        let bytes = world.read(&origin.file).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let text = bytes
            .ok_or_else(|| Trouble::new(format!("`{}{}` cannot be read any more", spec.from_here, origin.file)))?;
        let id = sources.add(origin.file.as_str(), text);
        let span = Span { file: id, start: origin.spec.start, end: origin.spec.end };
        places.push(Label { span, text: String::new() });
    }
    let options = Options { root: spec.from_here, ..terminal.options(Stream::Out) };
    let headline = format!("{}:{number}: {}", file.display(), shown.trim());
    terminal.out(&render_places(&headline, &places, &sources, &options));
    Ok(Exit::Fine)
}

/// The manifest of the build that a file belongs to, and the file's path in it.
fn manifest_of(file: &Path) -> Result<(Manifest, String), Trouble> {
    let full = std::path::absolute(file).map_err(|error| Trouble::file("read", file, error))?;
    for folder in full.ancestors().skip(1) {
        let path: PathBuf = folder.join(MANIFEST);
        let Ok(bytes) = OsDisk.read(&path) else { continue };
        let manifest = Manifest::parse(&bytes).map_err(|error| Trouble::file("use", &path, error))?;
        let inside = full.strip_prefix(folder).ok().and_then(Path::to_str).unwrap_or_default();
        let inside = inside.replace(std::path::MAIN_SEPARATOR, "/");
        if manifest.files.contains_key(&inside) {
            return Ok((manifest, inside));
        }
    }
    Err(Trouble::new(format!("no build made `{}`: no `{MANIFEST}` above it lists it", file.display())))
}
