//! Rule files of Prometheus and Thanos, typed: what their loaders make of them, every text with its place.

use super::foreign::{Field, Foreign};
use super::{Duration, Version};
use crate::golang::yaml::NodeId;
use crate::source::{Span, Spanned, Text};

/// Who loads a rule file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loader {
    /// A Prometheus of this release.
    Prometheus(Version),
    /// A Thanos Ruler of this release, with the Prometheus whose parser it carries.
    Thanos {
        /// Its own release.
        release: Version,
        /// The release of the parser.
        parser: Version,
    },
}

impl Loader {
    /// The release of Prometheus whose rules hold.
    pub fn parser(self) -> Version {
        match self {
            Self::Prometheus(release) => release,
            Self::Thanos { parser, .. } => parser,
        }
    }

    /// Who it is, in words.
    pub fn words(self) -> String {
        match self {
            Self::Prometheus(release) => format!("Prometheus {release}"),
            Self::Thanos { release, .. } => format!("the Thanos Ruler {release}"),
        }
    }
}

/// A rule file, or the `spec` of a PrometheusRule.
#[derive(Debug, Clone, Default)]
pub struct RuleFile {
    /// Rule groups in order.
    pub groups: Vec<RuleGroup>,
}

/// A rule group.
#[derive(Debug, Clone)]
pub struct RuleGroup {
    /// The bytes that name it.
    pub head: Span,
    /// All of it.
    pub whole: Span,
    /// Its name, if it has one.
    pub name: Option<Text>,
    /// How often it is evaluated.
    pub interval: Option<Spanned<Duration>>,
    /// How far back its evaluation lies; zero is not the same as nothing.
    pub query_offset: Option<Spanned<Duration>>,
    /// The most results that a rule of it may have.
    pub limit: Option<Spanned<i64>>,
    /// Labels of all its rules.
    pub labels: Vec<(Text, Text)>,
    /// What a Ruler does when a store does not answer.
    pub partial_response_strategy: Option<Text>,
    /// Its rules.
    pub rules: Vec<FileRule>,
}

/// A rule of a rule file.
#[derive(Debug, Clone)]
pub struct FileRule {
    /// The bytes that name it.
    pub head: Span,
    /// All of it.
    pub whole: Span,
    /// The alert's name.
    pub alert: Option<Text>,
    /// The recorded metric's name.
    pub record: Option<Text>,
    /// The expression.
    pub expr: Option<Text>,
    /// How long the condition must hold.
    pub r#for: Option<Spanned<Duration>>,
    /// How long the alert keeps firing afterwards.
    pub keep_firing_for: Option<Spanned<Duration>>,
    /// Labels.
    pub labels: Vec<(Text, Text)>,
    /// Annotations.
    pub annotations: Vec<(Text, Text)>,
}

/// Fields of groups, with the release of Prometheus that brought them.
const GROUP_FIELDS: [(&str, Version); 6] = [
    ("name", Version::new(2, 0)),
    ("interval", Version::new(2, 0)),
    ("rules", Version::new(2, 0)),
    ("limit", Version::new(2, 31)),
    ("query_offset", Version::new(2, 53)),
    ("labels", Version::new(3, 0)),
];

/// Fields of rules, with the release of Prometheus that brought them.
const RULE_FIELDS: [(&str, Version); 7] = [
    ("alert", Version::new(2, 0)),
    ("record", Version::new(2, 0)),
    ("expr", Version::new(2, 0)),
    ("for", Version::new(2, 0)),
    ("keep_firing_for", Version::new(2, 42)),
    ("labels", Version::new(2, 0)),
    ("annotations", Version::new(2, 0)),
];

/// The release since when an alias is followed also where it stands for a name or an expression.
pub const RESOLVES: Version = Version::new(3, 2);

/// Fields that other programs read in such files.
const FOREIGN_FIELDS: [(&str, &str); 13] = [
    ("source_tenants", "Mimir and Cortex"),
    ("align_evaluation_time_on_interval", "Mimir"),
    ("evaluation_delay", "Mimir"),
    ("remote_write", "Loki"),
    ("concurrency", "VictoriaMetrics"),
    ("type", "VictoriaMetrics"),
    ("params", "VictoriaMetrics"),
    ("headers", "VictoriaMetrics"),
    ("notifier_headers", "VictoriaMetrics"),
    ("eval_offset", "VictoriaMetrics"),
    ("eval_delay", "VictoriaMetrics"),
    ("eval_alignment", "VictoriaMetrics"),
    ("debug", "VictoriaMetrics"),
];

/// How a group's entries are read.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    /// Who loads the file.
    pub loader: Loader,
    /// Whether it is the `spec` of a PrometheusRule, whose groups may say what only a Ruler reads.
    pub object: bool,
}

impl RuleFile {
    /// Decodes a rule file from its outermost value.
    pub fn decode(foreign: &mut Foreign<'_>, root: NodeId, reading: Reading) -> Self {
        let owner = if reading.object { "the spec of a PrometheusRule" } else { "a rule file" };
        let mut file = Self::default();
        for Field { key, value } in foreign.fields(root, owner).unwrap_or_default() {
            match key.as_str() {
                "groups" => {
                    for item in foreign.items(value, "`groups`").unwrap_or_default() {
                        file.groups.extend(RuleGroup::decode(foreign, item, reading));
                    }
                }
                _ => foreign.unknown(&key, owner, &["groups"], None),
            }
        }
        file
    }
}

impl RuleGroup {
    fn decode(foreign: &mut Foreign<'_>, node: NodeId, reading: Reading) -> Option<Self> {
        let fields = foreign.fields(node, "a rule group")?;
        let mut group = Self {
            head: foreign.beginning(node),
            whole: foreign.span(node),
            name: None,
            interval: None,
            query_offset: None,
            limit: None,
            labels: Vec::new(),
            partial_response_strategy: None,
            rules: Vec::new(),
        };
        let strategy = reading.object || matches!(reading.loader, Loader::Thanos { .. });
        for Field { key, value } in fields {
            match key.as_str() {
                "partial_response_strategy" if strategy => {
                    group.partial_response_strategy = foreign.text(value, "`partial_response_strategy`");
                }
                name if !known(&GROUP_FIELDS, name, reading.loader) => {
                    unknown(foreign, &key, "a rule group", &GROUP_FIELDS, reading.loader);
                }
                "name" => group.name = foreign.text(value, "the group's `name`"),
                "interval" => group.interval = foreign.duration(value, "`interval`"),
                "query_offset" => group.query_offset = foreign.duration(value, "`query_offset`"),
                "limit" => group.limit = foreign.integer(value, "`limit`"),
                "labels" => group.labels = foreign.texts(value, "`labels`"),
                _ => {
                    for item in foreign.items(value, "`rules`").unwrap_or_default() {
                        group.rules.extend(FileRule::decode(foreign, item, reading.loader));
                    }
                }
            }
        }
        if let Some(name) = &group.name {
            group.head = name.span();
        }
        Some(group)
    }
}

impl FileRule {
    fn decode(foreign: &mut Foreign<'_>, node: NodeId, loader: Loader) -> Option<Self> {
        let fields = foreign.fields(node, "a rule")?;
        let mut rule = Self {
            head: foreign.beginning(node),
            whole: foreign.span(node),
            alert: None,
            record: None,
            expr: None,
            r#for: None,
            keep_firing_for: None,
            labels: Vec::new(),
            annotations: Vec::new(),
        };
        for Field { key, value } in fields {
            match key.as_str() {
                name if !known(&RULE_FIELDS, name, loader) => unknown(foreign, &key, "a rule", &RULE_FIELDS, loader),
                // Older releases take these three as they stand in the file, aliases and nulls too.
                "alert" | "record" | "expr" if loader.parser() < RESOLVES => {
                    let text = foreign.unresolved(value);
                    match key.as_str() {
                        "alert" => rule.alert = text,
                        "record" => rule.record = text,
                        _ => rule.expr = text,
                    }
                }
                "alert" => rule.alert = foreign.text(value, "`alert`"),
                "record" => rule.record = foreign.text(value, "`record`"),
                "expr" => rule.expr = foreign.text(value, "`expr`"),
                "for" => rule.r#for = foreign.duration(value, "`for`"),
                "keep_firing_for" => rule.keep_firing_for = foreign.duration(value, "`keep_firing_for`"),
                "labels" => rule.labels = foreign.texts(value, "`labels`"),
                _ => rule.annotations = foreign.texts(value, "`annotations`"),
            }
        }
        if let Some(name) = rule.alert.as_ref().or(rule.record.as_ref()) {
            rule.head = name.span();
        }
        Some(rule)
    }
}

fn known(fields: &[(&str, Version)], name: &str, loader: Loader) -> bool {
    fields.iter().any(|&(field, since)| field == name && since <= loader.parser())
}

fn unknown(foreign: &mut Foreign<'_>, key: &Text, owner: &str, fields: &[(&str, Version)], loader: Loader) {
    let name = key.as_str();
    let later = fields.iter().find(|(field, _)| *field == name);
    let other = FOREIGN_FIELDS.iter().find(|(field, _)| *field == name);
    let help = match (later, other) {
        (Some((_, since)), _) => Some(format!("It came with Prometheus {since}; leave it out until then.")),
        (None, Some((_, program))) => Some(format!("{program} reads it; a file for Prometheus has to do without.")),
        (None, None) if name == "partial_response_strategy" => {
            Some("Only a Thanos Ruler reads it; run `alertsmith lint --thanos` if the file is for one.".to_owned())
        }
        (None, None) => None,
    };
    let known: Vec<&str> =
        fields.iter().filter(|&&(_, since)| since <= loader.parser()).map(|&(field, _)| field).collect();
    foreign.unknown(key, owner, &known, help);
}
