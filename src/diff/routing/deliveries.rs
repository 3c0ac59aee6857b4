//! Which alerts reach somebody else, or at other times.

use std::collections::{BTreeMap, BTreeSet};

use super::alerts::{Alert, Level};
use super::{Alertmanager, words};
use crate::diff::report::{Change, Effect, Kind, Place, Subject, SubjectKind};
use crate::routing::space::{Reach, Region, Space, Unknown};
use crate::routing::{LabelSet, Options, RouteId, Tree};

/// What becomes of some label sets.
#[derive(Debug, Clone)]
struct Delta {
    kind: Kind,
    field: Option<String>,
    before: Option<String>,
    after: Option<String>,
    effect: Effect,
    old_places: Vec<Place>,
    new_places: Vec<Place>,
    witness: LabelSet,
}

/// Everything that changes about who hears of which alert.
pub(super) fn changes(
    space: &mut Space,
    was: &Alertmanager<'_>,
    is: &Alertmanager<'_>,
    alerts: &[Alert],
) -> Result<Vec<Change>, Unknown> {
    let (old, new) = (&was.configuration.tree, &is.configuration.tree);
    let same = same_tree(old, new);
    if same && alerts.iter().all(|alert| alert.old == alert.new) {
        return Ok(Vec::new());
    }
    let mut compared = Compared {
        was,
        is,
        regions: if same { Vec::new() } else { space.changes(old, new)? },
        reach: (Reach::new(space, old)?, Reach::new(space, new)?),
        of_region: BTreeMap::new(),
    };
    let mut told = Told::default();
    let mut touched = Region::NOTHING;
    let mut reached: [BTreeMap<String, BTreeSet<Level>>; 2] = Default::default();
    for alert in alerts {
        touched = space.or(touched, alert.old)?;
        touched = space.or(touched, alert.new)?;
        for (side, (reach, tree, region)) in
            [(&compared.reach.0, old, alert.old), (&compared.reach.1, new, alert.new)].into_iter().enumerate()
        {
            for arrival in reach.arrivals(space, tree, region)? {
                let receiver = receiver(tree, arrival.route);
                if let Some(reached) = reached.get_mut(side) {
                    reached.entry(receiver.to_owned()).or_default().insert(alert.level.clone());
                }
            }
        }
        for delta in compared.deltas(space, alert.old, alert.new)? {
            told.add(delta, Some((alert, space)));
        }
    }
    // Label sets that no alert of the sides has can still be sent by somebody else. Beside alerts that are known one
    // example is enough.
    let known_too = !told.order.is_empty();
    let (before, mut others) = (told.order.len(), false);
    for change in std::mem::take(&mut compared.regions) {
        others |= told.order.len() > before;
        if known_too && others {
            break;
        }
        let known = space.and(change.region, touched)?;
        if known.is_empty() || alerts.is_empty() {
            for delta in compared.outcome(&change.before, &change.after, &change.witness) {
                told.add(delta, None);
            }
        }
    }
    let mut changes = told.changes(alerts.is_empty());
    changes.extend(channels(reached, was, is));
    Ok(changes)
}

/// Whether two trees are written alike, route by route.
pub(super) fn same_tree(old: &Tree, new: &Tree) -> bool {
    old.len() == new.len()
        && old.iter().zip(new.iter()).all(|((_, old), (_, new))| {
            old.parent == new.parent
                && old.continues == new.continues
                && old.matchers == new.matchers
                && old.options == new.options
        })
}

fn receiver(tree: &Tree, id: RouteId) -> &str {
    tree.route(id).map_or("", |route| &route.options.receiver)
}

struct Compared<'c, 'a> {
    was: &'c Alertmanager<'a>,
    is: &'c Alertmanager<'a>,
    regions: Vec<crate::routing::space::Change>,
    reach: (Reach, Reach),
    of_region: BTreeMap<(Region, Region), Vec<Delta>>,
}

impl Compared<'_, '_> {
    /// What becomes of an alert that could have these labels and can have those.
    fn deltas(&mut self, space: &mut Space, old: Region, new: Region) -> Result<Vec<Delta>, Unknown> {
        // An alert that is new or gone is a change of its own; channels say what they gain and lose.
        if old.is_empty() || new.is_empty() {
            return Ok(Vec::new());
        }
        if let Some(known) = self.of_region.get(&(old, new)) {
            return Ok(known.clone());
        }
        let mut deltas = Vec::new();
        if old == new {
            for change in &self.regions {
                let here = space.and(change.region, old)?;
                if let Some(witness) = space.witness(here) {
                    let tree = |side: &Alertmanager<'_>| deliver(&side.configuration.tree, &witness);
                    deltas.extend(self.outcome(&tree(self.was), &tree(self.is), &witness));
                }
            }
        } else {
            deltas.extend(self.relabelled(space, old, new)?);
        }
        if deltas.is_empty() {
            deltas.extend(self.told_again(space, old, new)?);
        }
        self.of_region.insert((old, new), deltas.clone());
        Ok(deltas)
    }

    /// What becomes of alerts that both trees deliver so, with an example.
    fn outcome(&self, before: &[Options], after: &[Options], witness: &LabelSet) -> Vec<Delta> {
        let names = |all: &[Options]| {
            let mut names: Vec<String> = all.iter().map(|options| options.receiver.clone()).collect();
            names.sort();
            names
        };
        let (old, new) = (names(before), names(after));
        let (old_places, new_places) = self.places(witness);
        let effect = self.effect(witness);
        let delta = |kind, field: Option<String>, before: String, after: String| Delta {
            kind,
            field,
            before: Some(before).filter(|before| !before.is_empty()),
            after: Some(after).filter(|after| !after.is_empty()),
            effect,
            old_places: old_places.clone(),
            new_places: new_places.clone(),
            witness: witness.clone(),
        };
        let (mut lost, mut gained) = (without(&old, &new), without(&new, &old));
        let mut deltas = Vec::new();
        // A channel that nothing leads to any more is lost for a reason of its own, and so is one that is new.
        for (kind, names, tree) in [
            (Kind::DeliveryLost, &mut lost, &self.is.configuration.tree),
            (Kind::DeliveryGained, &mut gained, &self.was.configuration.tree),
        ] {
            let others = if kind == Kind::DeliveryLost { new.len() } else { old.len() };
            names.retain(|name| {
                let alone = others > 0 && !tree.iter().any(|(_, route)| route.options.receiver == *name);
                if alone {
                    let (before, after) =
                        if kind == Kind::DeliveryLost { (name, "") } else { (&String::new(), name.as_str()) };
                    let mut own = delta(kind, Some(name.clone()), before.clone(), after.to_owned());
                    // Only the routes to this channel are the cause.
                    let side = if kind == Kind::DeliveryLost { self.was } else { self.is };
                    let routes = side.configuration.tree.deliver(witness).into_iter();
                    let routes = routes.filter(|id| receiver(&side.configuration.tree, *id) == name.as_str());
                    let places = routes.filter_map(|id| side.routes.get(id.0 as usize).cloned().flatten()).collect();
                    let (old, new) =
                        if kind == Kind::DeliveryLost { (places, Vec::new()) } else { (Vec::new(), places) };
                    (own.old_places, own.new_places) = (old, new);
                    deltas.push(own);
                }
                !alone
            });
        }
        let kind = match (lost.is_empty(), gained.is_empty()) {
            (true, true) => None,
            (false, true) => Some((Kind::DeliveryLost, words::receivers(&lost))),
            (true, false) => Some((Kind::DeliveryGained, words::receivers(&gained))),
            (false, false) => Some((Kind::DeliveryChanged, words::receivers(&gained))),
        };
        if let Some((kind, field)) = kind {
            deltas.push(delta(kind, Some(field), words::receivers(&lost), words::receivers(&gained)));
        }
        for (was, is) in same_receiver(before, after) {
            let at = is.receiver.clone();
            if was.group_by != is.group_by {
                let (was, is) = (words::grouping(&was.group_by), words::grouping(&is.group_by));
                deltas.push(delta(Kind::GroupingChanged, Some(at.clone()), was, is));
            }
            for (name, was, is) in [
                ("group_wait", was.group_wait, is.group_wait),
                ("group_interval", was.group_interval, is.group_interval),
                ("repeat_interval", was.repeat_interval, is.repeat_interval),
            ] {
                if was != is {
                    let field = format!("{name} at {at}");
                    deltas.push(delta(Kind::TimingChanged, Some(field), was.to_string(), is.to_string()));
                }
            }
            if was.labels != is.labels {
                let field = format!("labels for templates at {at}");
                let shown = |labels| format!("{labels:?}");
                deltas.push(delta(Kind::TimingChanged, Some(field), shown(&was.labels), shown(&is.labels)));
            }
            if words::silent(was) != words::silent(is) {
                deltas.push(delta(Kind::MuteChanged, Some(at), words::silent(was), words::silent(is)));
            }
        }
        deltas
    }

    /// Channels that an alert reached and does not any more, and the other way round, where its labels change.
    fn relabelled(&self, space: &mut Space, old: Region, new: Region) -> Result<Vec<Delta>, Unknown> {
        let (old_tree, new_tree) = (&self.was.configuration.tree, &self.is.configuration.tree);
        let mut reached = |reach: &Reach, tree: &Tree, region: Region| {
            let arrivals = reach.arrivals(space, tree, region)?;
            let mut found: BTreeMap<String, (RouteId, LabelSet)> = BTreeMap::new();
            for arrival in arrivals {
                let name = receiver(tree, arrival.route).to_owned();
                found.entry(name).or_insert((arrival.route, arrival.witness));
            }
            Ok(found)
        };
        let before = reached(&self.reach.0, old_tree, old)?;
        let after = reached(&self.reach.1, new_tree, new)?;
        let names = |all: &BTreeMap<String, (RouteId, LabelSet)>| all.keys().cloned().collect::<Vec<_>>();
        let (was, is) = (names(&before), names(&after));
        let (lost, gained) = (without(&was, &is), without(&is, &was));
        let kind = match (lost.is_empty(), gained.is_empty()) {
            (true, true) => return Ok(Vec::new()),
            (false, true) => Kind::DeliveryLost,
            (true, false) => Kind::DeliveryGained,
            (false, false) => Kind::DeliveryChanged,
        };
        let field = if gained.is_empty() { &lost } else { &gained };
        let place = |places: &[Option<Place>], id: RouteId| places.get(id.0 as usize).cloned().flatten();
        let old_places = lost.iter().filter_map(|name| place(&self.was.routes, before.get(name)?.0));
        let new_places = gained.iter().filter_map(|name| place(&self.is.routes, after.get(name)?.0));
        // An alert as it is now shows what is gained, one as it was what is lost.
        let gained_by = gained.iter().filter_map(|name| after.get(name));
        let witness = gained_by.chain(lost.iter().filter_map(|name| before.get(name))).next();
        Ok(vec![Delta {
            kind,
            field: Some(words::receivers(field)),
            before: Some(words::receivers(&lost)).filter(|_| !lost.is_empty()),
            after: Some(words::receivers(&gained)).filter(|_| !gained.is_empty()),
            effect: Effect::None,
            old_places: old_places.collect(),
            new_places: new_places.collect(),
            witness: witness.map(|(_, witness)| witness.clone()).unwrap_or_default(),
        }])
    }

    /// Alertmanager remembers what it has told by receiver, route and group. Where a route has another identity now, and
    /// nothing else changes, everything that fires is told again.
    fn told_again(&self, space: &mut Space, old: Region, new: Region) -> Result<Vec<Delta>, Unknown> {
        let (old_tree, new_tree) = (&self.was.configuration.tree, &self.is.configuration.tree);
        let both = space.and(old, new)?;
        if both.is_empty() {
            return Ok(Vec::new());
        }
        for arrival in self.reach.0.arrivals(space, old_tree, both)? {
            let witness = arrival.witness;
            if self.effect(&witness) != Effect::NotifiesAgain {
                continue;
            }
            let (old, new) = (told(old_tree, &witness), told(new_tree, &witness));
            let moved = new.iter().find(|(name, keys)| old.get(*name).is_some_and(|old| !keys.is_subset(old)));
            let Some((name, keys)) = moved else { continue };
            let shown = |keys: Option<&Keys>| keys.and_then(|keys| keys.first()).map(|(route, _)| route.clone());
            let place = |tree: &Tree, places: &[Option<Place>]| -> Vec<Place> {
                let own = tree.deliver(&witness).into_iter().filter(|id| receiver(tree, *id) == name);
                own.filter_map(|id| places.get(id.0 as usize).cloned().flatten()).collect()
            };
            return Ok(vec![Delta {
                kind: Kind::RouteChanged,
                field: Some(name.clone()),
                before: shown(old.get(name)),
                after: shown(Some(keys)),
                effect: Effect::NotifiesAgain,
                old_places: place(old_tree, &self.was.routes),
                new_places: place(new_tree, &self.is.routes),
                witness,
            }]);
        }
        Ok(Vec::new())
    }

    /// What becomes of a group of alerts like the example that fires already.
    fn effect(&self, witness: &LabelSet) -> Effect {
        let (old, new) = (told(&self.was.configuration.tree, witness), told(&self.is.configuration.tree, witness));
        // A receiver that is told something now and was told so before by another key hears it again.
        let again = new.iter().any(|(receiver, keys)| old.get(receiver).is_some_and(|old| !keys.is_subset(old)));
        if again { Effect::NotifiesAgain } else { Effect::None }
    }

    /// The routes that deliver an example on one side only, or otherwise than on the other.
    fn places(&self, witness: &LabelSet) -> (Vec<Place>, Vec<Place>) {
        let (old, new) = (&self.was.configuration.tree, &self.is.configuration.tree);
        let only = |tree: &Tree, other: &Tree, places: &[Option<Place>]| -> Vec<Place> {
            let theirs = deliver(other, witness);
            let own = tree.deliver(witness).into_iter();
            let own = own.filter(|id| tree.route(*id).is_some_and(|route| !theirs.contains(&route.options)));
            own.filter_map(|id| places.get(id.0 as usize).cloned().flatten()).collect()
        };
        (only(old, new, &self.was.routes), only(new, old, &self.is.routes))
    }
}

/// Routes with their groupings.
type Keys = BTreeSet<(String, String)>;

/// What Alertmanager remembers notifications of an alert by: for every receiver the routes and groupings.
fn told(tree: &Tree, witness: &LabelSet) -> BTreeMap<String, Keys> {
    let mut told: BTreeMap<String, Keys> = BTreeMap::new();
    for id in tree.deliver(witness) {
        if let Some(route) = tree.route(id) {
            let key = (tree.key(id), words::grouping(&route.options.group_by));
            told.entry(route.options.receiver.clone()).or_default().insert(key);
        }
    }
    told
}

fn deliver(tree: &Tree, labels: &LabelSet) -> Vec<Options> {
    tree.deliver(labels).into_iter().filter_map(|id| tree.route(id)).map(|route| route.options.clone()).collect()
}

/// The names that are in `all` more often than in `others`; both are sorted.
fn without(all: &[String], others: &[String]) -> Vec<String> {
    let mut left = others.to_vec();
    let mut rest = Vec::new();
    for name in all {
        match left.iter().position(|other| other == name) {
            Some(at) => {
                left.remove(at);
            }
            None => rest.push(name.clone()),
        }
    }
    rest
}

/// Deliveries to the same receiver on both sides, in order, those that are alike set aside.
fn same_receiver<'o>(before: &'o [Options], after: &'o [Options]) -> Vec<(&'o Options, &'o Options)> {
    let mut before: Vec<&Options> = before.iter().collect();
    let mut rest = Vec::new();
    for options in after {
        match before.iter().position(|old| *old == options) {
            Some(at) => drop(before.remove(at)),
            None => rest.push(options),
        }
    }
    let mut pairs = Vec::new();
    for options in rest {
        if let Some(at) = before.iter().position(|old| old.receiver == options.receiver) {
            pairs.push((before.remove(at), options));
        }
    }
    pairs
}

type Key = (Kind, Option<String>, Option<String>, Option<String>, Vec<Place>, Vec<Place>);

/// Deltas with the alerts that have them in common.
#[derive(Default)]
struct Told {
    order: Vec<Key>,
    by_delta: BTreeMap<Key, (Delta2, Vec<Subject>)>,
}

/// The parts of a delta that are not its key.
struct Delta2 {
    effect: Effect,
    witness: LabelSet,
}

impl Told {
    fn add(&mut self, delta: Delta, alert: Option<(&Alert, &mut Space)>) {
        let Delta { kind, field, before, after, effect, old_places, new_places, witness } = delta;
        let key = (kind, field, before, after, old_places, new_places);
        let (subject, witness) = match alert {
            Some((alert, space)) => {
                let (name, severity) = alert.level.clone();
                (Some(Subject { kind: SubjectKind::Alert, name, severity }), alert.example(space, witness))
            }
            None => (None, witness),
        };
        if !self.by_delta.contains_key(&key) {
            self.order.push(key.clone());
        }
        let (_, subjects) = self.by_delta.entry(key).or_insert((Delta2 { effect, witness }, Vec::new()));
        // The deltas of one alert come one after another.
        subjects.extend(subject.filter(|subject| subjects.last() != Some(subject)));
    }

    fn changes(mut self, of_files: bool) -> Vec<Change> {
        let mut changes = Vec::new();
        for key in self.order {
            let Some((delta, mut subjects)) = self.by_delta.remove(&key) else { continue };
            let (kind, field, before, after, old_places, new_places) = key;
            let subject = match subjects.as_slice() {
                [] if of_files => Subject::new(SubjectKind::Routing, "alerts"),
                [] => Subject::new(SubjectKind::Routing, "alerts of others"),
                [only] => only.clone(),
                several => Subject::new(SubjectKind::Routing, format!("{} alerts", several.len())),
            };
            if subjects.len() == 1 {
                subjects.clear();
            }
            changes.push(Change {
                field,
                alerts: subjects,
                witness: Some(delta.witness),
                effect: delta.effect,
                old_places,
                new_places,
                ..Change::new(kind, subject).values(before, after)
            });
        }
        changes
    }
}

/// What each channel gains and loses.
fn channels(
    reached: [BTreeMap<String, BTreeSet<Level>>; 2],
    was: &Alertmanager<'_>,
    is: &Alertmanager<'_>,
) -> Vec<Change> {
    let [old, new] = reached;
    let none = BTreeSet::new();
    let mut changes = Vec::new();
    let level = |(name, severity): &Level| match severity {
        Some(severity) => format!("{name} {severity}"),
        None => name.clone(),
    };
    // Where the decisions are the same, only changed alerts were asked, and a channel that has none of them may have others.
    let whole = !super::same_decisions(was, is);
    for name in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
        let (before, after) = (old.get(name).unwrap_or(&none), new.get(name).unwrap_or(&none));
        for (kind, alerts) in [(Kind::ChannelLoses, before - after), (Kind::ChannelGains, after - before)] {
            if alerts.is_empty() {
                continue;
            }
            let words = alerts.iter().map(level).collect::<Vec<_>>();
            let count = words.len();
            let mut change = Change::new(kind, Subject::new(SubjectKind::Channel, name.as_str()));
            change.alerts = alerts
                .iter()
                .map(|(name, severity)| Subject {
                    kind: SubjectKind::Alert,
                    name: name.clone(),
                    severity: severity.clone(),
                })
                .collect();
            let words = Some(crate::diff::words::list(&words));
            change = if kind == Kind::ChannelLoses { change.values(words, None) } else { change.values(None, words) };
            if kind == Kind::ChannelLoses && after.is_empty() && whole {
                change.field = Some(format!("everything ({count})"));
            }
            changes.push(change);
        }
    }
    changes
}
