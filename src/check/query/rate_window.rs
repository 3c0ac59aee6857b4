//! `query/rate-window`: a window that is too short for two samples.

use std::collections::BTreeMap;

use crate::ast::Duration;
use crate::check::{Check, Context, Instance, Rule, seconds};
use crate::diagnostic::{Code, Sink};
use crate::model::{Evaluation, Field};
use crate::promql::RateWindow;
use crate::source::Span;

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("query/rate-window", "0.1.0", include_str!("rate_window.md"));

/// Functions that need two samples.
const PAIRS: [&str; 8] = ["rate", "irate", "increase", "delta", "idelta", "deriv", "predict_linear", "changes"];

/// How often there is a new sample.
struct Pace {
    interval: Duration,
    /// Where that is said.
    span: Option<Span>,
    words: String,
}

fn run(context: &Context<'_>, sink: &mut Sink) {
    // Recorded metrics have a sample for each evaluation.
    let mut recorded: BTreeMap<&str, Option<Field<Duration>>> = BTreeMap::new();
    for rule in context.rules.iter().filter(|rule| !rule.alerts) {
        for instance in &rule.instances {
            let slowest = recorded.entry(rule.name).or_default();
            if let Some(interval) = instance.interval
                && slowest.is_none_or(|slowest| slowest.value < interval.value)
            {
                *slowest = Some(*interval);
            }
        }
    }
    for rule in &context.rules {
        for window in &rule.shape.windows {
            let (Some(length), Some(function)) = (window.seconds, window.function) else { continue };
            if window.subquery || !PAIRS.contains(&function) {
                continue;
            }
            let own = window.metric.as_deref().and_then(|metric| recorded.get(metric));
            let pace = match own {
                Some(Some(interval)) => Some(Pace {
                    interval: interval.value,
                    span: context.span(interval.origin),
                    words: format!("recorded every {}", interval.value),
                }),
                Some(None) => None,
                None => rule
                    .instances
                    .iter()
                    .filter_map(|instance| scraped(context, instance))
                    .max_by_key(|pace| pace.interval),
            };
            if let Some(pace) = pace.filter(|pace| length < 2.0 * seconds(pace.interval)) {
                report(rule, window, function, length, &pace, sink);
            }
        }
    }
}

/// How often the metrics that an evaluator reads are scraped; the slowest cluster counts.
fn scraped(context: &Context<'_>, instance: &Instance<'_>) -> Option<Pace> {
    let Evaluation { engine, cluster } = instance.evaluation;
    let read = context.model.clusters.values().filter_map(|own| {
        let prometheus = own.prometheus.as_ref()?;
        let sent = prometheus.remote_write.as_ref().is_some_and(|to| to.value == *cluster);
        let here = own.name.value == *cluster;
        let ruler = *engine == crate::ast::alert::Evaluator::Ruler;
        (here || (ruler && sent)).then_some((own, prometheus))
    });
    let (own, prometheus) = read.max_by_key(|(_, prometheus)| prometheus.scrape_interval.value)?;
    Some(Pace {
        interval: prometheus.scrape_interval.value,
        span: context.span(prometheus.scrape_interval.origin),
        words: format!("cluster `{}` scrapes every {}", own.name.value, prometheus.scrape_interval.value),
    })
}

fn report(rule: &Rule<'_>, window: &RateWindow, function: &str, length: f64, pace: &Pace, sink: &mut Sink) {
    let never = length <= seconds(pace.interval);
    let often = if never { "hardly ever" } else { "not always" };
    let mut diagnostic = rule
        .finding(&CODE, format!("the window of `{function}` in {} {often} holds two samples", rule.title()))
        .at(rule.span(&window.range), pace.words.clone());
    if let Some(span) = pace.span {
        diagnostic = diagnostic.also(span, "said here");
    }
    let wanted = Duration::from_milliseconds(pace.interval.milliseconds().saturating_mul(4));
    sink.push(
        diagnostic
            .note(format!("`{function}` compares at least two samples; with fewer it returns nothing, and an alert on it stays silent."))
            .help(format!("Make the window at least twice the interval, better four times, so that a missed sample does no harm: `[{wanted}]`.")),
    );
}
