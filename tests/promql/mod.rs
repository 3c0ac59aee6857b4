//! The PromQL room against the cases of others.

mod corpus;
mod scope;
