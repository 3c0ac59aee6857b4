//! Routing against the tables and tools of Alertmanager.

pub mod config;
pub mod generate;
mod live;
mod matchers;
mod program;
mod silent;
mod space;
mod tables;
