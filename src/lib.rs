//! alertsmith compiles one monitoring spec into every file of a monitoring stack.
//!
//! The modules below are listed in the order in which data flows through them; see `ARCHITECTURE.md` for the picture.

// Reading.
pub mod source;
pub mod syntax;

// The language.
pub mod ast;
pub mod model;
pub mod resolve;

// Judging.
pub mod check;
pub mod paging;

// Carried by every stage.
pub mod diagnostic;
pub mod provenance;

// Languages met on the way.
pub mod alertmanager;
pub mod golang;
pub mod gotemplate;
pub mod promql;
pub mod routing;

// Writing.
pub mod artifact;
pub mod emit;
pub mod lower;
pub mod output;

// Tools over a finished run.
pub mod diff;
pub mod expect;
pub mod explain;

// Judging other people's files.
pub mod lint;

// All of it in turn.
pub mod pipeline;

// The shell.
pub mod cli;
