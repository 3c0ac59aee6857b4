//! Which pairs of alerts an inhibition rule can act on.
//!
//! A rule speaks about two alerts that agree on some labels. Each side is a region; the regions are projected onto the
//! labels of `equal`, because two alerts can agree exactly when they can have the same classes there. An alert that
//! matches both sides is not silenced by one that matches both too, so one of the two must be one-sided.

use super::choice::Answers;
use super::diagram::NodeId;
use super::{Exhausted, Operation, Region, Space, Unknown};
use crate::routing::inhibit::InhibitRule;
use crate::routing::matcher::LabelSet;
use std::collections::{BTreeMap, BTreeSet};

/// What a rule can do to alerts of one region, given sources of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inhibition {
    /// Never anything, for this reason.
    Never(NeverActs),
    /// It can act.
    Acts {
        /// An alert that silences.
        source: LabelSet,
        /// The alert that it silences.
        target: LabelSet,
        /// Labels of `equal` that some source and target both lack, each with such a pair: there the rule acts across
        /// alerts that have nothing in common.
        both_lack: Vec<(String, LabelSet, LabelSet)>,
    },
}

/// Why a rule never acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NeverActs {
    /// No alert satisfies the source matchers.
    NoSource,
    /// No alert satisfies the target matchers.
    NoTarget,
    /// No source agrees with any target on the labels of `equal`, or only alerts that match both sides do.
    NeverAgree,
}

impl Space {
    /// What a rule can do when sources are alerts of `sources` and targets are alerts of `targets`; both may be
    /// [`Region::EVERYTHING`]. The rule must be among those the space was made for.
    pub fn inhibition(&mut self, rule: &InhibitRule, sources: Region, targets: Region) -> Result<Inhibition, Unknown> {
        let (is_source, is_target) = (self.matching(&rule.source)?, self.matching(&rule.target)?);
        let (sources, targets) = (self.and(sources, is_source)?, self.and(targets, is_target)?);
        if sources.is_empty() {
            return Ok(Inhibition::Never(NeverActs::NoSource));
        }
        if targets.is_empty() {
            return Ok(Inhibition::Never(NeverActs::NoTarget));
        }
        let kinds = [(self.minus(sources, is_target)?, targets), (sources, self.minus(targets, is_source)?)];
        let mut example = None;
        let mut both_lack = Vec::new();
        for (sources, targets) in kinds {
            let agreeing = self.agreeing(rule, sources, targets)?;
            if example.is_none() {
                example = self.pair(rule, sources, targets, agreeing)?;
            }
            for label in &rule.equal {
                let known = both_lack.iter().any(|(name, _, _)| name == label);
                let lacking = if known { Region::NOTHING } else { self.lacking(label)? };
                let lacking = self.and(agreeing, lacking)?;
                if let Some((source, target)) = self.pair(rule, sources, targets, lacking)? {
                    both_lack.push((label.clone(), source, target));
                }
            }
        }
        both_lack.sort();
        Ok(match example {
            Some((source, target)) => Inhibition::Acts { source, target, both_lack },
            None => Inhibition::Never(NeverActs::NeverAgree),
        })
    }

    /// The label sets without this label; everything for a label that nobody tests.
    pub fn lacking(&mut self, label: &str) -> Result<Region, Unknown> {
        match self.label(label).map(|(level, label)| (level, label.atoms.missing)) {
            Some((level, missing)) => self.test(level, &[missing], false),
            None => Ok(Region::EVERYTHING),
        }
    }

    /// The values of the rule's `equal` labels that a source and a target can share.
    fn agreeing(&mut self, rule: &InhibitRule, sources: Region, targets: Region) -> Result<Region, Unknown> {
        let kept: BTreeSet<usize> = rule.equal.iter().filter_map(|label| self.by_name.get(label).copied()).collect();
        let project =
            |space: &mut Self, region: Region| space.project(region.0, &kept, &mut BTreeMap::new()).map(Region);
        let (left, right) = (project(self, sources)?, project(self, targets)?);
        self.and(left, right)
    }

    /// The node that says yes where some values of the other labels lead to yes.
    fn project(
        &mut self,
        node: NodeId,
        kept: &BTreeSet<usize>,
        done: &mut BTreeMap<NodeId, NodeId>,
    ) -> Result<NodeId, Unknown> {
        if let Some(result) = done.get(&node) {
            return Ok(*result);
        }
        let Some((level, default, edges)) = self.diagrams.branches(node) else { return Ok(node) };
        let edges: Vec<(u32, NodeId)> = edges.collect();
        let label = self.level(level).map_or(0, |level| level.label);
        let keep = kept.contains(&label);
        let apart = self.labels.get(label).is_some_and(|label| label.atoms.apart.is_some());
        let default = if apart && !keep {
            self.project_apart(default, label, &mut Answers::new(), kept, done)?
        } else {
            self.project(default, kept, done)?
        };
        let mut projected = Vec::with_capacity(edges.len());
        for (class, child) in edges {
            projected.push((class, self.project(child, kept, done)?));
        }
        let result = if keep {
            self.diagrams.node(level, default, &projected)
        } else {
            let either = |any: Result<NodeId, Exhausted>, (_, child)| self.diagrams.combine(Operation::Or, any?, child);
            projected.into_iter().fold(Ok(default), either)
        };
        let result = result.map_err(|Exhausted| self.unknown())?;
        done.insert(node, result);
        Ok(result)
    }

    /// The same below the class of texts that nobody lists: only answers that some text gives count.
    fn project_apart(
        &mut self,
        node: NodeId,
        label: usize,
        answers: &mut Answers,
        kept: &BTreeSet<usize>,
        done: &mut BTreeMap<NodeId, NodeId>,
    ) -> Result<NodeId, Unknown> {
        if let Some((pattern, children)) = self.pattern(node, label) {
            let mut any = NodeId::NO;
            for (answer, child) in children {
                answers.push((pattern, answer));
                let below = self.project_apart(child, label, answers, kept, done);
                answers.pop();
                let either = self.diagrams.combine(Operation::Or, any, below?);
                any = either.map_err(|Exhausted| self.unknown())?;
            }
            return Ok(any);
        }
        if node == NodeId::NO || self.text(label, answers)?.is_none() {
            return Ok(NodeId::NO);
        }
        self.project(node, kept, done)
    }

    /// A source and a target that share values of `shared`, a region over the rule's `equal` labels.
    fn pair(
        &mut self,
        rule: &InhibitRule,
        sources: Region,
        targets: Region,
        shared: Region,
    ) -> Result<Option<(LabelSet, LabelSet)>, Unknown> {
        let Some(values) = self.choose(shared)? else { return Ok(None) };
        let (mut sources, mut targets) = (sources, targets);
        for label in rule.equal.iter().filter_map(|label| self.by_name.get(label).copied()).collect::<Vec<_>>() {
            let same = self.exactly(label, values.get(&label).map_or("", String::as_str))?;
            sources = self.and(sources, same)?;
            targets = self.and(targets, same)?;
        }
        Ok(self.witness(sources).zip(self.witness(targets)))
    }
}
