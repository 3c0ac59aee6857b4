//! From a spec to a delivered alert, with the real programs on the loopback interface.

mod forwarder;
mod http;
mod kafka_rest;
mod stack;
