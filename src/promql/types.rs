//! Prometheus' own type rules.
//!
//! One loop from the leaves up gives every node its type and reports what Prometheus refuses. A node below which
//! something is already wrong has no type, and what stands above it is not judged, so that one mistake gives one message.

use super::ast::{Aggregate, Binary, Call, Kind, Node, NodeId, Number};
use super::error::Error;
use std::collections::BTreeSet;
use std::fmt;

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ValueType {
    /// One number without labels.
    Scalar,
    /// A string.
    String,
    /// One sample for each series.
    InstantVector,
    /// Several samples for each series.
    RangeVector,
}

impl ValueType {
    /// The type in words, as Prometheus names it.
    pub const fn as_str(self) -> &'static str {
        match self {
            ValueType::Scalar => "scalar",
            ValueType::String => "string",
            ValueType::InstantVector => "instant vector",
            ValueType::RangeVector => "range vector",
        }
    }

    const fn with_article(self) -> &'static str {
        match self {
            ValueType::Scalar => "a scalar",
            ValueType::String => "a string",
            ValueType::InstantVector => "an instant vector",
            ValueType::RangeVector => "a range vector",
        }
    }
}

impl fmt::Display for ValueType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Sets the type of every node, reports what does not fit. `poisoned` nodes have been reported already.
pub(super) fn check(nodes: &mut [Node], poisoned: &BTreeSet<NodeId>, errors: &mut Vec<Error>) {
    let mut checker = Checker { types: Vec::with_capacity(nodes.len()), errors };
    for index in 0..nodes.len() {
        let found = if poisoned.contains(&NodeId(index as u32)) { None } else { checker.node(nodes, &nodes[index]) };
        checker.types.push(found);
        if let Some(found) = found {
            nodes[index].value_type = found;
        }
    }
}

struct Checker<'a> {
    types: Vec<Option<ValueType>>,
    errors: &'a mut Vec<Error>,
}

impl Checker<'_> {
    fn type_of(&self, id: NodeId) -> Option<ValueType> {
        self.types.get(id.index()).copied().flatten()
    }

    fn node(&mut self, nodes: &[Node], node: &Node) -> Option<ValueType> {
        match &node.kind {
            Kind::Number(_) => Some(ValueType::Scalar),
            Kind::String(_) => Some(ValueType::String),
            Kind::Selector(selector) if selector.window.is_some() => Some(ValueType::RangeVector),
            Kind::Selector(_) => Some(ValueType::InstantVector),
            Kind::Subquery(subquery) => {
                let inner = self.type_of(subquery.inner)?;
                if inner != ValueType::InstantVector {
                    let found = inner.with_article();
                    self.errors.push(Error::new(
                        nodes[subquery.inner.index()].range.start..subquery.brackets.end,
                        format!("a subquery needs an instant vector to repeat, this is {found}"),
                    ));
                }
                Some(ValueType::RangeVector)
            }
            Kind::Call(call) => {
                self.call(nodes, node, call);
                Some(call.function.returns)
            }
            Kind::Aggregate(aggregate) => {
                self.aggregate(nodes, aggregate);
                Some(ValueType::InstantVector)
            }
            Kind::Unary(unary) => {
                let inner = self.type_of(unary.inner)?;
                if !matches!(inner, ValueType::Scalar | ValueType::InstantVector) {
                    let found = inner.with_article();
                    self.errors.push(Error::new(
                        node.range.clone(),
                        format!("a sign can stand in front of a scalar or an instant vector, this is {found}"),
                    ));
                }
                Some(inner)
            }
            Kind::Binary(binary) => self.binary(nodes, binary),
            Kind::Paren(inner) => self.type_of(*inner),
        }
    }

    fn call(&mut self, nodes: &[Node], node: &Node, call: &Call) {
        let function = call.function;
        let count = call.arguments.len();
        let wanted = match (function.min, function.max) {
            (min, Some(max)) if min == max && count != min => Some(format!("{min}")),
            (min, _) if count < min => Some(format!("at least {min}")),
            (_, Some(max)) if count > max => Some(format!("at most {max}")),
            _ => None,
        };
        if let Some(wanted) = wanted {
            let plural = if wanted.ends_with(" 1") || wanted == "1" { "" } else { "s" };
            self.errors.push(Error::new(
                node.range.clone(),
                format!("`{}` takes {wanted} argument{plural}, {count} given", function.name),
            ));
        }
        for (index, argument) in call.arguments.iter().enumerate() {
            let (Some(wanted), Some(found)) = (function.argument(index), self.type_of(*argument)) else { continue };
            if wanted != found && function.max.is_none_or(|max| index < max) {
                let mut error = Error::new(
                    nodes[argument.index()].range.clone(),
                    format!(
                        "`{}` needs {} here, this is {}",
                        function.name,
                        wanted.with_article(),
                        found.with_article()
                    ),
                );
                error.help = advice(nodes, *argument, wanted, found, function.name);
                self.errors.push(error);
            }
        }
        if function.name == "info" {
            self.info(nodes, call);
        }
    }

    fn info(&mut self, nodes: &[Node], call: &Call) {
        let Some(second) = call.arguments.get(1) else { return };
        let node = &nodes[second.index()];
        match &node.kind {
            Kind::Selector(selector) if selector.selects_labels => {}
            Kind::Selector(_) => self.errors.push(Error::new(
                node.range.clone(),
                "the second argument of `info` selects labels, `{label=~\"…\"}`, and takes no metric name",
            )),
            _ if self.type_of(*second) == Some(ValueType::InstantVector) => self.errors.push(Error::new(
                node.range.clone(),
                "the second argument of `info` is a label selector in braces, `{label=~\"…\"}`",
            )),
            _ => {}
        }
    }

    fn aggregate(&mut self, nodes: &[Node], aggregate: &Aggregate) {
        let name = aggregate.op.as_str();
        if let (Some(parameter), Some(wanted)) = (aggregate.parameter, aggregate.op.parameter())
            && let Some(found) = self.type_of(parameter)
            && found != wanted
        {
            let (wanted, found) = (wanted.with_article(), found.with_article());
            self.errors.push(Error::new(
                nodes[parameter.index()].range.clone(),
                format!("the parameter of `{name}` is {wanted}, this is {found}"),
            ));
        }
        if let Some(found) = self.type_of(aggregate.inner)
            && found != ValueType::InstantVector
        {
            let mut error = Error::new(
                nodes[aggregate.inner.index()].range.clone(),
                format!("`{name}` aggregates an instant vector, this is {}", found.with_article()),
            );
            error.help = advice(nodes, aggregate.inner, ValueType::InstantVector, found, name);
            self.errors.push(error);
        }
    }

    fn binary(&mut self, nodes: &[Node], binary: &Binary) -> Option<ValueType> {
        let op = binary.op;
        let word = op.as_str();
        if let Some(range) = &binary.matching.bool_modifier
            && !op.is_comparison()
        {
            self.errors.push(Error::new(range.clone(), format!("`bool` belongs to comparisons, `{word}` is none")));
        }
        let types = (self.type_of(binary.left), self.type_of(binary.right));
        let mut both_known = true;
        for (side, found) in [(binary.left, types.0), (binary.right, types.1)] {
            match found {
                None => both_known = false,
                Some(ValueType::Scalar | ValueType::InstantVector) => {}
                Some(found) => {
                    both_known = false;
                    let mut error = Error::new(
                        nodes[side.index()].range.clone(),
                        format!("`{word}` works on scalars and instant vectors, this is {}", found.with_article()),
                    );
                    error.help = advice(nodes, side, ValueType::InstantVector, found, word);
                    self.errors.push(error);
                }
            }
        }
        if !both_known {
            return None;
        }
        let scalars = [types.0, types.1].into_iter().filter(|found| *found == Some(ValueType::Scalar)).count();
        if op.is_set() {
            self.set(nodes, binary);
        } else if scalars > 0 {
            if let Some(labels) = &binary.matching.labels
                && !labels.labels.is_empty()
            {
                self.errors.push(Error::new(
                    labels.range.clone(),
                    format!(
                        "`{}` matches two instant vectors, one side here is a scalar",
                        if labels.on { "on" } else { "ignoring" }
                    ),
                ));
            }
            if let Some(fill) = binary.matching.fill.first() {
                self.errors.push(Error::new(
                    fill.range.clone(),
                    "`fill` stands in for missing series of an instant vector, one side here is a scalar",
                ));
            }
        }
        if scalars == 2 && op.is_comparison() && binary.matching.bool_modifier.is_none() {
            self.errors.push(
                Error::new(
                    binary.op_range.clone(),
                    format!("`{word}` between two scalars filters nothing and needs `bool`"),
                )
                .with_help(format!("write `{word} bool`, which gives 1 or 0")),
            );
        }
        Some(if scalars == 2 { ValueType::Scalar } else { ValueType::InstantVector })
    }

    fn set(&mut self, nodes: &[Node], binary: &Binary) {
        let word = binary.op.as_str();
        for side in [binary.left, binary.right] {
            if self.type_of(side) == Some(ValueType::Scalar) {
                self.errors.push(
                    Error::new(
                        nodes[side.index()].range.clone(),
                        format!("`{word}` works on two instant vectors, this is a scalar"),
                    )
                    .with_help("`vector(…)` turns a scalar into an instant vector"),
                );
            }
        }
        if let Some(group) = &binary.matching.group {
            self.errors.push(Error::new(
                group.range.clone(),
                format!("`{word}` matches many with many and takes no `group_left` or `group_right`"),
            ));
        }
        if let Some(fill) = binary.matching.fill.first() {
            self.errors.push(Error::new(fill.range.clone(), format!("`{word}` takes no `fill`")));
        }
    }
}

/// What to do about the commonest mistakes with types.
fn advice(nodes: &[Node], id: NodeId, wanted: ValueType, found: ValueType, by: &str) -> Option<String> {
    match (wanted, found) {
        (ValueType::RangeVector, ValueType::InstantVector) => Some(match nodes[id.index()].kind {
            Kind::Selector(_) => "add a range, such as `[5m]`".to_owned(),
            _ => "make it a subquery, such as `[30m:]`".to_owned(),
        }),
        (ValueType::InstantVector, ValueType::RangeVector) => Some(format!(
            "`{by}` looks at one moment: drop the range, or put a function such as `rate` or `avg_over_time` around it"
        )),
        (ValueType::InstantVector, ValueType::Scalar) => match nodes[id.index()].kind {
            Kind::Number(Number::Literal(..) | Number::Placeholder(_)) => None,
            _ => Some("`vector(…)` turns a scalar into an instant vector".to_owned()),
        },
        (ValueType::Scalar, ValueType::InstantVector) => {
            Some("`scalar(…)` turns an instant vector with exactly one series into a scalar".to_owned())
        }
        _ => None,
    }
}
