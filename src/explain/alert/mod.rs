//! `explain alert`: for every rule of an alert who receives it, surely or maybe, by which routes, and who silences it.

pub mod json;
pub mod text;

use super::Unknown;
use crate::model::Model;
use crate::paging::{Paging, SentAlert, Values, sent_alerts};
use crate::routing::LabelSet;

/// An alert to explain: everything that arrives, and which of it is meant.
#[derive(Debug)]
pub struct Asked {
    /// All alerts of the spec, and behind them the ones that are meant, restricted to the labels asked for.
    pub paging: Paging,
    /// The indices of those that are meant.
    pub meant: Vec<usize>,
    /// The alert's name.
    pub name: String,
    /// The labels asked for.
    pub labels: LabelSet,
}

/// Why there is nothing to explain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Nothing {
    /// The spec has no routing.
    NoRouting,
    /// The spec has no such alert.
    Unknown(Unknown),
    /// No rule of the alert can send these labels; of each label the values that some rule sends, where they are known.
    NotSent(Vec<(String, Vec<String>)>),
}

/// Picks the rules of an alert that can send these labels.
pub fn ask(model: &Model, name: &str, labels: LabelSet) -> Result<Asked, Nothing> {
    if model.routing.is_none() {
        return Err(Nothing::NoRouting);
    }
    let mut alerts = sent_alerts(model);
    let own: Vec<&SentAlert> = alerts.iter().filter(|alert| alert.name == name).collect();
    if own.is_empty() {
        let mut names: Vec<String> = alerts.iter().map(|alert| alert.name.clone()).collect();
        names.dedup();
        return Err(Nothing::Unknown(Unknown::among("alert", name, names.iter())));
    }
    let fits = |alert: &&&SentAlert| labels.iter().all(|(label, value)| alert.labels.get(label).contains(value));
    let mut narrowed: Vec<SentAlert> = own.iter().filter(fits).map(|alert| (*alert).clone()).collect();
    if narrowed.is_empty() {
        return Err(Nothing::NotSent(sent_values(&own, &labels)));
    }
    for alert in &mut narrowed {
        for (label, value) in &labels {
            alert.labels.set(label, Values::one(value.as_str()));
        }
    }
    let meant = (alerts.len()..alerts.len() + narrowed.len()).collect();
    alerts.extend(narrowed);
    let paging = Paging::with(model, alerts).ok_or(Nothing::NoRouting)?;
    Ok(Asked { paging, meant, name: name.to_owned(), labels })
}

/// The values that rules send of the labels asked for, where they are known.
fn sent_values(own: &[&SentAlert], labels: &LabelSet) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    for (label, value) in labels {
        let all = own.iter().map(|alert| alert.labels.get(label).clone()).reduce(|all, values| all.or(&values));
        if let Some(Values::Listed(values)) = all.filter(|all| !all.contains(value)) {
            found.push((label.clone(), values.into_iter().collect()));
        }
    }
    found
}
