//! Where values come from.
//!
//! Every resolved field carries an [`Origin`], four bytes that point into a [`Provenance`] table. The table tells the
//! story of the value step by step: written here, inherited from there, overridden by that. Diagnostics, `explain`, the
//! output map and the diff all read the same story.

use std::num::NonZeroU32;

use crate::source::Span;

/// Points to the last step of a value's story in a [`Provenance`] table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(NonZeroU32);

/// One step in the story of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The author wrote it at this place.
    Written(Span),
    /// Taken over from an enclosing or parent thing; `by` says whose it is ("group `production`").
    Inherited {
        /// The story of the value where it was taken from.
        from: Origin,
        /// The thing it was taken from, in words.
        by: String,
    },
    /// Replaced a less specific value; `by` says who replaced it ("threshold for group `development`").
    Overridden {
        /// The story of the value that won.
        with: Origin,
        /// The story of the value that it replaced.
        over: Origin,
        /// The thing that replaced it, in words.
        by: String,
    },
    /// Nobody wrote it; the text says which default applied and why.
    Defaulted(&'static str),
    /// Put together by the compiler from other values.
    Derived {
        /// The values it was made from.
        from: Vec<Origin>,
        /// What was done, in words ("scoped to the group").
        how: &'static str,
    },
}

/// The table of all stories of one compilation.
#[derive(Debug, Default, Clone)]
pub struct Provenance {
    steps: Vec<Step>,
}

impl Provenance {
    /// Adds a step and gives the origin that ends with it.
    pub fn add(&mut self, step: Step) -> Origin {
        self.steps.push(step);
        let index = u32::try_from(self.steps.len()).unwrap_or(u32::MAX);
        Origin(NonZeroU32::new(index).unwrap_or(NonZeroU32::MAX))
    }

    /// Shorthand for a value written at `span`.
    pub fn written(&mut self, span: Span) -> Origin {
        self.add(Step::Written(span))
    }

    /// The last step of a story.
    pub fn step(&self, origin: Origin) -> &Step {
        self.steps.get(origin.0.get() as usize - 1).unwrap_or(&Step::Defaulted("an unknown origin"))
    }

    /// The place to show for a value: where the winning value was written. `None` if nobody wrote it.
    pub fn span(&self, origin: Origin) -> Option<Span> {
        let mut at = origin;
        // Stories only point backwards, so this ends; the bound is a belt for a table that was put together wrongly.
        for _ in 0..=self.steps.len() {
            match self.step(at) {
                Step::Written(span) => return Some(*span),
                Step::Inherited { from, .. } => at = *from,
                Step::Overridden { with, .. } => at = *with,
                Step::Defaulted(_) => return None,
                Step::Derived { from, .. } => at = *from.first()?,
            }
        }
        None
    }

    /// Every place that a value's story mentions, the winning one first.
    pub fn spans(&self, origin: Origin) -> Vec<Span> {
        let mut spans = Vec::new();
        let mut waiting = vec![origin];
        while let Some(at) = waiting.pop() {
            // Steps point backwards only; a foreign origin cannot make this walk long.
            if spans.len() > 64 {
                break;
            }
            match self.step(at) {
                Step::Written(span) => spans.push(*span),
                Step::Inherited { from, .. } => waiting.push(*from),
                Step::Overridden { with, over, .. } => waiting.extend([*over, *with]),
                Step::Defaulted(_) => {}
                Step::Derived { from, .. } => waiting.extend(from.iter().rev()),
            }
        }
        spans
    }

    /// How many steps are recorded.
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Whether nothing is recorded yet.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
}
