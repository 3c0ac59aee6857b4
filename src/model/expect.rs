//! Tests that live beside the spec.

use super::{Field, Labels};
use crate::provenance::Origin;

/// A test, with all names bound.
#[derive(Debug)]
pub struct Expect {
    /// What is expected, in words.
    pub title: Field<String>,
    /// The alert's name, if one is named.
    pub alert: Option<Field<String>>,
    /// Its labels.
    pub labels: Labels,
    /// When, in RFC 3339.
    pub at: Option<Field<String>>,
    /// Channels that are notified.
    pub reaches: Vec<Field<String>>,
    /// Channels that are not.
    pub not_reaches: Vec<Field<String>>,
    /// Alerts that would silence it.
    pub inhibited_by: Vec<Field<String>>,
    /// Where it was written.
    pub origin: Origin,
}
