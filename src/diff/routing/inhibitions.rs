//! Which alerts are silenced by which, newly or no longer.

use super::Alertmanager;
use super::alerts::Alert;
use crate::diff::report::{Change, Kind, Place, Subject, SubjectKind};
use crate::routing::space::{Inhibition, Region, Space, Unknown};
use crate::routing::{InhibitRule, LabelSet};

/// What changes about inhibition.
pub(super) fn changes(
    space: &mut Space,
    was: &Alertmanager<'_>,
    is: &Alertmanager<'_>,
    alerts: &[Alert],
) -> Result<Vec<Change>, Unknown> {
    let (old, new) = (&was.configuration.inhibit_rules, &is.configuration.inhibit_rules);
    let gone = Side { rules: only(old, new, &was.inhibit_rules), others: new, kind: Kind::InhibitionLost, old: true };
    let added =
        Side { rules: only(new, old, &is.inhibit_rules), others: old, kind: Kind::InhibitionGained, old: false };
    let mut changes = Vec::new();
    for side in [gone, added] {
        for (rule, place) in &side.rules {
            changes.extend(side.rule(space, rule, place.as_ref(), alerts)?);
        }
    }
    Ok(changes)
}

/// The rules of one side that the other does not have, names and order aside, with their places.
fn only(own: &[InhibitRule], others: &[InhibitRule], places: &[Option<Place>]) -> Vec<(InhibitRule, Option<Place>)> {
    let sorted = |rule: &InhibitRule| {
        let mut rule = InhibitRule { name: None, ..rule.clone() };
        rule.source.sort();
        rule.target.sort();
        rule
    };
    let others: Vec<InhibitRule> = others.iter().map(sorted).collect();
    let all = own.iter().zip(places).filter(|(rule, _)| !others.contains(&sorted(rule)));
    all.map(|(rule, place)| (rule.clone(), place.clone())).collect()
}

struct Side<'r> {
    rules: Vec<(InhibitRule, Option<Place>)>,
    others: &'r [InhibitRule],
    kind: Kind,
    old: bool,
}

impl Side<'_> {
    /// What one rule does that no rule of the other side does.
    fn rule(
        &self,
        space: &mut Space,
        rule: &InhibitRule,
        place: Option<&Place>,
        alerts: &[Alert],
    ) -> Result<Option<Change>, Unknown> {
        for other in self.others {
            if covers(space, other, rule)? {
                return Ok(None);
            }
        }
        let own = |alert: &Alert| if self.old { alert.old } else { alert.new };
        let mut sources = Region::NOTHING;
        for alert in alerts {
            sources = space.or(sources, own(alert))?;
        }
        let mut silenced: Vec<Subject> = Vec::new();
        let mut example: Option<(LabelSet, LabelSet)> = None;
        for alert in alerts {
            if let Inhibition::Acts { source, target, .. } = space.inhibition(rule, sources, own(alert))? {
                // What another rule does as well is no change.
                if self.others.iter().any(|other| other.inhibits(&source, &target)) {
                    continue;
                }
                let (name, severity) = alert.level.clone();
                silenced.push(Subject { kind: SubjectKind::Alert, name, severity });
                if example.is_none() {
                    example = Some((source, alert.example(space, target)));
                }
            }
        }
        if silenced.is_empty() {
            let any = space.inhibition(rule, Region::EVERYTHING, Region::EVERYTHING)?;
            let Inhibition::Acts { source, target, .. } = any else { return Ok(None) };
            example = Some((source, target));
        }
        let Some((source, target)) = example else { return Ok(None) };
        let by: Vec<String> = source.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
        let by =
            if by.is_empty() { "while any alert fires".to_owned() } else { format!("while {} fires", by.join(" ")) };
        let subject = match silenced.as_slice() {
            [] => Subject::new(SubjectKind::Routing, "alerts of others"),
            [only] => only.clone(),
            several => Subject::new(SubjectKind::Routing, format!("{} alerts", several.len())),
        };
        let mut change = Change::new(self.kind, subject);
        change = if self.old { change.values(Some(by), None) } else { change.values(None, Some(by)) };
        change.witness = Some(target);
        if silenced.len() > 1 {
            change.alerts = silenced;
        }
        let places = place.cloned().into_iter().collect();
        if self.old {
            change.old_places = places;
        } else {
            change.new_places = places;
        }
        Ok(Some(change))
    }
}

/// Whether `wide` silences everything that `narrow` does.
fn covers(space: &mut Space, wide: &InhibitRule, narrow: &InhibitRule) -> Result<bool, Unknown> {
    if !wide.equal.is_subset(&narrow.equal) {
        return Ok(false);
    }
    let (wide_source, narrow_source) = (space.matching(&wide.source)?, space.matching(&narrow.source)?);
    let (wide_target, narrow_target) = (space.matching(&wide.target)?, space.matching(&narrow.target)?);
    let one_sided = |space: &mut Space, source, target| space.and(source, target).map(Region::is_empty);
    // A pair of which both match both sides is exempt, so a wider rule may exempt more: only rules without such alerts
    // are compared.
    Ok(space.minus(narrow_source, wide_source)?.is_empty()
        && space.minus(narrow_target, wide_target)?.is_empty()
        && one_sided(space, wide_source, wide_target)?)
}
