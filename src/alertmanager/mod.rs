//! Alertmanager's own configuration: reading a raw `alertmanager.yml` as a release of Alertmanager does.
//!
//! [`read`] takes the text and gives a [`Config`]: everything that was written, typed, with the place of every value.
//! It goes by tables ([`table`]): which fields a part has, of which kind, since which release, and what must hold between
//! them. Scalars are read as Go's YAML reader hands them on ([`resolve`]), because that decides what is a number and
//! what is true. At the end what must hold between parts is looked at: names, the root route, what `global` lends to receivers.
//!
//! The promise is the verdict: there is a finding at the level `error` exactly when the release refuses to load the
//! file. Tests compare it with `amtool check-config` of the oldest and the newest release.
//!
//! [`routing`] turns a configuration into the plain types of [`crate::routing`].

pub mod codes;
mod config;
mod decode;
mod defaults;
mod http;
mod integration;
mod resolve;
mod route;
mod routing;
mod rules;
mod scalar;
mod section;
pub mod table;

pub use config::{Config, Integration, Receiver, read};
pub use defaults::{DEFAULT_TEMPLATES, is_defined};
pub use routing::{
    ROUTE_MATCHERS, Routing, SOURCE_MATCHERS, TARGET_MATCHERS, interval, intervals, matchers, routing, routing_tree,
};
pub use scalar::matcher_syntax;
pub use section::{Entry, Section, Value};
