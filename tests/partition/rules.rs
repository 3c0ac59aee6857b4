//! The rules that come of a fleet, and which series they select.

use std::collections::BTreeMap;

use alertsmith::ast::alert;
use alertsmith::diagnostic::render::{self, Format, Options};
use alertsmith::pipeline;
use alertsmith::promql::{self, MatchOp, Target};
use alertsmith::source::MemoryWorld;

use super::fleet::{Fleet, SEVERITIES};
use super::series::Evaluator;

/// A rule as it is evaluated.
#[derive(Debug, Clone)]
pub struct Rule {
    pub alert: usize,
    pub severity: usize,
    pub evaluator: Evaluator,
    pub expr: String,
    /// In minutes.
    pub r#for: u32,
    /// Everything that resets a firing alert when it changes.
    pub identity: Identity,
    selectors: Vec<Selector>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity {
    pub file: String,
    pub alert: String,
    pub labels: BTreeMap<String, String>,
}

#[derive(Debug, Clone)]
struct Selector {
    metric: String,
    matchers: Vec<(String, MatchOp, String)>,
}

/// What the compiler made of a fleet.
pub struct Built {
    pub rules: Vec<Rule>,
    pub files: BTreeMap<String, String>,
    /// The findings, one a line.
    pub findings: String,
}

/// Compiles a fleet; `Err` has the findings.
pub fn build(fleet: &Fleet) -> Result<Built, String> {
    let (compilation, rendered) = pipeline::build(&MemoryWorld::default().with("alertsmith.kdl", fleet.kdl()));
    let findings = render::render(Format::Concise, &compilation.diagnostics, &compilation.sources, &Options::default());
    let (Some(model), Some(rendered)) = (&compilation.model, rendered) else { return Err(findings) };
    let number = |name: &str| fleet.clusters.iter().position(|cluster| cluster.name == name).unwrap();
    let mut rules = Vec::new();
    for rule in &model.alert_rules {
        let evaluator = match rule.evaluation.engine {
            alert::Evaluator::Prometheus => Evaluator::Prometheus(number(&rule.evaluation.cluster)),
            alert::Evaluator::Ruler => Evaluator::Ruler,
        };
        let expr = promql::parse(&rule.expr.value, &Target::everything()).unwrap();
        let selectors = expr.selectors().map(|selector| Selector {
            metric: selector.metric().unwrap().to_owned(),
            matchers: selector
                .matchers
                .iter()
                .map(|matcher| (matcher.label.name.clone(), matcher.op, matcher.value.known().unwrap().to_owned()))
                .collect(),
        });
        rules.push(Rule {
            alert: fleet.alerts.iter().position(|alert| alert.name == rule.alert).unwrap(),
            severity: SEVERITIES.iter().position(|name| *name == rule.severity.value).unwrap(),
            evaluator,
            selectors: selectors.collect(),
            r#for: u32::try_from(rule.r#for.value.milliseconds() / 60_000).unwrap(),
            identity: Identity {
                file: format!("{}{}", evaluator.folder(fleet), rule.place.file),
                alert: rule.alert.clone(),
                labels: rule.labels.iter().map(|(name, value)| (name.clone(), value.value.clone())).collect(),
            },
            expr: rule.expr.value.clone(),
        });
    }
    let files = rendered.files.into_iter().map(|(path, file)| (path, String::from_utf8(file.bytes).unwrap())).collect();
    Ok(Built { rules, files, findings })
}

impl Rule {
    /// How many selectors of a metric select a series with these labels.
    pub fn selecting(&self, metric: &str, labels: &BTreeMap<String, String>) -> usize {
        let of_metric = self.selectors.iter().filter(|selector| selector.metric == metric);
        of_metric.filter(|selector| selector.matchers.iter().all(|matcher| matches(matcher, labels))).count()
    }

    /// The numbers that results are compared with.
    pub fn thresholds(&self) -> Vec<u32> {
        let numbers = self.expr.split("> ").skip(1);
        numbers.map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next().unwrap().parse().unwrap()).collect()
    }

    /// The windows of range selectors, in minutes.
    pub fn windows(&self) -> Vec<u32> {
        let windows = self.expr.split('[').skip(1);
        windows.map(|rest| rest.split("m]").next().unwrap().parse().unwrap()).collect()
    }
}

/// Matching as Prometheus does it, for the patterns that the compiler writes: alternatives of escaped words.
fn matches((label, op, value): &(String, MatchOp, String), labels: &BTreeMap<String, String>) -> bool {
    let own = labels.get(label).map_or("", String::as_str);
    match op {
        MatchOp::Equal => own == value,
        MatchOp::NotEqual => own != value,
        MatchOp::Regex => words(value).iter().any(|word| word == own),
        MatchOp::NotRegex => words(value).iter().all(|word| word != own),
    }
}

fn words(pattern: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '|' => words.push(String::new()),
            '\\' => words.last_mut().unwrap().extend(chars.next()),
            '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '^' | '$' => {
                panic!("{pattern} is not only words")
            }
            plain => words.last_mut().unwrap().push(plain),
        }
    }
    words
}
