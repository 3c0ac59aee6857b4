//! Checks over the resolved model: one file, one code, one page each.
//!
//! A check is a static [`Check`] with a function. Adding one takes three files: `<family>/<name>.rs`, its page
//! `<family>/<name>.md`, and a line in the family's `mod.rs`.

pub mod alert;
pub mod channel;
pub mod cluster;
mod context;
pub mod delivery;
pub mod forwarder;
pub mod inhibition;
pub mod query;
pub mod record;
pub mod route;
mod rule;
pub mod rules;
pub mod timing;
pub mod unit;
pub mod version;

pub use context::Context;
pub use rule::{Filed, Instance, Rule, seconds, slip};

use crate::diagnostic::{Code, Sink};
use crate::model::Model;
use crate::provenance::Provenance;

/// A check: its code and the function that looks.
#[derive(Debug)]
pub struct Check {
    /// What it reports.
    pub code: &'static Code,
    /// Looks at the model and reports.
    pub run: fn(&Context<'_>, &mut Sink),
}

/// Every family of checks.
pub static FAMILIES: &[&[&Check]] = &[
    alert::CHECKS,
    channel::CHECKS,
    cluster::CHECKS,
    delivery::CHECKS,
    forwarder::CHECKS,
    inhibition::CHECKS,
    query::CHECKS,
    record::CHECKS,
    route::CHECKS,
    rules::CHECKS,
    timing::CHECKS,
    unit::CHECKS,
    version::CHECKS,
];

/// The families that judge rules wherever they were written, and need no more of a spec than that.
pub static OF_RULES: &[&[&Check]] = &[alert::CHECKS, query::CHECKS, record::CHECKS, rules::CHECKS, unit::CHECKS];

/// Runs the checks that need no spec, for raw rule files.
pub fn run_on_rules(model: &Model, provenance: &Provenance, sink: &mut Sink) {
    run_families(OF_RULES, model, provenance, sink);
}

/// Runs all checks.
pub fn run(model: &Model, provenance: &Provenance, sink: &mut Sink) {
    run_families(FAMILIES, model, provenance, sink);
}

fn run_families(families: &[&[&Check]], model: &Model, provenance: &Provenance, sink: &mut Sink) {
    let context = Context::new(model, provenance);
    let mut own = Sink::default();
    for check in families.iter().copied().flatten() {
        (check.run)(&context, &mut own);
    }
    for finding in rules::allow::apply(model, own.finish()) {
        sink.push(finding);
    }
}
