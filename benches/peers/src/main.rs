//! How long one expression of an alert takes: to parse, here and with the crate `promql-parser`, and to analyse.
#![allow(clippy::unwrap_used, reason = "a benchmark may fail loudly")]

use alertsmith::promql::{self, Target};
use divan::Bencher;

fn main() {
    divan::main();
}

/// Expressions of the kind that alerts have.
const QUERIES: [&str; 4] = [
    "up{job=\"node\"} == 0",
    "100 - avg by (instance) (rate(node_cpu_seconds_total{mode=\"idle\"}[5m])) * 100 > 80",
    "sum by (namespace) (rate(http_requests_total{namespace=\"shop\", code=~\"5..\"}[5m])) / sum by (namespace) \
     (rate(http_requests_total{namespace=\"shop\"}[5m])) * 100 > 1",
    "histogram_quantile(0.95, sum by (le, namespace) (rate(http_request_duration_seconds_bucket{service=\"web\"}[5m]))) > 0.8 \
     and on (namespace) sum by (namespace) (rate(http_requests_total[5m])) > 10 unless on () maintenance_mode == 1",
];

/// Text to tree, types checked.
#[divan::bench(args = [0, 1, 2, 3])]
fn alertsmith_parse(bencher: Bencher<'_, '_>, query: usize) {
    let target = Target::default();
    bencher.bench(|| promql::parse(QUERIES[query], &target).unwrap());
}

/// Text to tree, types checked.
#[divan::bench(args = [0, 1, 2, 3])]
fn promql_parser_parse(bencher: Bencher<'_, '_>, query: usize) {
    bencher.bench(|| promql_parser::parser::parse(QUERIES[query]).unwrap());
}

/// Text to everything that is known: tree, labels, always and never, comparisons and windows.
#[divan::bench(args = [0, 1, 2, 3])]
fn alertsmith_analyse(bencher: Bencher<'_, '_>, query: usize) {
    let target = Target::default();
    bencher.bench(|| {
        let expr = promql::parse(QUERIES[query], &target).unwrap();
        (promql::flow(&expr, &target), promql::shape(&expr))
    });
}
