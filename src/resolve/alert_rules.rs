//! The rules of an alert: every level at every setting place on every evaluator, filled in and restricted.

use std::collections::{BTreeMap, BTreeSet};

use super::alerts::{Case, Surroundings};
use super::partition::{self, Class, Instance};
use super::query::Query;
use super::render::Renderer;
use super::thresholds::{self, Base, Overrides, Point};
use super::{Context, codes, overrides, quantity};
use crate::ast::alert::{Alert as Written, Evaluator, Unit};
use crate::ast::{Duration, ScalarType};
use crate::diagnostic::Diagnostic;
use crate::model::{AlertRule, Field, Labels, Target};
use crate::promql::{ParamKind, Value};
use crate::provenance::Step;
use crate::source::{Span, Spanned, Text};

/// Makes the rules of one alert.
pub(super) fn make_rules(
    context: &mut Context<'_>,
    case: &Case<'_>,
    around: Surroundings<'_>,
    renderer: &Renderer,
) -> Vec<AlertRule> {
    let written = case.written;
    let fleet = around.fleet;
    let mut clean = restricted(context, case);
    for overrides in case.levels.values() {
        clean &= overrides::unambiguous(context, written, overrides);
    }
    let points = partition::points(fleet, &case.extent);
    if points.is_empty() {
        nowhere(context, written);
        return Vec::new();
    }
    let mut levels: BTreeMap<usize, (&Overrides<'_>, Vec<Class<'_, '_>>)> = BTreeMap::new();
    for (index, overrides) in &case.levels {
        match partition::classes(overrides, &points, fleet) {
            Ok(classes) => {
                levels.insert(*index, (overrides, classes));
            }
            Err(selectors) => {
                clean = false;
                overrides::too_many(context, written, &selectors);
            }
        }
    }
    if clean {
        overrides::useless(context, written, &levels);
    }
    let fires = |class: &&Class<'_, '_>| class.leaves.iter().any(|(_, folded)| folded.is_some());
    let over: BTreeSet<String> = levels
        .values()
        .flat_map(|(_, classes)| classes.iter().filter(fires))
        .flat_map(|class| class.points.iter().map(|point| point.cluster.clone()))
        .collect();
    let what = format!("the alert `{}`", written.name.as_str());
    let wish = written.evaluate.as_ref();
    let span = wish.map_or(written.head.span, |wish| wish.span);
    let placement = super::placement::plan(context, fleet.clusters, &over, wish.map(|wish| wish.value), &what, span);
    let in_ruler = placement.keys().any(|evaluation| evaluation.engine == Evaluator::Ruler);
    let name = format!("`{}`", written.name.as_str());
    if in_ruler && !case.query.fits_ruler(context, &around.project.targets.thanos, &case.params, &name) {
        return Vec::new();
    }
    // Whether rules are split is up to the query alone: the labels of a rule must not change with what it covers.
    let splits = !super::flow::keeps_groups(&case.query.expr, &case.query.target) && !all_unscoped(&case.query);
    let mut rules = Vec::new();
    for (index, (_, classes)) in &levels {
        let Some(severity) = around.project.severities.get(*index) else { continue };
        for instance in partition::instances(classes, &placement, fleet) {
            let mut maker = Maker { context: &mut *context, case, around, renderer, severity, splits };
            rules.extend(maker.rules(&instance));
        }
    }
    rules
}

/// Whether no selector of a query is restricted to hosts.
fn all_unscoped(query: &Query<'_>) -> bool {
    query.expr.selectors().all(|selector| selector.metric().is_some_and(|metric| query.unscoped.contains(metric)))
}

/// An alert that applies to nothing is a slip: groups that live in none of the clusters it names.
fn nowhere(context: &mut Context<'_>, written: &Written) {
    let headline = format!("the alert `{}` applies to no part of the fleet", written.name.as_str());
    let diagnostic = match &written.applies {
        Some(applies) => Diagnostic::new(&codes::ALERT_NOWHERE, headline)
            .at(applies.head.span, "no group lives in one of these clusters")
            .note("Both lines must fit: hosts of these groups, in these clusters. There are none.")
            .help("Remove the line that is wrong, or add the cluster to the group."),
        None => Diagnostic::new(&codes::ALERT_NOWHERE, headline)
            .at(written.head.span, "would never be evaluated")
            .note("The spec has no cluster, so there is nothing that could evaluate it.")
            .help("Add a `cluster`."),
    };
    context.sink.push(diagnostic);
}

/// Reports overrides for hosts where the query cannot tell hosts apart; `false` if there are any.
fn restricted(context: &mut Context<'_>, case: &Case<'_>) -> bool {
    if !all_unscoped(&case.query) {
        return true;
    }
    let mut reported: BTreeSet<Span> = BTreeSet::new();
    for one in case.levels.values().flat_map(Overrides::all) {
        let of_hosts = match &one.place.base {
            Base::Default | Base::Everywhere => one.place.selector.is_some(),
            // A query without any selector cannot even be restricted to a cluster.
            Base::Cluster(_) => one.place.selector.is_some() || case.query.expr.selectors().next().is_none(),
            Base::Kind(_) | Base::Group(_) => true,
        };
        if let Some(threshold) = one.written.filter(|_| of_hosts)
            && reported.insert(threshold.head.span)
        {
            let headline =
                format!("the query of `{}` cannot be restricted to {}", case.written.name.as_str(), one.place.words());
            context.sink.push(
                Diagnostic::new(&codes::UNSCOPED, headline)
                    .at(threshold.head.span, "cannot hold for some hosts only")
                    .also(case.written.query.span, "no selector here is restricted to hosts")
                    .note("Every rule of the alert sees the same series, so two with different values would both fire.")
                    .help("Remove the override, or remove a metric from `unscoped`."),
            );
        }
    }
    reported.is_empty()
}

/// Makes the rules of one level.
struct Maker<'a, 'c, 's> {
    context: &'a mut Context<'c>,
    case: &'a Case<'s>,
    around: Surroundings<'a>,
    renderer: &'a Renderer,
    severity: &'a Field<String>,
    /// Whether there is one rule per group, as the query drops the group's labels.
    splits: bool,
}

impl Maker<'_, '_, '_> {
    /// One rule for the instance, or one per group where the query does not keep the group's labels.
    fn rules(&mut self, instance: &Instance<'_, '_, '_>) -> Vec<AlertRule> {
        let Some(values) = self.values(instance) else { return Vec::new() };
        let covered = partition::groups(&instance.cells);
        let parts: Vec<BTreeSet<Option<String>>> = if self.splits {
            covered.into_iter().map(|group| BTreeSet::from([group])).collect()
        } else {
            vec![covered]
        };
        let mut rules = Vec::new();
        for covered in parts {
            if let Some(expr) = self.expression(instance, &values, &covered) {
                rules.extend(self.rule(instance, &values, covered, expr));
            }
        }
        rules
    }

    fn expression(
        &mut self,
        instance: &Instance<'_, '_, '_>,
        values: &BTreeMap<String, (Value, String)>,
        covered: &BTreeSet<Option<String>>,
    ) -> Option<(String, String)> {
        let restrictions = partition::restrictions(&instance.cells, covered, &instance.evaluation, self.around.fleet);
        let what = format!("`{}`", self.case.written.name.as_str());
        let numbers = values.iter().map(|(name, (value, _))| (name.clone(), value.clone())).collect();
        self.case.query.instance(self.context, &numbers, &restrictions, &what)
    }

    /// The value of every parameter: for the query, and as text for people.
    fn values(&mut self, instance: &Instance<'_, '_, '_>) -> Option<BTreeMap<String, (Value, String)>> {
        let written = self.case.written;
        let unit = written.unit.as_ref().map(|unit| unit.value);
        let mut values = BTreeMap::new();
        let mut whole = true;
        if let Some((_, threshold)) = instance.folded.value.first() {
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
            let (severity, place) = (&self.severity.value, instance.key.suffix());
            self.context.sink.push(
                Diagnostic::new(
                    &codes::NO_THRESHOLD,
                    format!("nobody sets the threshold of `{}` at {severity}{place}", written.name.as_str()),
                )
                .at(span, "this needs a value")
                .note("The query compares with it, and no number would be right for everybody.")
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
                            format!("the parameter `{name}` has no value{}", instance.key.suffix()),
                        )
                        .at(param.head.span, "no default here, and no override that sets it")
                        .note("The query needs a value for it wherever the alert is evaluated.")
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
                .map(|duration| (Value::Duration(duration.milliseconds()), duration.to_string()))
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
        instance: &Instance<'_, '_, '_>,
        values: &BTreeMap<String, (Value, String)>,
        covered: BTreeSet<Option<String>>,
        (expr, query): (String, String),
    ) -> Option<AlertRule> {
        let written = self.case.written;
        let folded = instance.folded;
        let query_origin = self.context.written(written.query.span);
        let threshold = match values.get("threshold") {
            Some((Value::Number(number), _)) => {
                thresholds::field(self.context, &folded.value).map(|field| field.map(|_| *number))
            }
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
        let group = covered.first().and_then(Option::as_ref).filter(|_| self.splits);
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
        let targets = if all_unscoped(&self.case.query) { Vec::new() } else { self.targets(instance, &covered) };
        Some(AlertRule {
            alert: written.name.as_str().to_owned(),
            severity: self.severity.clone(),
            place: instance.key.clone(),
            evaluation: instance.evaluation.clone(),
            expr: Field::new(expr, expr_origin),
            query,
            threshold: threshold.map(|field| field.map(crate::promql::format_number)),
            r#for: match thresholds::field(self.context, &folded.r#for) {
                Some(duration) => duration,
                None => self.context.inherited(&self.around.project.r#for, "the project's defaults".to_owned()),
            },
            keep_firing_for: thresholds::field(self.context, &folded.keep_firing_for),
            labels,
            annotations,
            interval: self.around.project.interval,
            cells: partition::cells(&instance.cells, &covered),
            groups: covered.into_iter().collect(),
            targets,
            origin: expr_origin,
        })
    }

    /// The hosts of the spec that an instance covers.
    fn targets(&self, instance: &Instance<'_, '_, '_>, covered: &BTreeSet<Option<String>>) -> Vec<String> {
        let mut hosts: BTreeMap<Point, Vec<&Target>> = BTreeMap::new();
        for target in self.around.targets.values() {
            let point = Point { group: Some(target.group.clone()), cluster: target.cluster.value.clone() };
            hosts.entry(point).or_default().push(target);
        }
        let mut names: Vec<String> = Vec::new();
        for cell in &instance.cells {
            let fits = |target: &&&Target| {
                cell.conditions.iter().all(|(label, values)| values.accept(self.label(target, label, instance)))
            };
            let points = cell.points.iter().filter(|point| covered.contains(&point.group));
            let here = points.filter_map(|point| hosts.get(*point)).flatten();
            names.extend(here.filter(fits).map(|target| target.name.value.clone()));
        }
        names.sort();
        names
    }

    /// The value of a label on the series of a host, as the rule's evaluator sees them.
    fn label<'t>(&'t self, target: &'t Target, label: &str, instance: &Instance<'_, '_, '_>) -> &'t str {
        let external = || {
            let cluster = self.around.fleet.clusters.get(&target.cluster.value);
            let seen = instance.evaluation.engine == Evaluator::Ruler;
            cluster.filter(|_| seen).and_then(|cluster| cluster.external_labels.get(label))
        };
        match target.labels.get(label).or_else(external) {
            Some(value) => &value.value,
            None if label == "instance" => &target.name.value,
            None => "",
        }
    }
}
