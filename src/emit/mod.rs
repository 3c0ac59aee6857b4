//! Printers: one per syntax, none of which knows a monitoring word.

use std::ops::Range;

use crate::provenance::Origin;

/// Printed bytes and, for every value with an origin, where it stands in them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Output {
    /// The text.
    pub text: String,
    /// Output byte ranges with their origins, by start, outer ranges before inner ones.
    pub map: Vec<(Range<u32>, Origin)>,
}
