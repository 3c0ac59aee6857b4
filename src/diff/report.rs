//! The report: what a change does, as data. The forms of [`super::render`] only decide how it looks.
//!
//! It has three levels. *Behaviour* says which alerts fire and who hears of them, *objects* which rules, receivers, routes
//! and manifests change and in which fields, *text* which lines of which files. A level that says nothing is a proof for
//! it: "no change" is never said of what was not looked at; what could not be decided is listed as such.

use serde::Serialize;

use super::text::TreeDiff;
use crate::routing::LabelSet;

/// The version of the JSON form. It changes when a reader of the older form could misread the newer one.
pub const VERSION: u32 = 2;

/// What changes from one side to the other.
#[derive(Debug, Default)]
pub struct Report {
    /// Which alerts fire, and who hears of them.
    pub behaviour: Vec<Change>,
    /// What was asked and could not be answered, in full sentences.
    pub unknown: Vec<String>,
    /// Rules, receivers, routes and manifests.
    pub objects: Vec<ObjectChange>,
    /// Lines of files.
    pub text: TreeDiff,
}

/// What is known about behaviour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It is the same: proved.
    Unchanged,
    /// It differs.
    Changed,
    /// No difference was found, but not everything could be decided.
    Unknown,
}

/// One change of behaviour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// What kind of change it is.
    pub kind: Kind,
    /// What it is about.
    pub subject: Subject,
    /// The label, annotation or setting that changes, if the kind has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What was before; absent for what is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What is now; absent for what is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// What `before` and `after` are numbers of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Where it holds; empty for everywhere.
    pub scopes: Vec<Scope>,
    /// The hosts of the spec that it concerns, by name.
    pub hosts: Vec<String>,
    /// The alerts that it concerns, where there are several, or where it is about a channel.
    pub alerts: Vec<Subject>,
    /// Labels of an alert for which it is so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub witness: Option<LabelSet>,
    /// The whole change in one sentence that stands alone.
    pub text: String,
    /// What becomes of alerts that fire while the change is rolled out.
    pub effect: Effect,
    /// Why a reviewer should look twice, the gravest first.
    pub risks: Vec<Risk>,
    /// The places that cause it in the older side.
    pub old_places: Vec<Place>,
    /// The places that cause it in the newer side.
    pub new_places: Vec<Place>,
}

/// What kind of change of behaviour it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names are those of the JSON form, where the schema describes them")]
pub enum Kind {
    AlertRemoved,
    AlertAdded,
    AlertRenamed,
    SeverityChanged,
    ThresholdLoosened,
    ThresholdTightened,
    ThresholdChanged,
    ForLonger,
    ForShorter,
    KeepFiringForChanged,
    QueryChanged,
    EvaluatorChanged,
    EvaluationChanged,
    LabelChanged,
    AnnotationChanged,
    RuleMoved,
    RecordRemoved,
    RecordAdded,
    RecordChanged,
    HostLost,
    HostGained,
    DeliveryLost,
    DeliveryGained,
    DeliveryChanged,
    TimingChanged,
    GroupingChanged,
    MuteChanged,
    RouteChanged,
    InhibitionGained,
    InhibitionLost,
    ChannelRemoved,
    ChannelAdded,
    ChannelRenamed,
    ChannelChanged,
    ChannelLoses,
    ChannelGains,
    CalendarChanged,
    SecretChanged,
    CheckRemoved,
    CheckAdded,
    CheckChanged,
}

/// What a change is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Subject {
    /// What it is.
    pub kind: SubjectKind,
    /// Its name.
    pub name: String,
    /// The severity, for a level of an alert.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
}

/// The kinds of things that behaviour is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum SubjectKind {
    Alert,
    Routing,
    Channel,
    Calendar,
    Secret,
    Host,
    Record,
    Check,
}

/// A part of the fleet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Scope {
    /// The group; absent for hosts of no group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// Conditions on labels of hosts, such as `rack=r2`; empty for all hosts.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub hosts: String,
}

/// What becomes of alerts that fire while the change is rolled out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// They go on as before.
    #[default]
    None,
    /// Alertmanager tells again about what it has told already.
    NotifiesAgain,
    /// Prometheus takes them for new: they are resolved, pend, and fire again.
    ResetsToPending,
}

/// How much a reviewer should worry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Worth knowing.
    Low,
    /// Worth a second look.
    Medium,
    /// Somebody may not be woken who should be.
    High,
}

/// A mark that a person would make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Risk {
    /// How much to worry.
    pub level: Level,
    /// Why, in a few words.
    pub reason: String,
}

/// A place in a spec or in a file, with the story of the value there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The last line.
    pub end_line: usize,
    /// The column behind the end.
    pub end_column: usize,
    /// What the value replaced or was taken from, step by step.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub chain: Vec<Step>,
}

/// A step in the story of a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Step {
    /// Where, as `file:line`.
    pub at: String,
    /// What happened there.
    pub says: String,
}

/// An object that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ObjectChange {
    /// What it is: `rule`, `receiver`, `route`, `Deployment`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its name before, if it was renamed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_name: Option<String>,
    /// What happened to it.
    pub status: Status,
    /// The files it is in, each once; equal changes in many files are one change.
    pub files: Vec<String>,
    /// The fields that change.
    pub fields: Vec<FieldChange>,
}

/// What happened to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Status {
    Removed,
    Added,
    Renamed,
    Changed,
    Moved,
}

/// A field that changes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct FieldChange {
    /// The way to the field: `labels.team`, `receivers[oncall].slack_configs[0].channel`.
    pub path: String,
    /// What was before; absent for what is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What is now; absent for what is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

impl Report {
    /// What is known about behaviour.
    pub fn verdict(&self) -> Verdict {
        match (self.behaviour.is_empty(), self.unknown.is_empty()) {
            (false, _) => Verdict::Changed,
            (true, false) => Verdict::Unknown,
            (true, true) => Verdict::Unchanged,
        }
    }

    /// The gravest mark.
    pub fn risk(&self) -> Option<Level> {
        self.behaviour.iter().flat_map(|change| &change.risks).map(|risk| risk.level).max()
    }
}

impl Change {
    /// A change about which nothing is said yet but what it is.
    pub fn new(kind: Kind, subject: Subject) -> Self {
        Self {
            kind,
            subject,
            field: None,
            before: None,
            after: None,
            unit: None,
            scopes: Vec::new(),
            hosts: Vec::new(),
            alerts: Vec::new(),
            witness: None,
            text: String::new(),
            effect: Effect::None,
            risks: Vec::new(),
            old_places: Vec::new(),
            new_places: Vec::new(),
        }
    }

    /// From this to that.
    pub fn values(mut self, before: Option<String>, after: Option<String>) -> Self {
        (self.before, self.after) = (before, after);
        self
    }
}

impl Subject {
    /// Something without a severity.
    pub fn new(kind: SubjectKind, name: impl Into<String>) -> Self {
        Self { kind, name: name.into(), severity: None }
    }

    /// Its name, with the severity of a level.
    pub fn words(&self) -> String {
        match &self.severity {
            Some(severity) => format!("{} {severity}", self.name),
            None => self.name.clone(),
        }
    }
}

impl Place {
    /// `file:line`.
    pub fn shown(&self) -> String {
        format!("{}:{}", self.file, self.line)
    }
}
