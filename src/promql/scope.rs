//! Restricting a query to a set of targets, by adding matchers to its selectors.
//!
//! The text stays its author's: matchers are spliced in behind the ones that are there, in the style they are written
//! in. A matcher that is there already is not doubled, and one that contradicts what is to be added is reported, as the
//! query could never return anything.

use super::ast::{Expr, MatchOp, Matcher, Selector};
use super::edit::Edit;
use super::literal::{is_plain_label_name, quote};
use super::regex::Pattern;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// A matcher to add to selectors.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Restriction {
    /// The label.
    pub label: String,
    /// How it is compared.
    pub op: MatchOp,
    /// What it is compared with.
    pub value: String,
}

/// A matcher of the query that no series can satisfy together with a restriction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The matcher of the query.
    pub range: Range<usize>,
    /// The restriction it contradicts.
    pub restriction: Restriction,
}

/// The edits that put `restrictions` on every selector of `expr`, which was parsed from `text`. Selectors of the metrics
/// in `skip` stay as they are, and so does the second argument of `info()`, which selects labels and not series.
pub fn scope(
    text: &str,
    expr: &Expr,
    restrictions: &[Restriction],
    skip: &BTreeSet<String>,
) -> Result<Vec<Edit>, Vec<Conflict>> {
    let known: BTreeMap<&Restriction, Known> = restrictions.iter().map(|r| (r, Known::of(r.op, &r.value))).collect();
    let mut edits = Vec::new();
    let mut conflicts = Vec::new();
    for selector in expr.selectors() {
        if selector.selects_labels || selector.metric().is_some_and(|metric| skip.contains(metric)) {
            continue;
        }
        let mut added: Vec<String> = Vec::new();
        for restriction in restrictions {
            let Some(wanted) = known.get(restriction) else { continue };
            let mut implied = false;
            for matcher in selector.matchers.iter().filter(|matcher| matcher.label.name == restriction.label) {
                match compare(matcher, restriction, wanted) {
                    Relation::Contradicts => {
                        conflicts.push(Conflict { range: matcher.range(), restriction: restriction.clone() });
                        implied = true;
                    }
                    Relation::Implies => implied = true,
                    Relation::Open => {}
                }
            }
            if !implied {
                added.push(write(restriction));
            }
        }
        edits.extend(insert(text, selector, &added));
    }
    if conflicts.is_empty() { Ok(edits) } else { Err(conflicts) }
}

fn write(restriction: &Restriction) -> String {
    let name = &restriction.label;
    let name = if is_plain_label_name(name) { name.clone() } else { quote(name) };
    format!("{name}{}{}", restriction.op.as_str(), quote(&restriction.value))
}

/// Puts matchers behind the last thing in the braces, or adds braces.
fn insert(text: &str, selector: &Selector, added: &[String]) -> Option<Edit> {
    if added.is_empty() {
        return None;
    }
    let Some(braces) = &selector.braces else {
        let end = selector.bare.end;
        return Some(Edit { range: end..end, text: format!("{{{}}}", added.join(",")) });
    };
    let mut items: Vec<Range<usize>> = selector.matchers.iter().map(Matcher::range).collect();
    items.extend(selector.name.iter().filter(|name| name.quoted).map(|name| name.text.range.clone()));
    items.sort_by_key(|item| item.start);
    let Some(last) = items.last() else {
        let inside = braces.start + 1;
        return Some(Edit { range: inside..inside, text: added.join(",") });
    };
    // Between two items: what the author put there. With one item only, nothing.
    let spaced = match &items[..] {
        [.., before, last] => text.get(before.end..last.start).is_some_and(|between| between.ends_with(' ')),
        _ => false,
    };
    let comma = if spaced { ", " } else { "," };
    Some(Edit { range: last.end..last.end, text: format!("{comma}{}", added.join(comma)) })
}

enum Relation {
    /// No series satisfies both.
    Contradicts,
    /// Every series the matcher accepts satisfies the restriction.
    Implies,
    /// Neither is known.
    Open,
}

/// The values a matcher accepts, as far as they are few and known.
enum Known {
    Only(BTreeSet<String>),
    AllBut(BTreeSet<String>),
    Unknown,
}

impl Known {
    fn of(op: MatchOp, value: &str) -> Known {
        let words = || Pattern::parse(value).ok().and_then(|pattern| pattern.words().cloned());
        match op {
            MatchOp::Equal => Known::Only(BTreeSet::from([value.to_owned()])),
            MatchOp::NotEqual => Known::AllBut(BTreeSet::from([value.to_owned()])),
            MatchOp::Regex => words().map_or(Known::Unknown, Known::Only),
            MatchOp::NotRegex => words().map_or(Known::Unknown, Known::AllBut),
        }
    }
}

fn compare(matcher: &Matcher, restriction: &Restriction, wanted: &Known) -> Relation {
    let Some(value) = matcher.value.known() else { return Relation::Open };
    if matcher.op == restriction.op && value == restriction.value {
        return Relation::Implies;
    }
    match (Known::of(matcher.op, value), wanted) {
        (Known::Only(here), Known::Only(wanted)) if here.is_subset(wanted) => Relation::Implies,
        (Known::Only(here), Known::Only(wanted)) if here.is_disjoint(wanted) => Relation::Contradicts,
        (Known::Only(here), Known::AllBut(wanted)) if here.is_disjoint(wanted) => Relation::Implies,
        (Known::Only(here), Known::AllBut(wanted)) if here.is_subset(wanted) => Relation::Contradicts,
        (Known::AllBut(here), Known::Only(wanted)) if wanted.is_subset(&here) => Relation::Contradicts,
        (Known::AllBut(here), Known::AllBut(wanted)) if wanted.is_subset(&here) => Relation::Implies,
        _ => Relation::Open,
    }
}
