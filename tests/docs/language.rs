//! The reference of the language: its tables are those that the decoder reads by, its examples are one spec that builds.

use std::fmt::Write as _;
use std::fs;

use alertsmith::ast::channel::receivers::RECEIVERS;
use alertsmith::ast::field::{Field, Kind, Place, ScalarKind, SchemaHint, Type};
use alertsmith::ast::spec::SpecFile;
use alertsmith::ast::{Decoder, Record};
use alertsmith::diagnostic::Sink;
use alertsmith::diagnostic::render::{Format, Options, render};
use alertsmith::pipeline;
use alertsmith::source::{MemoryWorld, Sources};
use alertsmith::syntax::{kdl, yaml};

use super::{assert_parts, blocks, root};

const PAGE: &str = "docs/language.md";

#[test]
fn tables_are_those_of_the_decoder() {
    let mut met: Vec<&'static Kind> = vec![SpecFile::kind()];
    let mut parts = Vec::new();
    for field in SpecFile::kind().fields {
        if let Some(kind) = kind_of(field) {
            parts.push((kind.name, tables(kind, &mut met)));
        }
    }
    parts.push(("receivers", receivers()));
    parts.push(("receiver-secrets", receiver_secrets()));
    parts.push(("file", table(SpecFile::kind())));
    assert_parts(PAGE, &parts);
}

/// The kind that a field holds, if it holds one.
fn kind_of(field: &Field) -> Option<&'static Kind> {
    match field.ty {
        Type::Block(kind) | Type::Named(kind) | Type::Ordered(kind) | Type::OneOrMany(kind) => Some(kind.get()),
        Type::Scalar(_)
        | Type::Scalars(_)
        | Type::Map(_)
        | Type::Matchers
        | Type::Secret
        | Type::ScalarOrSecret(_)
        | Type::Off => None,
    }
}

/// The table of a kind and of those inside it that were not shown before.
fn tables(kind: &'static Kind, met: &mut Vec<&'static Kind>) -> String {
    met.push(kind);
    let mut text = table(kind);
    for field in kind.fields {
        let is_receiver = RECEIVERS.iter().any(|receiver| kind.name == "channel" && receiver.kind.name == field.name);
        if let Some(inner) = kind_of(field)
            && !is_receiver
            && !met.iter().any(|known| std::ptr::eq(*known, inner))
        {
            let _ = write!(text, "\n`{}`: {}\n\n", inner.name, lower(inner.doc.trim()));
            text += &tables(inner, met);
        }
    }
    text
}

fn lower(text: &str) -> String {
    // Names of products keep their capital.
    if ["A ", "An ", "One ", "Where ", "What ", "Values ", "Times ", "Limits ", "The "]
        .iter()
        .any(|word| text.starts_with(word))
    {
        return text[..1].to_lowercase() + &text[1..];
    }
    text.to_owned()
}

fn table(kind: &Kind) -> String {
    let mut text = "| KDL | YAML | holds | |\n| --- | --- | --- | --- |\n".to_owned();
    let is_receiver =
        |field: &&Field| kind.name == "channel" && RECEIVERS.iter().any(|one| one.kind.name == field.name);
    for field in kind.fields.iter().filter(|field| !is_receiver(field)) {
        let needed = if field.required { " **Required.**" } else { "" };
        let doc = field.doc.split_whitespace().collect::<Vec<_>>().join(" ");
        let _ = writeln!(text, "| {} | {} | {} | {doc}{needed} |", in_kdl(field), in_yaml(field), holds(field));
    }
    text.replace("`|`", "`\\|`")
}

fn in_kdl(field: &Field) -> String {
    let name = field.name;
    match (field.place, field.ty) {
        (Place::Name, _) => "first argument".to_owned(),
        (Place::Argument, _) => "argument".to_owned(),
        (Place::Property, _) => format!("`{name}=`"),
        (Place::Child, Type::Named(_) | Type::Ordered(_) | Type::OneOrMany(_)) => format!("`{name} …`, repeated"),
        (Place::Child, _) => format!("`{name} …`"),
        (Place::Rest, _) => "all other properties".to_owned(),
        (Place::Off, _) => "`off reason=`".to_owned(),
    }
}

fn in_yaml(field: &Field) -> String {
    match field.place {
        Place::Name => "the key".to_owned(),
        Place::Rest => "all other keys".to_owned(),
        Place::Argument | Place::Property | Place::Child | Place::Off => format!("`{}:`", field.yaml_key()),
    }
}

fn holds(field: &Field) -> String {
    let plain = |kind: ScalarKind| kind.expects.to_owned();
    match field.ty {
        Type::Scalar(kind) => plain(kind),
        Type::Scalars(kind) => format!("one or several: {}", plain(kind)),
        Type::Map(kind) => format!("names, each with {}", plain(kind)),
        Type::Matchers => "conditions on labels".to_owned(),
        Type::Secret => "a secret".to_owned(),
        Type::ScalarOrSecret(kind) => format!("{} or a secret", plain(kind)),
        Type::Block(kind) => format!("`{}`", kind.get().name),
        Type::Named(kind) => format!("`{}` by name", kind.get().name),
        Type::Ordered(kind) => format!("`{}` in order", kind.get().name),
        Type::OneOrMany(kind) => format!("`{}`, one or several", kind.get().name),
        Type::Off => "a reason".to_owned(),
    }
}

/// Alertmanager's receivers with their fields, secrets marked.
fn receivers() -> String {
    let mut text = "| receiver | since | fields |\n| --- | --- | --- |\n".to_owned();
    for receiver in RECEIVERS {
        let fields = receiver.kind.fields.iter().map(|field| match field.ty {
            Type::Secret => format!("`{}` (secret)", field.name),
            Type::ScalarOrSecret(kind) => {
                let one = if matches!(kind.schema, SchemaHint::Text) { "text" } else { kind.expects };
                format!("`{}` ({one} or secret)", field.name)
            }
            Type::Block(_) => format!("`{}` {{ }}", field.name),
            _ => format!("`{}`", field.name),
        });
        let (major, minor) = receiver.since;
        let _ = writeln!(
            text,
            "| `{}` | {major}.{minor} | {} |",
            receiver.kind.name,
            fields.collect::<Vec<_>>().join(", ")
        );
    }
    text
}

/// How the secrets of receivers get in. Receivers share `http`, which has rows of its own.
fn receiver_secrets() -> String {
    let mut text = "| receiver | secret | Alertmanager reads it from | since |\n| --- | --- | --- | --- |\n".to_owned();
    let mut add = |receiver: &str, fields: &'static [Field]| {
        let mut open: Vec<(String, &Field)> = fields.iter().rev().map(|field| (String::new(), field)).collect();
        while let Some((above, field)) = open.pop() {
            let path = format!("{above}{}", field.name);
            if let Some(inner) = kind_of(field) {
                // What every receiver has in common is shown once.
                if above.is_empty() && matches!(field.name, "http" | "tls") && receiver != "any" {
                    continue;
                }
                open.extend(inner.fields.iter().rev().map(|field| (format!("{path}."), field)));
                continue;
            }
            if !matches!(field.ty, Type::Secret | Type::ScalarOrSecret(_)) {
                continue;
            }
            let key = field.yaml_key().replace('-', "_");
            let (way, since) = match field.release.and_then(|release| release.file_since) {
                Some((major, minor)) if path.ends_with("http-header.value") => {
                    ("a mounted file, in `files` of the header".to_owned(), format!("{major}.{minor}"))
                }
                Some((major, minor)) => (format!("a mounted file, as `{key}_file`"), format!("{major}.{minor}")),
                None => (NO_FILE.to_owned(), "never".to_owned()),
            };
            let _ = writeln!(text, "| `{receiver}` | `{path}` | {way} | {since} |");
        }
    };
    for receiver in RECEIVERS {
        add(receiver.kind.name, receiver.kind.fields);
    }
    let http = RECEIVERS.iter().flat_map(|receiver| receiver.kind.fields).find(|field| field.name == "http");
    add("any", std::slice::from_ref(http.unwrap()));
    text
}

/// How the one secret gets in that no file can hold.
const NO_FILE: &str = "no file: leave it out, and Alertmanager finds its credentials as every AWS client does, from the pod's role or \
                       from environment variables that a Secret fills";

/// The sections of the page that have an example: their heading, the example in KDL and in YAML.
fn examples(page: &str) -> Vec<(&str, &str, &str)> {
    let sections = page.split("\n## ").skip(1).filter_map(|section| {
        match (blocks(section, "kdl").as_slice(), blocks(section, "yaml").as_slice()) {
            ([kdl], [yaml]) => Some((section.lines().next()?, *kdl, *yaml)),
            (&[], &[]) => None,
            _ => {
                panic!("{}: an example is one block in KDL and one in YAML", section.lines().next().unwrap_or_default())
            }
        }
    });
    sections.collect()
}

fn decoded(text: &str, dialect: &str) -> SpecFile {
    let (mut sources, mut sink) = (Sources::default(), Sink::default());
    let file = sources.add(dialect, text);
    let tree = if dialect == "kdl" { kdl::read(file, text, &mut sink) } else { yaml::read(file, text, &mut sink) };
    let spec = SpecFile::from_tree(&mut Decoder::new(&mut sink), &tree);
    let findings = sink.finish();
    assert!(findings.is_empty(), "{}", render(Format::Human, &findings, &sources, &Options::default()));
    spec.unwrap()
}

#[test]
fn examples_say_the_same_in_both_dialects() {
    let page = fs::read_to_string(root().join(PAGE)).unwrap();
    let mut shown: Vec<&str> = Vec::new();
    for (heading, kdl, yaml) in examples(&page) {
        assert_eq!(decoded(kdl, "kdl"), decoded(yaml, "yaml"), "{heading}");
        shown.extend(heading.split(" and "));
    }
    let all = SpecFile::kind().fields.iter().filter_map(kind_of).map(|kind| kind.name);
    let missing: Vec<&str> = all.filter(|name| !shown.contains(name)).collect();
    assert!(missing.is_empty(), "no section with an example: {missing:?}");
}

/// Files that the examples name.
fn beside() -> MemoryWorld {
    MemoryWorld::default()
        .with("vendor/printers.yaml", VENDOR)
        .with("scripts/paper-check.sh", "#!/usr/bin/env bash\nset -eu\nfor tray in $CHECK_TRAYS; do echo \"paper_sheets{tray=\\\"$tray\\\"} 1\"; done\n")
}

const VENDOR: &str = "\
groups:
  - name: printers
    rules:
      - alert: PrinterDown
        expr: up{job=\"printer\"} == 0
        for: 10m
        labels: { severity: warning, service: printer }
      - alert: PrinterChatty
        expr: rate(printer_messages_total[5m]) > 100
        labels: { severity: info, service: printer }
      - alert: PrinterTonerLow
        expr: printer_toner_percent < 10
        for: 1h
        labels: { severity: info, service: printer }
";

#[test]
fn examples_together_are_one_spec() {
    let page = fs::read_to_string(root().join(PAGE)).unwrap();
    let all = examples(&page);
    let join = |text: &dyn Fn(&(&str, &str, &str)) -> String| all.iter().map(text).collect::<Vec<_>>();
    let mut in_kdl = beside().with("alertsmith.kdl", "");
    for (index, text) in join(&|(_, kdl, _)| (*kdl).to_owned()).into_iter().enumerate() {
        in_kdl = in_kdl.with(&format!("{index:02}.kdl"), text);
    }
    let mut in_yaml = beside().with("alertsmith.yaml", "");
    for (index, text) in join(&|(_, _, yaml)| (*yaml).to_owned()).into_iter().enumerate() {
        in_yaml = in_yaml.with(&format!("{index:02}.spec.yaml"), text);
    }
    let built = [in_kdl, in_yaml].map(|world| {
        let (compilation, rendered) = pipeline::build(&world);
        let findings = render(Format::Human, &compilation.diagnostics, &compilation.sources, &Options::default());
        assert!(findings.is_empty(), "{findings}");
        rendered.unwrap().files.into_iter().map(|(path, file)| (path, headless(&file.bytes))).collect::<Vec<_>>()
    });
    assert_eq!(built[0], built[1]);
    assert!(built[0].len() > 20, "{:?}", built[0].iter().map(|(path, _)| path).collect::<Vec<_>>());
}

/// A file without the line that names its sources.
fn headless(bytes: &[u8]) -> String {
    let text = String::from_utf8(bytes.to_owned()).unwrap();
    text.lines().filter(|line| !line.contains("enerated by alertsmith")).collect::<Vec<_>>().join("\n")
}
