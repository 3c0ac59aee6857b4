//! Resolving recording rules: each runs wherever rules over its data run.

use std::collections::{BTreeMap, BTreeSet};

use super::partition::Restrictions;
use super::partition::any_of;
use super::placement::{self, Placement};
use super::thresholds::Fleet;
use super::{Context, query};
use crate::ast::Spec;
use crate::ast::alert::Evaluator;
use crate::model::{Evaluation, Project, RecordingRule};
use crate::promql::Restriction;

/// Resolves all recording rules.
pub fn resolve(context: &mut Context<'_>, spec: &Spec, project: &Project, fleet: Fleet<'_>) -> Vec<RecordingRule> {
    let all = spec.files.iter().flat_map(|file| file.records.iter());
    let by_name = context.by_name("record", all, |record| &record.name);
    let mut rules = Vec::new();
    for (name, written) in by_name {
        let what = format!("the recording rule `{name}`");
        context.metric_name("the name of a recording rule", &written.name);
        let version = project.targets.prometheus.value;
        let query = query::parse(
            context,
            &written.query.value,
            version,
            &BTreeMap::new(),
            BTreeSet::new(),
            &format!("`{name}`"),
        );
        let Some(query) = query else { continue };
        let over: BTreeSet<String> = fleet.clusters.keys().cloned().collect();
        let wish = written.evaluate.as_ref();
        let span = wish.map_or(written.head.span, |wish| wish.span);
        let placement = placement::plan(context, fleet.clusters, &over, wish.map(|wish| wish.value), &what, span);
        let in_ruler = placement.keys().any(|evaluation| evaluation.engine == Evaluator::Ruler);
        let own = format!("`{name}`");
        if in_ruler && !query.fits_ruler(context, &project.targets.thanos, &BTreeMap::new(), &own) {
            continue;
        }
        for evaluation in placement.keys() {
            let clusters = ruler_clusters(evaluation, &placement, fleet);
            let restrictions = Restrictions { hosts: Vec::new(), clusters };
            let instance =
                query.instance(context, &BTreeMap::new(), std::slice::from_ref(&restrictions), &format!("`{name}`"));
            let Some((expr, _)) = instance else { break };
            let origin = context.written(written.query.span);
            rules.push(RecordingRule {
                record: context.name(&written.name),
                query: query.text.clone(),
                parsed: query.expr.clone(),
                target: query.target.clone(),
                evaluation: evaluation.clone(),
                expr: crate::model::Field::new(expr, origin),
                labels: context.labels(&written.labels),
                interval: context.maybe(written.interval.as_ref()).unwrap_or(project.interval),
            });
        }
    }
    rules.sort_by(|a, b| (&a.evaluation, &a.record.value).cmp(&(&b.evaluation, &b.record.value)));
    rules
}

/// The matcher that keeps a Ruler from looking at clusters that evaluate for themselves.
pub fn ruler_clusters(evaluation: &Evaluation, placement: &Placement, fleet: Fleet<'_>) -> Option<Restriction> {
    let evaluated = placement.get(evaluation)?;
    if evaluation.engine == Evaluator::Prometheus || fleet.clusters.keys().all(|name| evaluated.contains(name)) {
        return None;
    }
    let labels = evaluated.iter().filter_map(|name| fleet.clusters.get(name));
    let values: Vec<String> =
        labels.filter_map(|cluster| cluster.external_labels.get("cluster")).map(|label| label.value.clone()).collect();
    any_of("cluster", &values, false)
}
