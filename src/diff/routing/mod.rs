//! Who hears of alerts, on both sides.
//!
//! Both routing trees go into one label space. Where they treat every label set alike, that is the proof that nothing
//! changes; otherwise the space gives the regions that they treat differently, and every alert is asked whether it has
//! labels there. What is known about the labels of an alert comes from the label flow of its query ([`alerts`]), so an
//! example is an alert that can be sent, and no example is a proof that there is none.

mod alerts;
mod calendars;
mod channels;
mod deliveries;
mod inhibitions;
mod words;

use super::report::{Change, Place};
use super::side::Side;
use crate::artifact::{Doc, FileKind};
use crate::lower::alertmanager::decisions;
use crate::routing::Configuration;
use crate::routing::space::{Cause, Space, Unknown};

pub use alerts::Alerts;

/// The Alertmanager of a side.
pub struct Alertmanager<'a> {
    /// What it decides by.
    pub configuration: Configuration,
    /// Where each route was written, in walk order.
    pub routes: Vec<Option<Place>>,
    /// Where each inhibition rule was written.
    pub inhibit_rules: Vec<Option<Place>>,
    /// The whole configuration as a document.
    pub document: Option<&'a Doc>,
}

/// What was found, and what could not be decided.
#[derive(Debug, Default)]
pub struct Findings {
    /// Changes.
    pub changes: Vec<Change>,
    /// Questions without an answer, in full sentences.
    pub unknown: Vec<String>,
}

/// Everything that changes about who hears of alerts.
pub fn changes(old: Side<'_>, new: Side<'_>, rules: &[Change]) -> Findings {
    let mut findings = Findings::default();
    let (olds, news) = (alertmanagers(old), alertmanagers(new));
    let count = olds.len().max(news.len());
    for at in 0..count {
        match (olds.get(at), news.get(at)) {
            (Some(was), Some(is)) => one(old, new, was, is, rules, &mut findings),
            (Some(_), None) => {
                findings.unknown.push("An Alertmanager is gone: nobody is told by it any more.".to_owned());
            }
            (None, Some(_)) => {
                findings.unknown.push("An Alertmanager is new: whom it tells was not compared.".to_owned());
            }
            (None, None) => {}
        }
    }
    findings
}

fn one(
    old: Side<'_>,
    new: Side<'_>,
    was: &Alertmanager<'_>,
    is: &Alertmanager<'_>,
    rules: &[Change],
    findings: &mut Findings,
) {
    findings.changes.extend(calendars::changes(was, is, old, new));
    findings.changes.extend(channels::settings(was, is, old, new));
    let alerts = Alerts::of(old, new, same_decisions(was, is).then_some(rules));
    let (left, right) = (&was.configuration, &is.configuration);
    let rules: Vec<_> = left.inhibit_rules.iter().chain(&right.inhibit_rules).cloned().collect();
    let mut space = match Space::new(&[&left.tree, &right.tree], &rules) {
        Ok(space) => space,
        Err(unknown) => {
            findings.unknown.push(cannot("who hears of which alert", &unknown));
            return;
        }
    };
    let alerts = match alerts.regions(&mut space) {
        Ok(alerts) => alerts,
        Err(unknown) => {
            findings.unknown.push(cannot("which labels alerts can have", &unknown));
            return;
        }
    };
    match deliveries::changes(&mut space, was, is, &alerts) {
        Ok(changes) => findings.changes.extend(changes),
        Err(unknown) => findings.unknown.push(cannot("who hears of which alert", &unknown)),
    }
    match inhibitions::changes(&mut space, was, is, &alerts) {
        Ok(changes) => findings.changes.extend(changes),
        Err(unknown) => findings.unknown.push(cannot("which alerts silence which", &unknown)),
    }
}

/// Whether both sides route and silence by the same text, so that only alerts whose labels change can go elsewhere.
fn same_decisions(was: &Alertmanager<'_>, is: &Alertmanager<'_>) -> bool {
    let (old, new) = (&was.configuration, &is.configuration);
    deliveries::same_tree(&old.tree, &new.tree) && old.inhibit_rules == new.inhibit_rules
}

fn cannot(what: &str, unknown: &Unknown) -> String {
    let why = match unknown.cause {
        Cause::Patterns => "the regular expressions are too large together",
        Cause::Combinations => "the labels combine in too many ways",
        Cause::Labels => "the routes test too many labels",
    };
    format!("It could not be decided {what}: {why} (labels {}).", super::words::list(&unknown.labels))
}

/// Every Alertmanager of a side. A spec has one decision for all of them.
fn alertmanagers(side: Side<'_>) -> Vec<Alertmanager<'_>> {
    let documents: Vec<(&str, &Doc)> = side.documents(FileKind::Alertmanager).collect();
    if let Some(decisions) = side.model.and_then(decisions) {
        let places = |origins: &[_], what: &str| origins.iter().map(|origin| side.place(*origin, what)).collect();
        let routes = places(&decisions.routes, "route");
        let inhibit_rules = places(&decisions.inhibit_rules, "inhibition");
        let document = documents.first().map(|(_, document)| *document);
        return vec![Alertmanager { configuration: decisions.configuration, routes, inhibit_rules, document }];
    }
    let mut found: Vec<Alertmanager<'_>> = Vec::new();
    for (path, document) in documents {
        let Some(read) = side.configurations.and_then(|all| all.get(path)) else { continue };
        let places = |spans: &[_]| spans.iter().map(|span| side.at(*span)).collect();
        let one = Alertmanager {
            configuration: read.configuration.clone(),
            routes: places(&read.routes),
            inhibit_rules: places(&read.inhibit_rules),
            document: Some(document),
        };
        // Replicated clusters have the same file; it is compared once.
        if !found.iter().any(|known| same_decisions(known, &one)) {
            found.push(one);
        }
    }
    found
}
