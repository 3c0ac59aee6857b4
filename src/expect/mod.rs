//! Runs the tests of a spec: who is told about an alert, at a time, and what silences it.
//!
//! A test speaks about every alert that the rules of its name can send with its labels; without a name it speaks about the
//! one alert with exactly these labels. `reaches` holds if all of them arrive, `not-reaches` if none does. With a time, a
//! route that is silent then does not count. An Alertmanager with `only` is there to tell less: where it leaves nothing of a
//! channel, nobody is told, so `not-reaches` holds there, and `reaches` is about the alerts of the other installations; it
//! fails if there are none. `inhibited-by` holds if for each rule an alert of that name can silence it.
//! All of this is asked over all label sets at once, so a test that holds is a proof.

mod coverage;
mod verdict;

pub use coverage::{Coverage, Untouched};

use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Expect, Model};
use crate::paging::{Labels, Paging, SentAlert, Source, Values, sent_alerts};
use crate::provenance::Provenance;

/// A test that does not hold.
pub static FAILED: Code = Code::error("expect/failed", "0.1.0", include_str!("../diagnostic/stage/expect/failed.md"));

/// All codes of this room.
pub static CODES: &[&Code] = &[&FAILED];

/// What came of the tests.
#[derive(Debug)]
pub struct Report {
    /// One for each test, in the order in which they were written.
    pub tests: Vec<Test>,
    /// What no test touches.
    pub coverage: Coverage,
}

/// What came of one test.
#[derive(Debug)]
pub struct Test {
    /// What is expected, in words.
    pub title: String,
    /// How many rules its alert comes from.
    pub rules: usize,
    /// Everything in it that does not hold.
    pub failures: Vec<Diagnostic>,
}

impl Report {
    /// How many tests hold.
    pub fn passed(&self) -> usize {
        self.tests.iter().filter(|test| test.failures.is_empty()).count()
    }
}

/// Runs all tests of a spec; nothing without routing.
pub fn run(model: &Model, provenance: &Provenance) -> Option<Report> {
    let alerts = sent_alerts(model);
    let sent = alerts.len();
    // The alerts of each test stand behind those of the spec, which stay: they are what can silence.
    let mut all = alerts.clone();
    let mut meant = Vec::new();
    for expect in &model.expects {
        let from = all.len();
        all.extend(alerts_of(expect, &alerts));
        meant.push(from..all.len());
    }
    let mut paging = Paging::with(model, all)?;
    let mut tests = Vec::new();
    let mut coverage = Coverage::new(model);
    for (expect, meant) in model.expects.iter().zip(meant) {
        coverage.touch(&paging, expect, meant.clone());
        let mut trial = verdict::Trial { paging: &mut paging, provenance, expect, meant: meant.clone(), sent };
        tests.push(Test { title: expect.title.value.clone(), rules: meant.len(), failures: trial.failures() });
    }
    coverage.finish(&paging);
    Some(Report { tests, coverage })
}

/// The alerts that a test speaks about.
fn alerts_of(expect: &Expect, alerts: &[SentAlert]) -> Vec<SentAlert> {
    let Some(name) = &expect.alert else {
        let mut labels = Labels::none();
        for (label, value) in &expect.labels {
            labels.set(label, Values::one(value.value.as_str()));
        }
        return vec![SentAlert {
            name: expect.labels.get("alertname").map_or_else(String::new, |name| name.value.clone()),
            severity: expect.labels.get("severity").map(|severity| severity.value.clone()),
            source: Source::External(String::new()),
            place: "this test".to_owned(),
            evaluation: None,
            home: None,
            groups: Vec::new(),
            labels,
            always: false,
            origin: expect.origin,
        }];
    };
    let fits = |alert: &&SentAlert| {
        let mut labels = expect.labels.iter();
        alert.name == name.value && labels.all(|(label, value)| alert.labels.get(label).contains(&value.value))
    };
    let mut meant: Vec<SentAlert> = alerts.iter().filter(fits).cloned().collect();
    for alert in &mut meant {
        for (label, value) in &expect.labels {
            alert.labels.set(label, Values::one(value.value.as_str()));
        }
    }
    meant
}
