//! Leaving a test out where what it needs is not on this machine: said once and visibly, and a failure in CI.

use std::{
    collections::BTreeSet,
    io::Write as _,
    sync::{Mutex, PoisonError},
};

static SAID: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Whether this run counts as CI, where nothing may be left out.
pub fn in_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true")
}

/// Says that `what` is not on this machine and that the tests which need it are skipped.
///
/// With `CI=true` it panics instead: there a missing tool is a failure. The line goes past the test runner's capture, so that it
/// is seen in a green run too, and is printed once for each `what`.
pub fn missing(what: &str) {
    assert!(!in_ci(), "CI needs {what}, which is not on this machine");
    let first = SAID.lock().unwrap_or_else(PoisonError::into_inner).insert(what.to_owned());
    if first {
        let _ = writeln!(std::io::stderr().lock(), "SKIPPED (no {what} on this machine)");
    }
}
