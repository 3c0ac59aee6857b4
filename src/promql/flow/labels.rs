//! What is known about the labels of a set of series.
//!
//! A label is guaranteed, possible or impossible; everything not named in [`Labels`] shares one answer. Two operations
//! combine knowledge: [`Labels::or`] forgets what two alternatives do not share, [`Labels::meet`] joins what both sides of
//! a match know about the labels they are matched by.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// More named labels than this are not told apart, which keeps the analysis linear for absurd queries.
pub(super) const MAX_LABELS: usize = 500;

/// Larger sets of values are not kept.
pub(super) const MAX_VALUES: usize = 200;

/// The label that holds the metric name.
pub(super) const NAME: &str = "__name__";

/// Labels that go where the metric name goes. Type and unit do so only with a flag, and are labels like others without.
pub(super) const RESERVED: [&str; 3] = [NAME, "__type__", "__unit__"];

/// Whether a result carries a label, with a non-empty value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Presence {
    /// Every result carries it. A promise.
    Guaranteed,
    /// Some may, some may not.
    Possible,
    /// No result carries it. A promise.
    Impossible,
}

/// What is known about one label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// Whether results carry it.
    pub presence: Presence,
    /// All values it can have where it is there, if they are known.
    pub values: Option<BTreeSet<String>>,
    /// What decided that.
    pub reason: Reason,
}

impl Carried {
    pub(super) fn new(presence: Presence, cause: Cause, range: &Range<usize>) -> Self {
        Carried { presence, values: None, reason: Reason::new(cause, range) }
    }

    pub(super) fn value(cause: Cause, range: &Range<usize>, value: &str) -> Self {
        let mut carried = Carried::new(Presence::Guaranteed, cause, range);
        carried.values = Some(BTreeSet::from([value.to_owned()]));
        carried
    }

    /// One of two alternatives.
    pub(super) fn or(&self, other: &Carried) -> Carried {
        let presence = if self.presence == other.presence { self.presence } else { Presence::Possible };
        if presence == Presence::Impossible {
            return self.clone();
        }
        let known = |carried: &Carried| match carried.presence {
            Presence::Impossible => Some(BTreeSet::new()),
            Presence::Guaranteed | Presence::Possible => carried.values.clone(),
        };
        let values = match (known(self), known(other)) {
            (Some(mut values), Some(more)) if values.len() + more.len() <= MAX_VALUES => {
                values.extend(more);
                Some(values)
            }
            _ => None,
        };
        // The alternative without the label is the one worth pointing at.
        let reason = if other.presence > self.presence { &other.reason } else { &self.reason };
        Carried { presence, values, reason: reason.clone() }
    }

    /// What holds where both are true at once; none if that cannot be.
    fn and(&self, other: &Carried) -> Option<Carried> {
        let (stronger, weaker) = if self.presence == Presence::Possible { (other, self) } else { (self, other) };
        let presence = match (stronger.presence, weaker.presence) {
            (Presence::Guaranteed, Presence::Impossible) | (Presence::Impossible, Presence::Guaranteed) => return None,
            (presence, _) => presence,
        };
        let values = match (&self.values, &other.values) {
            (Some(a), Some(b)) => Some(a.intersection(b).cloned().collect::<BTreeSet<_>>()),
            (values, None) | (None, values) => values.clone(),
        };
        let mut reason = stronger.reason.clone();
        let presence = match (presence, &values) {
            (Presence::Guaranteed, Some(values)) if values.is_empty() => return None,
            (Presence::Possible, Some(values)) if values.is_empty() => {
                reason = Reason { cause: Cause::NoCommonValue, range: reason.range };
                Presence::Impossible
            }
            (presence, _) => presence,
        };
        Some(Carried { presence, values: values.filter(|_| presence != Presence::Impossible), reason })
    }
}

/// Why something is so, and the bytes that make it so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The kind of reason.
    pub cause: Cause,
    /// The bytes to point at.
    pub range: Range<usize>,
}

impl Reason {
    pub(super) fn new(cause: Cause, range: &Range<usize>) -> Self {
        Reason { cause, range: range.clone() }
    }

    /// The reason in words, as a clause without a full stop.
    pub fn words(&self) -> &'static str {
        self.cause.words()
    }
}

/// What decides about a label or a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// The selector says nothing about the label.
    OpenSelector,
    /// A matcher asks for a value.
    Matcher,
    /// A matcher asks for series without the label.
    EmptyMatcher,
    /// The label is in `by`.
    By,
    /// The label is not in `by`.
    NotInBy,
    /// The aggregation has no clause.
    NoClause,
    /// The label is in `without`.
    Without,
    /// `count_values` writes the label.
    CountValues,
    /// The label is not in `on`.
    NotInOn,
    /// The label is in `ignoring`.
    Ignoring,
    /// `group_left` or `group_right` takes the label from the other side.
    Included,
    /// Both sides of the match must agree, and have no value in common.
    NoCommonValue,
    /// Both sides of the match must carry the same labels, and one of them never carries this one.
    OtherSide,
    /// `fill` may stand in for a side.
    Filled,
    /// A number has no labels.
    Constant,
    /// `absent` gives only the labels its selector asks for with a single `=`.
    Absent,
    /// A histogram function removes the bucket bound.
    Histogram,
    /// `label_replace` writes the label.
    LabelReplace,
    /// `label_join` writes the label.
    LabelJoin,
    /// `histogram_quantiles` writes the label.
    Quantiles,
    /// `info` may add labels.
    Info,
    /// The metric name is dropped wherever a new value is made.
    NewValue,
    /// A parameter decides.
    Parameter,
    /// Two matchers contradict each other.
    ContradictoryMatchers,
    /// The comparison of two constants never holds.
    FalseComparison,
    /// The compared values can never be what the comparison asks for.
    OutOfBounds,
    /// An aggregation picks less than one series.
    NonePicked,
    /// The comparison of two constants always holds.
    TrueComparison,
    /// The other side of the operator never returns anything.
    NothingOnOtherSide,
    /// What `absent` looks for can never be there.
    AlwaysAbsent,
    /// With `or`, one side always returns something.
    AlwaysOr,
}

impl Cause {
    /// The cause in words, as a clause without a full stop.
    pub const fn words(self) -> &'static str {
        match self {
            Cause::OpenSelector => "the selector leaves this label open",
            Cause::Matcher => "this matcher selects only series that carry it",
            Cause::EmptyMatcher => "this matcher selects only series without it",
            Cause::By => "`by` keeps it",
            Cause::NotInBy => "the aggregation keeps only the labels in its `by`",
            Cause::NoClause => "an aggregation without `by` keeps no labels",
            Cause::Without => "`without` drops it",
            Cause::CountValues => "`count_values` writes it",
            Cause::NotInOn => "the match keeps only the labels in `on`",
            Cause::Ignoring => "`ignoring` drops it",
            Cause::Included => "it is taken from the other side of the operator",
            Cause::NoCommonValue => "both sides of the operator must agree on it, and have no value in common",
            Cause::OtherSide => {
                "both sides of the operator must carry the same labels, and one of them never carries it"
            }
            Cause::Filled => "`fill` may stand in for a missing side",
            Cause::Constant => "a number is always there and has no labels",
            Cause::Absent => "`absent` gives only the labels that its selector asks for with a single `=`",
            Cause::Histogram => "the function removes the bucket bound",
            Cause::LabelReplace => "`label_replace` writes it",
            Cause::LabelJoin => "`label_join` writes it",
            Cause::Quantiles => "`histogram_quantiles` writes it",
            Cause::Info => "`info` may add it",
            Cause::NewValue => "a newly computed value has no metric name",
            Cause::Parameter => "it depends on a parameter",
            Cause::ContradictoryMatchers => "no series satisfies both matchers of this label",
            Cause::FalseComparison => "this comparison of constants never holds",
            Cause::OutOfBounds => "the compared values can never be what this comparison asks for",
            Cause::NonePicked => "fewer than one series are picked",
            Cause::TrueComparison => "this comparison of constants always holds",
            Cause::NothingOnOtherSide => "the other side of the operator never returns anything",
            Cause::AlwaysAbsent => "what `absent` looks for can never be there",
            Cause::AlwaysOr => "one side of `or` always returns something",
        }
    }
}

/// What is known about all labels of a set of series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    named: BTreeMap<String, Carried>,
    rest: Carried,
}

/// The labels a match compares.
pub(super) enum Matched<'a> {
    On(&'a [String]),
    AllBut(BTreeSet<&'a str>),
}

impl Labels {
    /// All labels share one answer.
    pub(super) fn all(carried: Carried) -> Self {
        Labels { named: BTreeMap::new(), rest: carried }
    }

    /// What is known about one label.
    pub fn get(&self, name: &str) -> &Carried {
        self.named.get(name).unwrap_or(&self.rest)
    }

    /// The labels about which something of their own is known, in order of their names.
    pub fn named(&self) -> impl Iterator<Item = (&str, &Carried)> {
        self.named.iter().map(|(name, carried)| (name.as_str(), carried))
    }

    /// What holds for every other label.
    pub fn rest(&self) -> &Carried {
        &self.rest
    }

    pub(super) fn set(&mut self, name: &str, carried: Carried) {
        if self.named.len() < MAX_LABELS || self.named.contains_key(name) {
            self.named.insert(name.to_owned(), carried);
        } else {
            // Too many to tell apart: give up every promise about labels that are not named.
            self.weaken_rest(&carried.reason);
        }
    }

    fn weaken_rest(&mut self, reason: &Reason) {
        if self.rest.presence != Presence::Possible {
            self.rest = Carried { presence: Presence::Possible, values: None, reason: reason.clone() };
        }
    }

    /// Drops all labels but `names`.
    pub(super) fn keep(&mut self, names: &[String], kept: Cause, dropped: Cause, range: &Range<usize>) {
        let mut result = Labels::all(Carried::new(Presence::Impossible, dropped, range));
        if names.len() > MAX_LABELS {
            result.rest.presence = Presence::Possible;
        }
        for name in names.iter().take(MAX_LABELS) {
            let mut carried = self.named.remove(name).unwrap_or_else(|| self.rest.clone());
            if carried.presence == Presence::Possible {
                carried.reason = Reason::new(kept, range);
            }
            result.named.insert(name.clone(), carried);
        }
        *self = result;
    }

    /// Drops `names`.
    pub(super) fn remove(&mut self, names: &[String], cause: Cause, range: &Range<usize>) {
        for name in names {
            self.set(name, Carried::new(Presence::Impossible, cause, range));
        }
        if names.len() > MAX_LABELS {
            // Names beyond the limit are impossible; not saying so is no false promise.
            for carried in self.named.values_mut().filter(|carried| carried.presence == Presence::Guaranteed) {
                carried.presence = Presence::Possible;
            }
        }
    }

    /// A new value has no metric name; where names are removed `late`, it may still be seen.
    pub(super) fn drop_name(&mut self, range: &Range<usize>, late: bool) {
        for name in RESERVED {
            let presence = match self.get(name).presence {
                Presence::Guaranteed | Presence::Possible if name == NAME && !late => Presence::Impossible,
                Presence::Guaranteed => Presence::Possible,
                Presence::Possible | Presence::Impossible => continue,
            };
            self.set(name, Carried::new(presence, Cause::NewValue, range));
        }
    }

    /// Nothing is promised any more.
    pub(super) fn forget(&mut self, cause: Cause, range: &Range<usize>) {
        *self = Labels::all(Carried::new(Presence::Possible, cause, range));
    }

    /// Labels that may be missing may be added, or only those of `wanted`.
    pub(super) fn open(&mut self, wanted: Option<&BTreeSet<&str>>, cause: Cause, range: &Range<usize>) {
        for name in wanted.into_iter().flatten() {
            let carried = self.get(name).clone();
            self.set(name, carried);
        }
        // The series to add from carry the same of these.
        for name in [NAME, "instance", "job"] {
            let carried = self.get(name).clone();
            self.set(name, carried);
        }
        let named = self.named.iter_mut().filter(|(name, _)| {
            ![NAME, "instance", "job"].contains(&name.as_str())
                && wanted.is_none_or(|wanted| wanted.contains(name.as_str()))
        });
        for carried in named.map(|(_, carried)| carried).chain(wanted.is_none().then_some(&mut self.rest)) {
            match carried.presence {
                Presence::Guaranteed => {}
                Presence::Possible => carried.values = None,
                Presence::Impossible => *carried = Carried::new(Presence::Possible, cause, range),
            }
        }
    }

    /// What holds for results of either kind.
    pub(super) fn or(&self, other: &Labels) -> Labels {
        let rest = self.rest.or(&other.rest);
        let mut named = BTreeMap::new();
        for name in self.named.keys().chain(other.named.keys()).take(2 * MAX_LABELS) {
            if !named.contains_key(name) {
                named.insert(name.clone(), self.get(name).or(other.get(name)));
            }
        }
        let mut result = Labels { named, rest };
        if result.named.len() > MAX_LABELS {
            let reason = result.rest.reason.clone();
            result = Labels::all(Carried { presence: Presence::Possible, values: None, reason });
        }
        result
    }

    /// Joins in what a partner knows that agrees on the labels of `matched`. Gives back a label on which the two can
    /// never agree, if there is one.
    pub(super) fn meet(&mut self, other: &Labels, matched: &Matched<'_>, range: &Range<usize>) -> Option<String> {
        let mut clash = None;
        let names: Vec<String> = match matched {
            Matched::On(names) => names.to_vec(),
            Matched::AllBut(apart) => {
                let compared = |name: &&String| !RESERVED.contains(&name.as_str()) && !apart.contains(name.as_str());
                self.named.keys().chain(other.named.keys()).filter(compared).cloned().collect()
            }
        };
        for name in names {
            match self.get(&name).and(other.get(&name)) {
                Some(mut met) => {
                    if met.presence == Presence::Impossible && self.get(&name).presence == Presence::Possible {
                        met.reason = Reason::new(Cause::OtherSide, range);
                    }
                    self.set(&name, met);
                }
                None => clash = clash.or(Some(name)),
            }
        }
        if let Matched::AllBut(apart) = matched
            && self.rest.presence == Presence::Possible
            && other.rest.presence == Presence::Impossible
        {
            // The labels that are not compared keep their answer.
            for name in apart.iter().copied().chain(RESERVED) {
                let carried = self.get(name).clone();
                self.set(name, carried);
            }
            if self.named.len() < MAX_LABELS {
                self.rest = Carried::new(Presence::Impossible, Cause::OtherSide, range);
            }
        }
        clash
    }
}
