//! The tree of a parsed template. Every range is in bytes of the template's text.

use super::FunctionSet;
use std::ops::Range;

/// A whole template text.
#[derive(Debug, Clone)]
pub struct Template {
    /// What is printed when the text is executed.
    pub body: Vec<Node>,
    /// Templates defined with `define` and `block`, in order of their names' appearance.
    pub definitions: Vec<Definition>,
    /// The functions and variables the text was parsed with.
    pub functions: &'static FunctionSet,
}

/// One `{{ define "name" }}…{{ end }}`, or the body of a `block`.
#[derive(Debug, Clone)]
pub struct Definition {
    /// The name, unquoted.
    pub name: String,
    /// The quoted name.
    pub name_range: Range<usize>,
    /// What it prints.
    pub body: Vec<Node>,
}

/// One piece of a template.
#[derive(Debug, Clone)]
pub enum Node {
    /// Text outside actions, before trim markers take their spaces away.
    Text(Range<usize>),
    /// `{{/* … */}}`, delimiters excluded.
    Comment(Range<usize>),
    /// `{{ pipeline }}`.
    Action(Pipeline),
    /// `if`, `with` and `range`.
    Branch(Branch),
    /// `{{ template "name" pipeline }}`, and the call that a `block` makes where it stands.
    Call {
        /// The name, unquoted.
        name: String,
        /// The quoted name.
        name_range: Range<usize>,
        /// What dot will be; nothing when absent.
        argument: Option<Pipeline>,
    },
    /// `{{ break }}`.
    Break(Range<usize>),
    /// `{{ continue }}`.
    Continue(Range<usize>),
}

/// Which of the three conditional actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BranchKind {
    /// `if`
    If,
    /// `with`: dot becomes the value.
    With,
    /// `range`: dot becomes each element.
    Range,
}

/// `{{ if … }}…{{ else if … }}…{{ else }}…{{ end }}` and its relatives.
#[derive(Debug, Clone)]
pub struct Branch {
    /// Which action.
    pub kind: BranchKind,
    /// The opening action, from `{{` to `}}`.
    pub range: Range<usize>,
    /// The first condition and every `else if` (or `else with`) after it; never empty.
    pub arms: Vec<BranchArm>,
    /// The body after the plain `else`; empty when there is none.
    pub otherwise: Vec<Node>,
}

/// One condition and what is printed when it holds.
#[derive(Debug, Clone)]
pub struct BranchArm {
    /// The condition, or what is ranged over.
    pub pipeline: Pipeline,
    /// The body.
    pub body: Vec<Node>,
}

/// `$a, $b := command | command`.
#[derive(Debug, Clone)]
pub struct Pipeline {
    /// All of it, declarations included.
    pub range: Range<usize>,
    /// Variables that take the value.
    pub variables: Vec<Variable>,
    /// `=` instead of `:=`.
    pub assigns: bool,
    /// The commands; never empty.
    pub commands: Vec<Command>,
}

/// A variable before `:=` or `=`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// The name with its dollar sign.
    pub name: String,
    /// Its bytes.
    pub range: Range<usize>,
}

/// A function call, a method call or a single value.
#[derive(Debug, Clone)]
pub struct Command {
    /// From the first to the last operand.
    pub range: Range<usize>,
    /// What is called, and with what; never empty.
    pub operands: Vec<Operand>,
}

/// One value: a head and the fields taken from it (`$labels.job`, `.Labels.job`, `(query "up").Value`).
#[derive(Debug, Clone)]
pub struct Operand {
    /// Head and fields.
    pub range: Range<usize>,
    /// Where the value starts from.
    pub head: Head,
    /// The fields taken from it, outermost first.
    pub fields: Vec<Field>,
}

/// Where a value starts from.
#[derive(Debug, Clone)]
pub enum Head {
    /// `.`, also the invisible one before a field.
    Dot,
    /// `nil`
    Nil,
    /// `true` or `false`
    Bool(bool),
    /// A number as written.
    Number(String),
    /// A character constant as written.
    Character(String),
    /// A string's content; bytes that are not UTF-8 are replaced.
    Text(String),
    /// A function's name.
    Function(String),
    /// A variable's name with its dollar sign.
    Variable(String),
    /// `( … )`
    Parenthesised(Box<Pipeline>),
}

/// `.name` after a head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The name without its dot.
    pub name: String,
    /// The name's bytes, without the dot.
    pub range: Range<usize>,
}
