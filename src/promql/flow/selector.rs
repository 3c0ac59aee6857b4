//! Labels of selectors: what their matchers fix.

use super::super::ast::{MatchOp, Matcher, Selector};
use super::super::regex::Pattern;
use super::{Branch, Carried, Cause, Labels, MAX_LABELS, Presence, Reason};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// What the matchers of one label say together.
#[derive(Default)]
struct Demand {
    /// The value must not be empty, by this matcher.
    filled: Option<Range<usize>>,
    /// The value must be empty, by this matcher.
    empty: Option<Range<usize>>,
    /// The value is one of these; the empty string stands for no label.
    only: Option<(BTreeSet<String>, Range<usize>)>,
    /// The value is none of these.
    never: BTreeSet<String>,
}

impl Demand {
    /// `any_text`: `.` stands for every character, so that `.*` matches everything.
    fn add(&mut self, matcher: &Matcher, any_text: bool) {
        let Some(value) = matcher.value.known() else { return };
        let range = matcher.range();
        match matcher.op {
            MatchOp::Equal => self.only(BTreeSet::from([value.to_owned()]), range),
            MatchOp::NotEqual => self.never(BTreeSet::from([value.to_owned()]), &range),
            MatchOp::Regex | MatchOp::NotRegex => {
                let Ok(pattern) = Pattern::parse(value) else { return };
                let wanted = matcher.op == MatchOp::Regex;
                match pattern.words() {
                    None if any_text && !wanted && matches!(value, ".*" | "(.*)") => {
                        self.only(BTreeSet::new(), range);
                    }
                    None if any_text && !wanted && matches!(value, ".+" | "(.+)") => {
                        self.only(BTreeSet::from([String::new()]), range);
                    }
                    Some(words) if wanted => self.only(words.clone(), range),
                    Some(words) => self.never(words.clone(), &range),
                    None if pattern.matches_empty() != wanted => self.filled = Some(range),
                    None => {}
                }
            }
        }
    }

    fn only(&mut self, values: BTreeSet<String>, range: Range<usize>) {
        if values.contains("") && values.len() == 1 {
            self.empty = Some(range.clone());
        } else if !values.contains("") {
            self.filled = Some(range.clone());
        }
        self.only = Some(match self.only.take() {
            Some((before, _)) => (before.intersection(&values).cloned().collect(), range),
            None => (values, range),
        });
    }

    fn never(&mut self, values: BTreeSet<String>, range: &Range<usize>) {
        if values.contains("") {
            self.filled = Some(range.clone());
        }
        self.never.extend(values);
    }

    /// The answer, or the matcher that makes it impossible to satisfy all.
    fn settle(self) -> Result<Option<Carried>, Range<usize>> {
        let values = self.only.map(|(values, range)| (&values - &self.never, range));
        if let Some((values, range)) = &values
            && values.is_empty()
        {
            return Err(range.clone());
        }
        if let (Some(range), Some(_)) = (&self.filled, &self.empty) {
            return Err(range.clone());
        }
        if let Some((values, range)) = &values
            && self.filled.is_some()
            && values.iter().all(String::is_empty)
        {
            return Err(range.clone());
        }
        if let Some(range) = &self.empty {
            return Ok(Some(Carried::new(Presence::Impossible, Cause::EmptyMatcher, range)));
        }
        let without_empty = values.map(|(mut values, range)| {
            let maybe_missing = values.remove("");
            (values, range, maybe_missing)
        });
        Ok(match (without_empty, self.filled) {
            (Some((values, range, maybe_missing)), filled) => {
                let missing = maybe_missing && filled.is_none();
                if values.is_empty() {
                    return Ok(Some(Carried::new(Presence::Impossible, Cause::EmptyMatcher, &range)));
                }
                let presence = if missing { Presence::Possible } else { Presence::Guaranteed };
                Some(Carried { values: Some(values), ..Carried::new(presence, Cause::Matcher, &range) })
            }
            (None, Some(range)) => Some(Carried::new(Presence::Guaranteed, Cause::Matcher, &range)),
            (None, None) => None,
        })
    }
}

/// The results of a selector, with or without a range.
pub(super) fn branch(selector: &Selector, range: &Range<usize>, any_text: bool) -> Branch {
    let mut labels = Labels::all(Carried::new(Presence::Possible, Cause::OpenSelector, &selector.bare));
    let mut demands: BTreeMap<&str, Demand> = BTreeMap::new();
    for matcher in selector.matchers.iter().filter(|matcher| !matcher.label.open).take(MAX_LABELS) {
        demands.entry(&matcher.label.name).or_default().add(matcher, any_text);
    }
    if let Some(name) = &selector.name
        && let Some(value) = name.text.known()
        && !value.is_empty()
    {
        demands.entry("__name__").or_default().only(BTreeSet::from([value.to_owned()]), name.text.range.clone());
    }
    let mut never = None;
    for (name, demand) in demands {
        match demand.settle() {
            Ok(Some(carried)) => labels.set(name, carried),
            Ok(None) => {}
            Err(range) => never = Some(Reason::new(Cause::ContradictoryMatchers, &range)),
        }
    }
    Branch { never, ..Branch::series(range, labels) }
}
