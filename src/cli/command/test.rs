//! `alertsmith test`: runs the tests of a spec.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::cli::args::{FindingsFormat, TestArgs};
use crate::cli::exit::{Exit, Trouble};
use crate::cli::findings;
use crate::cli::session::check_folder;
use crate::cli::spec;
use crate::cli::terminal::{Stream, Terminal};
use crate::diagnostic::render::{Format, Options, render};
use crate::diagnostic::{Diagnostic, Level};
use crate::expect::{self, Report};
use crate::provenance::Origin;

pub fn run(args: &TestArgs, terminal: &mut Terminal) -> Result<Exit, Trouble> {
    let spec = spec::find(args.spec.path.as_deref())?;
    let run = check_folder(&spec.folder)?;
    if run.has_errors() {
        let errors: Vec<Diagnostic> =
            run.diagnostics.iter().filter(|found| found.level == Level::Error).cloned().collect();
        return Ok(findings::show_in(terminal, args.format, &spec, &run.sources, &errors));
    }
    let report = run.model.as_ref().and_then(|model| expect::run(model, &run.provenance));
    let report =
        report.ok_or_else(|| Trouble::new("the spec has no routing").help("Add `routing { default CHANNEL }`."))?;
    let failures: Vec<Diagnostic> = report.tests.iter().flat_map(|test| test.failures.iter().cloned()).collect();
    let place = |origin: Origin| {
        let span = run.provenance.span(origin)?;
        Some(format!("{}{}", spec.from_here, run.sources.place(span)))
    };
    if args.format == FindingsFormat::Json {
        let options = Options { root: spec.from_here.clone(), ..terminal.options(Stream::Out) };
        let found = render(Format::Json, &failures, &run.sources, &options);
        terminal.out(&format!("{}\n", answer(&report, &found, &place)));
    } else {
        let shown = failures.as_slice();
        // Nothing to show is no reason to say so: the summary says it.
        if !shown.is_empty() || args.format != FindingsFormat::Human {
            findings::show_in(terminal, args.format, &spec, &run.sources, shown);
        }
        if args.format == FindingsFormat::Human {
            terminal.out(&summary(&report, &place));
        }
    }
    Ok(if failures.is_empty() { Exit::Fine } else { Exit::Findings })
}

/// How many tests hold, and what none touches.
fn summary(report: &Report, place: &dyn Fn(Origin) -> Option<String>) -> String {
    let tests = report.tests.len();
    let failed = tests - report.passed();
    let mut out = match (tests, failed) {
        (0, _) => "The spec has no tests.\n".to_owned(),
        (1, 0) => "1 test holds.\n".to_owned(),
        (_, 0) => format!("{tests} tests hold.\n"),
        _ => format!("{failed} of {tests} tests failed.\n"),
    };
    let coverage = &report.coverage;
    let (routes, channels) = (coverage.untouched_routes.len(), coverage.untouched_channels.len());
    let _ = writeln!(
        out,
        "They touch {} of {} routes and {} of {} channels.",
        coverage.routes - routes,
        coverage.routes,
        coverage.channels - channels,
        coverage.channels,
    );
    let at = |origin: Option<Origin>| origin.and_then(place).map_or_else(String::new, |place| format!("  ({place})"));
    let mut lines: Vec<String> = Vec::new();
    for route in &coverage.untouched_routes {
        let conditions =
            if route.conditions.is_empty() { "every alert".to_owned() } else { route.conditions.join(", ") };
        lines.push(format!("  route to {}, for {conditions}{}\n", route.channel, at(route.origin)));
    }
    for (channel, origin) in &coverage.untouched_channels {
        lines.push(format!("  channel {channel}{}\n", at(Some(*origin))));
    }
    if !lines.is_empty() && tests > 0 {
        out.push_str("No test touches:\n");
        out.extend(lines);
    }
    out
}

fn answer(report: &Report, findings: &str, place: &dyn Fn(Origin) -> Option<String>) -> Value {
    let found: Value = serde_json::from_str(findings).unwrap_or_default();
    let tests: Vec<Value> = report
        .tests
        .iter()
        .map(|test| {
            let failures: Vec<&str> = test.failures.iter().map(|failure| failure.headline.as_str()).collect();
            json!({ "title": test.title, "passed": failures.is_empty(), "rules": test.rules, "failures": failures })
        })
        .collect();
    let coverage = &report.coverage;
    let routes: Vec<Value> = coverage
        .untouched_routes
        .iter()
        .map(|route| {
            json!({ "channel": route.channel, "matchers": route.conditions, "place": route.origin.and_then(place) })
        })
        .collect();
    let channels = coverage.untouched_channels.iter();
    let channels: Vec<Value> =
        channels.map(|(channel, origin)| json!({ "channel": channel, "place": place(*origin) })).collect();
    json!({
        "version": 1,
        "passed": report.passed(),
        "failed": report.tests.len() - report.passed(),
        "tests": tests,
        "coverage": {
            "routes": coverage.routes,
            "untouched_routes": routes,
            "channels": coverage.channels,
            "untouched_channels": channels,
        },
        "findings": found["findings"],
    })
}
