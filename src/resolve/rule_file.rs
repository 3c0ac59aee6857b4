//! Reading rule files as their loaders do: what Prometheus or a Thanos Ruler refuses is an error, and nothing else is.
//!
//! A spec that takes files in and `lint` read them in the same way. The order is that of the loaders: the text as YAML,
//! the structure by its fields, then names, queries and templates.

use std::collections::BTreeMap;

use super::codes;
use crate::ast::Version;
use crate::ast::foreign::Foreign;
use crate::ast::rule_file::{FileRule, Loader, Reading, RuleFile, RuleGroup};
use crate::diagnostic::{Diagnostic, Level, Sink};
use crate::golang::yaml::{self, Content, Document, NodeId};
use crate::gotemplate::{self, FunctionSet};
use crate::promql::{self, Target};
use crate::source::{FileId, Span, Text};
use crate::syntax;

/// The Thanos that went back to go-yaml 2, in which a merged key must not be there already.
const GO_YAML_2: Version = Version::new(0, 40);

/// What a text holds.
#[derive(Debug, Default)]
pub struct Read {
    /// Rule files: the first document of a plain one, and every PrometheusRule.
    pub files: Vec<RuleFile>,
    /// The bytes of comments, each with its `#`.
    pub comments: Vec<Span>,
    /// Whether the real tool would load it.
    pub loads: bool,
}

/// Who loads the files, and with what.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The program.
    pub loader: Loader,
    /// Its release and feature flags, for queries.
    pub target: Target,
}

impl Setting {
    /// For a Prometheus.
    pub fn prometheus(target: Target) -> Self {
        let promql::Version { major, minor } = target.prometheus;
        let release = Version::new(u32::from(major), u32::from(minor));
        Self { loader: Loader::Prometheus(release), target }
    }

    /// For a Thanos Ruler.
    pub fn ruler(release: Version) -> Self {
        let parser = super::query::embedded(release);
        Self { loader: Loader::Thanos { release, parser }, target: super::query::target(parser) }
    }
}

/// Whether a text holds Kubernetes objects.
pub fn is_objects(text: &str) -> bool {
    let keys = top_level_keys(text);
    keys.contains(&"kind") && keys.contains(&"apiVersion")
}

/// The keys in the first column; for JSON, those one level below the outer braces.
pub fn top_level_keys(text: &str) -> Vec<&str> {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with('{') {
        return json_keys(text);
    }
    let lines = text.split(['\n', '\r']).filter_map(|line| {
        let (key, rest) = line.split_once(':')?;
        let ends = rest.is_empty() || rest.starts_with([' ', '\t']);
        let key = key.trim_end().trim_matches(['"', '\'']);
        (ends && !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')).then_some(key)
    });
    lines.collect()
}

/// Keys of the outermost braces of a text in flow style.
fn json_keys(text: &str) -> Vec<&str> {
    let mut keys = Vec::new();
    let mut depth = 0_usize;
    let mut quote: Option<u8> = None;
    let mut start = 0;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (Some(_), _) if escaped => escaped = false,
            (Some(b'"'), b'\\') => escaped = true,
            (Some(open), _) if open == byte => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'{' | b'[') => {
                depth += 1;
                start = at + 1;
            }
            (None, b'}' | b']') => depth = depth.saturating_sub(1),
            (None, b',') => start = at + 1,
            (None, b':') if depth == 1 => {
                keys.extend(text.get(start..at).map(|key| key.trim().trim_matches(['"', '\''])));
            }
            (None, _) => {}
        }
    }
    keys
}

/// Whether a rule file says something that only a Ruler reads.
pub fn is_for_ruler(text: &str) -> bool {
    const FIELD: &str = "partial_response_strategy";
    // Most files don't have the word, and need not be read for it.
    let document = text.contains(FIELD).then(|| yaml::Reader::new(text).next_document()).flatten();
    let Some(Ok(document)) = document else { return false };
    document.nodes().iter().any(|node| match &node.content {
        Content::Mapping(entries) => {
            entries.chunks(2).any(|pair| pair.first().and_then(|&key| scalar(&document, key)) == Some(FIELD))
        }
        Content::Scalar { .. } | Content::Sequence(_) | Content::Alias { .. } => false,
    })
}

/// Reads a rule file, of which only the first document counts.
pub fn rule_file(file: FileId, text: &str, setting: &Setting, sink: &mut Sink) -> Read {
    let mut own = Sink::default();
    let mut read = Read::default();
    let mut reader = yaml::Reader::new(text);
    match reader.next_document() {
        None => {}
        Some(Err(error)) => syntax_error(file, text, &error, &mut own),
        Some(Ok(document)) => {
            comments(file, &document, &mut read);
            let reading = Reading { loader: setting.loader, object: false };
            let mut foreign = Foreign::new(&document, file, &codes::RULES, setting.loader.words(), &mut own);
            foreign.strict_merges = matches!(setting.loader, Loader::Thanos { release, .. } if release >= GO_YAML_2);
            let root = foreign.root();
            let decoded = RuleFile::decode(&mut foreign, root, reading);
            read.files.push(checked(decoded, setting, &mut own));
            if let Some(Ok(second)) = reader.next_document() {
                further_document(file, second.start, setting, &mut own);
            }
        }
    }
    read.loads = !own.has_errors();
    sink.append(own);
    read
}

/// Reads Kubernetes objects; those that are PrometheusRules hold rule files.
pub fn objects(file: FileId, text: &str, setting: &Setting, sink: &mut Sink) -> Read {
    let mut own = Sink::default();
    let mut read = Read::default();
    let mut reader = yaml::Reader::new(text);
    while let Some(next) = reader.next_document() {
        match next {
            Err(error) => syntax_error(file, text, &error, &mut own),
            Ok(document) => {
                comments(file, &document, &mut read);
                object(file, &document, document.root(), setting, &mut own, &mut read, true);
            }
        }
    }
    read.loads = !own.has_errors();
    sink.append(own);
    read
}

/// One object, or a list of them.
fn object(
    file: FileId,
    document: &Document,
    id: NodeId,
    setting: &Setting,
    sink: &mut Sink,
    read: &mut Read,
    may_be_list: bool,
) {
    let kind = entry(document, id, "kind").and_then(|kind| scalar(document, kind)).unwrap_or_default();
    if may_be_list && kind.ends_with("List") {
        let items = entry(document, id, "items").and_then(|items| document.get(items)).map(|node| &node.content);
        if let Some(Content::Sequence(items)) = items {
            for &item in items {
                object(file, document, item, setting, sink, read, false);
            }
        }
        return;
    }
    if kind != "PrometheusRule" {
        return;
    }
    let Some(spec) = entry(document, id, "spec") else { return };
    let reading = Reading { loader: setting.loader, object: true };
    let mut foreign = Foreign::new(document, file, &codes::RULES, setting.loader.words(), sink);
    let decoded = RuleFile::decode(&mut foreign, spec, reading);
    read.files.push(checked(decoded, setting, sink));
}

/// The value of a key of a mapping.
fn entry(document: &Document, id: NodeId, key: &str) -> Option<NodeId> {
    let Content::Mapping(entries) = &document.get(id)?.content else { return None };
    let pair = entries.chunks(2).find(|pair| pair.first().and_then(|&id| scalar(document, id)) == Some(key))?;
    pair.get(1).copied()
}

fn scalar(document: &Document, id: NodeId) -> Option<&str> {
    match &document.get(id)?.content {
        Content::Scalar { value, .. } => Some(value),
        Content::Sequence(_) | Content::Mapping(_) | Content::Alias { .. } => None,
    }
}

fn comments(file: FileId, document: &Document, read: &mut Read) {
    read.comments.extend(document.comments.iter().map(|range| Span::new(file, range.clone())));
}

/// Reports why a text is no YAML. Where the reader of specs stumbles as well, it knows better what was meant.
fn syntax_error(file: FileId, text: &str, error: &yaml::Error, sink: &mut Sink) {
    let mut other = Sink::default();
    syntax::yaml::read(file, text, &mut other);
    let better = other
        .finish()
        .into_iter()
        .find(|finding| finding.code == &syntax::codes::YAML || finding.code == &syntax::codes::YAML_ALIAS);
    sink.push(better.unwrap_or_else(|| {
        let end = error.range.end.min(text.len());
        let start = error.range.start.min(end);
        let finding =
            Diagnostic::new(&syntax::codes::YAML, error.message).at(Span::new(file, start..end), "cannot be read");
        let finding = match error.context {
            Some(at) if at < start => finding.also(Span::new(file, at..at), "what it belongs to begins here"),
            Some(_) | None => finding,
        };
        finding.note("The Go programs of the monitoring world share one reader of YAML, and it refuses this.")
    }));
}

fn further_document(file: FileId, at: usize, setting: &Setting, sink: &mut Sink) {
    let mut finding = Diagnostic::new(
        &syntax::codes::YAML_DOCUMENT,
        "a second YAML document stands in a rule file, and nothing reads it",
    )
    .at(Span::new(file, at..at + 3), "nothing is loaded from here on")
    .note(format!("{} reads the first document of a rule file and passes over the others.", setting.loader.words()))
    .help("Move its groups into the first document, or into a file of their own.");
    finding.level = Level::Warning;
    sink.push(finding);
}

/// A decoded file, if its groups and rules can be loaded; what is wrong is reported. A file whose structure is broken is
/// not looked at further, as the loaders do.
fn checked(file: RuleFile, setting: &Setting, sink: &mut Sink) -> RuleFile {
    if sink.has_errors() {
        return file;
    }
    let mut names: BTreeMap<&str, Span> = BTreeMap::new();
    for group in &file.groups {
        let mut validation = Validation { setting, sink };
        let name = group.name.as_ref().map_or("", Text::as_str);
        if name.is_empty() {
            validation.refuse(group.head, "a rule group needs a name", "`name` is missing");
        }
        // A Ruler does not notice; it loads both groups.
        if let (Some(&first), Loader::Prometheus(_)) = (names.get(name), setting.loader) {
            let finding = Diagnostic::new(&codes::RULES, format!("two groups are called `{name}`"))
                .at(group.head, "the same name again")
                .also(first, "the first one")
                .note(format!("{} refuses the whole file for it.", setting.loader.words()))
                .help("Give one of them another name, or put its rules into the other group.");
            validation.sink.push(finding);
        }
        names.insert(name, group.head);
        validation.group(group);
    }
    file
}

struct Validation<'a> {
    setting: &'a Setting,
    sink: &'a mut Sink,
}

impl Validation<'_> {
    fn refuse(&mut self, span: Span, headline: impl Into<String>, label: impl Into<String>) {
        let note = format!("{} refuses the whole file for it.", self.setting.loader.words());
        self.sink.push(Diagnostic::new(&codes::RULES, headline).at(span, label).note(note));
    }

    /// Since 3.0 any text can be a name.
    fn any_text(&self) -> bool {
        self.setting.loader.parser() >= Version::new(3, 0)
    }

    fn group(&mut self, group: &RuleGroup) {
        let strategy = group.partial_response_strategy.as_ref();
        if let Some(strategy) =
            strategy.filter(|text| !["", "abort", "warn"].iter().any(|known| text.as_str().eq_ignore_ascii_case(known)))
        {
            let headline = "`partial_response_strategy` must be `abort` or `warn`";
            self.refuse(strategy.span(), headline, "neither of them");
        }
        let prometheus = matches!(self.setting.loader, Loader::Prometheus(_));
        for (name, _) in group.labels.iter().filter(|_| prometheus) {
            self.label_name(name, "label", true);
        }
        for rule in &group.rules {
            self.rule(rule);
        }
    }

    fn rule(&mut self, rule: &FileRule) {
        let text = |text: &Option<Text>| text.clone().filter(|text| !text.as_str().is_empty());
        let (alert, record) = (text(&rule.alert), text(&rule.record));
        match (&alert, &record) {
            (Some(alert), Some(record)) => {
                let finding = Diagnostic::new(&codes::RULES, "a rule is either an alert or a recording rule")
                    .at(record.span(), "records a metric")
                    .also(alert.span(), "and is an alert")
                    .note(format!("{} refuses the whole file for it.", self.setting.loader.words()))
                    .help("Make two rules of it.");
                self.sink.push(finding);
            }
            (None, None) => self.refuse(rule.head, "a rule needs `alert` or `record`", "has neither"),
            (Some(_), None) | (None, Some(_)) => {}
        }
        let name = alert.as_ref().or(record.as_ref()).map_or("the rule", Text::as_str).to_owned();
        match text(&rule.expr) {
            None => self.refuse(rule.head, format!("`{name}` has no `expr`"), "nothing to evaluate"),
            Some(expr) => self.query(&expr, &name),
        }
        if let Some(record) = &record {
            self.recording(rule, record);
        }
        for (label, _) in &rule.labels {
            self.label_name(label, "label", true);
        }
        for (annotation, _) in &rule.annotations {
            self.label_name(annotation, "annotation", false);
        }
        if alert.is_some() {
            for (key, value) in rule.labels.iter().chain(&rule.annotations) {
                self.template(key.as_str(), value, &name);
            }
        }
    }

    fn query(&mut self, expr: &Text, name: &str) {
        let Err(errors) = promql::parse(expr.as_str(), &self.setting.target) else { return };
        let loader = self.setting.loader.words();
        for error in errors {
            let headline = format!("the query of `{name}` is not valid: {}", error.message);
            let finding = Diagnostic::new(&codes::QUERY, headline)
                .at(expr.span_of(error.range.clone()), "here")
                .note(format!("{loader} refuses the whole file for one query that it cannot read."));
            self.sink.push(match &error.help {
                Some(help) => finding.help(super::query::sentence(help)),
                None => finding,
            });
        }
    }

    /// What a recording rule cannot have.
    fn recording(&mut self, rule: &FileRule, record: &Text) {
        let only_alerts = "only alerts have this";
        if let Some((key, _)) = rule.annotations.first() {
            self.refuse(key.span(), "a recording rule has no annotations", only_alerts);
        }
        let durations = [("for", rule.r#for), ("keep_firing_for", rule.keep_firing_for)];
        for (field, duration) in durations {
            if let Some(duration) = duration.filter(|duration| !duration.value.is_zero()) {
                self.refuse(duration.span, format!("a recording rule has no `{field}`"), only_alerts);
            }
        }
        let name = record.as_str();
        if !self.any_text() && !promql::is_plain_metric_name(name) {
            let headline = format!("`{name}` cannot be the name of a metric");
            self.refuse(record.span(), headline, "only letters, digits, `_` and `:`");
        } else if self.setting.loader.parser() >= Version::new(3, 2)
            && let Some(at) = name.find(['{', '}'])
        {
            let headline = "a recording rule is named after a metric, without braces";
            self.refuse(record.span_of(at..at + 1), headline, "a selector cannot stand here");
        }
    }

    /// The name of a label or an annotation.
    fn label_name(&mut self, name: &Text, what: &str, is_label: bool) {
        let text = name.as_str();
        let fits = if self.any_text() { !text.is_empty() } else { promql::is_plain_label_name(text) };
        if !fits || is_label && text == "__name__" {
            let label = match (text, self.any_text()) {
                ("", _) => "a name is missing",
                ("__name__", _) => "the metric's own name",
                (_, true) => "no valid name",
                (_, false) => "only letters, digits and `_`",
            };
            self.refuse(name.span(), format!("`{text}` cannot be the name of {what}", what = article(what)), label);
        }
    }

    fn template(&mut self, key: &str, text: &Text, alert: &str) {
        let loader = self.setting.loader.words();
        match gotemplate::parse(text.as_str(), FunctionSet::alert()) {
            Err(errors) => {
                for error in errors {
                    let headline = format!("`{key}` of `{alert}` is not a valid template: {}", error.message);
                    let finding = Diagnostic::new(&codes::FILE_TEMPLATE, headline)
                        .at(text.span_of(error.range.clone()), "here")
                        .note(format!("{loader} refuses the whole file for one such text."))
                        .help("What stands in `{{ … }}` is Go's template language; the rest is plain text.");
                    self.sink.push(finding);
                }
            }
            Ok(template) => {
                for used in gotemplate::facts(&template).functions {
                    let since = FunctionSet::alert().find(&used.name).map_or("", |function| function.since);
                    let newer = since.parse::<Version>().is_ok_and(|since| since > self.setting.loader.parser());
                    if newer {
                        let headline = format!("`{key}` of `{alert}` calls `{}`, which is not known yet", used.name);
                        let finding = Diagnostic::new(&codes::FILE_TEMPLATE, headline)
                            .at(text.span_of(used.range.clone()), format!("came with Prometheus {since}"))
                            .note(format!("{loader} refuses the whole file for one such text."))
                            .help("Write the text without it.");
                        self.sink.push(finding);
                    }
                }
            }
        }
    }
}

fn article(what: &str) -> String {
    format!("{} {what}", if what.starts_with('a') { "an" } else { "a" })
}
