//! Overrides: which places say something about an alert, and what holds where.
//!
//! Every `threshold` becomes [`Override`]s with a [`Place`]. Places are ordered by how specific they are: a label selector,
//! a group (inner ones first), a cluster, a kind of group, everywhere, the alert itself. At one point of the fleet (a group,
//! a cluster and which selectors hold there) the overrides that apply are folded field by field, the most specific first
//! ([`fold`]); every field remembers who set it.

use std::collections::BTreeMap;

use super::{Context, codes};
use crate::ast::group::GroupKind;
use crate::ast::threshold::Threshold;
use crate::ast::{Duration, Quantity};
use crate::diagnostic::Diagnostic;
use crate::model::cluster::Cluster;
use crate::model::{Field, Group, slug};
use crate::source::{Span, Spanned, Text};

/// Where an override holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Base {
    /// The alert itself.
    Default,
    /// Everywhere.
    Everywhere,
    /// Groups of a kind.
    Kind(GroupKind),
    /// A cluster.
    Cluster(String),
    /// A group and the groups inside it.
    Group(String),
}

/// Where an override holds, with a condition on a label of the hosts if it has one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The part of the fleet.
    pub base: Base,
    /// The label and value that hosts must have.
    pub selector: Option<(String, String)>,
}

/// A part of the fleet where everything is the same: the hosts of one group (or of none) in one cluster, for which exactly
/// one selector place, or none, decides.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    /// The group; `None` for hosts of no group.
    pub group: Option<String>,
    /// The cluster.
    pub cluster: String,
    /// The selector place that holds, if one does.
    pub selector: Option<Place>,
}

/// What one place says about one level.
#[derive(Debug)]
pub struct Override<'s> {
    /// Where.
    pub place: Place,
    /// Its `threshold` node; `None` for the alert itself.
    pub written: Option<&'s Threshold>,
    /// The threshold.
    pub value: Option<&'s Spanned<Quantity>>,
    /// How long the condition must hold.
    pub r#for: Option<&'s Spanned<Duration>>,
    /// How long it keeps firing.
    pub keep_firing_for: Option<&'s Spanned<Duration>>,
    /// Parameters.
    pub params: BTreeMap<&'s str, &'s Spanned<Text>>,
    /// The place of `off`, or of a value that switches the level on again.
    pub off: Option<(bool, Span)>,
    /// Whether this place gives the level its existence: a level node that is not off.
    pub declares: bool,
}

/// Looks at groups and clusters by name.
#[derive(Debug, Clone, Copy)]
pub struct Fleet<'m> {
    /// Groups.
    pub groups: &'m BTreeMap<String, Group>,
    /// Clusters.
    pub clusters: &'m BTreeMap<String, Cluster>,
}

impl Fleet<'_> {
    /// Whether `inner` is `outer` or inside it.
    pub fn within(&self, inner: &str, outer: &str) -> bool {
        let mut at = Some(inner);
        // The depth of nesting is bounded by the number of groups, as circles are cut.
        for _ in 0..=self.groups.len() {
            match at {
                Some(name) if name == outer => return true,
                Some(name) => at = self.groups.get(name).and_then(|group| group.parent.as_deref()),
                None => return false,
            }
        }
        false
    }

    /// How many groups are around a group.
    pub fn depth(&self, group: &str) -> usize {
        let mut depth = 0;
        let mut at = self.groups.get(group).and_then(|group| group.parent.as_deref());
        while let Some(name) = at {
            depth += 1;
            if depth > self.groups.len() {
                break;
            }
            at = self.groups.get(name).and_then(|group| group.parent.as_deref());
        }
        depth
    }
}

impl Base {
    /// Orders bases by how specific they are.
    fn rank(&self, fleet: Fleet<'_>) -> (u8, usize) {
        match self {
            Base::Default => (0, 0),
            Base::Everywhere => (1, 0),
            Base::Kind(_) => (2, 0),
            Base::Cluster(_) => (3, 0),
            Base::Group(name) => (4, fleet.depth(name)),
        }
    }

    /// Whether a point lies in it.
    pub fn holds(&self, point: &Point, fleet: Fleet<'_>) -> bool {
        match self {
            Base::Default | Base::Everywhere => true,
            Base::Cluster(name) => *name == point.cluster,
            Base::Group(name) => point.group.as_deref().is_some_and(|group| fleet.within(group, name)),
            Base::Kind(kind) => point
                .group
                .as_deref()
                .and_then(|group| fleet.groups.get(group))
                .and_then(|group| group.kind.as_ref())
                .is_some_and(|own| own.value == *kind),
        }
    }
}

impl Place {
    /// Orders places by how specific they are; larger is more specific.
    pub fn rank(&self, fleet: Fleet<'_>) -> (bool, u8, usize) {
        let (kind, depth) = self.base.rank(fleet);
        (self.selector.is_some(), kind, depth)
    }

    /// Whether what is said here holds at a point.
    pub fn holds(&self, point: &Point, fleet: Fleet<'_>) -> bool {
        if self.selector.is_some() {
            // A point belongs to at most one selector; others with the same condition around it hold too.
            point.selector.as_ref().is_some_and(|own| own.selector == self.selector && self.base.holds(point, fleet))
        } else {
            self.base.holds(point, fleet)
        }
    }

    /// Whether all of `inner` lies in it.
    pub fn contains(&self, inner: &Place, fleet: Fleet<'_>) -> bool {
        if self.selector.is_some() && self.selector != inner.selector {
            return false;
        }
        match (&self.base, &inner.base) {
            (Base::Default | Base::Everywhere, _) => true,
            (Base::Group(outer), Base::Group(inner)) => fleet.within(inner, outer),
            (Base::Kind(kind), Base::Group(inner)) => {
                fleet.groups.get(inner).and_then(|group| group.kind.as_ref()).is_some_and(|own| own.value == *kind)
            }
            (outer, inner) => outer == inner,
        }
    }

    /// The place in a file name.
    pub fn slug(&self, fleet: Fleet<'_>) -> String {
        let base = match &self.base {
            Base::Default | Base::Everywhere => "global".to_owned(),
            Base::Kind(kind) => format!("kind-{}", kind.as_str()),
            Base::Cluster(name) => {
                format!(
                    "cluster-{}",
                    fleet.clusters.get(name).map_or_else(|| slug(name), |cluster| cluster.slug.clone())
                )
            }
            Base::Group(name) => fleet
                .groups
                .get(name)
                .map_or_else(|| slug(name), |group| format!("{}-group-{}", group.slug, slug(&group.id.value))),
        };
        match &self.selector {
            Some((label, value)) => format!("{base}-where-{}-{}", slug(label), slug(value)),
            None => base,
        }
    }

    /// The place in words.
    pub fn words(&self) -> String {
        let base = match &self.base {
            Base::Default => "the alert itself".to_owned(),
            Base::Everywhere => "everywhere".to_owned(),
            Base::Kind(kind) => format!("groups of kind `{}`", kind.as_str()),
            Base::Cluster(name) => format!("cluster `{name}`"),
            Base::Group(name) => format!("group `{name}`"),
        };
        match &self.selector {
            Some((label, value)) => format!("{base} where {label}=\"{value}\""),
            None => base,
        }
    }
}

/// The place of a `threshold`, or `None` after reporting what is wrong with it.
pub fn place(context: &mut Context<'_>, written: &Threshold, fleet: Fleet<'_>) -> Option<Place> {
    let mut bases: Vec<(Base, Span)> = Vec::new();
    let mut whole = true;
    if let Some(group) = &written.group {
        whole &= context.bind("group", group, fleet.groups.keys());
        bases.push((Base::Group(group.as_str().to_owned()), group.span));
    }
    if let Some(cluster) = &written.cluster {
        whole &= context.bind("cluster", cluster, fleet.clusters.keys());
        bases.push((Base::Cluster(cluster.as_str().to_owned()), cluster.span));
    }
    if let Some(kind) = &written.kind {
        bases.push((Base::Kind(kind.value), kind.span));
    }
    if let [(_, first), (_, second), ..] = bases.as_slice() {
        context.sink.push(
            Diagnostic::new(
                &codes::THRESHOLD_PLACE,
                "an override holds for a group, a cluster or a kind, not for two of them",
            )
            .at(*second, "a second place")
            .also(*first, "the first one")
            .note("For every host one number counts: that of its group before that of its cluster, and that before its kind's.")
            .help("Write one `threshold` for each; the more specific one wins where both hold."),
        );
        return None;
    }
    let selector = match &written.r#where {
        None => None,
        Some(text) => Some(selector(context, text)?),
    };
    let base = bases.into_iter().next().map_or(Base::Everywhere, |(base, _)| base);
    whole.then_some(Place { base, selector })
}

/// Reads `label=value`.
fn selector(context: &mut Context<'_>, written: &Spanned<Text>) -> Option<(String, String)> {
    let text = written.as_str();
    let parts = text.split_once('=').map(|(label, value)| (label.trim(), value.trim().trim_matches('"')));
    let is_name = |label: &str| {
        !label.is_empty()
            && !label.starts_with(|c: char| c.is_ascii_digit())
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    match parts {
        Some((label, value)) if is_name(label) && !value.is_empty() && !value.starts_with(['=', '~']) => {
            Some((label.to_owned(), value.to_owned()))
        }
        _ => {
            context.sink.push(
                Diagnostic::new(&codes::THRESHOLD_PLACE, "`where` must be one label with one value")
                    .at(written.span, "not `label=value`")
                    .help("Write `where=\"target_label_type=gpu\"`; for another value write another `threshold`."),
            );
            None
        }
    }
}

/// A level at one point: every field with who set it.
#[derive(Debug)]
pub struct Folded<'o, 's> {
    /// The override that decides, if the level is there and not off: the most specific one that sets any field.
    pub decides: &'o Place,
    /// All places that set a field, the most specific first.
    pub places: Vec<&'o Place>,
    /// The threshold.
    pub value: Option<&'s Spanned<Quantity>>,
    /// Every override that the threshold's value replaced, the most specific first, with its place.
    pub replaced: Vec<(&'o Place, &'s Spanned<Quantity>)>,
    /// Who set the threshold.
    pub value_place: Option<&'o Place>,
    /// How long the condition must hold.
    pub r#for: Option<&'s Spanned<Duration>>,
    /// How long it keeps firing.
    pub keep_firing_for: Option<&'s Spanned<Duration>>,
    /// Parameters.
    pub params: BTreeMap<&'s str, &'s Spanned<Text>>,
}

/// Folds what holds at a point, given overrides sorted from the most to the least specific; `None` if the level is off or
/// nobody declares it there.
pub fn fold<'o, 's>(overrides: &'o [Override<'s>], point: &Point, fleet: Fleet<'_>) -> Option<Folded<'o, 's>> {
    let mut places: Vec<&'o Place> = Vec::new();
    let mut declared = false;
    let mut off: Option<bool> = None;
    let mut folded = (None, None, None, BTreeMap::new(), None, Vec::new());
    for one in overrides.iter().filter(|one| one.place.holds(point, fleet)) {
        declared |= one.declares;
        let mut sets = false;
        if off.is_none()
            && let Some((is_off, _)) = one.off
        {
            off = Some(is_off);
            sets = true;
        }
        if let Some(value) = one.value {
            if folded.0.is_none() {
                folded.0 = Some(value);
                folded.4 = Some(&one.place);
                sets = true;
            } else {
                folded.5.push((&one.place, value));
            }
        }
        if folded.1.is_none() && one.r#for.is_some() {
            folded.1 = one.r#for;
            sets = true;
        }
        if folded.2.is_none() && one.keep_firing_for.is_some() {
            folded.2 = one.keep_firing_for;
            sets = true;
        }
        for (name, value) in &one.params {
            if !folded.3.contains_key(name) {
                folded.3.insert(*name, *value);
                sets = true;
            }
        }
        if sets || one.declares && places.is_empty() {
            places.push(&one.place);
        }
    }
    if !declared || off == Some(true) {
        return None;
    }
    let decides = *places.first()?;
    Some(Folded {
        decides,
        places,
        value: folded.0,
        replaced: folded.5,
        value_place: folded.4,
        r#for: folded.1,
        keep_firing_for: folded.2,
        params: folded.3,
    })
}

/// The value of a field with its story.
pub fn threshold_field(context: &mut Context<'_>, folded: &Folded<'_, '_>, number: f64) -> Option<Field<f64>> {
    let value = folded.value?;
    let place = folded.value_place?;
    let mut origin = context.written(value.span);
    for (_, replaced) in folded.replaced.iter().rev() {
        let over = context.written(replaced.span);
        let with = context.written(value.span);
        origin = context.provenance.add(crate::provenance::Step::Overridden { with, over, by: place.words() });
    }
    Some(Field::new(number, origin))
}
