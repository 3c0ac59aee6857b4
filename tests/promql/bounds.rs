//! The interval of every query against the values that the real Prometheus computes.

use super::evaluate::{Answer, answers};
use super::generate::{Block, Data, Sample};
use crate::support::random::{Random, cases};
use crate::support::tools::Generation;
use alertsmith::promql::{Bounds, Target, Trust, bounds, parse};

/// Series of every block. They start at numbers of their own and grow or stay.
const SERIES: [&str; 7] = [
    "a{job=\"x\"}",
    "a{job=\"y\"}",
    "b{job=\"x\"}",
    "c_total{job=\"x\"}",
    "c_total{job=\"y\"}",
    "d_bucket{job=\"x\",le=\"5\"}",
    "d_bucket{job=\"x\",le=\"+Inf\"}",
];

fn data() -> Data {
    let samples = |place: usize| (0..=20).map(|minute| Sample::Number(place * 7 + minute * (place % 3))).collect();
    SERIES.iter().enumerate().map(|(place, series)| ((*series).to_owned(), samples(place))).collect()
}

struct Maker {
    random: Random,
}

impl Maker {
    fn number(&mut self) -> &'static str {
        self.random.word(&["0", "1", "-1", "2.5", "50", "-100", "1000", "0.001", "Inf", "-Inf", "NaN", "1e300"])
    }

    fn scalar(&mut self, depth: usize) -> String {
        match self.random.below(if depth == 0 { 1 } else { 6 }) {
            0..=2 => self.number().to_owned(),
            3 => format!("scalar(sum({}))", self.vector(depth - 1)),
            4 => format!("({} {} {})", self.scalar(depth - 1), self.arithmetic(), self.scalar(depth - 1)),
            _ => self.random.word(&["time()", "pi()"]).to_owned(),
        }
    }

    fn arithmetic(&mut self) -> &'static str {
        self.random.word(&["+", "-", "*", "/", "%", "^", "atan2"])
    }

    fn comparison(&mut self) -> &'static str {
        self.random.word(&["==", "!=", ">", ">=", "<", "<="])
    }

    fn selector(&mut self) -> &'static str {
        self.random.word(&["a", "a{job=\"x\"}", "b", "c_total", "d_bucket", "nothing"])
    }

    fn range(&mut self, depth: usize) -> String {
        if depth == 0 || self.random.below(2) == 0 {
            format!("{}[5m]", self.selector())
        } else {
            format!("({})[5m:1m]", self.vector(depth - 1))
        }
    }

    fn vector(&mut self, depth: usize) -> String {
        if depth == 0 {
            return match self.random.below(4) {
                0 => format!("vector({})", self.number()),
                _ => self.selector().to_owned(),
            };
        }
        let depth = depth - 1;
        match self.random.below(12) {
            0 => {
                let call = self.random.word(&[
                    "abs",
                    "ceil",
                    "floor",
                    "round",
                    "sgn",
                    "sqrt",
                    "exp",
                    "ln",
                    "sin",
                    "tanh",
                    "hour",
                    "minute",
                    "month",
                    "day_of_week",
                    "day_of_month",
                    "day_of_year",
                    "days_in_month",
                    "year",
                    "sort",
                    "absent",
                    "timestamp",
                ]);
                format!("{call}({})", self.vector(depth))
            }
            1 | 2 => {
                let aggregation = self.random.word(&["sum", "avg", "min", "max", "count", "group", "stddev", "stdvar"]);
                let by = self.random.word(&["", " by (job)"]);
                format!("{aggregation}{by} ({})", self.vector(depth))
            }
            3 => format!("quantile({}, {})", self.number(), self.vector(depth)),
            4 => {
                let call = self.random.word(&[
                    "avg_over_time",
                    "min_over_time",
                    "max_over_time",
                    "sum_over_time",
                    "count_over_time",
                    "last_over_time",
                    "present_over_time",
                    "stddev_over_time",
                    "changes",
                    "resets",
                    "rate",
                    "increase",
                    "irate",
                    "delta",
                    "deriv",
                ]);
                format!("{call}({})", self.range(depth))
            }
            5 => format!("clamp_min({}, {})", self.vector(depth), self.scalar(depth)),
            6 => format!("clamp({}, {}, {})", self.vector(depth), self.scalar(depth), self.scalar(depth)),
            7 => {
                let op = if self.random.below(2) == 0 { self.arithmetic() } else { self.comparison() };
                format!("({} {op} {})", self.vector(depth), self.scalar(depth))
            }
            8 => {
                let op = if self.random.below(2) == 0 { self.arithmetic() } else { self.comparison() };
                format!("({} {op} {})", self.scalar(depth), self.vector(depth))
            }
            9 => {
                let op = self.random.word(&["+", "-", "*", "/", "%", ">", "<", "> bool", "and", "or", "unless"]);
                format!("({} {op} on (job) {})", self.one(depth), self.one(depth))
            }
            10 => format!("-({})", self.vector(depth)),
            _ => self.vector(depth),
        }
    }

    /// At most one series for each job.
    fn one(&mut self, depth: usize) -> String {
        format!("max by (job) ({})", self.vector(depth))
    }
}

/// A value as promtool prints it.
fn value(text: &str) -> f64 {
    match text {
        "NaN" => f64::NAN,
        "+Inf" => f64::INFINITY,
        "-Inf" => f64::NEG_INFINITY,
        number => number.parse().unwrap_or_else(|_| panic!("{number} is no number")),
    }
}

fn narrow(bounds: Bounds) -> bool {
    bounds.low.is_finite() || bounds.high.is_finite()
}

#[test]
fn values_lie_within_their_bounds() {
    let mut maker = Maker { random: Random::seeded("bounds", 1) };
    let target = Target::default();
    let mut blocks = Vec::new();
    for _ in 0..cases(1200) / 30 {
        let queries = (0..30).map(|_| maker.vector(3)).filter(|query| parse(query, &target).is_ok());
        blocks.push(Block { series: data(), queries: queries.collect() });
    }
    let Some(answers) = answers(&blocks, Generation::Newest, &[]) else { return };
    let (mut values, mut promised, mut impossible, mut wrong) = (0_usize, 0_usize, 0_usize, Vec::new());
    for (block, answers) in blocks.iter().zip(answers) {
        for (query, answer) in block.queries.iter().zip(answers) {
            let Answer::Results(results) = answer else { continue };
            let expr = parse(query, &target).unwrap();
            // All of these series go up only, and are not negative: what names promise holds here.
            for trust in [Trust::Nothing, Trust::Conventions] {
                let found = bounds(&expr, trust, &|_| None)[expr.root().index()];
                impossible += usize::from(found.is_empty());
                for (_, text) in &results {
                    let value = value(text);
                    values += 1;
                    promised += usize::from(narrow(found));
                    if value < found.low || value > found.high {
                        wrong.push(format!("{query}\n    is {value}, promised {found:?} with {trust:?}"));
                    }
                }
            }
        }
    }
    eprintln!(
        "bounds against Prometheus: {values} values, {promised} of them promised something; {impossible} impossible queries"
    );
    assert!(wrong.is_empty(), "{} broken promises\n{}", wrong.len(), wrong[..wrong.len().min(20)].join("\n"));
    assert!(promised * 4 > values && impossible > 0, "the generator tries too little");
}

/// What checks call impossible returns nothing, and what they advise returns something.
#[test]
fn advice_of_the_checks_works() {
    let pairs = [
        ("count(a > 1e9) == 0", "(count(a > 1e9) or vector(0)) == 0"),
        ("count(a) < 1", "(count(nothing) or vector(0)) < 1"),
        ("sum(a == 0) > 0", "sum(a != bool 0) > 0"),
        ("a == NaN", "vector(NaN) != vector(NaN)"),
        (
            "histogram_quantile(0.9, sum by (job) (rate(d_bucket[5m])))",
            "histogram_quantile(0.9, sum by (job, le) (rate(d_bucket[5m])))",
        ),
        (
            "histogram_quantile(99, sum by (le) (rate(d_bucket[5m]))) < 1e9",
            "histogram_quantile(99, sum by (le) (rate(d_bucket[5m]))) > 1e9",
        ),
    ];
    let queries = pairs.iter().flat_map(|(never, works)| [(*never).to_owned(), (*works).to_owned()]).collect();
    let block = Block { series: data(), queries };
    let Some(answers) = answers(&[block], Generation::Newest, &[]) else { return };
    for ((never, works), answers) in pairs.iter().zip(answers[0].chunks(2)) {
        let count = |answer: &Answer| match answer {
            Answer::Results(results) => Some(results.len()),
            Answer::Failed => None,
        };
        assert_eq!(count(&answers[0]), Some(0), "{never}");
        assert!(count(&answers[1]) > Some(0), "{works}");
    }
}
