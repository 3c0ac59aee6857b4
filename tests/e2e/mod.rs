//! From a spec to a delivered alert, with the real programs on the loopback interface.

mod forwarder;
pub mod http;
pub mod kafka_rest;
pub mod stack;
