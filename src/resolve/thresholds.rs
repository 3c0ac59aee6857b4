//! Overrides: which places say something about an alert, and what holds where.
//!
//! Every `threshold` becomes [`Override`]s with a [`Place`]. Places are ordered by how specific they are: a label selector,
//! a group (inner ones first), a cluster, a kind of group, everywhere, the alert itself; with a selector, the part of the
//! fleet that it is written for decides among selectors. For one host the overrides that hold are folded field by field,
//! the most specific first ([`fold`]); every field remembers who set it and what that replaced.

use std::collections::BTreeMap;

use super::{Context, codes};
use crate::ast::group::GroupKind;
use crate::ast::threshold::Threshold;
use crate::ast::{Duration, Quantity};
use crate::diagnostic::Diagnostic;
pub use crate::model::alert::Point;
use crate::model::cluster::Cluster;
use crate::model::{Field, Group, slug};
use crate::provenance::{Origin, Step};
use crate::source::{Span, Spanned, Text};

/// Labels that `where` cannot ask for.
const PLACES: [&str; 4] = ["group", "group_id", "cluster", "__name__"];

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
    /// Whether it is said for every level that the `threshold` does not name.
    pub general: bool,
}

impl Override<'_> {
    /// Whether both set the same field.
    pub fn clashes(&self, other: &Override<'_>) -> bool {
        self.value.is_some() && other.value.is_some()
            || self.r#for.is_some() && other.r#for.is_some()
            || self.keep_firing_for.is_some() && other.keep_firing_for.is_some()
            || self.off.is_some() && other.off.is_some()
            || self.params.keys().any(|name| other.params.contains_key(name))
    }
}

/// Everything that is said about one level of an alert.
#[derive(Debug)]
pub struct Overrides<'s> {
    sorted: Vec<Override<'s>>,
    by_base: BTreeMap<Base, Vec<usize>>,
}

impl<'s> Overrides<'s> {
    /// Sorts overrides from the most to the least specific.
    pub fn new(mut list: Vec<Override<'s>>, fleet: Fleet<'_>) -> Self {
        list.sort_by_cached_key(|one| (std::cmp::Reverse(one.place.rank(fleet)), one.place.clone()));
        let mut by_base: BTreeMap<Base, Vec<usize>> = BTreeMap::new();
        for (index, one) in list.iter().enumerate() {
            by_base.entry(one.place.base.clone()).or_default().push(index);
        }
        Self { sorted: list, by_base }
    }

    /// All of them, from the most to the least specific.
    pub fn all(&self) -> &[Override<'s>] {
        &self.sorted
    }

    /// Those for the same part of the fleet, whatever they ask of labels.
    pub fn by_base(&self) -> impl Iterator<Item = Vec<&Override<'s>>> {
        self.by_base.values().map(|indices| indices.iter().filter_map(|index| self.sorted.get(*index)).collect())
    }

    /// The indices of those for the parts of the fleet that a point lies in, from the most to the least specific.
    pub fn at(&self, point: &Point, fleet: Fleet<'_>) -> Vec<usize> {
        let bases = Base::around(point, fleet);
        let mut indices: Vec<usize> =
            bases.iter().filter_map(|base| self.by_base.get(base)).flatten().copied().collect();
        indices.sort_unstable();
        indices
    }
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

    /// Every base that a point lies in.
    fn around(point: &Point, fleet: Fleet<'_>) -> Vec<Self> {
        let mut bases = vec![Self::Default, Self::Everywhere, Self::Cluster(point.cluster.clone())];
        let own = point.group.as_deref().and_then(|group| fleet.groups.get(group));
        bases.extend(own.and_then(|group| group.kind.as_ref()).map(|kind| Self::Kind(kind.value)));
        let mut at = point.group.as_deref();
        // Circles of groups are cut, so the way up is never longer than there are groups.
        for _ in 0..=fleet.groups.len() {
            let Some(name) = at else { break };
            bases.push(Self::Group(name.to_owned()));
            at = fleet.groups.get(name).and_then(|group| group.parent.as_deref());
        }
        bases
    }
}

impl Place {
    /// Orders places by how specific they are; larger is more specific.
    pub fn rank(&self, fleet: Fleet<'_>) -> (bool, u8, usize) {
        let (kind, depth) = self.base.rank(fleet);
        (self.selector.is_some(), kind, depth)
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
        Some((label, _)) if PLACES.contains(&label) => {
            context.sink.push(
                Diagnostic::new(&codes::THRESHOLD_PLACE, format!("`where` cannot ask for the label `{label}`"))
                    .at(written.span, "a place of its own, or no label of hosts")
                    .note("Which group and cluster a host belongs to decides how specific an override is.")
                    .help("Write `group=NAME` or `cluster=NAME`, without `where`."),
            );
            None
        }
        Some((label, value)) if is_name(label) && !value.is_empty() && !value.starts_with(['=', '~']) => {
            Some((label.to_owned(), value.to_owned()))
        }
        _ => {
            context.sink.push(
                Diagnostic::new(&codes::THRESHOLD_PLACE, "`where` must be one label with one value")
                    .at(written.span, "not `label=value`")
                    .help_spelled(
                        "Write `where=\"target_label_type=gpu\"`; for another value write another `threshold`.",
                        "Write `where: target_label_type=gpu`; for another value write another threshold.",
                    ),
            );
            None
        }
    }
}

/// What several places say about one field, the most specific first: the first one counts, and the others are what it
/// replaced.
pub type Chain<'o, 's, T> = Vec<(&'o Place, &'s Spanned<T>)>;

/// A level for some hosts: every field with who set it.
#[derive(Debug, Clone)]
pub struct Folded<'o, 's> {
    /// All places that set a field, the most specific first; that one decides.
    pub places: Vec<&'o Place>,
    /// The threshold.
    pub value: Chain<'o, 's, Quantity>,
    /// How long the condition must hold.
    pub r#for: Chain<'o, 's, Duration>,
    /// How long it keeps firing.
    pub keep_firing_for: Chain<'o, 's, Duration>,
    /// Parameters.
    pub params: BTreeMap<&'s str, &'s Spanned<Text>>,
}

/// Folds the overrides that hold for some hosts, which come from the most to the least specific; `None` if the level is
/// off or nobody declares it there.
pub fn fold<'o, 's: 'o>(holding: impl IntoIterator<Item = &'o Override<'s>>) -> Option<Folded<'o, 's>> {
    let mut folded = Folded {
        places: Vec::new(),
        value: Vec::new(),
        r#for: Vec::new(),
        keep_firing_for: Vec::new(),
        params: BTreeMap::new(),
    };
    let mut least: Option<&'o Place> = None;
    let mut off: Option<bool> = None;
    for one in holding {
        let mut sets = off.is_none() && one.off.is_some();
        off = off.or(one.off.map(|(off, _)| off));
        sets |= push(&mut folded.value, &one.place, one.value);
        sets |= push(&mut folded.r#for, &one.place, one.r#for);
        sets |= push(&mut folded.keep_firing_for, &one.place, one.keep_firing_for);
        for (name, value) in &one.params {
            folded.params.entry(*name).or_insert_with(|| {
                sets = true;
                *value
            });
        }
        if sets && !folded.places.contains(&&one.place) {
            folded.places.push(&one.place);
        }
        if one.declares {
            least = Some(&one.place);
        }
    }
    // Where nobody sets anything, the level belongs to the outermost place that names it.
    if folded.places.is_empty() {
        folded.places.extend(least);
    }
    (least.is_some() && off != Some(true)).then_some(folded)
}

/// Adds to a chain; says whether this one counts.
fn push<'o, 's, T>(chain: &mut Chain<'o, 's, T>, place: &'o Place, value: Option<&'s Spanned<T>>) -> bool {
    chain.extend(value.map(|value| (place, value)));
    value.is_some() && chain.len() == 1
}

/// The value that counts, with the story of all that it replaced.
pub fn field<T: Clone>(context: &mut Context<'_>, chain: &Chain<'_, '_, T>) -> Option<Field<T>> {
    let (_, winner) = chain.first()?;
    let mut story: Option<Origin> = None;
    for (place, value) in chain.iter().rev() {
        let with = context.written(value.span);
        story = Some(match story {
            None => with,
            Some(over) => context.provenance.add(Step::Overridden { with, over, by: place.words() }),
        });
    }
    story.map(|origin| Field::new(winner.value.clone(), origin))
}
