//! Printers: one per syntax, none of which knows a monitoring word.
//!
//! | printer | made for |
//! | --- | --- |
//! | [`yaml`] | rule files, alertmanager.yaml, Kubernetes objects; the same value for YAML 1.1 and 1.2 readers |
//! | [`json`] | bundle.json and targets |
//! | [`nginx`] | the forwarder; no value can end a directive |
//!
//! They write through one writer, which alone records which output bytes came from which origin.

use std::ops::Range;

use crate::provenance::Origin;

pub mod json;
pub mod nginx;
mod writer;
pub mod yaml;

/// Printed bytes and, for every value with an origin, where it stands in them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Output {
    /// The text.
    pub text: String,
    /// Output byte ranges with their origins, by start, outer ranges before inner ones.
    pub map: Vec<(Range<u32>, Origin)>,
}
