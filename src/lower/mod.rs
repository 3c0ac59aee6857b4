//! Backends: each decides what to write for one component, none how it is written.
//!
//! A backend is a function from the [`Model`] to files in a [`Bundle`]; [`BACKENDS`] lists them all.

pub mod alertmanager;
pub mod argocd;
pub mod checks;
pub mod forwarder;
pub mod grafana;
pub mod kustomize;
pub mod prometheus;
pub mod rules;
pub mod services;
pub mod targets;
pub mod thanos;

use crate::artifact::Bundle;
use crate::model::Model;

/// Writes one component's files into the bundle.
pub type Backend = fn(&Model, &mut Bundle);

/// All backends in the order in which they run. Later ones see what earlier ones wrote, so delivery comes last.
pub static BACKENDS: &[Backend] = &[
    rules::lower,
    targets::lower,
    prometheus::lower,
    thanos::lower,
    alertmanager::lower,
    forwarder::lower,
    checks::lower,
    grafana::lower,
    kustomize::lower,
    argocd::lower,
];

/// Runs all backends.
pub fn lower(model: &Model) -> Bundle {
    let mut bundle = Bundle::default();
    for backend in BACKENDS {
        backend(model, &mut bundle);
    }
    bundle
}
