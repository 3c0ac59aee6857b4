//! Rule files for Prometheus and for the Thanos Ruler: one per evaluator and setting place.
//!
//! Prometheus resets a firing alert to pending when its file, rule group, name or labels change. File and rule group are
//! therefore named after the setting place alone.

use std::collections::BTreeMap;

use crate::artifact::{Body, Bundle, Doc, File, FileKind};
use crate::ast::Duration;
use crate::ast::alert::Evaluator;
use crate::model::rules::RuleSetGroup;
use crate::model::{Evaluation, Field, Labels, Model, RuleSet};

/// The name of the file and rule group for recording rules.
const RECORDING: &str = "recording";

/// Rule groups of one file by name.
type Groups = BTreeMap<String, Group>;

struct Group {
    interval: Option<Field<Duration>>,
    rules: Vec<Doc>,
}

/// Writes `prometheus/<cluster>/rules/` and `thanos/<cluster>/rules/`.
pub fn lower(model: &Model, bundle: &mut Bundle) {
    let mut files: BTreeMap<(Evaluation, String), Groups> = BTreeMap::new();
    for rule in &model.alert_rules {
        let mut doc = Doc::map()
            .with("alert", Doc::from(rule.alert.clone().into(), rule.origin))
            .with("expr", string(&rule.expr));
        set_duration(&mut doc, "for", Some(&rule.r#for));
        set_duration(&mut doc, "keep_firing_for", rule.keep_firing_for.as_ref());
        set_texts(&mut doc, "labels", &rule.labels);
        set_annotations(&mut doc, &rule.annotations);
        let file = files.entry((rule.evaluation.clone(), rule.place.file.clone())).or_default();
        add(file, &rule.place.file, rule.interval, model.project.interval, doc);
    }
    for rule in &model.recording_rules {
        let mut doc = Doc::map().with("record", string(&rule.record)).with("expr", string(&rule.expr));
        set_texts(&mut doc, "labels", &rule.labels);
        let file = files.entry((rule.evaluation.clone(), RECORDING.to_owned())).or_default();
        add(file, RECORDING, rule.interval, model.project.interval, doc);
    }
    for ((evaluation, name), groups) in files {
        let groups = groups.into_iter().map(|(name, group)| {
            let doc = group_doc(model, &evaluation, name.into(), group.interval.as_ref());
            doc.with("rules", Doc::list(group.rules))
        });
        write(bundle, model, &evaluation, &name, groups.collect());
    }
    for set in model.rule_sets.values() {
        let groups = set.groups.iter().map(|group| taken_in(model, set, group));
        write(bundle, model, &set.evaluation, &format!("rules-{}", set.slug), groups.collect());
    }
}

/// A group of a rule file taken in, as data the same as what it came from.
fn taken_in(model: &Model, set: &RuleSet, group: &RuleSetGroup) -> Doc {
    let rules = group.rules.iter().map(|rule| {
        let mut doc = Doc::map()
            .with_some("alert", rule.alert.as_ref().map(string))
            .with_some("record", rule.record.as_ref().map(string))
            .with("expr", string(&rule.expr));
        set_duration(&mut doc, "for", rule.r#for.as_ref());
        set_duration(&mut doc, "keep_firing_for", rule.keep_firing_for.as_ref());
        set_texts(&mut doc, "labels", &rule.own_labels);
        set_annotations(&mut doc, &rule.annotations);
        doc
    });
    let rules: Vec<Doc> = rules.collect();
    let mut doc = group_doc(model, &set.evaluation, string(&group.name), group.interval.as_ref());
    if let (Some(strategy), Evaluator::Ruler) = (&group.partial_response_strategy, set.evaluation.engine) {
        doc.set("partial_response_strategy", string(strategy));
    }
    // Zero is not the same as nothing: it overrides what the server says.
    if let Some(offset) = &group.query_offset {
        doc.set("query_offset", Doc::from(offset.value.to_string().into(), offset.origin));
    }
    if let Some(limit) = &group.limit {
        doc.set("limit", Doc::from(limit.value.into(), limit.origin));
    }
    set_texts(&mut doc, "labels", &group.labels);
    doc.set("rules", Doc::list(rules));
    doc
}

/// Adds a rule to the group for its interval: the place's own group, or one beside it for another interval.
fn add(groups: &mut Groups, place: &str, interval: Field<Duration>, usual: Field<Duration>, rule: Doc) {
    let name =
        if interval.value == usual.value { place.to_owned() } else { format!("{place}-every-{}", interval.value) };
    groups.entry(name).or_insert_with(|| Group { interval: Some(interval), rules: Vec::new() }).rules.push(rule);
}

fn group_doc(model: &Model, evaluation: &Evaluation, name: Doc, interval: Option<&Field<Duration>>) -> Doc {
    let mut group = Doc::map().with("name", name);
    set_duration(&mut group, "interval", interval);
    if evaluation.engine == Evaluator::Ruler {
        let strategy = &model.project.partial_response;
        group.set(
            "partial_response_strategy",
            Doc::from(strategy.value.as_str().to_uppercase().into(), strategy.origin),
        );
    }
    group
}

/// Puts a rule file into the bundle.
fn write(bundle: &mut Bundle, model: &Model, evaluation: &Evaluation, name: &str, groups: Vec<Doc>) {
    let cluster = model.clusters.get(&evaluation.cluster).map_or(evaluation.cluster.as_str(), |cluster| &cluster.slug);
    let (engine, kind) = match evaluation.engine {
        Evaluator::Prometheus => ("prometheus", FileKind::PrometheusRules),
        Evaluator::Ruler => ("thanos", FileKind::ThanosRules),
    };
    let body = Body::Yaml(vec![Doc::map().with("groups", Doc::list(groups))]);
    let file = File { kind, body, origins: Vec::new(), executable: false };
    bundle.add(format!("{engine}/{cluster}/rules/{name}.yaml"), file);
}

fn string(field: &Field<String>) -> Doc {
    Doc::from(field.value.clone().into(), field.origin)
}

fn set_duration(doc: &mut Doc, key: &str, duration: Option<&Field<Duration>>) {
    if let Some(duration) = duration.filter(|duration| duration.value.milliseconds() > 0) {
        doc.set(key, Doc::from(duration.value.to_string().into(), duration.origin));
    }
}

fn set_texts(doc: &mut Doc, key: &str, labels: &Labels) {
    if !labels.is_empty() {
        let mut map = Doc::map();
        for (name, value) in labels {
            map.set(name, string(value));
        }
        doc.set(key, map);
    }
}

fn set_annotations(doc: &mut Doc, annotations: &[(String, Field<String>)]) {
    if !annotations.is_empty() {
        let mut map = Doc::map();
        for (name, value) in annotations {
            map.set(name, string(value));
        }
        doc.set("annotations", map);
    }
}
