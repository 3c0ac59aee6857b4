//! Alertmanager routing: durations, matchers, the route tree, deliveries, time intervals and inhibition.
//!
//! Everything here is plain data and answers about it, to the letter of what Alertmanager does. The room reads no
//! files and knows no spec: callers bring texts and get facts with byte ranges back.

mod configuration;
mod deliver;
mod extent;
mod inhibit;
mod interval;
mod matcher;
mod parse;
pub mod space;
mod tree;

pub use crate::golang::{Duration, DurationError, GoDuration};
pub use configuration::Configuration;
pub use deliver::{Outcome, Trace};
pub use extent::{Silence, always_silent};
pub use inhibit::{InhibitRule, inhibited_by};
pub use interval::{
    IntervalError, Intervals, Location, MONTHS, Muted, NumberRange, TimeInterval, TimeRange, WEEKDAYS, Zone,
    containing, muted, silent_spans,
};
pub use matcher::{LabelSet, Matcher, Operator, is_legacy_label_name};
pub use parse::{MatcherError, ParsedMatchers, Syntax, parse_matcher, parse_matchers};
pub use tree::{GroupBy, Options, Route, RouteId, RouteSpec, Tree};
