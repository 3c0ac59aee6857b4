//! Routing against the tables and tools of Alertmanager.

mod config;
mod matchers;
mod tables;
