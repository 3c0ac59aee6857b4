//! PromQL: a parser that keeps every place, and what follows from the tree.
//!
//! This room knows the query language of Prometheus up to 3.14 and nothing else: it imports only `std` and returns facts
//! and byte ranges; wording a diagnostic is the caller's business. It goes from text to [`Expr`] ([`parse`]), restricts
//! queries to a set of targets ([`scope`]), fills in parameters ([`substitute`]), and answers what a query's result looks
//! like.

mod answer;
mod ast;
mod bounds;
mod edit;
mod error;
mod flow;
mod function;
mod lexer;
mod literal;
mod name;
mod parser;
mod pitfall;
mod placeholder;
mod print;
mod regex;
mod scope;
mod shape;
mod types;
mod unit;
mod version;

pub use answer::{answer, refusal};
pub use ast::{
    Aggregate, At, Binary, BinaryOp, Call, Duration, DurationPart, Expr, Extended, Fill, FillSide, Group, Grouping,
    Kind, Label, MatchLabels, MatchOp, Matcher, Matching, MetricName, Modifiers, Node, NodeId, Number, Selector,
    Subquery, Text, Unary, Window,
};
pub use bounds::{Bounds, Trust, bounds};
pub use edit::{Edit, apply, before};
pub use error::Error;
pub use flow::{Branch, Carried, Cause, Flow, Labels, Presence, Reason, flow};
pub use function::{Aggregator, FUNCTIONS, Function};
pub use literal::{format_duration, format_number, is_plain_label_name, is_plain_metric_name, quote};
pub use name::{is_bucket, is_counter, quantity as metric_quantity};
pub use parser::{MAX_DEPTH, is_reserved};
pub use pitfall::pitfalls;
pub use placeholder::{ParamKind, Place, Placeholder, Value, escape_regex, substitute};
pub use print::{flat, pretty};
pub use regex::Pattern;
pub use scope::{Conflict, Restriction, scope};
pub use shape::{Comparison, Conditions, Operand, RateWindow, Shape, shape};
pub use types::ValueType;
pub use unit::{Dimension, Mismatch, Quantity, Units, units};
pub use version::{Feature, Target, Version};

use std::collections::BTreeMap;

/// Parses a query and checks it as `target` would on loading it. All mistakes found are returned, in order of place.
pub fn parse(text: &str, target: &Target) -> Result<Expr, Vec<Error>> {
    parser::parse(text, target, None)
}

/// Parses a query in which `${name}` tokens stand for the given parameters.
pub fn parse_template(
    text: &str,
    target: &Target,
    parameters: &BTreeMap<String, ParamKind>,
) -> Result<Expr, Vec<Error>> {
    parser::parse(text, target, Some(parameters))
}
