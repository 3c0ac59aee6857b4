//! Taking in existing rule files: reading, patching, placing them as they are.

use std::collections::{BTreeMap, BTreeSet};

use globset::GlobBuilder;

use super::thresholds::Fleet;
use super::{Context, codes, include, placement, query};
use crate::ast::rule_file::{FileRule, RuleFile};
use crate::ast::rules::{Patch, Rules as Written};
use crate::ast::{Decoder, Entry, Record, Spec};
use crate::diagnostic::Diagnostic;
use crate::model::rules::{RuleSetGroup, RuleSetRule};
use crate::model::{Field, Project, RuleSet, slug};
use crate::source::{Sources, Spanned, Text, World};
use crate::syntax::{Form, Node, Shape, yaml};

/// Resolves all rule sets.
pub fn resolve(
    context: &mut Context<'_>,
    spec: &Spec,
    fleet: Fleet<'_>,
    world: &dyn World,
    sources: &mut Sources,
    project: &Project,
) -> BTreeMap<String, RuleSet> {
    let all = spec.files.iter().flat_map(|file| file.rules.iter());
    let by_name = context.by_name("rule set", all, |rules| &rules.name);
    let mut sets = BTreeMap::new();
    for (name, written) in by_name {
        let over: BTreeSet<String> = match &written.cluster {
            Some(cluster) if context.bind("cluster", cluster, fleet.clusters.keys()) => {
                BTreeSet::from([cluster.as_str().to_owned()])
            }
            Some(_) => continue,
            None => fleet.clusters.keys().cloned().collect(),
        };
        let what = format!("the rules `{name}`");
        let placement = placement::plan(context, fleet.clusters, &over, None, &what, written.head.span);
        // A set is evaluated once, where the most data is: a Ruler if there is one.
        let Some(evaluation) = placement.keys().max_by_key(|evaluation| evaluation.engine).cloned() else { continue };
        let groups = read(context, written, world, sources, project);
        let own = context.name(&written.name);
        sets.insert(name, RuleSet { slug: slug(&own.value), name: own, evaluation, groups });
    }
    sets
}

fn read(
    context: &mut Context<'_>,
    written: &Written,
    world: &dyn World,
    sources: &mut Sources,
    project: &Project,
) -> Vec<RuleSetGroup> {
    let mut groups = Vec::new();
    let mut patched: BTreeSet<String> = BTreeSet::new();
    for pattern in &written.files {
        for path in matching(context, pattern, world) {
            let Some(file) = include::load(world, sources, context.sink, &path) else { continue };
            let text = sources.get(file).map_or("", |source| source.text());
            let tree = yaml::read(file, text, context.sink);
            let spec = tree.nodes.iter().find(|node| node.key.as_str() == "spec");
            let members = spec.map_or(&tree.nodes, |spec| &spec.members);
            let whole = crate::source::Span { file, start: 0, end: 0 };
            let root = Node {
                key: Text::synthetic("", whole),
                form: Form::Entry,
                shape: Shape::Mapping,
                tag: None,
                arguments: Vec::new(),
                members: members.clone(),
                items: Vec::new(),
                span: whole,
                value_span: whole,
            };
            let decoded = RuleFile::decode(&mut Decoder::new(context.sink), Entry { node: &root, name: None });
            for group in decoded.iter().flat_map(|file| file.groups.iter()) {
                let rules = group.rules.iter().filter_map(|rule| {
                    let patch = rule
                        .alert
                        .as_ref()
                        .and_then(|alert| written.patches.iter().find(|patch| patch.alert.as_str() == alert.as_str()));
                    patched.extend(patch.map(|patch| patch.alert.as_str().to_owned()));
                    build(context, rule, patch, project)
                });
                let rules = rules.collect();
                groups.push(RuleSetGroup {
                    name: context.text(&group.name),
                    interval: context.maybe(group.interval.as_ref()),
                    rules,
                });
            }
        }
    }
    for patch in written.patches.iter().filter(|patch| !patched.contains(patch.alert.as_str())) {
        context.sink.push(
            Diagnostic::new(&codes::RULES, format!("no alert `{}` to patch", patch.alert.as_str()))
                .at(patch.alert.span, "not in these files")
                .help("Patches go by the alert's name in the rule file; an update may have renamed it."),
        );
    }
    groups
}

fn matching(context: &mut Context<'_>, pattern: &Spanned<Text>, world: &dyn World) -> Vec<String> {
    let glob = GlobBuilder::new(pattern.as_str()).literal_separator(true).build();
    let listed = world.list().unwrap_or_default();
    let paths: Vec<String> = match glob {
        Ok(glob) => {
            let matcher = glob.compile_matcher();
            listed.into_iter().filter(|path| matcher.is_match(path)).collect()
        }
        Err(_) => Vec::new(),
    };
    if paths.is_empty() {
        context.sink.push(
            Diagnostic::new(&codes::RULES, format!("no file is called `{}`", pattern.as_str()))
                .at(pattern.span, "nothing to read")
                .help("Paths are relative to the spec folder; `*` stands for part of a name, `**` for any folders."),
        );
    }
    paths
}

fn build(
    context: &mut Context<'_>,
    written: &FileRule,
    patch: Option<&Patch>,
    project: &Project,
) -> Option<RuleSetRule> {
    if patch.is_some_and(|patch| patch.off.is_some()) {
        return None;
    }
    if written.alert.is_some() == written.record.is_some() {
        context.sink.push(
            Diagnostic::new(&codes::RULES, "a rule is either an alert or a recording rule")
                .at(written.head.span, "needs exactly one of `alert` and `record`"),
        );
        return None;
    }
    let name = written.alert.as_ref().or(written.record.as_ref()).map_or("", |name| name.as_str());
    let version = project.targets.prometheus.value;
    let what = format!("`{name}`");
    let query = query::parse(context, &written.expr.value, version, &BTreeMap::new(), BTreeSet::new(), &what)?;
    let mut labels = context.labels(&written.labels);
    if let Some(patch) = patch {
        if let Some(severity) = &patch.severity {
            let names: Vec<String> = project.severities.iter().map(|severity| severity.value.clone()).collect();
            context.bind("severity", severity, &names);
            labels.insert("severity".to_owned(), context.name(severity));
        }
        for (label, value) in &patch.labels.entries {
            labels.insert(label.as_str().to_owned(), context.text(value));
        }
    }
    let r#for = patch.and_then(|patch| patch.r#for.as_ref()).or(written.r#for.as_ref());
    let annotations = written.annotations.entries.iter();
    let annotations: Vec<(String, Field<String>)> =
        annotations.map(|(name, value)| (name.as_str().to_owned(), context.text(value))).collect();
    Some(RuleSetRule {
        alert: context.maybe_text(written.alert.as_ref()),
        record: context.maybe_text(written.record.as_ref()),
        expr: context.text(&written.expr),
        query: query.text.clone(),
        parsed: query.expr,
        target: query.target,
        r#for: context.maybe(r#for),
        keep_firing_for: context.maybe(written.keep_firing_for.as_ref()),
        labels,
        annotations,
        texts: written.annotations.entries.iter().map(|(name, text)| (name.to_string(), text.value.clone())).collect(),
    })
}
