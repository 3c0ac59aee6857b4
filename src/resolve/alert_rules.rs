//! The rules of an alert: every level at every setting place on every evaluator, filled in and restricted.

use std::collections::{BTreeMap, BTreeSet};

use super::alerts::{Case, Surroundings};
use super::partition::{self, Instance};
use super::render::Renderer;
use super::thresholds::{self, Place};
use super::{Context, codes, quantity};
use crate::ast::alert::{Evaluator, Unit};
use crate::ast::{Duration, ScalarType};
use crate::diagnostic::Diagnostic;
use crate::model::{AlertRule, Field, Labels, Target};
use crate::promql::{Expr, ParamKind, Value};
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
    let in_ruler = placement.keys().any(|evaluation| evaluation.engine == Evaluator::Ruler);
    let name = format!("`{}`", written.name.as_str());
    if in_ruler && !case.query.fits_ruler(context, &around.project.targets.thanos, &case.params, &name) {
        return Vec::new();
    }
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
