//! Two rules, field by field, in words of behaviour.

use std::collections::BTreeSet;

use super::Paired;
use super::query::{self, QueryChange};
use crate::artifact::Doc;
use crate::diff::report::{Change, Effect, Kind, Place, Subject, SubjectKind};
use crate::diff::side::Side;
use crate::diff::side::rules::Rule;
use crate::golang::Duration;
use crate::provenance::Origin;

/// Both sides with the rules that differ.
pub(super) struct Sides<'s, 'r> {
    pub old: Side<'s>,
    pub new: Side<'s>,
    pub old_rules: &'r [Rule<'s>],
    pub new_rules: &'r [Rule<'s>],
    /// Whether it alerts, and its name, for every rule of the older side.
    pub old_names: BTreeSet<(bool, String)>,
    /// The same for the newer side.
    pub new_names: BTreeSet<(bool, String)>,
}

/// What changes from a rule to the one that takes its place, for the hosts of the pair.
pub(super) fn deltas(sides: &Sides<'_, '_>, pair: &Paired) -> Vec<Change> {
    let old = pair.old.and_then(|at| sides.old_rules.get(at));
    let new = pair.new.and_then(|at| sides.new_rules.get(at));
    let mut changes = match (old, new) {
        (Some(old), Some(new)) => Compared { sides, old, new, changes: Vec::new() }.run(),
        (Some(old), None) => vec![whole(sides.old, old, false)],
        (None, Some(new)) => vec![whole(sides.new, new, true)],
        (None, None) => Vec::new(),
    };
    let targets = |rule: Option<&Rule<'_>>| -> BTreeSet<String> {
        rule.and_then(|rule| rule.made).into_iter().flat_map(|made| made.targets.iter().cloned()).collect()
    };
    let hosts = match (old, new) {
        (Some(_), Some(_)) => &targets(old) & &targets(new),
        // The hosts that another rule of the level covers are not lost.
        (Some(_), None) => &targets(old) - &of_level(sides.new_rules, old),
        (None, _) => &targets(new) - &of_level(sides.old_rules, new),
    };
    for change in &mut changes {
        change.scopes.clone_from(&pair.scopes);
        change.hosts = hosts.iter().cloned().collect();
    }
    changes
}

/// The hosts that rules of the same level cover.
fn of_level(rules: &[Rule<'_>], like: Option<&Rule<'_>>) -> BTreeSet<String> {
    let level =
        rules.iter().filter(|rule| like.is_some_and(|like| like.name == rule.name && like.severity == rule.severity));
    level.filter_map(|rule| rule.made).flat_map(|made| made.targets.iter().cloned()).collect()
}

fn subject(rule: &Rule<'_>) -> Subject {
    let kind = if rule.alerts { SubjectKind::Alert } else { SubjectKind::Record };
    Subject { kind, name: rule.name.clone(), severity: rule.severity.clone() }
}

/// A rule that is new or gone.
fn whole(side: Side<'_>, rule: &Rule<'_>, added: bool) -> Change {
    let kind = match (rule.alerts, added) {
        (true, true) => Kind::AlertAdded,
        (true, false) => Kind::AlertRemoved,
        (false, true) => Kind::RecordAdded,
        (false, false) => Kind::RecordRemoved,
    };
    let condition = match query::deciding(rule.made.map_or(&rule.expr, |made| &made.query)) {
        Some((op, number)) => format!("{} {}", op.as_str(), query::shown(number)),
        None => String::new(),
    };
    let condition = Some(condition).filter(|condition| !condition.is_empty() && rule.alerts);
    let unit = condition.as_ref().and_then(|_| unit(side, rule));
    let change = Change::new(kind, subject(rule));
    let place: Vec<Place> = threshold_place(side, rule).into_iter().collect();
    if added {
        Change { unit, new_places: place, ..change.values(None, condition) }
    } else {
        Change { unit, old_places: place, ..change.values(condition, None) }
    }
}

/// The unit of an alert's threshold.
fn unit(side: Side<'_>, rule: &Rule<'_>) -> Option<String> {
    let alert = side.model.filter(|_| rule.made.is_some())?.alerts.get(&rule.name)?;
    alert.unit.as_ref().map(|unit| unit.value.as_str().to_owned())
}

/// Where the threshold was set; where the expression was written if there is none.
fn threshold_place(side: Side<'_>, rule: &Rule<'_>) -> Option<Place> {
    let threshold = rule.made.and_then(|made| made.threshold.as_ref());
    match threshold {
        Some(threshold) => side.place(threshold.origin, "threshold"),
        None => field_place(side, rule.doc, "expr", "query"),
    }
}

fn field_place(side: Side<'_>, doc: &Doc, field: &str, what: &str) -> Option<Place> {
    let origin: Option<Origin> = doc.get(field).and_then(|doc| doc.origin).or(doc.origin);
    origin.and_then(|origin| side.place(origin, what))
}

struct Compared<'c, 's, 'r> {
    sides: &'c Sides<'s, 'r>,
    old: &'c Rule<'s>,
    new: &'c Rule<'s>,
    changes: Vec<Change>,
}

impl Compared<'_, '_, '_> {
    fn run(mut self) -> Vec<Change> {
        if self.old.name != self.new.name {
            let (was, is) = (self.old.name.clone(), self.new.name.clone());
            let field = if self.new.alerts { "alert" } else { "record" };
            self.add(Kind::AlertRenamed, None, Some(was), Some(is), field);
        }
        self.query();
        self.times();
        if self.old.evaluator != self.new.evaluator {
            let (was, is) = (self.old.evaluator.clone(), self.new.evaluator.clone());
            self.add(Kind::EvaluatorChanged, None, Some(was), Some(is), "expr");
        }
        self.settings();
        self.labels();
        self.annotations();
        let effect = self.effect();
        if self.changes.is_empty() && effect != Effect::None {
            let place = |rule: &Rule<'_>| Some(format!("{} (rule group {})", rule.file, rule.group));
            self.add(Kind::RuleMoved, None, place(self.old), place(self.new), "expr");
        }
        for change in &mut self.changes {
            change.effect = effect;
        }
        self.changes
    }

    /// The fields that Prometheus tells alerts apart by.
    fn effect(&self) -> Effect {
        let key = |rule: &Rule<'_>| {
            (rule.evaluator.clone(), rule.file.to_owned(), rule.group.clone(), rule.name.clone(), rule.labels.clone())
        };
        if self.old.alerts && key(self.old) != key(self.new) { Effect::ResetsToPending } else { Effect::None }
    }

    fn add(&mut self, kind: Kind, field: Option<&str>, before: Option<String>, after: Option<String>, place: &str) {
        let what = place.to_owned();
        let mut change = Change::new(kind, subject(self.new)).values(before, after);
        change.field = field.map(str::to_owned);
        change.old_places = field_place(self.sides.old, self.old.doc, place, &what).into_iter().collect();
        change.new_places = field_place(self.sides.new, self.new.doc, place, &what).into_iter().collect();
        self.changes.push(change);
    }

    fn query(&mut self) {
        // What a spec restricts a query to is said by where the change holds.
        let (was, is) = match (self.old.made, self.new.made) {
            (Some(old), Some(new)) => (old.query.as_str(), new.query.as_str()),
            _ => (self.old.expr.as_str(), self.new.expr.as_str()),
        };
        let kind_of_record = Kind::RecordChanged;
        match query::compare(was, is) {
            QueryChange::Same => {}
            _ if !self.new.alerts => {
                self.add(kind_of_record, Some("expr"), Some(was.to_owned()), Some(is.to_owned()), "expr");
            }
            QueryChange::Different => {
                self.add(Kind::QueryChanged, None, Some(was.trim().to_owned()), Some(is.trim().to_owned()), "expr");
            }
            QueryChange::Thresholds(all) => {
                let unit = unit(self.sides.new, self.new);
                let places = |side, rule: &Rule<'_>| threshold_place(side, rule).into_iter().collect::<Vec<_>>();
                let (old_places, new_places) = (places(self.sides.old, self.old), places(self.sides.new, self.new));
                for one in all {
                    let kind = match one.loosened {
                        Some(true) => Kind::ThresholdLoosened,
                        Some(false) => Kind::ThresholdTightened,
                        None => Kind::ThresholdChanged,
                    };
                    let shown = |number| Some(format!("{} {}", one.op.as_str(), query::shown(number)));
                    let change = Change::new(kind, subject(self.new)).values(shown(one.before), shown(one.after));
                    let (old_places, new_places) = (old_places.clone(), new_places.clone());
                    self.changes.push(Change { unit: unit.clone(), old_places, new_places, ..change });
                }
            }
        }
    }

    fn times(&mut self) {
        let shown = |milliseconds| Some(Duration::from_milliseconds(milliseconds).to_string());
        let (was, is) = (self.old.r#for, self.new.r#for);
        if was != is {
            let kind = if is > was { Kind::ForLonger } else { Kind::ForShorter };
            self.add(kind, None, shown(was), shown(is), "for");
        }
        let (was, is) = (self.old.keep_firing_for, self.new.keep_firing_for);
        if was != is {
            self.add(Kind::KeepFiringForChanged, None, shown(was), shown(is), "keep_firing_for");
        }
    }

    fn settings(&mut self) {
        let names: BTreeSet<&String> = self.old.settings.keys().chain(self.new.settings.keys()).collect();
        for name in names {
            let (was, is) = (self.old.settings.get(name), self.new.settings.get(name));
            if was != is {
                self.add(Kind::EvaluationChanged, Some(name), was.cloned(), is.cloned(), "expr");
            }
        }
    }

    fn labels(&mut self) {
        let names: BTreeSet<&String> = self.old.labels.keys().chain(self.new.labels.keys()).collect();
        for name in names {
            let (was, is) = (self.old.labels.get(name), self.new.labels.get(name));
            if was == is {
                continue;
            }
            let place = |rule: &Rule<'_>, side: Side<'_>| {
                let labels = rule.doc.get("labels");
                let doc = labels.and_then(|labels| labels.get(name)).or(labels).unwrap_or(rule.doc);
                side.place_of(doc, "label").or_else(|| field_place(side, rule.doc, "alert", "alert"))
            };
            let kind = if name == "severity" { Kind::SeverityChanged } else { Kind::LabelChanged };
            let mut change = Change::new(kind, subject(self.new)).values(was.cloned(), is.cloned());
            change.field = Some(name.clone());
            change.old_places = place(self.old, self.sides.old).into_iter().collect();
            change.new_places = place(self.new, self.sides.new).into_iter().collect();
            self.changes.push(change);
        }
    }

    fn annotations(&mut self) {
        if self.texts_as_written() {
            return;
        }
        let names: BTreeSet<&String> = self.old.annotations.keys().chain(self.new.annotations.keys()).collect();
        for name in names {
            let (was, is) = (self.old.annotations.get(name), self.new.annotations.get(name));
            if was != is {
                self.add(Kind::AnnotationChanged, Some(name), was.cloned(), is.cloned(), "annotations");
                let place = |rule: &Rule<'_>, side: Side<'_>| -> Vec<Place> {
                    let text = rule.doc.get("annotations").and_then(|all| all.get(name));
                    text.and_then(|text| side.place_of(text, "text")).into_iter().collect()
                };
                let (old, new) = (place(self.old, self.sides.old), place(self.new, self.sides.new));
                if let Some(change) = self.changes.last_mut() {
                    (change.old_places, change.new_places) = (old, new);
                }
            }
        }
    }

    /// Whether the alert's texts are written alike on both sides: then they differ only in values that are reported.
    fn texts_as_written(&self) -> bool {
        let texts = |side: Side<'_>, rule: &Rule<'_>| {
            let alert = side.model.filter(|_| rule.made.is_some())?.alerts.get(&rule.name)?;
            Some(
                alert
                    .annotations
                    .iter()
                    .map(|(name, text)| (name.clone(), text.as_str().to_owned()))
                    .collect::<Vec<_>>(),
            )
        };
        let (old, new) = (texts(self.sides.old, self.old), texts(self.sides.new, self.new));
        old.is_some() && old == new
    }
}
