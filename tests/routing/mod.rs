//! Routing against the tables and tools of Alertmanager.

mod matchers;
