//! The functions and aggregations of PromQL: signatures, and the versions that brought them.
//!
//! A test compares the tables with the project's reference facts where those are at hand.

use super::types::ValueType;
use super::version::{Feature, Gate, Version};

/// A function's signature and age.
#[derive(Debug, PartialEq)]
pub struct Function {
    /// Its name; case matters.
    pub name: &'static str,
    /// The types of its arguments. With more arguments than types, the last type counts for the rest.
    pub arguments: &'static [ValueType],
    /// The fewest arguments it takes.
    pub min: usize,
    /// The most arguments it takes; none if there is no limit.
    pub max: Option<usize>,
    /// The type of its result.
    pub returns: ValueType,
    /// The release that brought it.
    pub since: Version,
    /// The release since which it needs no feature flag; none if it still does.
    pub stable: Option<Version>,
    /// The last release that had it, for a function that is gone.
    pub last: Option<Version>,
}

impl Function {
    /// The function called `name`.
    pub fn find(name: &str) -> Option<&'static Function> {
        FUNCTIONS.binary_search_by(|function| function.name.cmp(name)).ok().and_then(|place| FUNCTIONS.get(place))
    }

    /// The type of argument number `index`, counted from 0.
    pub fn argument(&self, index: usize) -> Option<ValueType> {
        self.arguments.get(index).or(self.arguments.last()).copied()
    }

    pub(super) fn gate(&self) -> Gate {
        if self.stable == Some(self.since) {
            Gate::since(self.since)
        } else {
            Gate::flagged(self.since, Feature::ExperimentalFunctions, self.stable)
        }
    }
}

/// An aggregation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names are the aggregations' own; `as_str` gives their spelling")]
pub enum Aggregator {
    Sum,
    Avg,
    Count,
    Min,
    Max,
    Group,
    Stddev,
    Stdvar,
    Topk,
    Bottomk,
    CountValues,
    Quantile,
    Limitk,
    LimitRatio,
}

impl Aggregator {
    /// Every aggregation, in the order of declaration.
    pub const ALL: [Aggregator; 14] = [
        Aggregator::Sum,
        Aggregator::Avg,
        Aggregator::Count,
        Aggregator::Min,
        Aggregator::Max,
        Aggregator::Group,
        Aggregator::Stddev,
        Aggregator::Stdvar,
        Aggregator::Topk,
        Aggregator::Bottomk,
        Aggregator::CountValues,
        Aggregator::Quantile,
        Aggregator::Limitk,
        Aggregator::LimitRatio,
    ];

    /// The name as Prometheus prints it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Aggregator::Sum => "sum",
            Aggregator::Avg => "avg",
            Aggregator::Count => "count",
            Aggregator::Min => "min",
            Aggregator::Max => "max",
            Aggregator::Group => "group",
            Aggregator::Stddev => "stddev",
            Aggregator::Stdvar => "stdvar",
            Aggregator::Topk => "topk",
            Aggregator::Bottomk => "bottomk",
            Aggregator::CountValues => "count_values",
            Aggregator::Quantile => "quantile",
            Aggregator::Limitk => "limitk",
            Aggregator::LimitRatio => "limit_ratio",
        }
    }

    /// The aggregation of that name; case does not matter.
    pub fn find(name: &str) -> Option<Aggregator> {
        Aggregator::ALL.into_iter().find(|op| op.as_str().eq_ignore_ascii_case(name))
    }

    /// The type of its parameter, if it takes one.
    pub const fn parameter(self) -> Option<ValueType> {
        match self {
            Aggregator::Topk
            | Aggregator::Bottomk
            | Aggregator::Quantile
            | Aggregator::Limitk
            | Aggregator::LimitRatio => Some(ValueType::Scalar),
            Aggregator::CountValues => Some(ValueType::String),
            Aggregator::Sum
            | Aggregator::Avg
            | Aggregator::Count
            | Aggregator::Min
            | Aggregator::Max
            | Aggregator::Group
            | Aggregator::Stddev
            | Aggregator::Stdvar => None,
        }
    }

    /// Whether it picks series and leaves them their labels, instead of making new ones.
    pub const fn selects(self) -> bool {
        matches!(self, Aggregator::Topk | Aggregator::Bottomk | Aggregator::Limitk | Aggregator::LimitRatio)
    }

    pub(super) fn gate(self) -> Gate {
        match self {
            Aggregator::Group => Gate::since(Version::new(2, 20)),
            Aggregator::Quantile => Gate::since(Version::new(1, 1)),
            Aggregator::Limitk | Aggregator::LimitRatio => {
                Gate::flagged(Version::new(2, 54), Feature::ExperimentalFunctions, None)
            }
            Aggregator::Sum
            | Aggregator::Avg
            | Aggregator::Count
            | Aggregator::Min
            | Aggregator::Max
            | Aggregator::Stddev
            | Aggregator::Stdvar
            | Aggregator::Topk
            | Aggregator::Bottomk
            | Aggregator::CountValues => Gate::since(Version::new(1, 0)),
        }
    }
}

const V: ValueType = ValueType::InstantVector;
const M: ValueType = ValueType::RangeVector;
const S: ValueType = ValueType::Scalar;
const T: ValueType = ValueType::String;

/// A function that never needed a flag and is still there.
const fn plain(
    name: &'static str,
    arguments: &'static [ValueType],
    min: usize,
    returns: ValueType,
    since: (u16, u16),
) -> Function {
    let since = Version::new(since.0, since.1);
    let max = Some(arguments.len());
    Function { name, arguments, min, max, returns, since, stable: Some(since), last: None }
}

/// A function that came behind a flag.
const fn flagged(
    name: &'static str,
    arguments: &'static [ValueType],
    min: usize,
    returns: ValueType,
    since: (u16, u16),
    stable: Option<Version>,
) -> Function {
    Function { stable, ..plain(name, arguments, min, returns, since) }
}

/// All functions, sorted by name.
pub static FUNCTIONS: &[Function] = &[
    plain("abs", &[V], 1, V, (1, 0)),
    plain("absent", &[V], 1, V, (1, 0)),
    plain("absent_over_time", &[M], 1, V, (2, 16)),
    plain("acos", &[V], 1, V, (2, 31)),
    plain("acosh", &[V], 1, V, (2, 31)),
    plain("asin", &[V], 1, V, (2, 31)),
    plain("asinh", &[V], 1, V, (2, 31)),
    plain("atan", &[V], 1, V, (2, 31)),
    plain("atanh", &[V], 1, V, (2, 31)),
    plain("avg_over_time", &[M], 1, V, (1, 0)),
    plain("ceil", &[V], 1, V, (1, 0)),
    plain("changes", &[M], 1, V, (1, 0)),
    plain("clamp", &[V, S, S], 3, V, (2, 26)),
    plain("clamp_max", &[V, S], 2, V, (1, 0)),
    plain("clamp_min", &[V, S], 2, V, (1, 0)),
    plain("cos", &[V], 1, V, (2, 31)),
    plain("cosh", &[V], 1, V, (2, 31)),
    plain("count_over_time", &[M], 1, V, (1, 0)),
    plain("day_of_month", &[V], 0, V, (1, 1)),
    plain("day_of_week", &[V], 0, V, (1, 1)),
    plain("day_of_year", &[V], 0, V, (2, 36)),
    plain("days_in_month", &[V], 0, V, (1, 1)),
    plain("deg", &[V], 1, V, (2, 31)),
    plain("delta", &[M], 1, V, (1, 0)),
    plain("deriv", &[M], 1, V, (1, 0)),
    flagged("double_exponential_smoothing", &[M, S, S], 3, V, (3, 0), None),
    flagged("end", &[], 0, S, (3, 12), None),
    plain("exp", &[V], 1, V, (1, 0)),
    flagged("first_over_time", &[M], 1, V, (3, 7), Some(Version::new(3, 14))),
    plain("floor", &[V], 1, V, (1, 0)),
    plain("histogram_avg", &[V], 1, V, (2, 51)),
    plain("histogram_count", &[V], 1, V, (2, 40)),
    plain("histogram_fraction", &[S, S, V], 3, V, (2, 40)),
    plain("histogram_quantile", &[S, V], 2, V, (1, 0)),
    Function { max: Some(12), ..flagged("histogram_quantiles", &[V, T, S, S], 3, V, (3, 11), None) },
    plain("histogram_stddev", &[V], 1, V, (2, 47)),
    plain("histogram_stdvar", &[V], 1, V, (2, 47)),
    plain("histogram_sum", &[V], 1, V, (2, 40)),
    Function { last: Some(Version::new(2, 55)), ..plain("holt_winters", &[M, S, S], 3, V, (1, 0)) },
    plain("hour", &[V], 0, V, (1, 1)),
    plain("idelta", &[M], 1, V, (1, 1)),
    plain("increase", &[M], 1, V, (1, 0)),
    flagged("info", &[V, V], 1, V, (2, 55), None),
    plain("irate", &[M], 1, V, (1, 0)),
    Function { max: None, ..plain("label_join", &[V, T, T, T], 3, V, (1, 8)) },
    plain("label_replace", &[V, T, T, T, T], 5, V, (1, 0)),
    plain("last_over_time", &[M], 1, V, (2, 26)),
    plain("ln", &[V], 1, V, (1, 0)),
    plain("log10", &[V], 1, V, (1, 0)),
    plain("log2", &[V], 1, V, (1, 0)),
    flagged("mad_over_time", &[M], 1, V, (2, 49), None),
    flagged("max_of", &[S, S], 2, S, (3, 13), None),
    plain("max_over_time", &[M], 1, V, (1, 0)),
    flagged("min_of", &[S, S], 2, S, (3, 13), None),
    plain("min_over_time", &[M], 1, V, (1, 0)),
    plain("minute", &[V], 0, V, (1, 2)),
    plain("month", &[V], 0, V, (1, 1)),
    plain("pi", &[], 0, S, (2, 31)),
    plain("predict_linear", &[M, S], 2, V, (1, 0)),
    plain("present_over_time", &[M], 1, V, (2, 29)),
    plain("quantile_over_time", &[S, M], 2, V, (1, 1)),
    plain("rad", &[V], 1, V, (2, 31)),
    flagged("range", &[], 0, S, (3, 12), None),
    plain("rate", &[M], 1, V, (1, 0)),
    plain("resets", &[M], 1, V, (1, 0)),
    plain("round", &[V, S], 1, V, (1, 0)),
    plain("scalar", &[V], 1, S, (1, 0)),
    plain("sgn", &[V], 1, V, (2, 26)),
    plain("sin", &[V], 1, V, (2, 31)),
    plain("sinh", &[V], 1, V, (2, 31)),
    plain("sort", &[V], 1, V, (1, 0)),
    Function { max: None, ..flagged("sort_by_label", &[V, T], 1, V, (2, 49), None) },
    Function { max: None, ..flagged("sort_by_label_desc", &[V, T], 1, V, (2, 49), None) },
    plain("sort_desc", &[V], 1, V, (1, 0)),
    plain("sqrt", &[V], 1, V, (1, 0)),
    flagged("start", &[], 0, S, (3, 12), None),
    flagged("start_timestamp", &[V], 1, V, (3, 14), None),
    plain("stddev_over_time", &[M], 1, V, (1, 1)),
    plain("stdvar_over_time", &[M], 1, V, (1, 1)),
    flagged("step", &[], 0, S, (3, 12), None),
    plain("sum_over_time", &[M], 1, V, (1, 0)),
    plain("tan", &[V], 1, V, (2, 31)),
    plain("tanh", &[V], 1, V, (2, 31)),
    plain("time", &[], 0, S, (1, 0)),
    plain("timestamp", &[V], 1, V, (2, 0)),
    flagged("ts_of_first_over_time", &[M], 1, V, (3, 7), None),
    flagged("ts_of_last_over_time", &[M], 1, V, (3, 5), None),
    flagged("ts_of_max_over_time", &[M], 1, V, (3, 5), None),
    flagged("ts_of_min_over_time", &[M], 1, V, (3, 5), None),
    plain("vector", &[S], 1, V, (1, 0)),
    plain("year", &[V], 0, V, (1, 1)),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_sorted_for_the_search() {
        assert!(FUNCTIONS.is_sorted_by(|a, b| a.name < b.name));
        assert!(FUNCTIONS.iter().all(|function| Function::find(function.name) == Some(function)));
        assert_eq!(Function::find("Rate"), None);
    }
}
