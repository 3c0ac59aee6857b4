//! The PromQL room against the cases of others, against the real Prometheus, and against hostile input.

mod agreement;
mod corpus;
mod expressions;
mod hostile;
mod parameters;
mod random;
mod reference;
mod scope;
mod tree;
