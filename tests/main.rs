//! The one test binary. Every file below `tests/` is listed here; `tidy` fails for one that is forgotten.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "tests may fail loudly"
)]

mod alerting;
mod alertmanager;
mod bad_input;
mod checks;
mod cli;
mod delivery;
mod dialects;
mod diff;
mod docs;
mod drill;
mod e2e;
mod emit;
mod examples;
mod findings;
mod gallery;
mod gotemplate;
mod hooks;
mod kdl;
mod lint;
mod oracle;
mod output;
mod pages;
mod paging;
mod partition;
mod promql;
mod render;
mod routing;
mod schema;
mod secrets;
mod suite;
mod support;
mod tidy;
mod world;
