//! How long a build takes, and its parts. Run with `cargo bench`; `docs/performance.md` has figures.
#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark may fail loudly")]

use std::fmt::Write as _;

use alertsmith::ast::Decoder;
use alertsmith::ast::spec::SpecFile;
use alertsmith::diagnostic::Sink;
use alertsmith::pipeline;
use alertsmith::promql::{self, Target, Version};
use alertsmith::source::{FileId, MemoryWorld};
use alertsmith::syntax::{kdl, yaml};
use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};

const GROUPS: usize = 50;

fn main() {
    divan::main();
}

/// A spec of one cluster with 50 groups and so many alerts. Each alert has two levels and an override for one group. One alert in
/// ten aggregates the groups away, so that it becomes one rule for each group.
fn spec(alerts: usize) -> String {
    let mut text = "project fleet\ncluster main role=standalone { prometheus; alertmanager }\n".to_owned();
    for group in 0..GROUPS {
        let _ = writeln!(
            text,
            "group team-{group} id=grp-{group} {{ target host-{group} address=\"10.0.0.{group}\" {{ exporters node }} }}"
        );
    }
    for alert in 0..alerts {
        let query = if alert % 10 == 0 {
            "100 - avg by (instance) (rate(node_cpu_seconds_total{mode=\\\"idle\\\"}[5m])) * 100 > ${threshold}"
        } else {
            "node_filesystem_avail_bytes{fstype!~\\\"tmpfs|overlay\\\"} / node_filesystem_size_bytes * 100 > ${threshold}"
        };
        let _ = writeln!(
            text,
            "alert Alert{alert} unit=percent {{\n    query \"{query}\"\n    level warning 80 for=\"5m\"\n    level critical 95 for=\"2m\"\n    \
             labels service=node\n    summary \"{{{{ $value | humanize }}}} % on {{{{ $labels.instance }}}}, above ${{threshold}} %\"\n}}\n\
             threshold Alert{alert} group=team-{} {{ level warning 70 }}",
            alert % GROUPS,
        );
    }
    text + "channel team { webhook url=\"http://receiver.example\" }\nrouting { default team; group-by alertname group }\n"
}

/// Text in, bytes of every file out.
#[divan::bench(args = [10, 100, 1000], sample_count = 10)]
fn build(bencher: Bencher<'_, '_>, alerts: usize) {
    let world = MemoryWorld::default().with("alertsmith.kdl", spec(alerts));
    let (compilation, rendered) = pipeline::build(&world);
    assert!(compilation.diagnostics.is_empty());
    let rules = compilation.model.unwrap().alert_rules.len();
    assert!(rendered.is_some());
    bencher.counter(ItemsCount::new(rules)).bench(|| pipeline::build(&world));
}

/// Text to tree.
#[divan::bench(args = [10, 100, 1000], sample_count = 20)]
fn read_kdl(bencher: Bencher<'_, '_>, alerts: usize) {
    let text = spec(alerts);
    bencher.counter(BytesCount::of_str(&text)).bench(|| kdl::read(FileId(0), &text, &mut Sink::default()));
}

/// Text to typed spec, in YAML. The text is that of a rule file's size: alerts as a mapping.
#[divan::bench(args = [10, 100, 1000], sample_count = 20)]
fn read_yaml(bencher: Bencher<'_, '_>, alerts: usize) {
    let mut text = "alerts:\n".to_owned();
    for alert in 0..alerts {
        let _ = writeln!(
            text,
            "  Alert{alert}:\n    unit: percent\n    query: |\n      node_filesystem_avail_bytes / node_filesystem_size_bytes * 100 < \
             ${{threshold}}\n    levels:\n      warning: {{ value: 20, for: 5m }}\n      critical: {{ value: 5, for: 2m }}\n    \
             labels: {{ service: node }}\n    summary: \"{{{{ $value }}}} % on {{{{ $labels.instance }}}}\""
        );
    }
    bencher.counter(BytesCount::of_str(&text)).bench(|| {
        let mut sink = Sink::default();
        let tree = yaml::read(FileId(0), &text, &mut sink);
        SpecFile::from_tree(&mut Decoder::new(&mut sink), &tree)
    });
}

/// Queries of the kind that alerts have.
const QUERIES: [&str; 4] = [
    "up{job=\"node\"} == 0",
    "100 - avg by (instance) (rate(node_cpu_seconds_total{mode=\"idle\"}[5m])) * 100 > 80",
    "sum by (namespace) (rate(http_requests_total{namespace=\"shop\", code=~\"5..\"}[5m])) / sum by (namespace) \
     (rate(http_requests_total{namespace=\"shop\"}[5m])) * 100 > 1",
    "histogram_quantile(0.95, sum by (le, namespace) (rate(http_request_duration_seconds_bucket{service=\"web\"}[5m]))) > 0.8 \
     and on (namespace) sum by (namespace) (rate(http_requests_total[5m])) > 10 unless on () maintenance_mode == 1",
];

/// Query text to tree.
#[divan::bench(args = [0, 1, 2, 3])]
fn parse_query(bencher: Bencher<'_, '_>, query: usize) {
    let (text, target) = (QUERIES[query], Target::new(Version::NEWEST));
    assert!(promql::parse(text, &target).is_ok());
    bencher.counter(BytesCount::of_str(text)).bench(|| promql::parse(text, &target));
}

/// Which labels the result of a query carries.
#[divan::bench(args = [0, 1, 2, 3])]
fn follow_labels(bencher: Bencher<'_, '_>, query: usize) {
    let target = Target::new(Version::NEWEST);
    let expr = promql::parse(QUERIES[query], &target).unwrap();
    bencher.bench(|| promql::flow(&expr, &target));
}
