//! A report in the forms in which people and programs read it. Nothing in here decides what is said.

mod github;
mod human;
mod json;
mod markdown;

use std::fmt::Write;

use super::report::{Change, Kind, Place, Report, Verdict};

/// The forms of a diff; the values of `diff --format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For a terminal.
    Human,
    /// For a comment on a pull request: a summary, the rest folded away.
    Markdown,
    /// One JSON object.
    Json,
    /// Annotations on the changed lines of a pull request.
    Github,
}

/// How it may look.
#[derive(Debug, Clone)]
pub struct Options {
    /// Whether terminal colours are wanted.
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// Whether everything is unfolded: fields of objects, and changed lines.
    pub verbose: bool,
    /// Whether only the summary is wanted.
    pub brief: bool,
}

/// Shows a report. Empty for people if nothing changed at all.
pub fn render(report: &Report, form: Form, options: &Options) -> String {
    match form {
        Form::Human => human::render(report, options),
        Form::Markdown => markdown::render(report, options),
        Form::Json => json::render(report, options),
        Form::Github => github::render(report),
    }
}

/// "3 behavioural changes", or why there is none.
fn headline(report: &Report) -> String {
    match report.verdict() {
        Verdict::Unchanged => {
            "No behavioural change: the same alerts fire for the same hosts, and the same people hear of \
                               them at the same times"
                .to_owned()
        }
        Verdict::Unknown => "No behavioural change was found, but not everything could be decided".to_owned(),
        Verdict::Changed => counted(report.behaviour.len(), "behavioural change"),
    }
}

/// `1 rule`, `2 rules`.
fn counted(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

/// "2 rules changed, 1 receiver removed"; empty if there is nothing.
fn objects(report: &Report) -> String {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for object in &report.objects {
        let key = format!("{} {}", object.kind, format!("{:?}", object.status).to_lowercase());
        let count = object.files.len().max(1);
        match counts.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) => *known += count,
            None => counts.push((key, count)),
        }
    }
    let words = counts.into_iter().map(|(key, count)| {
        let (kind, status) = key.split_once(' ').unwrap_or((&key, ""));
        format!("{} {status}", counted(count, kind))
    });
    words.collect::<Vec<_>>().join(", ")
}

/// What a change does to what was there.
fn sign(change: &Change) -> char {
    match change.kind {
        Kind::AlertAdded
        | Kind::RecordAdded
        | Kind::HostGained
        | Kind::DeliveryGained
        | Kind::InhibitionGained
        | Kind::ChannelAdded
        | Kind::ChannelGains
        | Kind::CheckAdded => '+',
        Kind::AlertRemoved
        | Kind::RecordRemoved
        | Kind::HostLost
        | Kind::DeliveryLost
        | Kind::InhibitionLost
        | Kind::ChannelRemoved
        | Kind::ChannelLoses
        | Kind::CheckRemoved => '-',
        _ => '~',
    }
}

/// The places that cause a change: those of the newer side, or where there are none those of the older one.
fn causes(change: &Change) -> Vec<(&Place, bool)> {
    let new: Vec<(&Place, bool)> = change.new_places.iter().map(|place| (place, false)).collect();
    // A place that both sides have in the same words says nothing about what was before.
    let old = change.old_places.iter().map(|place| (place, true));
    if new.is_empty() { old.collect() } else { new }
}

/// A place with its story.
fn place(place: &Place, old: bool) -> String {
    let mut text = place.shown();
    if old {
        text.push_str(" (before)");
    }
    for step in &place.chain {
        let says = if step.says.starts_with("instead of") { "instead of" } else { step.says.as_str() };
        let _ = write!(text, ", {says} {}", step.at);
    }
    text
}
