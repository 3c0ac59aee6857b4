//! Resolving node scripts and the policies that say where they run.

use std::collections::BTreeMap;

use super::thresholds::Fleet;
use super::{Context, codes, read_text};
use crate::ast::check::{Check as Written, CheckParam as WrittenParam, CheckParamType, MetricType};
use crate::ast::field::Place;
use crate::ast::policy::Policy;
use crate::ast::{Duration, Quantity, Record, ScalarType, Spec};
use crate::diagnostic::Diagnostic;
use crate::model::check::{Check, CheckParam, EffectiveCheck, Metric};
use crate::model::{Field, slug};
use crate::provenance::Step;
use crate::source::{Spanned, Text, World};
use crate::syntax::ScalarKind;

/// Whether a policy means something of its own by this name; its other names are parameters of the check.
fn is_field_of_a_policy(name: &str) -> bool {
    let fields = Policy::kind().fields.iter().filter(|field| field.place != Place::Rest);
    name == "reason" || fields.map(|field| field.name).any(|field| field == name)
}

/// The checks, and those that run by group.
pub type Resolved = (BTreeMap<String, Check>, BTreeMap<Option<String>, Vec<EffectiveCheck>>);

/// Resolves all checks and policies.
pub fn resolve(context: &mut Context<'_>, spec: &Spec, fleet: Fleet<'_>, world: &dyn World) -> Resolved {
    let all = spec.files.iter().flat_map(|file| file.checks.iter());
    let by_name = context.by_name("check", all, |check| &check.name);
    let mut checks = BTreeMap::new();
    for (name, written) in &by_name {
        let check = build(context, written, world);
        checks.extend(check.map(|check| (name.clone(), check)));
    }
    let mut policies: BTreeMap<&str, Vec<&Policy>> = BTreeMap::new();
    for policy in spec.files.iter().flat_map(|file| file.policies.iter()) {
        let known = context.bind("check", &policy.check, by_name.keys());
        let group = policy.group.as_ref().is_none_or(|group| context.bind("group", group, fleet.groups.keys()));
        if known && group {
            if let Some(written) = by_name.get(policy.check.as_str()) {
                check_params(context, policy, written);
            }
            policies.entry(policy.check.as_str()).or_default().push(policy);
        }
    }
    for list in policies.values_mut() {
        once_per_place(context, list);
    }
    let mut effective: BTreeMap<Option<String>, Vec<EffectiveCheck>> = BTreeMap::new();
    let places = fleet.groups.keys().map(|name| Some(name.clone())).chain([None]);
    for place in places {
        for (name, check) in &checks {
            let own = policies.get(name.as_str()).map(Vec::as_slice).unwrap_or_default();
            if let Some(one) = effective_check(context, check, own, place.as_deref(), fleet) {
                effective.entry(place.clone()).or_default().push(one);
            }
        }
    }
    (checks, effective)
}

fn build(context: &mut Context<'_>, written: &Written, world: &dyn World) -> Option<Check> {
    let script = read_text(context, world, &written.script, &codes::CHECK, "the script")?;
    let origin = context.written(written.script.span);
    let interval = context.or(written.interval.as_ref(), Duration::from_milliseconds(60_000), "once a minute");
    let timeout = context.or(written.timeout.as_ref(), Duration::from_milliseconds(10_000), "ten seconds");
    if timeout.value.milliseconds() == 0 || interval.value.milliseconds() == 0 || timeout.value > interval.value {
        let span = written.timeout.as_ref().or(written.interval.as_ref()).map_or(written.head.span, |field| field.span);
        context.sink.push(
            Diagnostic::new(
                &codes::CHECK,
                format!("the check `{}` may take longer than its interval", written.name.as_str()),
            )
            .at(span, format!("up to {} every {}", timeout.value, interval.value))
            .help("Give it a `timeout` above zero that is not longer than its `interval`."),
        );
    }
    let mut params = Vec::new();
    for param in written.params.iter() {
        let r#type = param.r#type.as_ref().map_or(CheckParamType::Text, |written| written.value);
        if let Some(default) = &param.default {
            fits(context, param, default);
        }
        if !is_variable(param.name.as_str()) {
            context.sink.push(
                Diagnostic::new(&codes::CHECK, "a script's parameter becomes an environment variable")
                    .at(param.name.span, "not the name of a variable")
                    .help("Use letters, digits, `_` and `-`, not beginning with a digit."),
            );
        }
        if is_field_of_a_policy(param.name.as_str()) {
            let headline = format!("no policy could set a parameter called `{}`", param.name.as_str());
            context.sink.push(
                Diagnostic::new(&codes::CHECK, headline)
                    .at(param.name.span, "a policy has a field of this name")
                    .help("Give the parameter another name."),
            );
        }
        params.push(CheckParam {
            name: context.name(&param.name),
            r#type,
            default: context.maybe_text(param.default.as_ref()),
        });
    }
    for metric in written.metrics.iter() {
        context.metric_name("the name of a metric", &metric.name);
    }
    let metrics = written
        .metrics
        .iter()
        .map(|metric| Metric {
            name: context.name(&metric.name),
            r#type: metric.r#type.as_ref().map_or(MetricType::Gauge, |written| written.value),
            help: context.maybe_text(metric.help.as_ref()),
            labels: metric
                .labels
                .iter()
                .map(|label| context.field(label).map(|label| label.as_str().to_owned()))
                .collect(),
        })
        .collect();
    let name = context.name(&written.name);
    Some(Check {
        slug: slug(&name.value),
        name,
        language: context.field(&written.language),
        version: context.text(&written.version),
        interval,
        timeout,
        script: Field::new(script, origin),
        params,
        metrics,
        origin: context.written(written.head.span),
    })
}

fn is_variable(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}

/// Parameters that a policy sets must exist and fit.
fn check_params(context: &mut Context<'_>, policy: &Policy, check: &Written) {
    let known: Vec<String> = check.params.iter().map(|param| param.name.as_str().to_owned()).collect();
    for (name, value) in &policy.params.entries {
        if context.bind("parameter", name, &known)
            && let Some(param) = check.params.iter().find(|param| param.name.as_str() == name.as_str())
        {
            fits(context, param, value);
        }
    }
}

/// Whether a value is of its parameter's type.
fn fits(context: &mut Context<'_>, param: &WrittenParam, value: &Spanned<Text>) {
    let text = value.as_str();
    let path = |path: &str| path.starts_with('/') && !path.chars().any(char::is_control);
    let fits = match param.r#type.as_ref().map_or(CheckParamType::Text, |written| written.value) {
        CheckParamType::Text => !text.contains('\0'),
        CheckParamType::Number => {
            Quantity::read(&value.value, ScalarKind::Plain).is_ok_and(|quantity| quantity.unit.is_empty())
        }
        CheckParamType::Duration => Duration::read(&value.value, ScalarKind::Plain).is_ok(),
        CheckParamType::Bool => matches!(text, "true" | "false"),
        CheckParamType::Path => path(text),
        CheckParamType::PathList => !text.is_empty() && text.split(',').all(path),
    };
    if !fits {
        let expects = param.r#type.as_ref().map_or("string", |written| written.value.as_str());
        let mut diagnostic =
            Diagnostic::new(&codes::CHECK, format!("this value does not fit the parameter `{}`", param.name.as_str()))
                .at(value.span, format!("not a {expects}"));
        if let Some(written) = &param.r#type {
            diagnostic = diagnostic.also(written.span, "its type");
        }
        context.sink.push(diagnostic);
    }
}

fn once_per_place(context: &mut Context<'_>, policies: &[&Policy]) {
    let place = |policy: &Policy| policy.group.as_ref().map(|group| group.as_str().to_owned());
    for (index, policy) in policies.iter().enumerate() {
        if let Some(first) = policies.iter().take(index).find(|other| place(other) == place(policy)) {
            let words = place(policy).map_or_else(|| "everywhere".to_owned(), |group| format!("the group `{group}`"));
            context.sink.push(
                Diagnostic::new(&codes::AMBIGUOUS, format!("two policies run `{}` for {words}", policy.check.as_str()))
                    .at(policy.head.span, "again here")
                    .also(first.head.span, "first here")
                    .help("Join the two."),
            );
        }
    }
}

/// The check as it runs in a group: policies from the outside in, the most specific value wins.
fn effective_check(
    context: &mut Context<'_>,
    check: &Check,
    policies: &[&Policy],
    group: Option<&str>,
    fleet: Fleet<'_>,
) -> Option<EffectiveCheck> {
    let mut own: Vec<&&Policy> = policies
        .iter()
        .filter(|policy| match (&policy.group, group) {
            (None, _) => true,
            (Some(at), Some(group)) => fleet.within(group, at.as_str()),
            (Some(_), None) => false,
        })
        .collect();
    own.sort_by_key(|policy| policy.group.as_ref().map_or(0, |group| 1 + fleet.depth(group.as_str())));
    if own.last()?.off.is_some() {
        return None;
    }
    let mut config: BTreeMap<String, Field<String>> = BTreeMap::new();
    for param in &check.params {
        if let Some(default) = &param.default {
            config.insert(param.name.value.clone(), default.clone());
        }
    }
    for policy in &own {
        let by = policy
            .group
            .as_ref()
            .map_or_else(|| "the policy".to_owned(), |g| format!("the policy of group `{}`", g.as_str()));
        for (name, value) in &policy.params.entries {
            let with = context.written(value.span);
            let origin = match config.get(name.as_str()) {
                Some(over) => {
                    let over = over.origin;
                    context.provenance.add(Step::Overridden { with, over, by: by.clone() })
                }
                None => with,
            };
            config.insert(name.as_str().to_owned(), Field::new(value.as_str().to_owned(), origin));
        }
    }
    let last = own.last().map(|policy| policy.head.span)?;
    let whole = check.params.iter().all(|param| {
        let set = config.contains_key(&param.name.value);
        if !set {
            let place = group.map_or_else(|| "hosts of no group".to_owned(), |group| format!("the group `{group}`"));
            context.sink.push(
                Diagnostic::new(
                    &codes::CHECK,
                    format!("the parameter `{}` of `{}` has no value for {place}", param.name.value, check.name.value),
                )
                .at(last, "this policy does not set it")
                .help("Set it in the policy, or give the parameter a `default`."),
            );
        }
        set
    });
    let from = own.iter().rev().map(|policy| context.written(policy.head.span)).collect();
    let origin = context.provenance.add(Step::Derived { from, how: "policies merged" });
    whole.then(|| EffectiveCheck { check: check.name.value.clone(), config: config.into_iter().collect(), origin })
}
