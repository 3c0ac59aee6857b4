//! Resolving alerts: from templates and overrides to the rules that will be evaluated.

use std::collections::{BTreeMap, BTreeSet};

use super::partition::{self, Extent, Instance};
use super::query::{self, Query};
use super::render::Renderer;
use super::thresholds::{self, Base, Fleet, Override, Place};
use super::{Context, codes, quantity};
use crate::ast::alert::{Alert as Written, Level, ParamType, Unit};
use crate::ast::threshold::Threshold;
use crate::ast::{Duration, ScalarType, Spec};
use crate::diagnostic::Diagnostic;
use crate::model::{Alert, AlertRule, Field, Labels, Project, Target};
use crate::promql::{Expr, ParamKind, Value};
use crate::provenance::Step;
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
struct Case<'s> {
    written: &'s Written,
    query: Query<'s>,
    params: BTreeMap<String, ParamKind>,
    /// Overrides by severity, from the most to the least specific.
    levels: BTreeMap<usize, Vec<Override<'s>>>,
    extent: Extent,
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
        rules.extend(make_rules(context, &case, around, &renderer));
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
    }
    levels
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

fn make_rules(
    context: &mut Context<'_>,
    case: &Case<'_>,
    around: Surroundings<'_>,
    renderer: &Renderer,
) -> Vec<AlertRule> {
    let written = case.written;
    let fleet = around.fleet;
    let mut over: BTreeSet<String> = BTreeSet::new();
    let mut cut: BTreeMap<usize, (Vec<&Place>, Vec<thresholds::Point>)> = BTreeMap::new();
    for (index, overrides) in &case.levels {
        let mut selectors: Vec<&Place> = Vec::new();
        for place in overrides.iter().map(|one| &one.place).filter(|place| place.selector.is_some()) {
            if !selectors.contains(&place) {
                selectors.push(place);
            }
        }
        let mut points = partition::points(fleet, &case.extent, &selectors);
        points.retain(|point| thresholds::fold(overrides, point, fleet).is_some());
        over.extend(points.iter().map(|point| point.cluster.clone()));
        cut.insert(*index, (selectors, points));
    }
    let what = format!("the alert `{}`", written.name.as_str());
    let wish = written.evaluate.as_ref();
    let span = wish.map_or(written.head.span, |wish| wish.span);
    let placement = super::placement::plan(context, fleet.clusters, &over, wish.map(|wish| wish.value), &what, span);
    let mut rules = Vec::new();
    for (index, overrides) in &case.levels {
        let (Some((selectors, points)), Some(severity)) = (cut.get(index), around.project.severities.get(*index))
        else {
            continue;
        };
        for instance in partition::instances(overrides, points, &placement, fleet) {
            let mut maker = Maker { context: &mut *context, case, around, renderer, severity, selectors };
            rules.extend(maker.rules(&instance));
        }
    }
    rules
}

/// Makes the rules of one level.
struct Maker<'a, 'c, 's> {
    context: &'a mut Context<'c>,
    case: &'a Case<'s>,
    around: Surroundings<'a>,
    renderer: &'a Renderer,
    severity: &'a Field<String>,
    selectors: &'a [&'a Place],
}

impl Maker<'_, '_, '_> {
    /// One rule for the instance, or one per group where the query does not keep the group's labels.
    fn rules(&mut self, instance: &Instance<'_, '_>) -> Vec<AlertRule> {
        let Some(values) = self.values(instance) else { return Vec::new() };
        let covered = partition::groups(&instance.points);
        let Some((expr, tree)) = self.expression(instance, &values, &covered) else { return Vec::new() };
        let only_ungrouped = covered.iter().all(Option::is_none);
        if only_ungrouped || self.all_unscoped() || super::flow::keeps_groups(&tree, &self.case.query.target) {
            return self.rule(instance, &values, covered, expr, false).into_iter().collect();
        }
        let mut rules = Vec::new();
        for group in covered {
            let one = BTreeSet::from([group]);
            if let Some((expr, _)) = self.expression(instance, &values, &one) {
                rules.extend(self.rule(instance, &values, one, expr, true));
            }
        }
        rules
    }

    /// Whether no selector of the query is restricted.
    fn all_unscoped(&self) -> bool {
        let query = &self.case.query;
        query.expr.selectors().all(|selector| selector.metric().is_some_and(|metric| query.unscoped.contains(metric)))
    }

    fn expression(
        &mut self,
        instance: &Instance<'_, '_>,
        values: &BTreeMap<String, (Value, String)>,
        covered: &BTreeSet<Option<String>>,
    ) -> Option<(String, Expr)> {
        let restrictions =
            partition::restrictions(&instance.points, covered, self.selectors, &instance.evaluation, self.around.fleet);
        let what = format!("`{}`", self.case.written.name.as_str());
        let numbers = values.iter().map(|(name, (value, _))| (name.clone(), value.clone())).collect();
        self.case.query.instance(self.context, &numbers, &restrictions, &what)
    }

    /// The value of every parameter: for the query, and as text for people.
    fn values(&mut self, instance: &Instance<'_, '_>) -> Option<BTreeMap<String, (Value, String)>> {
        let written = self.case.written;
        let unit = written.unit.as_ref().map(|unit| unit.value);
        let mut values = BTreeMap::new();
        let mut whole = true;
        if let Some(threshold) = instance.folded.value {
            match quantity::value(&threshold.value, unit) {
                Ok(number) => {
                    values
                        .insert("threshold".to_owned(), (Value::Number(number), crate::promql::format_number(number)));
                }
                Err(why) => {
                    self.bad_value(
                        "threshold",
                        threshold.span,
                        &why,
                        unit,
                        written.unit.as_ref().map(|unit| unit.span),
                    );
                    whole = false;
                }
            }
        } else if let Some(placeholder) = self.case.query.expr.placeholders().iter().find(|p| p.name == "threshold") {
            let span = self.case.query.text.span_of(placeholder.range.clone());
            let (severity, place) = (&self.severity.value, &instance.key.words);
            self.context.sink.push(
                Diagnostic::new(
                    &codes::NO_THRESHOLD,
                    format!("nobody sets the threshold of `{}` at {severity} for {place}", written.name.as_str()),
                )
                .at(span, "this needs a value")
                .help(format!("Write it behind the severity: `level {severity} 80`.")),
            );
            whole = false;
        }
        for param in written.params.iter() {
            let name = param.name.as_str();
            let set = instance.folded.params.get(name).copied().or(param.default.as_ref());
            let Some(set) = set else {
                if self.case.query.expr.placeholders().iter().any(|placeholder| placeholder.name == name) {
                    self.context.sink.push(
                        Diagnostic::new(
                            &codes::VALUE,
                            format!("the parameter `{name}` has no value for {}", instance.key.words),
                        )
                        .at(param.head.span, "no default here, and no override that sets it")
                        .help("Give it a `default`."),
                    );
                    whole = false;
                }
                continue;
            };
            match self.param_value(param, set) {
                Some(value) => {
                    values.insert(name.to_owned(), value);
                }
                None => whole = false,
            }
        }
        whole.then_some(values)
    }

    fn param_value(&mut self, param: &crate::ast::alert::Param, set: &Spanned<Text>) -> Option<(Value, String)> {
        let kind = self.case.params.get(param.name.as_str()).copied().unwrap_or(ParamKind::Number);
        let unit = param.unit.as_ref().map(|unit| unit.value);
        let plain = crate::syntax::ScalarKind::Plain;
        let read = match kind {
            ParamKind::Number => crate::ast::Quantity::read(&set.value, plain)
                .map_err(|_| "not a number".to_owned())
                .and_then(|read| quantity::value(&read, unit))
                .and_then(|number| {
                    let bound = |bound: &Option<Spanned<crate::ast::Quantity>>| {
                        bound.as_ref().and_then(|bound| quantity::value(&bound.value, unit).ok())
                    };
                    match (bound(&param.min), bound(&param.max)) {
                        (Some(min), _) if number < min => Err(format!("less than {}", quantity::shown(min, unit))),
                        (_, Some(max)) if number > max => Err(format!("more than {}", quantity::shown(max, unit))),
                        _ => Ok((Value::Number(number), crate::promql::format_number(number))),
                    }
                }),
            ParamKind::Duration => Duration::read(&set.value, plain)
                .map(|duration| (Value::Duration(duration.millis()), duration.to_string()))
                .map_err(|why| if why.is_empty() { "not a duration".to_owned() } else { why }),
            ParamKind::String | ParamKind::Regex | ParamKind::MetricName | ParamKind::LabelName => {
                Ok((Value::Text(set.as_str().to_owned()), set.as_str().to_owned()))
            }
        };
        match read {
            Ok(value) => Some(value),
            Err(why) => {
                self.bad_value(param.name.as_str(), set.span, &why, unit, param.unit.as_ref().map(|unit| unit.span));
                None
            }
        }
    }

    fn bad_value(&mut self, name: &str, span: Span, why: &str, unit: Option<Unit>, unit_span: Option<Span>) {
        let alert = self.case.written.name.as_str();
        let mut diagnostic =
            Diagnostic::new(&codes::VALUE, format!("this value does not fit `{name}` of `{alert}`")).at(span, why);
        if let (Some(unit), Some(unit_span)) = (unit, unit_span) {
            diagnostic = diagnostic.also(unit_span, format!("it is a number of {}", unit.as_str()));
        }
        self.context.sink.push(diagnostic);
    }

    fn rule(
        &mut self,
        instance: &Instance<'_, '_>,
        values: &BTreeMap<String, (Value, String)>,
        covered: BTreeSet<Option<String>>,
        expr: String,
        split: bool,
    ) -> Option<AlertRule> {
        let written = self.case.written;
        let folded = &instance.folded;
        let query_origin = self.context.written(written.query.span);
        let threshold = match values.get("threshold") {
            Some((Value::Number(number), _)) => thresholds::threshold_field(self.context, folded, *number),
            _ => None,
        };
        let from = [Some(query_origin), threshold.as_ref().map(|field| field.origin)].into_iter().flatten().collect();
        let how = "restricted to its hosts, with its parameters filled in";
        let expr_origin = self.context.provenance.add(Step::Derived { from, how });
        let mut texts: BTreeMap<String, String> =
            values.iter().map(|(name, (_, text))| (name.clone(), text.clone())).collect();
        texts.insert("severity".to_owned(), self.severity.value.clone());
        texts.insert("alert".to_owned(), written.name.as_str().to_owned());
        let mut labels = Labels::new();
        labels.insert("severity".to_owned(), self.severity.clone());
        for (name, value) in &written.labels.entries {
            let rendered = self.renderer.render(self.context, &value.value, &texts)?;
            let origin = self.context.written(value.span);
            labels.insert(name.as_str().to_owned(), Field::new(rendered, origin));
        }
        let group = covered.first().and_then(Option::as_ref).filter(|_| split);
        if let Some(group) = group.and_then(|name| self.around.fleet.groups.get(name)) {
            labels.insert("group".to_owned(), group.name.clone());
            labels.insert("group_id".to_owned(), group.id.clone());
        }
        let mut annotations = Vec::new();
        let fixed =
            [("summary", &written.summary), ("description", &written.description), ("runbook_url", &written.runbook)];
        let fixed = fixed.into_iter().filter_map(|(name, text)| text.as_ref().map(|text| (name, text)));
        let own = written.annotations.entries.iter().map(|(name, text)| (name.as_str(), text));
        for (name, text) in fixed.chain(own) {
            let rendered = self.renderer.render(self.context, &text.value, &texts)?;
            let origin = self.context.written(text.span);
            annotations.push((name.to_owned(), Field::new(rendered, origin)));
        }
        // A query that is not restricted to hosts is about none of them.
        let targets = if self.all_unscoped() { Vec::new() } else { self.targets(instance, &covered) };
        Some(AlertRule {
            alert: written.name.as_str().to_owned(),
            severity: self.severity.clone(),
            place: instance.key.clone(),
            evaluation: instance.evaluation.clone(),
            expr: Field::new(expr, expr_origin),
            threshold: threshold.map(|field| field.map(crate::promql::format_number)),
            r#for: match folded.r#for {
                Some(duration) => self.context.field(duration),
                None => self.context.inherited(&self.around.project.r#for, "the project's defaults".to_owned()),
            },
            keep_firing_for: self.context.maybe(folded.keep_firing_for),
            labels,
            annotations,
            interval: self.around.project.interval,
            groups: covered.into_iter().collect(),
            targets,
            origin: expr_origin,
        })
    }

    /// The hosts of the spec that an instance covers.
    fn targets(&self, instance: &Instance<'_, '_>, covered: &BTreeSet<Option<String>>) -> Vec<String> {
        let fits = |target: &Target| {
            let group = Some(target.group.clone());
            let holds = |place: &Place| {
                place
                    .selector
                    .as_ref()
                    .is_some_and(|(label, value)| target.labels.get(label).is_some_and(|own| own.value == *value))
            };
            let plain =
                thresholds::Point { group: group.clone(), cluster: target.cluster.value.clone(), selector: None };
            let decides = self
                .selectors
                .iter()
                .find(|place| place.base.holds(&plain, self.around.fleet) && holds(place))
                .map(|place| (*place).clone());
            let point = thresholds::Point { selector: decides, ..plain };
            covered.contains(&group) && instance.points.contains(&point)
        };
        self.around.targets.iter().filter(|(_, target)| fits(target)).map(|(name, _)| name.clone()).collect()
    }
}
