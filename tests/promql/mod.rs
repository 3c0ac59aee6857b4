//! The PromQL room against the cases of others, against the real Prometheus, and against hostile input.

mod agreement;
mod bounds;
mod corpus;
mod evaluate;
pub mod expressions;
mod flow;
mod generate;
mod hostile;
mod labelflow;
mod parameters;
mod pitfalls;
mod precision;
mod random;
mod reference;
mod scope;
mod scoped;
mod server;
mod tree;
