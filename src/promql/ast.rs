//! The tree of a query.
//!
//! Nodes live in one list in which children come before their parents, so that an analysis that goes from the leaves
//! up is a plain loop over [`Expr::nodes`], needs no recursion and cannot overflow, whatever the query. Everything a
//! message may want to point at has its own byte range.

use super::function::{Aggregator, Function};
use super::placeholder::Placeholder;
use super::types::ValueType;
use std::ops::Range;

/// A query that Prometheus accepts.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    pub(super) nodes: Vec<Node>,
    pub(super) placeholders: Vec<Placeholder>,
}

/// The place of a node in its query. Children have smaller ids than their parents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(super) u32);

impl NodeId {
    /// The position in [`Expr::nodes`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl Expr {
    /// The outermost node.
    pub fn root(&self) -> NodeId {
        NodeId(self.nodes.len().saturating_sub(1) as u32)
    }

    /// One node of this query.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// All nodes, children before parents, left before right; the last one is the root.
    pub fn nodes(&self) -> impl DoubleEndedIterator<Item = (NodeId, &Node)> {
        self.nodes.iter().enumerate().map(|(index, node)| (NodeId(index as u32), node))
    }

    /// Every selector, from left to right, also those inside of subqueries and functions.
    pub fn selectors(&self) -> impl Iterator<Item = &Selector> {
        self.nodes.iter().filter_map(|node| match &node.kind {
            Kind::Selector(selector) => Some(&**selector),
            _ => None,
        })
    }

    /// The type of the whole query's result.
    pub fn value_type(&self) -> ValueType {
        self.node(self.root()).value_type
    }

    /// Every `${name}` in the query, from left to right.
    pub fn placeholders(&self) -> &[Placeholder] {
        &self.placeholders
    }

    /// The parameter that starts at this byte of the query.
    pub fn placeholder(&self, start: usize) -> Option<&Placeholder> {
        let place = self.placeholders.binary_search_by_key(&start, |placeholder| placeholder.range.start).ok()?;
        self.placeholders.get(place)
    }

    /// `id` without the parentheses around it.
    pub fn unwrapped(&self, mut id: NodeId) -> NodeId {
        while let Kind::Paren(inner) = self.node(id).kind {
            id = inner;
        }
        id
    }
}

/// A node of the tree.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// All of its bytes, modifiers included.
    pub range: Range<usize>,
    /// The type of its value.
    pub value_type: ValueType,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A number, with the sign in front of it if it has one.
    Number(Number),
    /// A string.
    String(Text),
    /// A selector, with its range and modifiers.
    Selector(Box<Selector>),
    /// `inner[window:step]`
    Subquery(Box<Subquery>),
    /// A function call.
    Call(Call),
    /// An aggregation such as `sum by (job) (…)`.
    Aggregate(Box<Aggregate>),
    /// A sign in front of something that is not a number.
    Unary(Unary),
    /// Two sides and an operator.
    Binary(Box<Binary>),
    /// Parentheses.
    Paren(NodeId),
}

impl Kind {
    /// The nodes directly below, from left to right.
    pub fn children(&self) -> Vec<NodeId> {
        match self {
            Kind::Number(_) | Kind::String(_) | Kind::Selector(_) => Vec::new(),
            Kind::Subquery(subquery) => vec![subquery.inner],
            Kind::Call(call) => call.arguments.clone(),
            Kind::Aggregate(aggregate) => aggregate.parameter.into_iter().chain([aggregate.inner]).collect(),
            Kind::Unary(unary) => vec![unary.inner],
            Kind::Binary(binary) => vec![binary.left, binary.right],
            Kind::Paren(inner) => vec![*inner],
        }
    }
}

/// A number or what stands for one.
#[derive(Debug, Clone, Copy)]
pub enum Number {
    /// A literal and whether it was written as a duration (`5m` is 300).
    Literal(f64, bool),
    /// The parameter that starts at this byte of the query.
    Placeholder(usize),
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Number::Literal(a, a_duration), Number::Literal(b, b_duration)) => {
                (a == b || (a.is_nan() && b.is_nan())) && a_duration == b_duration
            }
            (Number::Placeholder(a), Number::Placeholder(b)) => a == b,
            (Number::Literal(..), Number::Placeholder(_)) | (Number::Placeholder(_), Number::Literal(..)) => false,
        }
    }
}

/// A string and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The value, unquoted. Parameters stand in it as `${name}`.
    pub value: String,
    /// The bytes, quotes included.
    pub range: Range<usize>,
    /// Whether parameters make up part of the value, which is then not known here.
    pub open: bool,
}

impl Text {
    /// The value, if it is known: no parameter in it, and nothing that is not UTF-8.
    pub fn known(&self) -> Option<&str> {
        (!self.open && !self.value.contains(char::REPLACEMENT_CHARACTER)).then_some(self.value.as_str())
    }
}

/// `name{matchers}[window] offset 5m @ start()`
#[derive(Debug, Clone, PartialEq)]
pub struct Selector {
    /// The metric name in front of the braces or, in quotes, inside of them. A name given by a matcher on `__name__` is
    /// among the matchers; [`Selector::metric`] finds both.
    pub name: Option<MetricName>,
    /// The matchers in the braces.
    pub matchers: Vec<Matcher>,
    /// The braces, if there are any.
    pub braces: Option<Range<usize>>,
    /// Name and braces without range and modifiers.
    pub bare: Range<usize>,
    /// The `[window]` of a range selector.
    pub window: Option<Window>,
    /// `anchored` or `smoothed`.
    pub extended: Option<(Extended, Range<usize>)>,
    /// Offset and `@`.
    pub modifiers: Modifiers,
    /// Whether this is the second argument of `info()`, which selects labels and not series.
    pub selects_labels: bool,
}

impl Selector {
    /// The one metric name this selector can select, where it says so.
    pub fn metric(&self) -> Option<&str> {
        match &self.name {
            Some(name) => name.text.known(),
            None => self
                .matchers
                .iter()
                .find(|matcher| matcher.label.name == "__name__" && matcher.op == MatchOp::Equal)
                .and_then(|matcher| matcher.value.known()),
        }
    }
}

/// The metric name of a selector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricName {
    /// The name and its bytes.
    pub text: Text,
    /// Whether it is quoted and so stands inside of the braces.
    pub quoted: bool,
}

/// A label name and where it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The name; `${name}` for a parameter.
    pub name: String,
    /// Its bytes, quotes included.
    pub range: Range<usize>,
    /// Whether it was written in quotes.
    pub quoted: bool,
    /// Whether it is a parameter, so that the name is not known here.
    pub open: bool,
}

/// `label="value"`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matcher {
    /// The label.
    pub label: Label,
    /// How it is compared.
    pub op: MatchOp,
    /// The bytes of the operator.
    pub op_range: Range<usize>,
    /// What it is compared with.
    pub value: Text,
}

impl Matcher {
    /// From the label to the end of the value.
    pub fn range(&self) -> Range<usize> {
        self.label.range.start..self.value.range.end
    }
}

/// How a matcher compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MatchOp {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `=~`, fully anchored
    Regex,
    /// `!~`, fully anchored
    NotRegex,
}

impl MatchOp {
    /// The operator as written.
    pub const fn as_str(self) -> &'static str {
        match self {
            MatchOp::Equal => "=",
            MatchOp::NotEqual => "!=",
            MatchOp::Regex => "=~",
            MatchOp::NotRegex => "!~",
        }
    }
}

/// `[5m]` with its brackets.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    /// How far back it looks.
    pub duration: Duration,
    /// The bytes, brackets included.
    pub range: Range<usize>,
}

/// A duration: a literal, or arithmetic over literals, `step()` and `range()`.
#[derive(Debug, Clone, PartialEq)]
pub struct Duration {
    /// The expression in reverse Polish notation, which is evaluated and printed with a stack instead of recursion.
    pub parts: Vec<DurationPart>,
    /// The bytes.
    pub range: Range<usize>,
}

impl Duration {
    /// The length in seconds, if it does not hang on a parameter, `step()` or `range()`.
    pub fn seconds(&self) -> Option<f64> {
        let mut stack: Vec<f64> = Vec::new();
        for part in &self.parts {
            let value = match part {
                DurationPart::Seconds(value, _) => *value,
                DurationPart::Placeholder(_) | DurationPart::Step | DurationPart::Range => return None,
                DurationPart::Negate => -stack.pop()?,
                DurationPart::Paren => continue,
                DurationPart::Apply(op) => {
                    let (right, left) = (stack.pop()?, stack.pop()?);
                    op.apply(left, right)
                }
                DurationPart::MinOf => stack.pop()?.min(stack.pop()?),
                DurationPart::MaxOf => stack.pop()?.max(stack.pop()?),
            };
            stack.push(value);
        }
        stack.pop()
    }
}

/// One step of a duration expression in reverse Polish notation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DurationPart {
    /// A literal in seconds, and whether it was written with units.
    Seconds(f64, bool),
    /// The parameter that starts at this byte of the query.
    Placeholder(usize),
    /// `step()`
    Step,
    /// `range()`
    Range,
    /// Changes the sign of the last value.
    Negate,
    /// Applies an arithmetic operator to the last two values.
    Apply(BinaryOp),
    /// The smaller of the last two values.
    MinOf,
    /// The larger of the last two values.
    MaxOf,
    /// Parentheses around the last value.
    Paren,
}

/// `anchored` or `smoothed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extended {
    /// `anchored`
    Anchored,
    /// `smoothed`
    Smoothed,
}

/// `offset` and `@`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Modifiers {
    /// `offset 5m`, with the keyword.
    pub offset: Option<(Duration, Range<usize>)>,
    /// `@ 1609746000`, with the sign.
    pub at: Option<(At, Range<usize>)>,
}

/// What stands after `@`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum At {
    /// A Unix time in seconds.
    Seconds(f64),
    /// The parameter that starts at this byte of the query.
    Placeholder(usize),
    /// `start()`
    Start,
    /// `end()`
    End,
}

/// `inner[window:step] offset 5m`
#[derive(Debug, Clone, PartialEq)]
pub struct Subquery {
    /// What is evaluated repeatedly.
    pub inner: NodeId,
    /// How far back.
    pub window: Duration,
    /// How often; the evaluation interval where it is left out.
    pub step: Option<Duration>,
    /// The bytes from `[` to `]`.
    pub brackets: Range<usize>,
    /// Offset and `@`.
    pub modifiers: Modifiers,
}

/// `function(arguments)`
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The function.
    pub function: &'static Function,
    /// The bytes of its name.
    pub name: Range<usize>,
    /// The arguments from left to right.
    pub arguments: Vec<NodeId>,
}

/// `sum by (job) (inner)`
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregate {
    /// The aggregation.
    pub op: Aggregator,
    /// The bytes of its name.
    pub name: Range<usize>,
    /// The `by` or `without` clause.
    pub grouping: Option<Grouping>,
    /// The parameter of `topk`, `quantile`, `count_values` and their like.
    pub parameter: Option<NodeId>,
    /// What is aggregated.
    pub inner: NodeId,
}

/// `by (job)` or `without (instance)`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grouping {
    /// Whether it is `without`.
    pub without: bool,
    /// The labels.
    pub labels: Vec<Label>,
    /// From the keyword to the closing parenthesis.
    pub range: Range<usize>,
}

/// A sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unary {
    /// Whether it is `-`.
    pub negative: bool,
    /// The byte of the sign.
    pub op_range: Range<usize>,
    /// What it stands in front of.
    pub inner: NodeId,
}

/// `left op right`
#[derive(Debug, Clone, PartialEq)]
pub struct Binary {
    /// The operator.
    pub op: BinaryOp,
    /// The bytes of the operator alone.
    pub op_range: Range<usize>,
    /// The left side.
    pub left: NodeId,
    /// The right side.
    pub right: NodeId,
    /// `bool`, `on`, `group_left` and their like.
    pub matching: Matching,
}

impl Binary {
    /// Whether it is a comparison that drops results, and does not give 0 or 1 instead.
    pub fn filters(&self) -> bool {
        self.op.is_comparison() && self.matching.bool_modifier.is_none()
    }
}

/// The modifiers of a binary operator.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Matching {
    /// The word `bool`.
    pub bool_modifier: Option<Range<usize>>,
    /// `on (…)` or `ignoring (…)`.
    pub labels: Option<MatchLabels>,
    /// `group_left (…)` or `group_right (…)`.
    pub group: Option<Group>,
    /// `fill`, `fill_left`, `fill_right`.
    pub fill: Vec<Fill>,
}

impl Matching {
    /// From the first modifier to the last, if there is one.
    pub fn range(&self) -> Option<Range<usize>> {
        let parts = self
            .bool_modifier
            .iter()
            .chain(self.labels.iter().map(|labels| &labels.range))
            .chain(self.group.iter().map(|group| &group.range))
            .chain(self.fill.iter().map(|fill| &fill.range));
        parts.cloned().reduce(|whole, part| whole.start.min(part.start)..whole.end.max(part.end))
    }
}

/// `on (job)` or `ignoring (instance)`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchLabels {
    /// Whether it is `on`.
    pub on: bool,
    /// The labels.
    pub labels: Vec<Label>,
    /// From the keyword to the closing parenthesis.
    pub range: Range<usize>,
}

/// `group_left (version)`: the side it names has many series per match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Whether the left side is the one with many.
    pub left: bool,
    /// The labels taken from the other side.
    pub include: Vec<Label>,
    /// From the keyword to the end of the list.
    pub range: Range<usize>,
}

/// `fill (0)`: the value that stands in for a missing series.
#[derive(Debug, Clone, PartialEq)]
pub struct Fill {
    /// Which side is filled.
    pub side: FillSide,
    /// The value.
    pub value: f64,
    /// From the keyword to the closing parenthesis.
    pub range: Range<usize>,
}

/// The side of a binary operator that `fill` fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FillSide {
    /// `fill`
    Both,
    /// `fill_left`
    Left,
    /// `fill_right`
    Right,
}

/// A binary operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names are the operators' own; `as_str` gives their spelling")]
pub enum BinaryOp {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Power,
    Atan2,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    TrimUpper,
    TrimLower,
    And,
    Or,
    Unless,
}

impl BinaryOp {
    /// The operator as written.
    pub const fn as_str(self) -> &'static str {
        match self {
            BinaryOp::Add => "+",
            BinaryOp::Subtract => "-",
            BinaryOp::Multiply => "*",
            BinaryOp::Divide => "/",
            BinaryOp::Modulo => "%",
            BinaryOp::Power => "^",
            BinaryOp::Atan2 => "atan2",
            BinaryOp::Equal => "==",
            BinaryOp::NotEqual => "!=",
            BinaryOp::Less => "<",
            BinaryOp::LessEqual => "<=",
            BinaryOp::Greater => ">",
            BinaryOp::GreaterEqual => ">=",
            BinaryOp::TrimUpper => "</",
            BinaryOp::TrimLower => ">/",
            BinaryOp::And => "and",
            BinaryOp::Or => "or",
            BinaryOp::Unless => "unless",
        }
    }

    /// How tightly it binds; larger binds tighter.
    pub const fn precedence(self) -> u8 {
        match self {
            BinaryOp::Or => 1,
            BinaryOp::And | BinaryOp::Unless => 2,
            BinaryOp::Equal
            | BinaryOp::NotEqual
            | BinaryOp::Less
            | BinaryOp::LessEqual
            | BinaryOp::Greater
            | BinaryOp::GreaterEqual
            | BinaryOp::TrimUpper
            | BinaryOp::TrimLower => 3,
            BinaryOp::Add | BinaryOp::Subtract => 4,
            BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::Modulo | BinaryOp::Atan2 => 5,
            BinaryOp::Power => 6,
        }
    }

    /// Whether it compares (`==`, `<` and their like).
    pub const fn is_comparison(self) -> bool {
        matches!(
            self,
            BinaryOp::Equal
                | BinaryOp::NotEqual
                | BinaryOp::Less
                | BinaryOp::LessEqual
                | BinaryOp::Greater
                | BinaryOp::GreaterEqual
        )
    }

    /// Whether it is `and`, `or` or `unless`.
    pub const fn is_set(self) -> bool {
        matches!(self, BinaryOp::And | BinaryOp::Or | BinaryOp::Unless)
    }

    /// The operator with its sides swapped, for comparisons.
    pub const fn mirrored(self) -> Self {
        match self {
            BinaryOp::Less => BinaryOp::Greater,
            BinaryOp::LessEqual => BinaryOp::GreaterEqual,
            BinaryOp::Greater => BinaryOp::Less,
            BinaryOp::GreaterEqual => BinaryOp::LessEqual,
            other => other,
        }
    }

    /// Whether it makes a new number (`+`, `atan2` and their like), which has no metric name.
    pub const fn is_arithmetic(self) -> bool {
        matches!(
            self,
            BinaryOp::Add
                | BinaryOp::Subtract
                | BinaryOp::Multiply
                | BinaryOp::Divide
                | BinaryOp::Modulo
                | BinaryOp::Power
                | BinaryOp::Atan2
        )
    }

    /// The value of an arithmetic operator or, as 1 or 0, of a comparison; NaN for the others.
    #[expect(clippy::float_cmp, reason = "Prometheus compares exactly")]
    pub fn apply(self, left: f64, right: f64) -> f64 {
        let truth = |holds: bool| if holds { 1.0 } else { 0.0 };
        match self {
            BinaryOp::Add => left + right,
            BinaryOp::Subtract => left - right,
            BinaryOp::Multiply => left * right,
            BinaryOp::Divide => left / right,
            BinaryOp::Modulo => left % right,
            BinaryOp::Power => left.powf(right),
            BinaryOp::Atan2 => left.atan2(right),
            BinaryOp::Equal => truth(left == right),
            BinaryOp::NotEqual => truth(left != right),
            BinaryOp::Less => truth(left < right),
            BinaryOp::LessEqual => truth(left <= right),
            BinaryOp::Greater => truth(left > right),
            BinaryOp::GreaterEqual => truth(left >= right),
            BinaryOp::TrimUpper | BinaryOp::TrimLower | BinaryOp::And | BinaryOp::Or | BinaryOp::Unless => f64::NAN,
        }
    }
}
