//! Which rule took the place of which, where only names and labels tell.

use std::collections::{BTreeMap, BTreeSet};

use super::Paired;
use super::compare::Sides;
use super::query::{QueryChange, compare};
use crate::diff::report::{Change, Kind};
use crate::diff::side::rules::Rule;

/// Pairs rules of one name, the most alike first. Where several are equally alike, they are paired in file order.
pub(super) fn closest(sides: &Sides<'_, '_>, was: &[usize], is: &[usize]) -> Vec<Paired> {
    type Key = (Vec<(String, String)>, String, String, String, String);
    let key = |rule: &Rule<'_>, pass: usize| -> Key {
        let labels = || rule.labels.iter().map(|(name, value)| (name.clone(), value.clone())).collect::<Vec<_>>();
        let severity = || rule.severity.clone().unwrap_or_default();
        let (file, group) = (|| rule.file.to_owned(), || rule.group.clone());
        let none = String::new;
        match pass {
            0 => (labels(), rule.evaluator.clone(), file(), group(), rule.expr.clone()),
            1 => (labels(), rule.evaluator.clone(), none(), none(), rule.expr.clone()),
            2 => (labels(), none(), none(), none(), rule.expr.clone()),
            3 => (labels(), rule.evaluator.clone(), file(), group(), none()),
            4 => (labels(), rule.evaluator.clone(), none(), none(), none()),
            5 => (vec![("severity".to_owned(), severity())], rule.evaluator.clone(), file(), group(), none()),
            6 => (vec![("severity".to_owned(), severity())], rule.evaluator.clone(), none(), none(), none()),
            7 => (vec![("severity".to_owned(), severity())], none(), none(), none(), none()),
            8 => (Vec::new(), none(), none(), none(), rule.expr.clone()),
            _ => (Vec::new(), none(), none(), none(), none()),
        }
    };
    let (mut was, mut is) = (was.to_vec(), is.to_vec());
    let mut pairs = Vec::new();
    for pass in 0..10 {
        let mut known: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
        for at in was.iter().rev() {
            if let Some(rule) = sides.old_rules.get(*at) {
                known.entry(key(rule, pass)).or_default().push(*at);
            }
        }
        let mut taken = BTreeSet::new();
        is.retain(|at| {
            let Some(rule) = sides.new_rules.get(*at) else { return false };
            match known.get_mut(&key(rule, pass)).and_then(Vec::pop) {
                Some(old) => {
                    taken.insert(old);
                    pairs.push(Paired { old: Some(old), new: Some(*at), scopes: Vec::new() });
                    false
                }
                None => true,
            }
        });
        was.retain(|at| !taken.contains(at));
    }
    pairs.extend(was.into_iter().map(|at| Paired { old: Some(at), new: None, scopes: Vec::new() }));
    pairs.extend(is.into_iter().map(|at| Paired { old: None, new: Some(at), scopes: Vec::new() }));
    pairs
}

/// What became of a name.
pub(super) enum Renamed {
    /// Another name took its place.
    Gone,
    /// These rules of another name became it.
    From(Vec<usize>),
}

/// Names that are gone and names that are new, where the new one asks what the old one asked.
pub(super) fn renamed<'n>(
    sides: &Sides<'_, '_>,
    by_name: &BTreeMap<(bool, &'n str), [Vec<usize>; 2]>,
) -> BTreeMap<&'n str, Renamed> {
    let asked = |rule: &Rule<'_>| rule.made.map_or_else(|| rule.expr.clone(), |made| made.query.clone());
    let first = |rules: &[Rule<'_>], numbers: &[usize]| numbers.first().and_then(|at| rules.get(*at)).map(asked);
    let mut gone: Vec<(bool, &'n str, &Vec<usize>, String)> = Vec::new();
    for ((alerts, name), [was, is]) in by_name {
        // A name may have rules that are the same on both sides and were set aside.
        if is.is_empty()
            && !sides.new_names.contains(&(*alerts, (*name).to_owned()))
            && let Some(query) = first(sides.old_rules, was)
        {
            gone.push((*alerts, name, was, query));
        }
    }
    let mut renamed = BTreeMap::new();
    for ((alerts, name), [was, is]) in by_name {
        if !was.is_empty() || sides.old_names.contains(&(*alerts, (*name).to_owned())) {
            continue;
        }
        let Some(query) = first(sides.new_rules, is) else { continue };
        let twin = gone.iter().position(|(other, _, rules, old)| {
            other == alerts && rules.len() == is.len() && compare(old, &query) == QueryChange::Same
        });
        if let Some(twin) = twin {
            let (_, old_name, rules, _) = gone.swap_remove(twin);
            renamed.insert(old_name, Renamed::Gone);
            renamed.insert(*name, Renamed::From(rules.clone()));
        }
    }
    renamed
}

/// A level that is gone where another one of the same alert is new, with the same condition, is the same alert with
/// another severity.
pub(super) fn severities(changes: Vec<Change>) -> Vec<Change> {
    let (gone, mut rest): (Vec<Change>, Vec<Change>) =
        changes.into_iter().partition(|change| change.kind == Kind::AlertRemoved);
    for old in gone {
        let twin = rest.iter_mut().find(|new| {
            new.kind == Kind::AlertAdded
                && new.subject.severity != old.subject.severity
                && new.after == old.before
                && new.scopes == old.scopes
        });
        match twin {
            Some(new) => {
                new.kind = Kind::SeverityChanged;
                new.field = Some("severity".to_owned());
                new.effect = crate::diff::report::Effect::ResetsToPending;
                (new.before, new.after) = (old.subject.severity, new.subject.severity.clone());
                new.unit = None;
                new.old_places = old.old_places;
            }
            None => rest.push(old),
        }
    }
    rest
}
