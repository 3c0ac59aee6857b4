//! Picks one label set of a region.
//!
//! Where every label is cut into classes, any way through a diagram that ends at "yes" is a label set. Where the expressions
//! on a label are kept apart, a way says what each of them answers, and whether some text answers so is asked when the way
//! leaves that label. Ways are tried until one is possible: missing labels first, then listed values, then any other.

use super::diagram::NodeId;
use super::{Cause, Level, Region, Space, Unknown};
use std::collections::{BTreeMap, HashSet};

/// Questions about texts that one region may cost.
const QUESTIONS: usize = 2_000;

/// Values by label, as indices into the space's labels; "" for a missing label. Labels that do not matter are absent.
pub(super) type Values = BTreeMap<usize, String>;

/// What the expressions of one label answer so far.
pub(super) type Answers = Vec<(usize, bool)>;

struct Search<'s> {
    space: &'s Space,
    chosen: Values,
    /// Nodes from which no way is possible, whatever was chosen before.
    failed: HashSet<NodeId>,
    questions: usize,
}

impl Space {
    /// One label set of a region; nothing where there is none, which is a proof.
    pub(super) fn choose(&self, region: Region) -> Result<Option<Values>, Unknown> {
        let mut search = Search { space: self, chosen: Values::new(), failed: HashSet::new(), questions: 0 };
        Ok(search.from(region.0)?.then_some(search.chosen))
    }

    /// A text that no matcher on the label lists and that its expressions answer so.
    pub(super) fn text(&self, label: usize, answers: &[(usize, bool)]) -> Result<Option<String>, Unknown> {
        let Some(label) = self.labels.get(label) else { return Ok(None) };
        match &label.atoms.apart {
            Some(patterns) => {
                patterns.find(answers).map_err(|_| Unknown { labels: vec![label.name.clone()], cause: Cause::Patterns })
            }
            None => Ok(label.atoms.witnesses.first().cloned()),
        }
    }
}

impl Search<'_> {
    /// The depth is the number of levels, which is limited.
    fn from(&mut self, node: NodeId) -> Result<bool, Unknown> {
        if node == NodeId::NO || self.failed.contains(&node) {
            return Ok(false);
        }
        let space = self.space;
        let Some((level, default, edges)) = space.diagrams.branches(node) else { return Ok(true) };
        let Some(Level { label, .. }) = space.level(level) else { return Ok(false) };
        let Some(atoms) = space.labels.get(label).map(|label| &label.atoms) else { return Ok(false) };
        let edges: Vec<(u32, NodeId)> = edges.collect();
        let of_missing = edges.iter().find(|(class, _)| *class == atoms.missing).copied();
        let of_missing = of_missing.or((atoms.missing == 0).then_some((0, default)));
        // Where the missing label is like any other, it is shortest.
        let of_missing = of_missing.unwrap_or((atoms.missing, default));
        for (class, child) in std::iter::once(of_missing).chain(edges) {
            if child == NodeId::NO || self.failed.contains(&child) {
                continue;
            }
            let value = atoms.witnesses.get(class as usize).cloned().unwrap_or_default();
            self.chosen.insert(label, value);
            if self.from(child)? {
                return Ok(true);
            }
        }
        let found = if atoms.apart.is_some() {
            self.apart(default, label, &mut Answers::new())?
        } else {
            let value = atoms.witnesses.first().cloned().unwrap_or_default();
            self.chosen.insert(label, value);
            self.from(default)?
        };
        if !found {
            self.chosen.remove(&label);
            self.failed.insert(node);
        }
        Ok(found)
    }

    /// Goes on below the class of texts that nobody lists, where the expressions are asked one by one.
    fn apart(&mut self, node: NodeId, label: usize, answers: &mut Answers) -> Result<bool, Unknown> {
        if node == NodeId::NO {
            return Ok(false);
        }
        let space = self.space;
        if let Some((pattern, children)) = space.pattern(node, label) {
            for (answer, child) in children {
                answers.push((pattern, answer));
                let found = self.apart(child, label, answers)?;
                answers.pop();
                if found {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        self.questions += 1;
        if self.questions > QUESTIONS {
            let name = space.labels.get(label).map_or_else(String::new, |label| label.name.clone());
            return Err(Unknown { labels: vec![name], cause: Cause::Patterns });
        }
        let Some(text) = space.text(label, answers)? else { return Ok(false) };
        self.chosen.insert(label, text);
        self.from(node)
    }
}
