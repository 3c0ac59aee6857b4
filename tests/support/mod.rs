//! Helpers of the tests.

pub mod snapshot;
