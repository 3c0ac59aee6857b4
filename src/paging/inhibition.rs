//! Which alerts silence which others.
//!
//! The labels of an alert are a product of values by label, and so are the matchers of an inhibition rule. Whether a rule
//! can act on two alerts is therefore decided label by label: where both must agree they need a value in common that
//! satisfies both sides, elsewhere each side needs a value of its own; and one of the two must be able to be one-sided,
//! because an alert that matches both sides is not silenced by one that matches both too. Where a label is open, the
//! classes of the label space stand for all its values.

use std::collections::{BTreeMap, BTreeSet};

use super::labels::{Labels, Values};
use super::{Paging, SentAlert};
use crate::routing::space::{Space, Unknown};
use crate::routing::{InhibitRule, LabelSet, Matcher};

/// Alerts that silence another, by one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inhibitor {
    /// The rule, by its index in the configuration.
    pub rule: usize,
    /// The silencing alert, by its index in [`Paging::alerts`]: the first of its name and severity that can.
    pub source: usize,
    /// Whether the alert is silent whenever one of that name and severity fires, whatever the labels that are not known.
    pub surely: bool,
    /// A silencing alert and one that it silences, without the labels whose values are open and matter to nobody.
    pub example: (LabelSet, LabelSet),
    /// Labels of `equal` that both can lack, which counts as agreeing.
    pub both_lack: Vec<String>,
}

/// The alerts that can be on the source side of a rule, filed by a label on which both sides must agree.
#[derive(Debug, Default)]
pub(super) struct Sources {
    label: Option<String>,
    by_value: BTreeMap<String, Vec<usize>>,
    others: Vec<usize>,
}

impl Sources {
    fn new(rule: &InhibitRule, alerts: &[SentAlert], space: &Space) -> Self {
        let fits = |alert: &SentAlert| {
            rule.source.iter().all(|matcher| !fitting(&alert.labels, matcher.name(), &rule.source, space).is_empty())
        };
        // Rules of one alert that the inhibition cannot tell apart, such as those of many groups, are asked once.
        let mut asked = BTreeSet::new();
        let mut new = |alert: &SentAlert| {
            let read = read_by(rule, &alert.labels);
            asked.insert((alert.name.clone(), alert.severity.clone(), alert.home.clone(), read))
        };
        let fitting = (0..).zip(alerts).filter(|(_, alert)| fits(alert) && new(alert));
        let fitting: Vec<usize> = fitting.map(|(index, _)| index).collect();
        let singles = |label: &String| {
            let single =
                |index: &&usize| alerts.get(**index).is_some_and(|alert| alert.labels.get(label).single().is_some());
            fitting.iter().filter(single).count()
        };
        let label = rule.equal.iter().max_by_key(|label| singles(label)).cloned();
        let mut sources = Self { label, ..Self::default() };
        for index in fitting {
            let value = sources.label.as_ref().and_then(|label| alerts.get(index)?.labels.get(label).single());
            match value {
                Some(value) => sources.by_value.entry(value.to_owned()).or_default().push(index),
                None => sources.others.push(index),
            }
        }
        sources
    }

    /// The sources that may agree with a target, in order.
    fn candidates(&self, target: &Labels) -> Vec<usize> {
        let wanted = self.label.as_ref().map(|label| target.get(label));
        let mut found: Vec<usize> = match wanted {
            Some(Values::Listed(values)) => {
                values.iter().filter_map(|value| self.by_value.get(value)).flatten().copied().collect()
            }
            Some(Values::Any | Values::Present) | None => self.by_value.values().flatten().copied().collect(),
        };
        found.extend(&self.others);
        found.sort_unstable();
        found
    }
}

impl Paging {
    /// Whether some alert with these labels may satisfy all of the matchers, which must be among those of the inhibition rules
    /// and routes.
    pub fn may_satisfy(&self, labels: &Labels, matchers: &[Matcher]) -> bool {
        let Ok(space) = &self.space else { return true };
        matchers.iter().all(|matcher| !fitting(labels, matcher.name(), matchers, space).is_empty())
    }

    /// The alerts without those that no inhibition can tell from an earlier one of the same name and severity: what it
    /// silences and what silences it is the same.
    pub fn told_apart(&self) -> Vec<usize> {
        let rules = &self.decisions.configuration.inhibit_rules;
        let mut seen = BTreeSet::new();
        let mut new = |alert: &SentAlert| {
            let read: Vec<Vec<Values>> = rules.iter().map(|rule| read_by(rule, &alert.labels)).collect();
            seen.insert((alert.name.clone(), alert.severity.clone(), alert.home.clone(), read))
        };
        (0..).zip(&self.alerts).filter(|(_, alert)| new(alert)).map(|(index, _)| index).collect()
    }

    /// The alerts that can silence an alert, by its index in [`Paging::alerts`]: for each rule one for each name and
    /// severity, in order.
    pub fn inhibitors(&self, alert: usize) -> Result<Vec<Inhibitor>, &Unknown> {
        let space = self.space.as_ref()?;
        let rules = &self.decisions.configuration.inhibit_rules;
        let Some(SentAlert { labels: target, home, .. }) = self.alerts.get(alert) else { return Ok(Vec::new()) };
        let all =
            self.sources.get_or_init(|| rules.iter().map(|rule| Sources::new(rule, &self.alerts, space)).collect());
        let mut found = Vec::new();
        for ((index, rule), sources) in rules.iter().enumerate().zip(all) {
            let may = |matcher: &Matcher| !fitting(target, matcher.name(), &rule.target, space).is_empty();
            if !rule.target.iter().all(may) {
                continue;
            }
            let mut by_name: BTreeMap<(&str, Option<&str>), Inhibitor> = BTreeMap::new();
            for source in sources.candidates(target) {
                let Some(from) = self.alerts.get(source) else { continue };
                let key = (from.name.as_str(), from.severity.as_deref());
                if by_name.get(&key).is_some_and(|known| known.surely) {
                    continue;
                }
                // Each Alertmanager silences what arrives at it.
                if from.home.is_some() && home.is_some() && from.home != *home {
                    continue;
                }
                let Some(pair) = pair(rule, &from.labels, target, space) else { continue };
                let known = by_name.entry(key).or_insert_with(|| Inhibitor {
                    rule: index,
                    source,
                    surely: false,
                    example: (from.labels.complete(&pair.source), target.complete(&pair.target)),
                    both_lack: pair.both_lack,
                });
                known.surely |= from.home.is_some() && from.home == *home && surely(rule, &from.labels, target, space);
            }
            let mut of_rule: Vec<Inhibitor> = by_name.into_values().collect();
            of_rule.sort_by_key(|inhibitor| inhibitor.source);
            found.extend(of_rule);
        }
        Ok(found)
    }
}

/// A source and a target on which a rule acts, by the labels that it reads.
struct Pair {
    source: LabelSet,
    target: LabelSet,
    both_lack: Vec<String>,
}

/// What is known about the labels that a rule reads.
fn read_by(rule: &InhibitRule, labels: &Labels) -> Vec<Values> {
    let matched = rule.source.iter().chain(&rule.target).map(Matcher::name);
    matched.chain(rule.equal.iter().map(String::as_str)).map(|name| labels.get(name).clone()).collect()
}

/// The values that stand for all that a label can have.
fn representatives(labels: &Labels, name: &str, space: &Space) -> Vec<String> {
    match labels.get(name) {
        Values::Listed(values) => values.iter().cloned().collect(),
        open @ (Values::Any | Values::Present) => {
            let known = space.representatives(name).iter();
            known.filter(|value| open.contains(value)).cloned().collect()
        }
    }
}

fn satisfies(value: &str, name: &str, matchers: &[Matcher]) -> bool {
    matchers.iter().filter(|matcher| matcher.name() == name).all(|matcher| matcher.matches(value))
}

/// The values of a label that satisfy the matchers, or what stands for them.
fn fitting(labels: &Labels, name: &str, matchers: &[Matcher], space: &Space) -> Vec<String> {
    let mut values = representatives(labels, name, space);
    values.retain(|value| satisfies(value, name, matchers));
    values
}

/// The labels that matchers name, each once.
fn names<'m>(matchers: impl IntoIterator<Item = &'m Matcher>) -> BTreeSet<&'m str> {
    matchers.into_iter().map(Matcher::name).collect()
}

/// A value that is there where there is one, as it reads better.
fn choose(values: &[String]) -> Option<&String> {
    values.iter().find(|value| !value.is_empty()).or_else(|| values.first())
}

/// Two alerts on which the rule acts; nothing is the proof that there are none.
fn pair(rule: &InhibitRule, source: &Labels, target: &Labels, space: &Space) -> Option<Pair> {
    let mut pair = Pair { source: LabelSet::new(), target: LabelSet::new(), both_lack: Vec::new() };
    for label in &rule.equal {
        let own = if matches!(source.get(label), Values::Listed(_)) { source } else { target };
        let mut shared = representatives(own, label, space);
        shared.retain(|value| {
            let both = source.get(label).contains(value) && target.get(label).contains(value);
            both && satisfies(value, label, &rule.source) && satisfies(value, label, &rule.target)
        });
        let value = choose(&shared)?;
        if shared.iter().any(String::is_empty) {
            pair.both_lack.push(label.clone());
        }
        pair.source.insert(label.clone(), value.clone());
        pair.target.insert(label.clone(), value.clone());
    }
    for (labels, own, chosen) in [(source, &rule.source, &mut pair.source), (target, &rule.target, &mut pair.target)] {
        for name in names(own).into_iter().filter(|name| !rule.equal.contains(*name)) {
            chosen.insert(name.to_owned(), choose(&fitting(labels, name, own, space))?.clone());
        }
    }
    // One of the two must be able to be on its own side only, by a label that they need not share.
    let alone = |labels: &Labels, own: &[Matcher], other: &[Matcher]| {
        names(other).into_iter().filter(|name| !rule.equal.contains(*name)).find_map(|name| {
            let mut values = fitting(labels, name, own, space);
            values.retain(|value| !satisfies(value, name, other));
            choose(&values).map(|value| (name.to_owned(), value.clone()))
        })
    };
    if let Some((name, value)) = alone(source, &rule.source, &rule.target) {
        pair.source.insert(name, value);
    } else {
        let (name, value) = alone(target, &rule.target, &rule.source)?;
        pair.target.insert(name, value);
    }
    for side in [&mut pair.source, &mut pair.target] {
        side.retain(|_, value| !value.is_empty());
    }
    Some(pair)
}

/// Whether the rule acts on every source and target that these describe.
fn surely(rule: &InhibitRule, source: &Labels, target: &Labels, space: &Space) -> bool {
    let all = |labels: &Labels, matchers: &[Matcher]| {
        let fits =
            |name: &&str| representatives(labels, name, space).iter().all(|value| satisfies(value, name, matchers));
        names(matchers).iter().all(fits)
    };
    let none = |labels: &Labels, matchers: &[Matcher]| {
        names(matchers).iter().any(|name| fitting(labels, name, matchers, space).is_empty())
    };
    let agree = |label: &String| source.get(label).single().is_some() && source.get(label) == target.get(label);
    all(source, &rule.source)
        && all(target, &rule.target)
        && rule.equal.iter().all(agree)
        && (none(source, &rule.target) || none(target, &rule.source))
}
