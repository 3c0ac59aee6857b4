//! Go templates as Prometheus and Alertmanager use them: alert labels, annotations and notification texts.
//!
//! [`parse`] accepts exactly what Go's `text/template` accepts with the functions of one [`FunctionSet`], and keeps
//! the byte range of every node. [`facts`] then walks the tree once with what is known about dot and the variables,
//! and reports which labels, functions, queries and templates a text uses, and what can only fail when it runs.
//!
//! The parser follows Go's two steps: a lexer cuts the whole text into tokens (spaces inside actions are tokens,
//! because they separate arguments), and a recursive-descent parser with a depth limit builds the tree. What Go refuses
//! for its meaning alone (an unknown function, a bad number) does not stop the parser, so several mistakes are found
//! at once; a broken structure stops it, because everything after it would be guesswork.

mod facts;
mod functions;
mod lexer;
mod parser;
mod tree;

pub use facts::{Facts, FunctionUse, LabelSource, LabelUse, Problem, Query, TemplateUse, facts, fields};
pub use functions::{Arity, Function, FunctionSet};
pub use parser::{Error, MAX_DEPTH, parse};
pub use tree::{
    Branch, BranchArm, BranchKind, Command, Definition, Field, Head, Node, Operand, Pipeline, Template, Variable,
};
