//! Answers for programs, one JSON object each.
//!
//! What a delivery looks like does not depend on the labels, so every route is printed once and its text is used again. An
//! answer then costs the decision and a copy.

use std::cell::OnceCell;

use serde::Serialize;

use super::{Question, positions};
use crate::routing::{GroupBy, LabelSet, Matcher, Muted, Outcome, RouteId};

/// A delivery, in the stable form of the batch.
#[derive(Serialize)]
struct Delivery<'a> {
    receiver: &'a str,
    /// Which child to take, from the root down.
    path: Vec<usize>,
    /// Sorted; `...` stands for all labels.
    group_by: Vec<&'a str>,
    group_wait: String,
    group_interval: String,
    repeat_interval: String,
    /// The intervals around the instant, or the active ones that it is outside of.
    #[serde(skip_serializing_if = "Option::is_none")]
    muted_by: Option<Vec<String>>,
}

/// A route that does not deliver, and why.
#[derive(Serialize)]
struct Other<'a> {
    receiver: &'a str,
    path: Vec<usize>,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    matcher: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    taken_by: Option<Vec<usize>>,
}

/// An inhibition rule that can silence the alert, while its source fires.
#[derive(Serialize)]
struct Inhibition<'a> {
    rule: usize,
    source: Vec<String>,
    equal: Vec<&'a str>,
}

/// Answers questions about one configuration.
pub struct Answers<'a> {
    question: Question<'a>,
    /// Every route's receiver and delivery as JSON, once it was needed.
    printed: Vec<OnceCell<(String, String)>>,
}

/// Prints a value; nothing here can fail to be printed.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

impl<'a> Answers<'a> {
    /// Answers about the configuration of a question.
    pub fn new(question: Question<'a>) -> Self {
        Self { question, printed: vec![OnceCell::new(); question.configuration.tree.len()] }
    }

    /// The answer for one label set: `{"receivers":[…],"routes":[…]}`, in the order in which Alertmanager notifies. No line
    /// break at the end.
    pub fn line(&self, labels: &LabelSet) -> String {
        let mut line = self.open(labels);
        line.push('}');
        line
    }

    /// The same with `others`, every route that does not deliver and why, and `inhibitions`, the rules that can silence the
    /// alert.
    pub fn in_full(&self, labels: &LabelSet) -> String {
        let mut line = self.open(labels);
        line.push_str(",\"others\":");
        line.push_str(&json(&self.others(labels)));
        line.push_str(",\"inhibitions\":");
        line.push_str(&json(&self.inhibitions(labels)));
        line.push('}');
        line
    }

    fn open(&self, labels: &LabelSet) -> String {
        let delivered = self.question.configuration.tree.deliver(labels);
        let printed: Vec<&(String, String)> = delivered.iter().filter_map(|id| self.printed(*id)).collect();
        let mut line = "{\"receivers\":[".to_owned();
        for (position, (receiver, _)) in printed.iter().enumerate() {
            line.push_str(if position > 0 { "," } else { "" });
            line.push_str(receiver);
        }
        line.push_str("],\"routes\":[");
        for (position, (_, delivery)) in printed.iter().enumerate() {
            line.push_str(if position > 0 { "," } else { "" });
            line.push_str(delivery);
        }
        line.push(']');
        line
    }

    fn printed(&self, id: RouteId) -> Option<&(String, String)> {
        let tree = &self.question.configuration.tree;
        let options = &tree.route(id)?.options;
        Some(self.printed.get(id.0 as usize)?.get_or_init(|| {
            let delivery = Delivery {
                receiver: &options.receiver,
                path: positions(tree, id),
                group_by: match &options.group_by {
                    GroupBy::All => vec!["..."],
                    GroupBy::Labels(labels) => labels.iter().map(String::as_str).collect(),
                },
                group_wait: options.group_wait.to_string(),
                group_interval: options.group_interval.to_string(),
                repeat_interval: options.repeat_interval.to_string(),
                muted_by: self.question.at.map(|at| match self.question.silent(options, at) {
                    None => Vec::new(),
                    Some(Muted::Inside(names)) => names,
                    Some(Muted::Outside) => options.active_time_intervals.clone(),
                }),
            };
            (json(&options.receiver), json(&delivery))
        }))
    }

    fn others(&self, labels: &LabelSet) -> Vec<Other<'_>> {
        let tree = &self.question.configuration.tree;
        let trace = tree.trace(labels);
        let other = |((id, route), outcome): ((RouteId, &'a crate::routing::Route), &Outcome)| {
            let (outcome, matcher, taken_by) = match outcome {
                Outcome::Delivers => return None,
                Outcome::Passes => ("passes", None, None),
                Outcome::Fails(at) => ("fails", route.matchers.get(*at).map(Matcher::to_string), None),
                Outcome::TakenBy(taker) => ("taken", None, Some(positions(tree, *taker))),
                Outcome::ParentFails => ("parent fails", None, None),
            };
            Some(Other { receiver: &route.options.receiver, path: positions(tree, id), outcome, matcher, taken_by })
        };
        tree.iter().zip(&trace.outcomes).filter_map(other).collect()
    }

    fn inhibitions(&self, labels: &LabelSet) -> Vec<Inhibition<'_>> {
        let rules = self.question.configuration.inhibit_rules.iter().enumerate();
        let acting = rules.filter(|(_, rule)| rule.target.iter().all(|matcher| matcher.matches_labels(labels)));
        acting
            .map(|(position, rule)| Inhibition {
                rule: position,
                source: rule.source.iter().map(Matcher::to_string).collect(),
                equal: rule.equal.iter().map(String::as_str).collect(),
            })
            .collect()
    }
}
