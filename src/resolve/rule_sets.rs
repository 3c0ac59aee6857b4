//! Taking in existing rule files: read as their loader reads them, patched, scoped and placed like native rules.
//!
//! What a file says goes out as it came in, as data: only what a patch names changes. A set is evaluated wherever native
//! rules over its clusters would be; its queries are restricted to a group only if the spec says so, and to clusters only
//! for a Ruler that must not look at those which evaluate for themselves. Metrics that the set records itself are not
//! restricted again: they were made from restricted data, and may have lost the labels.

use std::collections::{BTreeMap, BTreeSet};

use globset::GlobBuilder;

use super::partition::any_of;
use super::rule_file::{self, Setting};
use super::thresholds::Fleet;
use super::{Context, allowances, codes, include, patch, placement, records};
use crate::ast::alert::Evaluator;
use crate::ast::rule_file::{FileRule, Loader, RuleFile, RuleGroup};
use crate::ast::rules::Rules as Written;
use crate::ast::{Name, Spec};
use crate::diagnostic::Diagnostic;
use crate::model::rules::{Allowed, RuleSetGroup, RuleSetRule};
use crate::model::{Evaluation, Field, Labels, Project, RuleSet, slug};
use crate::promql::{self, Restriction, Target};
use crate::provenance::Step;
use crate::source::{FileId, Sources, Span, Spanned, Text, World};

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
        let Some((over, groups)) = extent(context, written, fleet) else { continue };
        let what = format!("the rules `{name}`");
        let wish = written.evaluate.as_ref();
        let span = wish.map_or(written.head.span, |wish| wish.span);
        let placement = placement::plan(context, fleet.clusters, &over, wish.map(|wish| wish.value), &what, span);
        let files = read(context, written, world, sources);
        let own = context.name(&written.name);
        let several = placement.len() > 1;
        for (index, evaluation) in placement.keys().enumerate() {
            let Some(loaded) = load(context, &files, evaluation, project, index == 0) else { break };
            let mut restrictions: Vec<Restriction> =
                groups.iter().filter_map(|ids| any_of("group_id", ids, false)).collect();
            restrictions.extend(records::ruler_clusters(evaluation, &placement, fleet));
            let set = RuleSet {
                slug: slug(&own.value),
                name: own.clone(),
                evaluation: evaluation.clone(),
                groups: taken(context, written, &loaded, project, evaluation, &restrictions, index == 0),
                // Said once, though several may evaluate the set.
                allowed: loaded.iter().flat_map(|loaded| loaded.allowed.clone()).collect(),
            };
            if index == 0 {
                distinct_groups(context, written, &set);
                patch::report_merged(context, written, &set);
            }
            let key = if several { format!("{name} on {}", evaluation.cluster) } else { name.clone() };
            sets.insert(key, set);
        }
    }
    sets
}

/// A rule file by itself as a set, for checks without a spec. The place of its name is the beginning of the file.
pub fn alone(
    context: &mut Context<'_>,
    file: FileId,
    text: &str,
    read: &rule_file::Read,
    setting: &Setting,
) -> RuleSet {
    let engine = match setting.loader {
        Loader::Prometheus(_) => Evaluator::Prometheus,
        Loader::Thanos { .. } => Evaluator::Ruler,
    };
    let mut groups = Vec::new();
    for group in read.files.iter().flat_map(|file| &file.groups) {
        let rules = group.rules.iter().filter_map(|rule| build(context, group, rule, &setting.target)).collect();
        groups.push(taken_group(context, group, rules));
    }
    let name = Field::new(String::new(), context.written(Span { file, start: 0, end: 0 }));
    let allowed = allowances::of(text, &read.comments, &read.files);
    RuleSet { slug: String::new(), name, evaluation: Evaluation { engine, cluster: String::new() }, groups, allowed }
}

/// The clusters whose data a set is for, and the ids of the groups, if it is for some.
fn extent(
    context: &mut Context<'_>,
    written: &Written,
    fleet: Fleet<'_>,
) -> Option<(BTreeSet<String>, Option<Vec<String>>)> {
    let bound = |context: &mut Context<'_>, kind, name: &Spanned<Name>, known: Vec<&String>| {
        context.bind(kind, name, known.iter().copied())
    };
    if let Some(cluster) = &written.cluster
        && !bound(context, "cluster", cluster, fleet.clusters.keys().collect())
    {
        return None;
    }
    if let Some(group) = &written.group
        && !bound(context, "group", group, fleet.groups.keys().collect())
    {
        return None;
    }
    let cluster = written.cluster.as_ref().map(|cluster| cluster.as_str());
    let Some(group) = &written.group else {
        let all = fleet.clusters.keys().filter(|name| cluster.is_none_or(|own| own == name.as_str()));
        return Some((all.cloned().collect(), None));
    };
    let inside = |name: &String| {
        std::iter::successors(Some(name), |name| fleet.groups.get(*name).and_then(|group| group.parent.as_ref()))
            .take(fleet.groups.len())
            .any(|name| name == group.as_str())
    };
    let groups: Vec<_> = fleet.groups.iter().filter(|(name, _)| inside(name)).map(|(_, group)| group).collect();
    let clusters = groups.iter().flat_map(|group| &group.clusters).map(|cluster| cluster.value.clone());
    let clusters = clusters.filter(|name| cluster.is_none_or(|own| own == name)).collect();
    let mut ids: Vec<String> = groups.iter().map(|group| group.id.value.clone()).collect();
    ids.sort();
    Some((clusters, Some(ids)))
}

/// The files that a set names.
fn read(
    context: &mut Context<'_>,
    written: &Written,
    world: &dyn World,
    sources: &mut Sources,
) -> Vec<(FileId, String)> {
    let mut files = Vec::new();
    for pattern in &written.files {
        for path in matching(context, pattern, world) {
            let Some(file) = include::load(world, sources, context.sink, &path) else { continue };
            files.push((file, sources.get(file).map_or("", |source| source.text()).to_owned()));
        }
    }
    files
}

/// A file of a set with what its evaluator makes of it.
struct Loaded {
    files: Vec<RuleFile>,
    target: Target,
    allowed: Vec<Allowed>,
}

/// Reads the files as an evaluator would; `None` if it refuses one. What is wrong is reported once.
fn load(
    context: &mut Context<'_>,
    files: &[(FileId, String)],
    evaluation: &Evaluation,
    project: &Project,
    first: bool,
) -> Option<Vec<Loaded>> {
    let prometheus = || Setting::prometheus(super::query::target(project.targets.prometheus.value));
    let mut loaded = Vec::new();
    let mut loads = true;
    for (file, text) in files {
        // A file for a Ruler may go to a Prometheus: what only the former reads is left out there.
        let ruler = evaluation.engine == Evaluator::Ruler || rule_file::is_for_ruler(text);
        let mut setting = if ruler { Setting::ruler(project.targets.thanos.value) } else { prometheus() };
        if evaluation.engine == Evaluator::Prometheus {
            setting.target = prometheus().target;
        }
        let mut own = crate::diagnostic::Sink::default();
        let objects = rule_file::is_objects(text);
        let read = if objects {
            rule_file::objects(*file, text, &setting, &mut own)
        } else {
            rule_file::rule_file(*file, text, &setting, &mut own)
        };
        loads &= read.loads;
        if first || !read.loads {
            context.sink.append(own);
        }
        let allowed = allowances::of(text, &read.comments, &read.files);
        loaded.push(Loaded { files: read.files, target: setting.target, allowed });
    }
    loads.then_some(loaded)
}

/// The groups of a set for one evaluator.
fn taken<'l>(
    context: &mut Context<'_>,
    written: &Written,
    files: &'l [Loaded],
    project: &Project,
    evaluation: &Evaluation,
    restrictions: &[Restriction],
    first: bool,
) -> Vec<RuleSetGroup> {
    let groups_of = |loaded: &'l Loaded| loaded.files.iter().flat_map(|file| &file.groups);
    let rules = || files.iter().flat_map(groups_of).flat_map(|group| &group.rules);
    let recorded: BTreeSet<String> =
        rules().filter_map(|rule| rule.record.as_ref()).map(|name| name.as_str().to_owned()).collect();
    let mut used: BTreeSet<&str> = BTreeSet::new();
    let mut groups = Vec::new();
    for loaded in files {
        let target = &loaded.target;
        for group in groups_of(loaded) {
            let mut rules = Vec::new();
            for rule in &group.rules {
                let Some(mut built) = build(context, group, rule, target) else { continue };
                let alert = built.alert.as_ref().map(|alert| alert.value.clone());
                let patch = written.patches.iter().find(|patch| alert.as_deref() == Some(patch.alert.as_str()));
                if let Some(patch) = patch {
                    used.insert(patch.alert.as_str());
                    if !patch::apply(context, patch, &mut built, project) {
                        continue;
                    }
                }
                scope(context, &mut built, restrictions, &recorded, evaluation);
                rules.push(built);
            }
            groups.push(taken_group(context, group, rules));
        }
    }
    if first {
        let names = rules().filter_map(|rule| rule.alert.as_ref()).map(|name| name.as_str().to_owned()).collect();
        patch::report_unused(context, written, &used, &names);
    }
    // A group whose rules are all dropped has nothing to evaluate.
    groups.retain(|group| !group.rules.is_empty() || written.patches.0.is_empty());
    groups
}

fn taken_group(context: &mut Context<'_>, group: &RuleGroup, rules: Vec<RuleSetRule>) -> RuleSetGroup {
    RuleSetGroup {
        labels: labels(context, &group.labels),
        name: patch::named(context, group.name.as_ref(), group.head),
        interval: context.maybe(group.interval.as_ref()),
        query_offset: context.maybe(group.query_offset.as_ref()),
        limit: context.maybe(group.limit.as_ref()),
        partial_response_strategy: group
            .partial_response_strategy
            .as_ref()
            .filter(|strategy| !strategy.as_str().is_empty())
            .map(|strategy| patch::text(context, strategy)),
        rules,
    }
}

/// A rule as the file says it. The query has been parsed once, so it parses again.
pub fn build(context: &mut Context<'_>, group: &RuleGroup, rule: &FileRule, target: &Target) -> Option<RuleSetRule> {
    let query = rule.expr.clone()?;
    let parsed = promql::parse(query.as_str(), target).ok()?;
    let mut name = |text: &Option<Text>| {
        let text = text.as_ref().filter(|text| !text.as_str().is_empty());
        text.map(|text| patch::text(context, text))
    };
    let (alert, record) = (name(&rule.alert), name(&rule.record));
    let own_labels = labels(context, &rule.labels);
    let mut labels = labels(context, &group.labels);
    labels.extend(own_labels.iter().map(|(name, value)| (name.clone(), value.clone())));
    let annotations = rule.annotations.iter();
    let annotations = annotations.map(|(name, text)| (name.as_str().to_owned(), patch::text(context, text)));
    Some(RuleSetRule {
        annotations: annotations.collect(),
        texts: rule.annotations.iter().map(|(name, text)| (name.as_str().to_owned(), text.clone())).collect(),
        alert,
        record,
        expr: patch::text(context, &query),
        parsed,
        target: target.clone(),
        r#for: context.maybe(rule.r#for.as_ref()),
        keep_firing_for: context.maybe(rule.keep_firing_for.as_ref()),
        labels,
        own_labels,
        query,
    })
}

fn labels(context: &mut Context<'_>, written: &[(Text, Text)]) -> Labels {
    written.iter().map(|(name, value)| (name.as_str().to_owned(), patch::text(context, value))).collect()
}

/// Restricts the query of a rule to the hosts and clusters that the set is for.
fn scope(
    context: &mut Context<'_>,
    rule: &mut RuleSetRule,
    restrictions: &[Restriction],
    recorded: &BTreeSet<String>,
    evaluation: &Evaluation,
) {
    if restrictions.is_empty() {
        return;
    }
    match promql::scope(rule.query.as_str(), &rule.parsed, restrictions, recorded) {
        Ok(edits) => {
            let text = promql::apply(rule.query.as_str(), &edits);
            let step = Step::Derived { from: vec![rule.expr.origin], how: "scoped like a native rule" };
            rule.expr = Field::new(text, context.provenance.add(step));
        }
        Err(conflicts) => {
            for conflict in conflicts {
                let restriction = &conflict.restriction;
                let wanted = format!("{}{}\"{}\"", restriction.label, restriction.op.as_str(), restriction.value);
                context.sink.push(
                    Diagnostic::new(&codes::SCOPE, "a rule of the file selects other hosts than those the set is for")
                        .at(rule.query.span_of(conflict.range), "contradicts the set")
                        .note(format!(
                            "On `{}` the set is for series with {wanted}; together with this matcher the rule could never return anything.",
                            evaluation.cluster
                        ))
                        .help("Take the file in for the hosts that it selects, or drop the rule with a patch."),
                );
            }
        }
    }
}

/// Group names of several files of a set must differ, as the set becomes one file.
fn distinct_groups(context: &mut Context<'_>, written: &Written, set: &RuleSet) {
    let mut seen: BTreeMap<&str, Option<Span>> = BTreeMap::new();
    for group in &set.groups {
        let here = context.provenance.span(group.name.origin);
        let Some(first) = seen.insert(&group.name.value, here) else { continue };
        let name = &group.name.value;
        let mut finding = Diagnostic::new(&codes::RULES, format!("two files of the set have a group `{name}`"));
        if let Some(here) = here {
            finding = finding.at(here, "the same name again");
        }
        if let Some(first) = first {
            finding = finding.also(first, "the first one");
        }
        context.sink.push(
            finding
                .also(written.head.span, "the set becomes one rule file")
                .note("Prometheus refuses a rule file in which two groups have the same name.")
                .help("Take the files in as two sets."),
        );
    }
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
