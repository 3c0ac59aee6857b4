//! The whole configuration, and what must hold between its parts.

use super::codes::{CONFLICT, DUPLICATE, MISSING, ROOT_ROUTE, UNDEFINED, VALUE};
use super::decode::{REFUSED, Reader};
use super::integration::is_authorized;
use super::rules::words;
use super::section::{Section, Value};
use super::table::{CONFIG, INTEGRATIONS, IntegrationKind, Need};
use crate::ast::Version;
use crate::diagnostic::{Diagnostic, Level, Sink, nearest};
use crate::source::{FileId, Span, Text};
use crate::syntax::{self, yaml};
use std::collections::BTreeMap;

/// A configuration as it was read.
#[derive(Debug, Clone)]
pub struct Config {
    /// Everything that was written, known fields only.
    pub top: Section,
    /// The release it was read for.
    pub version: Version,
    /// The places of secrets, to be blotted out before anything is shown.
    pub secrets: Vec<Span>,
}

/// A receiver with a name.
#[derive(Debug, Clone, Copy)]
pub struct Receiver<'c> {
    /// What routes call it.
    pub name: &'c Text,
    /// All of it.
    pub section: &'c Section,
}

/// One way of notifying.
#[derive(Debug, Clone, Copy)]
pub struct Integration<'c> {
    /// Which kind.
    pub kind: &'static IntegrationKind,
    /// Its fields.
    pub section: &'c Section,
}

/// Reads a configuration as this release of Alertmanager does. A finding at the level `error` means that the release
/// refuses to load the file, and a file that it refuses has one. `text` is all of `file`.
///
/// What cannot be read is reported and left out, so the configuration is whole only when nothing was reported.
pub fn read(file: FileId, text: &str, version: Version, sink: &mut Sink) -> Config {
    let mut syntax = Sink::default();
    let tree = yaml::read(file, text, &mut syntax);
    let broken = syntax.diagnostics().iter().any(|found| *found.code != syntax::codes::YAML_DOCUMENT);
    for mut diagnostic in syntax.finish() {
        if *diagnostic.code == syntax::codes::YAML_DOCUMENT {
            diagnostic.level = Level::Warning;
            "the file holds more than one YAML document, and Alertmanager reads only the first"
                .clone_into(&mut diagnostic.headline);
            diagnostic.notes = vec!["What the others say has no effect.".to_owned()];
        }
        sink.push(diagnostic);
    }
    let whole = Span::new(file, 0..text.len());
    let head = tree.nodes.first().map_or(Span::new(file, 0..0), |first| first.key.span());
    let mut reader = Reader { source: text, version, sink, secrets: Vec::new() };
    let top = reader.section(&CONFIG, &tree.nodes, head, whole);
    let secrets = std::mem::take(&mut reader.secrets);
    let config = Config { top, version, secrets };
    // What a broken part of the file defines is not known.
    if !broken {
        Check { config: &config, sink }.run();
    }
    config
}

impl Config {
    /// `global`, if it is written.
    pub fn global(&self) -> Option<&Section> {
        self.top.get("global").and_then(Value::section)
    }

    /// The root route.
    pub fn route(&self) -> Option<&Section> {
        self.top.get("route").and_then(Value::section)
    }

    /// The receivers that have a name, in order.
    pub fn receivers(&self) -> impl Iterator<Item = Receiver<'_>> {
        self.top
            .sections("receivers")
            .filter_map(|section| Some(Receiver { name: section.get("name")?.text()?, section }))
    }

    /// The inhibition rules in order.
    pub fn inhibit_rules(&self) -> impl Iterator<Item = &Section> {
        self.top.sections("inhibit_rules")
    }

    /// The named time intervals, those of `mute_time_intervals` first.
    pub fn intervals(&self) -> impl Iterator<Item = &Section> {
        ["mute_time_intervals", "time_intervals"].into_iter().flat_map(|list| self.top.sections(list))
    }

    /// The patterns of template files.
    pub fn templates(&self) -> impl Iterator<Item = &Text> {
        self.top.get("templates").map(Value::items).unwrap_or_default().iter().filter_map(Value::text)
    }

    /// Every route in walk order: a parent before its children.
    pub fn routes(&self) -> Vec<&Section> {
        let mut found = Vec::new();
        let mut open: Vec<&Section> = self.route().into_iter().collect();
        while let Some(route) = open.pop() {
            found.push(route);
            let children: Vec<&Section> = route.sections("routes").collect();
            open.extend(children.into_iter().rev());
        }
        found
    }
}

impl<'c> Receiver<'c> {
    /// Its integrations, in the order of their kinds.
    pub fn integrations(self) -> impl Iterator<Item = Integration<'c>> {
        INTEGRATIONS
            .iter()
            .flat_map(move |kind| self.section.sections(kind.key).map(move |section| Integration { kind, section }))
    }
}

/// What must hold between parts.
struct Check<'a> {
    config: &'a Config,
    sink: &'a mut Sink,
}

impl Check<'_> {
    fn run(&mut self) {
        self.nulls();
        self.root_route();
        let receivers = self.receivers();
        let intervals = self.intervals();
        for route in self.config.routes() {
            if let Some(name) = route.text("receiver") {
                self.defined(name.as_str(), name.span(), "receiver", "receivers", &receivers);
            }
            for list in ["mute_time_intervals", "active_time_intervals"] {
                for item in route.get(list).map(Value::items).unwrap_or_default() {
                    let name = match item {
                        Value::Null(_) => "",
                        Value::Text(text) => text.as_str(),
                        _ => continue,
                    };
                    self.defined(name, item.span(), "time interval", "time_intervals", &intervals);
                }
            }
        }
        self.integrations();
    }

    /// `null` where Alertmanager does not look for it.
    fn nulls(&mut self) {
        let config = self.config;
        // Later releases read it as a receiver without a name.
        let old = config.version < Version::new(0, 26);
        let null = |value: Option<&Value>| -> Vec<Span> {
            let items = value.map(Value::items).unwrap_or_default();
            items.iter().filter_map(|item| if let Value::Null(span) = item { Some(*span) } else { None }).collect()
        };
        let mut found = Vec::new();
        if old {
            found.extend(null(config.top.get("receivers")).into_iter().map(|span| ("receiver", span)));
        }
        for route in config.routes() {
            found.extend(null(route.get("routes")).into_iter().map(|span| ("route", span)));
        }
        for receiver in config.top.sections("receivers") {
            for kind in INTEGRATIONS {
                found.extend(null(receiver.get(kind.key)).into_iter().map(|span| (kind.key, span)));
            }
        }
        for (what, span) in found {
            self.sink.push(
                Diagnostic::new(&VALUE, format!("an item of a list of {what} is empty"))
                    .at(span, "nothing stands here")
                    .note("Alertmanager refuses the file for this, and some releases crash.")
                    .help("Remove the dash, or write what belongs here."),
            );
        }
    }

    fn root_route(&mut self) {
        let config = self.config;
        let Some(route) = config.route() else {
            if matches!(config.top.get("route"), Some(Value::Broken(_))) {
                return;
            }
            let at = config.top.entry("route").map_or(config.top.head, |entry| entry.key.span());
            self.sink.push(
                Diagnostic::new(&ROOT_ROUTE, "there is no root route")
                    .at(at, "`route` is missing")
                    .note(REFUSED)
                    .help("Add `route:` with a `receiver`; every alert begins there."),
            );
            return;
        };
        if !route.is_set("receiver") {
            self.sink.push(
                Diagnostic::new(&ROOT_ROUTE, "the root route has no receiver")
                    .at(route.head, "`receiver` is missing")
                    .note(REFUSED)
                    .help("Add the `receiver` of alerts that no other route takes."),
            );
        }
        for name in ["match", "match_re", "matchers", "mute_time_intervals", "active_time_intervals", "continue"] {
            let Some(entry) = route.set(name) else { continue };
            // A list of empty texts holds no matcher.
            let blank = |item: &Value| match item {
                Value::Null(_) => true,
                value => value.text().is_some_and(|text| {
                    let read =
                        crate::routing::parse_matchers(text.as_str(), super::scalar::matcher_syntax(config.version));
                    read.is_ok_and(|read| read.matchers.is_empty())
                }),
            };
            if name == "matchers" && entry.value.items().iter().all(blank) {
                continue;
            }
            let why = match name {
                "continue" => "it has no siblings to continue with",
                "mute_time_intervals" | "active_time_intervals" => "it takes alerts at any time",
                _ => "it takes every alert",
            };
            self.sink.push(
                Diagnostic::new(&ROOT_ROUTE, format!("the root route must not have `{name}`"))
                    .at(entry.key.span(), why)
                    .note(REFUSED)
                    .help("Remove it, or move it into a route below `routes`."),
            );
        }
    }

    /// The names of receivers; one that stands twice is reported.
    fn receivers(&mut self) -> Vec<String> {
        let mut names = Vec::new();
        let mut seen: BTreeMap<String, Span> = BTreeMap::new();
        let items = self.config.top.get("receivers").map(Value::items).unwrap_or_default();
        for item in items {
            let (name, span) = match item {
                // An empty item is a receiver without a name.
                Value::Null(span) => (String::new(), *span),
                Value::Section(section) => match section.get("name") {
                    Some(Value::Text(text)) => (text.as_str().to_owned(), text.span()),
                    _ => continue,
                },
                _ => continue,
            };
            self.once(&mut seen, "receiver", &name, span);
            names.push(name);
        }
        names
    }

    fn intervals(&mut self) -> Vec<String> {
        let mut names = Vec::new();
        let mut seen: BTreeMap<String, Span> = BTreeMap::new();
        for list in ["mute_time_intervals", "time_intervals"] {
            for item in self.config.top.get(list).map(Value::items).unwrap_or_default() {
                let (name, span) = match item {
                    Value::Null(span) => (String::new(), *span),
                    Value::Section(section) => match section.get("name") {
                        Some(Value::Text(text)) => (text.as_str().to_owned(), text.span()),
                        _ => continue,
                    },
                    _ => continue,
                };
                self.once(&mut seen, "time interval", &name, span);
                names.push(name);
            }
        }
        names
    }

    fn once(&mut self, seen: &mut BTreeMap<String, Span>, what: &str, name: &str, span: Span) {
        let Some(first) = seen.insert(name.to_owned(), span) else { return };
        self.sink.push(
            Diagnostic::new(&DUPLICATE, format!("two of the {what}s are called `{name}`"))
                .at(span, "the second one")
                .also(first, "the first one")
                .note(REFUSED)
                .help("Give one of them another name, or join them."),
        );
    }

    fn defined(&mut self, name: &str, span: Span, what: &str, list: &str, known: &[String]) {
        if known.iter().any(|known| known == name) {
            return;
        }
        let diagnostic = Diagnostic::new(&UNDEFINED, format!("there is no {what} `{name}`"))
            .at(span, format!("not in `{list}`"))
            .note(REFUSED);
        self.sink.push(match nearest(name, known.iter().map(String::as_str)) {
            Some(near) => diagnostic.help(format!("Did you mean `{near}`?")),
            None => diagnostic.help(format!("Define it in `{list}`, or name one that is there.")),
        });
    }

    fn integrations(&mut self) {
        let config = self.config;
        for receiver in config.top.sections("receivers") {
            for kind in INTEGRATIONS {
                for section in receiver.sections(kind.key) {
                    for need in kind.needs {
                        self.need(section, need);
                    }
                    match kind.key {
                        "slack_configs" => self.slack(section),
                        "msteamsv2_configs" if config.version >= Version::new(0, 34) => self.global_http(section),
                        _ => {}
                    }
                }
            }
        }
    }

    fn need(&mut self, section: &Section, need: &Need) {
        let global = self.config.global();
        let in_global = |field: &str| {
            let written = global.and_then(|global| global.entry(field));
            match written {
                Some(_) => global.is_some_and(|global| global.is_set(field)),
                None => need.defaulted,
            }
        };
        if need.own.iter().any(|field| section.is_set(field)) || need.global.iter().any(|field| in_global(field)) {
            return;
        }
        self.credentials(section, need.own, need.global);
    }

    /// Reports that neither the integration nor `global` has what is needed.
    fn credentials(&mut self, section: &Section, own: &[&str], global: &[&str]) {
        let (own, global): (Vec<&str>, Vec<&str>) = (
            own.iter().copied().filter(|name| section.table.find(name, self.config.version).is_some()).collect(),
            global
                .iter()
                .copied()
                .filter(|name| super::table::GLOBAL.find(name, self.config.version).is_some())
                .collect(),
        );
        let needs = words(&own);
        let diagnostic = Diagnostic::new(&MISSING, format!("`{}` needs {needs}", section.table.name))
            .at(section.head, if global.is_empty() { "it is not here" } else { "it is neither here nor in `global`" })
            .note(REFUSED);
        self.sink.push(if global.is_empty() {
            diagnostic.help(format!("Add {needs}."))
        } else {
            diagnostic.help(format!("Add it here, or for all receivers as {} in `global`.", words(&global)))
        });
    }

    /// Slack falls back to `global` in its own way: a token there is used only where nothing else is.
    fn slack(&mut self, section: &Section) {
        let version = self.config.version;
        let global = self.config.global();
        let in_global =
            |names: [&str; 2]| names.into_iter().any(|name| global.is_some_and(|global| global.is_set(name)));
        let here = |names: [&str; 2]| names.into_iter().any(|name| section.is_set(name));
        let (urls, tokens) = (["api_url", "api_url_file"], ["app_token", "app_token_file"]);
        let has_url = here(urls) || in_global(["slack_api_url", "slack_api_url_file"]);
        if version < Version::new(0, 30) {
            if !has_url {
                self.credentials(section, &urls, &["slack_api_url", "slack_api_url_file"]);
            }
            return;
        }
        let authorized = is_authorized(section);
        let inherits = !here(tokens) && !authorized && !section.is_set("api_url");
        let has_token = here(tokens) || (inherits && in_global(["slack_app_token", "slack_app_token_file"]));
        if !has_url && !has_token {
            self.credentials(
                section,
                &["api_url", "api_url_file", "app_token", "app_token_file"],
                &["slack_api_url", "slack_api_url_file", "slack_app_token", "slack_app_token_file"],
            );
        }
        let app_url_missing =
            !section.is_set("app_url") && global.is_some_and(|global| global.is_null("slack_app_url"));
        if app_url_missing {
            self.credentials(section, &["app_url"], &["slack_app_url"]);
        }
        let own_http = section.get("http_config").and_then(Value::section).is_some();
        if !own_http {
            self.global_http(section);
        }
        let global_authorized = !own_http
            && global.is_some_and(|global| {
                let http = global.get("http_config").and_then(Value::section);
                http.is_some_and(|http| {
                    ["authorization", "bearer_token", "bearer_token_file"].into_iter().any(|name| http.is_set(name))
                })
            });
        if has_token && (authorized || global_authorized) {
            self.sink.push(
                Diagnostic::new(&CONFLICT, "a Slack app token and an HTTP `authorization` cannot be used together")
                    .at(section.head, "this receiver has both")
                    .note("The token is sent as that very header.")
                    .note(REFUSED)
                    .help("Remove `authorization` from the `http_config` that this receiver uses, or the token."),
            );
        }
    }

    /// `http_config: null` in `global` makes Alertmanager crash where it copies it.
    fn global_http(&mut self, section: &Section) {
        let Some(global) = self.config.global().filter(|global| global.is_null("http_config")) else { return };
        let Some(entry) = global.entry("http_config") else { return };
        self.sink.push(
            Diagnostic::new(&VALUE, "`http_config` in `global` is empty, which makes Alertmanager crash")
                .at(entry.key.span(), "nothing is set here")
                .also(section.head, "copied from `global` for this receiver")
                .help("Remove the key `http_config`."),
        );
    }
}
