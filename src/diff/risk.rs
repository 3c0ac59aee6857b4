//! The marks that a careful reviewer makes beside a change.

use std::collections::BTreeSet;

use super::report::{Change, Effect, Kind, Level};
use super::side::{Side, entries, items, text_at};
use super::words::{EFFECTS, mark};
use crate::artifact::FileKind;

/// Marks changes: what removes or loosens a critical alert, what production feels, what tells people again.
pub fn assess(changes: &mut [Change], old: Side<'_>, new: Side<'_>) {
    let highest: BTreeSet<&str> = [old, new].iter().filter_map(|side| highest(*side)).collect();
    let production: BTreeSet<&str> = [old, new].iter().flat_map(|side| production(*side)).collect();
    let empty = receivers_without_integrations(new);
    for change in changes {
        let is_critical = |severity: &str| severity == "critical" || highest.contains(severity);
        let own =
            change.subject.severity.iter().chain(change.alerts.iter().filter_map(|alert| alert.severity.as_ref()));
        let critical = own.into_iter().find(|severity| is_critical(severity)).cloned();
        let (level, what) = match change.kind {
            Kind::AlertRemoved => (Level::High, "is removed"),
            Kind::ThresholdLoosened => (Level::High, "is loosened"),
            Kind::DeliveryLost => (Level::High, "reaches fewer channels"),
            Kind::DeliveryChanged => (Level::High, "reaches another channel"),
            Kind::InhibitionGained => (Level::High, "can be silenced now"),
            Kind::MuteChanged if widened(change) => (Level::High, "is silent at more times"),
            Kind::ForLonger => (Level::Medium, "fires later"),
            Kind::QueryChanged | Kind::ThresholdChanged => (Level::Medium, "asks something else"),
            Kind::MuteChanged => (Level::Medium, "is silent at other times"),
            _ => (Level::Low, ""),
        };
        if let Some(severity) = critical.filter(|_| !what.is_empty()) {
            mark(change, level, format!("a {severity} alert {what}"));
        } else if !what.is_empty() {
            let level = match change.kind {
                Kind::DeliveryLost | Kind::InhibitionGained | Kind::MuteChanged => Level::Medium,
                _ => Level::Low,
            };
            mark(change, level, format!("an alert {what}"));
        }
        let nobody = |name: &String| empty.contains(name) || name == "nobody";
        let left = change.after.iter().flat_map(|after| after.split(", ")).map(str::to_owned).collect::<Vec<_>>();
        if change.kind == Kind::DeliveryChanged && left.iter().all(nobody) {
            mark(change, Level::High, "it reaches nobody now");
        }
        match change.kind {
            Kind::ChannelLoses if change.field.is_some() => mark(change, Level::High, "a channel loses everything"),
            Kind::ChannelRemoved => mark(change, Level::Medium, "a channel is removed"),
            Kind::CalendarChanged => mark(change, Level::Medium, "somebody hears at other times"),
            Kind::HostLost => mark(change, Level::Medium, "a host loses alerts"),
            Kind::SeverityChanged => mark(change, Level::Medium, "another severity takes other routes"),
            _ => {}
        }
        match change.effect {
            Effect::ResetsToPending => mark(change, Level::Low, EFFECTS[0]),
            Effect::NotifiesAgain => mark(change, Level::Medium, EFFECTS[1]),
            Effect::None => {}
        }
        if matches!(change.kind, Kind::LabelChanged | Kind::AlertRenamed) {
            mark(change, Level::Low, "silences that name the old labels stop fitting");
        }
        let touched = change.scopes.iter().any(|scope| {
            scope.cluster.as_deref().is_some_and(|cluster| production.contains(cluster))
                || scope.group.as_deref().is_some_and(|group| production.contains(group))
        });
        if (touched || change.scopes.is_empty() && !production.is_empty()) && !change.risks.is_empty() {
            mark(change, Level::Low, "production is touched");
        }
    }
}

/// Whether an alert is silent whenever it was, and at more times, as far as the names of calendars tell.
fn widened(change: &Change) -> bool {
    let (before, after) = (change.before.as_deref().unwrap_or("never"), change.after.as_deref().unwrap_or("never"));
    after != "never" && (before == "never" || after.starts_with(before))
}

/// Channels that tell nobody.
fn receivers_without_integrations(side: Side<'_>) -> BTreeSet<String> {
    let receivers = side.documents(FileKind::Alertmanager).flat_map(|(_, document)| items(document.get("receivers")));
    let empty = receivers.filter(|receiver| {
        entries(Some(receiver)).iter().all(|(key, list)| key == "name" || items(Some(list)).is_empty())
    });
    empty.filter_map(|receiver| text_at(receiver, "name")).collect()
}

/// The most urgent severity of a spec.
fn highest(side: Side<'_>) -> Option<&str> {
    side.model?.project.severities.last().map(|severity| severity.value.as_str())
}

/// Clusters of the production environment, and groups called so.
fn production(side: Side<'_>) -> Vec<&str> {
    let Some(model) = side.model else { return Vec::new() };
    let is_production = |name: &str| matches!(name, "production" | "prod" | "live");
    let clusters = model
        .clusters
        .values()
        .filter(|cluster| cluster.environment.as_ref().is_some_and(|environment| is_production(&environment.value)));
    let groups = model.groups.keys().filter(|name| is_production(name));
    clusters.map(|cluster| cluster.name.value.as_str()).chain(groups.map(String::as_str)).collect()
}
