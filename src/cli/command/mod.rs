//! One file for every command.

pub(super) mod build;
pub(super) mod check;
pub(super) mod completions;
pub(super) mod diff;
pub(super) mod explain;
pub(super) mod init;
pub(super) mod lint;
pub(super) mod man;
pub(super) mod promql;
pub(super) mod route;
pub(super) mod schema;
pub(super) mod test;
