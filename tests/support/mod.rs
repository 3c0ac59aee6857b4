//! Helpers of the tests.

pub mod corpus;
pub mod snapshot;
