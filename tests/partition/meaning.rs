//! What a spec means for one host, said as naively as possible: look at everything that was written, and take for each
//! field the most specific that holds.

use super::fleet::{Base, Fleet, LABELS, Override};

/// A host, or a series of no host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    pub membership: Membership,
    pub cluster: usize,
    /// The number of the value of each label, if it has the label.
    pub labels: [Option<usize>; LABELS.len()],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Membership {
    /// Of a group of the spec.
    Group(usize),
    /// Of a group that the spec does not know.
    Stranger,
    /// Of no group.
    Nobody,
}

/// What holds for a host: a threshold, durations in minutes, each with the place in the spec that set it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effective {
    pub value: (u32, Setter),
    pub r#for: (u32, Option<Setter>),
    pub window: (u32, Option<Setter>),
    /// Who says that the level is on.
    pub on: Setter,
}

/// Who set something: `None` is the alert itself.
pub type Setter = Option<(Base, Option<(usize, usize)>)>;

/// How specific a place is; larger is more.
type Rank = (bool, u8, usize);

/// What one place says about a level.
struct Saying {
    rank: Rank,
    setter: Setter,
    value: Option<u32>,
    r#for: Option<u32>,
    window: Option<u32>,
    off: Option<bool>,
    declares: bool,
}

/// Whether an alert is for a host at all.
pub fn applies(fleet: &Fleet, alert: usize, host: &Host) -> bool {
    let alert = &fleet.alerts[alert];
    let in_group = match host.membership {
        Membership::Group(group) => fleet.around(group).iter().any(|group| alert.groups.contains(group)),
        Membership::Stranger | Membership::Nobody => false,
    };
    (alert.groups.is_empty() || in_group) && (alert.clusters.is_empty() || alert.clusters.contains(&host.cluster))
}

/// What holds for a host, or nothing if the level does not fire there.
pub fn effective(fleet: &Fleet, alert: usize, severity: usize, host: &Host) -> Option<Effective> {
    if !applies(fleet, alert, host) {
        return None;
    }
    let sayings = sayings(fleet, alert, severity, |one| holds(fleet, one, host));
    if !sayings.iter().any(|saying| saying.declares) {
        return None;
    }
    let best =
        |has: &dyn Fn(&Saying) -> bool| sayings.iter().filter(|saying| has(saying)).max_by_key(|saying| saying.rank);
    let off = best(&|saying| saying.off.is_some());
    if off.is_some_and(|saying| saying.off == Some(true)) {
        return None;
    }
    let value = best(&|saying| saying.value.is_some()).expect("the generator gives every level a number");
    let r#for = best(&|saying| saying.r#for.is_some());
    let window = best(&|saying| saying.window.is_some());
    Some(Effective {
        value: (value.value.unwrap(), value.setter.clone()),
        r#for: (r#for.and_then(|saying| saying.r#for).unwrap_or(5), r#for.map(|saying| saying.setter.clone())),
        window: (window.and_then(|saying| saying.window).unwrap_or(5), window.map(|saying| saying.setter.clone())),
        on: off.and_then(|saying| saying.setter.clone()),
    })
}

/// Whether the compiler has to refuse the fleet: two overrides set the same field of the same level of an alert, for the
/// same part of the fleet, and both could hold for one host.
pub fn ambiguous(fleet: &Fleet) -> bool {
    (0..fleet.alerts.len()).any(|alert| {
        (0..3).any(|severity| {
            let sayings = sayings(fleet, alert, severity, |_| true);
            sayings.iter().enumerate().any(|(index, one)| {
                sayings[..index].iter().any(|other| {
                    let (Some((base, selector)), Some((others, other_selector))) = (&one.setter, &other.setter) else {
                        return false;
                    };
                    let overlap = match (selector, other_selector) {
                        (None, None) => true,
                        (Some((label, value)), Some((other_label, other_value))) => {
                            label != other_label || value == other_value
                        }
                        _ => false,
                    };
                    let both = one.value.is_some() && other.value.is_some()
                        || one.r#for.is_some() && other.r#for.is_some()
                        || one.window.is_some() && other.window.is_some()
                        || one.off.is_some() && other.off.is_some();
                    base == others && overlap && both
                })
            })
        })
    })
}

fn holds(fleet: &Fleet, one: &Override, host: &Host) -> bool {
    let base = match (&one.base, host.membership) {
        (Base::Everywhere, _) => true,
        (Base::Cluster(cluster), _) => *cluster == host.cluster,
        (Base::Kind(kind), Membership::Group(group)) => fleet.kind(group) == Some(*kind),
        (Base::Group(outer), Membership::Group(group)) => fleet.around(group).contains(outer),
        (Base::Kind(_) | Base::Group(_), _) => false,
    };
    base && one.selector.is_none_or(|(label, value)| host.labels[label] == Some(value))
}

fn rank(fleet: &Fleet, one: &Override) -> Rank {
    let (kind, depth) = match &one.base {
        Base::Everywhere => (1, 0),
        Base::Kind(_) => (2, 0),
        Base::Cluster(_) => (3, 0),
        Base::Group(group) => (4, fleet.around(*group).len()),
    };
    (one.selector.is_some(), kind, depth)
}

/// Everything that is said about a level of an alert by overrides that pass.
fn sayings(fleet: &Fleet, alert: usize, severity: usize, passes: impl Fn(&Override) -> bool) -> Vec<Saying> {
    let written = &fleet.alerts[alert];
    let mut sayings = Vec::new();
    if let Some(level) = written.levels.get(&severity) {
        sayings.push(Saying {
            rank: (false, 0, 0),
            setter: None,
            value: level.value,
            r#for: level.r#for.or(written.r#for),
            window: None,
            off: if level.off { Some(true) } else { level.value.map(|_| false) },
            declares: !level.off,
        });
    }
    // What is said for all levels counts for levels that somebody names.
    let overrides = || fleet.overrides.iter().filter(|one| one.alert == alert);
    let known = written.levels.contains_key(&severity) || overrides().any(|one| one.levels.contains_key(&severity));
    for one in overrides().filter(|one| passes(one)) {
        let setter = Some((one.base.clone(), one.selector));
        let rank = rank(fleet, one);
        if let Some(level) = one.levels.get(&severity) {
            sayings.push(Saying {
                rank,
                setter,
                value: level.value,
                r#for: level.r#for.or(one.r#for),
                window: one.window,
                off: if level.off { Some(true) } else { level.value.map(|_| false) },
                declares: !level.off,
            });
        } else if known {
            let off = one.off.then_some(true);
            sayings.push(Saying {
                rank,
                setter,
                value: None,
                r#for: one.r#for,
                window: one.window,
                off,
                declares: false,
            });
        }
    }
    sayings
}
