//! One sentence for every change, and the marks that a person would make.

use super::report::{Change, Effect, Kind, Level, Risk, Scope, Subject, SubjectKind};

/// The reasons of marks that say what [`Effect::words`] says.
pub const EFFECTS: [&str; 2] = ["firing alerts start over", "firing alerts are told about again"];

/// Names listed before "and 3 more".
const LISTED: usize = 4;

/// "a, b, c and 3 more".
pub fn list(names: &[String]) -> String {
    let shown = names.iter().take(LISTED).cloned().collect::<Vec<_>>();
    match (names.len().saturating_sub(LISTED), shown.as_slice()) {
        (0, [all @ .., last]) if !all.is_empty() => format!("{} and {last}", all.join(", ")),
        (0, _) => shown.join(", "),
        (1, _) => format!("{} and one more", shown.join(", ")),
        (more, _) => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Where a change holds, in words: "everywhere", "in group production (rack=r2)", "in 14 groups".
pub fn scope(scopes: &[Scope]) -> String {
    if scopes.is_empty() {
        return String::new();
    }
    // What is said of the same hosts of several groups is said once.
    let mut parts: Vec<(&str, Vec<String>, Vec<String>, bool)> = Vec::new();
    for scope in scopes {
        let at = parts.iter().position(|(hosts, ..)| *hosts == scope.hosts).unwrap_or_else(|| {
            parts.push((&scope.hosts, Vec::new(), Vec::new(), false));
            parts.len() - 1
        });
        let Some((_, groups, clusters, of_none)) = parts.get_mut(at) else { continue };
        match (&scope.group, &scope.cluster) {
            (Some(group), _) if !groups.contains(group) => groups.push(group.clone()),
            (Some(_), _) => {}
            (None, cluster) => {
                *of_none = true;
                clusters.extend(cluster.clone().filter(|cluster| !clusters.contains(cluster)));
            }
        }
    }
    let words = parts.into_iter().map(|(hosts, groups, clusters, of_none)| {
        let mut words = Vec::new();
        match groups.len() {
            0 => {}
            1 => words.push(format!("group {}", list(&groups))),
            count if count <= LISTED => words.push(format!("groups {}", list(&groups))),
            count => words.push(format!("the same in {count} groups: {}", list(&groups))),
        }
        match clusters.as_slice() {
            [] if of_none => words.push("hosts of no group".to_owned()),
            [] => {}
            [only] => words.push(format!("hosts of no group in cluster {only}")),
            several if several.len() <= 2 => words.push(format!("hosts of no group in clusters {}", list(several))),
            several => words.push(format!("hosts of no group in {} clusters", several.len())),
        }
        let words = words.join(", ");
        if hosts.is_empty() { words } else { format!("{words}, where {hosts}") }
    });
    words.collect::<Vec<_>>().join("; ")
}

/// A number with its unit as people write it.
fn with_unit(value: &str, unit: Option<&str>) -> String {
    match unit {
        None => value.to_owned(),
        Some("percent") => format!("{value} %"),
        Some("celsius") => format!("{value} °C"),
        Some(unit) => format!("{value} {unit}"),
    }
}

impl Change {
    /// What was before, with its unit.
    pub fn old_value(&self) -> String {
        with_unit(self.before.as_deref().unwrap_or("nothing"), self.unit.as_deref().filter(|_| self.before.is_some()))
    }

    /// What is now, with its unit.
    pub fn new_value(&self) -> String {
        with_unit(self.after.as_deref().unwrap_or("nothing"), self.unit.as_deref().filter(|_| self.after.is_some()))
    }

    /// What happens, without the subject and without where.
    pub fn what(&self) -> String {
        let (old, new) = (self.old_value(), self.new_value());
        let field = self.field.as_deref().unwrap_or_default();
        let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        match self.kind {
            Kind::AlertRemoved if self.before.is_some() => format!("removed: it does not fire any more (was {old})"),
            Kind::AlertRemoved => "removed: it does not fire any more".to_owned(),
            Kind::AlertAdded if self.after.is_some() => format!("new: fires at {new}"),
            Kind::AlertAdded => "new".to_owned(),
            Kind::AlertRenamed => format!("renamed: {old} -> {new}"),
            Kind::SeverityChanged => format!("severity {old} -> {new}"),
            Kind::ThresholdLoosened => format!("threshold loosened: {old} -> {new}"),
            Kind::ThresholdTightened => format!("threshold tightened: {old} -> {new}"),
            Kind::ThresholdChanged => format!("threshold changed: {old} -> {new}"),
            Kind::ForLonger => format!("fires later: for {old} -> {new}"),
            Kind::ForShorter => format!("fires sooner: for {old} -> {new}"),
            Kind::KeepFiringForChanged => format!("keeps firing afterwards: {old} -> {new}"),
            Kind::QueryChanged => format!("query changed: {} -> {}", one_line(&old), one_line(&new)),
            Kind::EvaluatorChanged => format!("evaluated by {new} instead of {old}"),
            Kind::EvaluationChanged => format!("{field} of its rule group: {old} -> {new}"),
            Kind::LabelChanged if self.before.is_none() => format!("label {field} added: {new}"),
            Kind::LabelChanged if self.after.is_none() => format!("label {field} removed (was {old})"),
            Kind::LabelChanged => format!("label {field}: {old} -> {new}"),
            Kind::AnnotationChanged if self.before.is_none() => format!("text `{field}` added: {new}"),
            Kind::AnnotationChanged if self.after.is_none() => format!("text `{field}` removed (was {old})"),
            Kind::AnnotationChanged => format!("text `{field}`: {} -> {}", one_line(&old), one_line(&new)),
            Kind::RuleMoved => format!("same condition, in another rule: {old} -> {new}"),
            Kind::RecordRemoved => "no longer recorded".to_owned(),
            Kind::RecordAdded => "newly recorded".to_owned(),
            Kind::RecordChanged => format!("records something else: {} -> {}", one_line(&old), one_line(&new)),
            Kind::HostLost => format!("no longer covered by {old}"),
            Kind::HostGained => format!("now covered by {new}"),
            Kind::DeliveryLost => format!("no longer reaches {field}"),
            Kind::DeliveryGained => format!("now also reaches {field}"),
            Kind::DeliveryChanged => format!("reaches {new} instead of {old}"),
            Kind::TimingChanged => format!("{field}: {old} -> {new}"),
            Kind::GroupingChanged => format!("grouped at {field} by {new} instead of {old}"),
            Kind::MuteChanged => format!("silent at {field} {new} (before: {old})"),
            Kind::RouteChanged => format!("reaches {field} through another route: {old} -> {new}"),
            Kind::InhibitionGained => format!("now silenced {new}"),
            Kind::InhibitionLost => format!("no longer silenced {old}"),
            Kind::ChannelRemoved => "removed".to_owned(),
            Kind::ChannelAdded => "added".to_owned(),
            Kind::ChannelRenamed => format!("renamed: {old} -> {new}"),
            Kind::ChannelChanged if self.before.is_none() => format!("{field} added: {new}"),
            Kind::ChannelChanged if self.after.is_none() => format!("{field} removed (was {old})"),
            Kind::ChannelChanged => format!("{field}: {old} -> {new}"),
            Kind::ChannelLoses if self.field.is_some() => format!("loses {field}: {old}"),
            Kind::ChannelLoses => format!("loses {old}"),
            Kind::ChannelGains => format!("gains {new}"),
            Kind::SecretChanged => format!("{field}: {old} -> {new}"),
            Kind::CalendarChanged => format!("{old} -> {new}; {field}"),
            Kind::CheckRemoved => "does not run any more".to_owned(),
            Kind::CheckAdded => "runs now".to_owned(),
            Kind::CheckChanged => format!("{field}: {old} -> {new}"),
        }
    }

    /// Completes the change: its sentence.
    pub fn told(mut self) -> Self {
        let severity = self.subject.severity.as_ref().map(|severity| format!(" {severity}")).unwrap_or_default();
        let kind = match self.subject.kind {
            SubjectKind::Alert | SubjectKind::Routing => "",
            SubjectKind::Record => "record ",
            SubjectKind::Host => "host ",
            SubjectKind::Channel => "channel ",
            SubjectKind::Calendar => "calendar ",
            SubjectKind::Secret => "secret ",
            SubjectKind::Check => "check ",
        };
        let scope = scope(&self.scopes);
        let scope = if scope.is_empty() { scope } else { format!(" ({scope})") };
        self.text = format!("{kind}{}{severity}: {}{scope}", self.subject.name, self.what());
        self
    }
}

impl Effect {
    /// What it means for alerts that fire.
    pub fn words(self) -> &'static str {
        match self {
            Self::None => "alerts that fire go on as before",
            Self::NotifiesAgain => "notifies again about alerts that fire",
            Self::ResetsToPending => "resets firing alerts to pending",
        }
    }
}

impl Level {
    /// As on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// The report in a few words, the gravest first: "2 channels lose everything", "12 alerts reach somebody else".
pub fn summary(changes: &[Change]) -> Vec<String> {
    let count = |wanted: &dyn Fn(&Change) -> bool, one: &str, several: &str| {
        let mut subjects: Vec<&Subject> = Vec::new();
        for change in changes.iter().filter(|change| wanted(change)) {
            let own = if change.subject.kind == SubjectKind::Routing && !change.alerts.is_empty() {
                change.alerts.iter().collect()
            } else {
                vec![&change.subject]
            };
            subjects.extend(own);
        }
        subjects.sort();
        subjects.dedup();
        match subjects.len() {
            0 => None,
            1 => Some(format!("1 {one}")),
            many => Some(format!("{many} {several}")),
        }
    };
    let kind = |kinds: &'static [Kind]| move |change: &Change| kinds.contains(&change.kind);
    let delivery = &[Kind::DeliveryLost, Kind::DeliveryChanged, Kind::DeliveryGained];
    let silence = &[Kind::MuteChanged, Kind::InhibitionGained, Kind::InhibitionLost, Kind::CalendarChanged];
    let timing = &[Kind::TimingChanged, Kind::GroupingChanged];
    let lines = [
        count(
            &|change| change.kind == Kind::ChannelLoses && change.field.is_some(),
            "channel loses everything",
            "channels lose everything",
        ),
        count(&kind(&[Kind::AlertRemoved]), "alert level removed", "alert levels removed"),
        count(&kind(delivery), "alert reaches others", "alerts reach others"),
        count(&kind(silence), "is silent at other times", "are silent at other times"),
        count(&kind(&[Kind::ThresholdLoosened]), "threshold loosened", "thresholds loosened"),
        count(&kind(&[Kind::ThresholdTightened]), "threshold tightened", "thresholds tightened"),
        count(&kind(&[Kind::AlertAdded]), "alert level added", "alert levels added"),
        count(&kind(timing), "is told at other times", "are told at other times"),
        count(&kind(&[Kind::HostLost]), "host loses alerts", "hosts lose alerts"),
        count(&kind(&[Kind::HostGained]), "host gains alerts", "hosts gain alerts"),
        count(&|change| change.effect == Effect::ResetsToPending, "starts over", "start over"),
        count(&|change| change.effect == Effect::NotifiesAgain, "is told about again", "are told about again"),
    ];
    lines.into_iter().flatten().collect()
}

/// Adds a mark, unless it is there.
pub fn mark(change: &mut Change, level: Level, reason: impl Into<String>) {
    let risk = Risk { level, reason: reason.into() };
    if !change.risks.contains(&risk) {
        change.risks.push(risk);
        change.risks.sort_by_key(|risk| std::cmp::Reverse(risk.level));
    }
}
