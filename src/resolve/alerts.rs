//! Resolving alerts: from templates and overrides to the rules that will be evaluated.

use std::collections::BTreeMap;

use super::partition::Extent;
use super::query::{self, Query};
use super::render::Renderer;
use super::thresholds::{self, Base, Fleet, Override, Place};
use super::{Context, codes};
use crate::ast::Spec;
use crate::ast::alert::{Alert as Written, Level, ParamType};
use crate::ast::threshold::Threshold;
use crate::diagnostic::Diagnostic;
use crate::model::{Alert, AlertRule, Project, Target};
use crate::promql::ParamKind;
use crate::source::{Span, Spanned, Text};

/// Labels that the compiler or Prometheus sets.
const RESERVED: [&str; 4] = ["alertname", "severity", "group", "group_id"];

/// What resolving alerts reads.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'m> {
    /// The project.
    pub project: &'m Project,
    /// Groups and clusters.
    pub fleet: Fleet<'m>,
    /// Hosts.
    pub targets: &'m BTreeMap<String, Target>,
}

/// An alert with everything that is said about it.
pub(super) struct Case<'s> {
    pub written: &'s Written,
    pub query: Query<'s>,
    pub params: BTreeMap<String, ParamKind>,
    /// Overrides by severity, from the most to the least specific.
    pub levels: BTreeMap<usize, Vec<Override<'s>>>,
    pub extent: Extent,
}

/// Resolves all alerts and makes their rules.
pub fn resolve(
    context: &mut Context<'_>,
    spec: &Spec,
    around: Surroundings<'_>,
) -> (BTreeMap<String, Alert>, Vec<AlertRule>) {
    let all = spec.files.iter().flat_map(|file| file.alerts.iter());
    let by_name = context.by_name("alert", all, |alert| &alert.name);
    let mut overrides: BTreeMap<String, Vec<(Place, &Threshold)>> = BTreeMap::new();
    for threshold in spec.files.iter().flat_map(|file| file.thresholds.iter()) {
        if context.bind("alert", &threshold.alert, by_name.keys())
            && let Some(place) = thresholds::place(context, threshold, around.fleet)
        {
            overrides.entry(threshold.alert.as_str().to_owned()).or_default().push((place, threshold));
        }
    }
    let renderer = Renderer::new();
    let mut alerts = BTreeMap::new();
    let mut rules = Vec::new();
    for (name, written) in by_name {
        let own = overrides.remove(&name).unwrap_or_default();
        let Some(case) = gather(context, written, &own, around) else { continue };
        alerts.insert(name, alert(context, &case, around));
        rules.extend(super::alert_rules::make_rules(context, &case, around, &renderer));
    }
    let order = |rule: &AlertRule| {
        let severity = around.project.severities.iter().position(|severity| severity.value == rule.severity.value);
        (rule.evaluation.clone(), rule.place.clone(), rule.alert.clone(), severity, rule.groups.clone())
    };
    rules.sort_by_cached_key(order);
    (alerts, rules)
}

/// Reads everything that is said about one alert, reporting what is wrong with it.
fn gather<'s>(
    context: &mut Context<'_>,
    written: &'s Written,
    overrides: &[(Place, &'s Threshold)],
    around: Surroundings<'_>,
) -> Option<Case<'s>> {
    let what = format!("`{}`", written.name.as_str());
    let mut params: BTreeMap<String, ParamKind> = written
        .params
        .iter()
        .map(|param| (param.name.as_str().to_owned(), param_kind(param.r#type.as_ref())))
        .collect();
    params.insert("threshold".to_owned(), ParamKind::Number);
    let unscoped = written.unscoped.iter().map(|metric| metric.as_str().to_owned()).collect();
    for (label, _) in &written.labels.entries {
        if RESERVED.contains(&label.as_str()) {
            let who = if label.as_str() == "severity" { "the level" } else { "the compiler" };
            context.sink.push(
                Diagnostic::new(&codes::RESERVED_LABEL, format!("the label `{}` is set by {who}", label.as_str()))
                    .at(label.span, "cannot be set here")
                    .help("Remove it; it is on every alert anyway."),
            );
        }
    }
    let extent = extent(context, written, around.fleet);
    let levels = levels(context, written, overrides, around);
    check_params(context, written, overrides);
    let query =
        query::parse(context, &written.query.value, around.project.targets.prometheus.value, &params, unscoped, &what)?;
    if levels.is_empty() {
        context.sink.push(
            Diagnostic::new(&codes::NO_LEVELS, format!("{what} has no level"))
                .at(written.head.span, "no severity at which it fires")
                .help("Add a line such as `level warning 80 for=\"5m\"`."),
        );
        return None;
    }
    Some(Case { written, query, params, levels, extent })
}

fn param_kind(written: Option<&Spanned<ParamType>>) -> ParamKind {
    match written.map(|written| written.value) {
        None | Some(ParamType::Number) => ParamKind::Number,
        Some(ParamType::Duration) => ParamKind::Duration,
        Some(ParamType::Text) => ParamKind::String,
        Some(ParamType::Metric) => ParamKind::MetricName,
    }
}

fn extent(context: &mut Context<'_>, written: &Written, fleet: Fleet<'_>) -> Extent {
    let Some(applies) = written.applies.as_deref() else { return Extent::default() };
    let mut extent = Extent::default();
    if !applies.groups.is_empty() {
        let outer: Vec<&str> = applies
            .groups
            .iter()
            .filter(|group| context.bind("group", group, fleet.groups.keys()))
            .map(|group| group.as_str())
            .collect();
        let inside = |name: &String| outer.iter().any(|outer| fleet.within(name, outer));
        extent.groups = Some(fleet.groups.keys().filter(|name| inside(name)).cloned().collect());
    }
    if !applies.clusters.is_empty() {
        let named = applies.clusters.iter().filter(|cluster| context.bind("cluster", cluster, fleet.clusters.keys()));
        extent.clusters = Some(named.map(|cluster| cluster.as_str().to_owned()).collect());
    }
    extent
}

/// All overrides by severity, from the most to the least specific.
fn levels<'s>(
    context: &mut Context<'_>,
    written: &'s Written,
    overrides: &[(Place, &'s Threshold)],
    around: Surroundings<'_>,
) -> BTreeMap<usize, Vec<Override<'s>>> {
    let severities = &around.project.severities;
    let names: Vec<String> = severities.iter().map(|severity| severity.value.clone()).collect();
    let mut levels: BTreeMap<usize, Vec<Override<'s>>> = BTreeMap::new();
    let mut sources: Vec<(Place, Option<&'s Threshold>, &'s [Level])> =
        vec![(Place { base: Base::Default, selector: None }, None, &written.levels)];
    sources.extend(
        overrides.iter().map(|(place, threshold)| (place.clone(), Some(*threshold), threshold.levels.as_slice())),
    );
    for (place, threshold, nodes) in &sources {
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        for level in *nodes {
            if let Some(first) = seen.insert(level.severity.as_str(), level.severity.span) {
                context.sink.push(
                    Diagnostic::new(
                        &codes::DUPLICATE_NAME,
                        format!("the level `{}` is written twice", level.severity.as_str()),
                    )
                    .at(level.severity.span, "written again here")
                    .also(first, "first written here")
                    .help("Keep one of the two."),
                );
                continue;
            }
            if !context.bind("severity", &level.severity, &names) {
                continue;
            }
            let Some(index) = names.iter().position(|name| name == level.severity.as_str()) else { continue };
            levels.entry(index).or_default().push(Override {
                place: place.clone(),
                written: *threshold,
                value: level.value.as_ref(),
                r#for: level
                    .r#for
                    .as_ref()
                    .or_else(|| threshold.and_then(|t| t.r#for.as_ref()))
                    .or_else(|| threshold.is_none().then_some(written.r#for.as_ref()).flatten()),
                keep_firing_for: level
                    .keep_firing_for
                    .as_ref()
                    .or_else(|| threshold.and_then(|t| t.keep_firing_for.as_ref()))
                    .or_else(|| threshold.is_none().then_some(written.keep_firing_for.as_ref()).flatten()),
                params: threshold.map(|t| params_of(t)).unwrap_or_default(),
                off: match &level.off {
                    Some(off) => Some((true, off.reason.span)),
                    None => level.value.as_ref().map(|value| (false, value.span)),
                },
                declares: level.off.is_none(),
            });
        }
    }
    // What a threshold says for all levels counts for each level that it does not name.
    let known: Vec<usize> = levels.keys().copied().collect();
    for (place, threshold) in overrides {
        let general = threshold.r#for.is_some()
            || threshold.keep_firing_for.is_some()
            || !threshold.params.entries.is_empty()
            || threshold.off.is_some();
        for index in known.iter().filter(|_| general) {
            let named =
                threshold.levels.iter().any(|level| names.get(*index).is_some_and(|n| n == level.severity.as_str()));
            if !named {
                levels.entry(*index).or_default().push(Override {
                    place: place.clone(),
                    written: Some(threshold),
                    value: None,
                    r#for: threshold.r#for.as_ref(),
                    keep_firing_for: threshold.keep_firing_for.as_ref(),
                    params: params_of(threshold),
                    off: threshold.off.as_ref().map(|off| (true, off.reason.span)),
                    declares: false,
                });
            }
        }
    }
    for list in levels.values_mut() {
        list.sort_by(|a, b| {
            b.place.rank(around.fleet).cmp(&a.place.rank(around.fleet)).then_with(|| a.place.cmp(&b.place))
        });
        one_per_place(context, written, list);
        same_as_inherited(context, written, list, around.fleet);
    }
    levels
}

/// An override that says what holds anyway is noise, and hides what is really special about a place.
fn same_as_inherited(context: &mut Context<'_>, alert: &Written, sorted: &[Override<'_>], fleet: Fleet<'_>) {
    for (index, one) in sorted.iter().enumerate().filter(|(_, one)| one.written.is_some()) {
        let outer: Vec<&Override<'_>> =
            sorted.iter().skip(index + 1).filter(|other| other.place.contains(&one.place, fleet)).collect();
        let inherited_off = outer.iter().find_map(|other| other.off).is_some_and(|(off, _)| off);
        let sets_off = one.off.is_some_and(|(off, _)| off);
        if inherited_off || sets_off || !outer.iter().any(|other| other.declares) {
            continue;
        }
        let inherited_value = outer.iter().find_map(|other| other.value);
        let same = [
            one.value.map(|own| inherited_value.is_some_and(|value| value == own)),
            one.r#for.map(|own| outer.iter().find_map(|other| other.r#for) == Some(own)),
            one.keep_firing_for.map(|own| outer.iter().find_map(|other| other.keep_firing_for) == Some(own)),
        ];
        let params = one.params.iter().map(|(name, own)| {
            let inherited = outer.iter().find_map(|other| other.params.get(name)).copied();
            let default = alert.params.iter().find(|param| param.name.as_str() == *name);
            inherited.or(default.and_then(|param| param.default.as_ref())) == Some(*own)
        });
        let mut sets: Vec<bool> = same.into_iter().flatten().collect();
        sets.extend(params);
        if sets.is_empty() || sets.contains(&false) {
            continue;
        }
        let span = one.value.map(|value| value.span).or(one.r#for.map(|duration| duration.span));
        let span = span.or(one.written.map(|threshold| threshold.head.span)).unwrap_or(alert.head.span);
        let mut diagnostic = Diagnostic::new(
            &codes::SAME_AS_INHERITED,
            format!("this override of `{}` for {} changes nothing", alert.name.as_str(), one.place.words()),
        )
        .at(span, "the same as inherited");
        if let Some(value) = inherited_value.filter(|_| one.value.is_some()) {
            diagnostic = diagnostic.also(value.span, "inherited from here");
        }
        context.sink.push(
            diagnostic
                .note("It makes rules of its own for that place, and the day the inherited value changes this one stays behind.")
                .help("Remove it."),
        );
    }
}

fn params_of(threshold: &Threshold) -> BTreeMap<&str, &Spanned<Text>> {
    threshold.params.entries.iter().map(|(name, value)| (name.as_str(), value)).collect()
}

/// Two overrides for the same place, or for selectors that could both fit one host, leave it open which one counts.
fn one_per_place(context: &mut Context<'_>, alert: &Written, sorted: &[Override<'_>]) {
    let span = |one: &Override<'_>| one.written.map_or(alert.head.span, |threshold| threshold.head.span);
    for (index, one) in sorted.iter().enumerate() {
        for other in sorted.iter().skip(index + 1) {
            let same_base = one.place.base == other.place.base;
            if same_base && one.place.selector == other.place.selector {
                let clash = one.value.is_some() && other.value.is_some()
                    || one.r#for.is_some() && other.r#for.is_some()
                    || one.keep_firing_for.is_some() && other.keep_firing_for.is_some()
                    || one.off.is_some() && other.off.is_some()
                    || one.params.keys().any(|name| other.params.contains_key(name));
                if clash {
                    context.sink.push(
                        Diagnostic::new(
                            &codes::AMBIGUOUS,
                            format!("`{}` is overridden twice for {}", alert.name.as_str(), one.place.words()),
                        )
                        .at(span(other), "overridden again here")
                        .also(span(one), "first overridden here")
                        .help("Join the two."),
                    );
                }
            } else if same_base
                && let (Some((one_label, _)), Some((other_label, _))) = (&one.place.selector, &other.place.selector)
                && one_label != other_label
            {
                context.sink.push(
                    Diagnostic::new(
                        &codes::AMBIGUOUS,
                        format!("two overrides of `{}` could hold for the same host", alert.name.as_str()),
                    )
                    .at(span(other), format!("for hosts with a certain `{other_label}`"))
                    .also(span(one), format!("for hosts with a certain `{one_label}`"))
                    .note("A host can carry both labels, and nothing says which override counts then.")
                    .help("Use the same label in both, or put one of them on a more specific group."),
                );
            }
        }
    }
}

/// Parameters that overrides set must exist.
fn check_params(context: &mut Context<'_>, written: &Written, overrides: &[(Place, &Threshold)]) {
    let known: Vec<String> = written.params.iter().map(|param| param.name.as_str().to_owned()).collect();
    for (_, threshold) in overrides {
        for (name, _) in &threshold.params.entries {
            context.bind("parameter", name, &known);
        }
    }
}

fn alert(context: &mut Context<'_>, case: &Case<'_>, around: Surroundings<'_>) -> Alert {
    let written = case.written;
    let levels = case.levels.keys().filter_map(|index| around.project.severities.get(*index)).cloned().collect();
    let mut annotations: Vec<(String, Text)> = Vec::new();
    for (name, text) in
        [("summary", &written.summary), ("description", &written.description), ("runbook_url", &written.runbook)]
    {
        annotations.extend(text.as_ref().map(|text| (name.to_owned(), text.value.clone())));
    }
    annotations
        .extend(written.annotations.entries.iter().map(|(name, text)| (name.as_str().to_owned(), text.value.clone())));
    Alert {
        name: context.name(&written.name),
        unit: context.maybe(written.unit.as_ref()),
        query: written.query.value.clone(),
        expr: case.query.expr.clone(),
        target: case.query.target.clone(),
        levels,
        labels: context.labels(&written.labels),
        annotations,
        inhibit_lower: context.or(written.inhibit_lower.as_ref(), true, "a higher level silences the lower ones"),
        evaluate: context.maybe(written.evaluate.as_ref()),
    }
}
