//! Resolving groups and hosts: nesting, inheritance, which cluster scrapes what.

use std::collections::BTreeMap;

use super::{Context, codes};
use crate::ast::Spec;
use crate::ast::group::{Group as Written, Target as WrittenTarget};
use crate::diagnostic::Diagnostic;
use crate::model::cluster::Cluster;
use crate::model::group::Exporter;
use crate::model::{Field, Group, Target, slug};
use crate::source::{Spanned, Text};

/// Ports of well-known exporters.
const PORTS: [(&str, u16); 6] = [
    ("node", 9100),
    ("dcgm", 9400),
    ("kube-state-metrics", 8080),
    ("blackbox", 9115),
    ("process", 9256),
    ("smartctl", 9633),
];

/// Labels that say where a host belongs.
const RESERVED: [&str; 3] = ["group", "group_id", "cluster"];

/// A written group with the name of the group around it.
struct Nested<'s> {
    written: &'s Written,
    parent: Option<&'s Spanned<crate::ast::Name>>,
}

/// Resolves all groups and their hosts.
pub fn resolve(
    context: &mut Context<'_>,
    spec: &Spec,
    clusters: &BTreeMap<String, Cluster>,
) -> (BTreeMap<String, Group>, BTreeMap<String, Target>) {
    let mut nested = Vec::new();
    for file in &spec.files {
        for group in file.groups.iter() {
            flatten(group, None, &mut nested);
        }
    }
    let by_name = context.by_name("group", &nested, |group| &group.written.name);
    let parents = parents(context, &by_name);
    let mut groups = BTreeMap::new();
    // Parents first, so that children can inherit from resolved groups.
    let mut waiting: Vec<&String> = by_name.keys().collect();
    while !waiting.is_empty() {
        let (ready, later): (Vec<&String>, Vec<&String>) =
            waiting.into_iter().partition(|name| parents.get(*name).is_none_or(|parent| groups.contains_key(parent)));
        if ready.is_empty() {
            break;
        }
        for name in ready {
            if let Some(group) = by_name.get(name) {
                let group = build(context, group.written, parents.get(name).cloned(), &groups, clusters);
                groups.insert(name.clone(), group);
            }
        }
        waiting = later;
    }
    unique_ids(context, &by_name);
    let targets = resolve_targets(context, &by_name, &groups, clusters);
    (groups, targets)
}

fn flatten<'s>(group: &'s Written, parent: Option<&'s Spanned<crate::ast::Name>>, out: &mut Vec<Nested<'s>>) {
    out.push(Nested { written: group, parent });
    for inner in group.groups.iter() {
        flatten(inner, Some(&group.name), out);
    }
}

/// The parent of each group; unknown parents and circles are reported and cut.
fn parents(context: &mut Context<'_>, groups: &BTreeMap<String, &Nested<'_>>) -> BTreeMap<String, String> {
    let mut parents = BTreeMap::new();
    for (name, group) in groups {
        let parent = group.written.parent.as_ref().or(group.parent);
        if let Some(parent) = parent
            && context.bind("group", parent, groups.keys())
        {
            parents.insert(name.clone(), parent.as_str().to_owned());
        }
    }
    let mut reported: Vec<String> = Vec::new();
    for start in groups.keys() {
        let mut path = vec![start.clone()];
        while let Some(next) = path.last().and_then(|last| parents.get(last)).cloned() {
            if next == *start {
                if !reported.contains(start)
                    && let Some(group) = groups.get(start)
                {
                    let span = group.written.parent.as_ref().map_or(group.written.head.span, |parent| parent.span);
                    let circle: Vec<String> = path.iter().chain([&next]).map(|name| format!("`{name}`")).collect();
                    context.sink.push(
                        Diagnostic::new(&codes::GROUP_CYCLE, format!("the group `{start}` is inside itself"))
                            .at(span, "this closes the circle")
                            .note(format!("The circle is {}.", circle.join(" in ")))
                            .note("A group inherits from the group around it, so one of them has to be the outermost.")
                            .help("Remove one `parent`."),
                    );
                }
                reported.extend(path.iter().cloned());
                parents.remove(start);
                break;
            }
            if path.contains(&next) {
                break;
            }
            path.push(next);
        }
    }
    parents
}

fn build(
    context: &mut Context<'_>,
    written: &Written,
    parent: Option<String>,
    groups: &BTreeMap<String, Group>,
    clusters: &BTreeMap<String, Cluster>,
) -> Group {
    let outer = parent.as_ref().and_then(|parent| groups.get(parent));
    let by = outer.map(|outer| format!("group `{}`", outer.name.value)).unwrap_or_default();
    let own: Vec<Field<String>> = written
        .clusters
        .iter()
        .filter(|cluster| context.bind("cluster", cluster, clusters.keys()))
        .collect::<Vec<_>>()
        .into_iter()
        .map(|cluster| context.name(cluster))
        .collect();
    let lives_in = match outer {
        _ if !written.clusters.is_empty() => own,
        Some(outer) => outer.clusters.iter().map(|cluster| context.inherited(cluster, by.clone())).collect(),
        None => clusters
            .values()
            .map(|cluster| context.inherited(&cluster.name, "all clusters, as the group names none".to_owned()))
            .collect(),
    };
    let kind = match (&written.kind, outer.and_then(|outer| outer.kind.as_ref())) {
        (Some(kind), _) => Some(context.field(kind)),
        (None, Some(kind)) => Some(context.inherited(kind, by.clone())),
        (None, None) => None,
    };
    let owner = match (&written.owner, outer.and_then(|outer| outer.owner.as_ref())) {
        (Some(owner), _) => Some(context.text(owner)),
        (None, Some(owner)) => Some(context.inherited(owner, by)),
        (None, None) => None,
    };
    let name = context.name(&written.name);
    let node_selector = context.labels(&written.node_selector);
    let id = context.name(&written.id);
    Group { slug: slug(&name.value), name, id, kind, parent, owner, clusters: lives_in, node_selector }
}

fn unique_ids(context: &mut Context<'_>, groups: &BTreeMap<String, &Nested<'_>>) {
    let mut seen: BTreeMap<&str, &Written> = BTreeMap::new();
    for group in groups.values() {
        match seen.get(group.written.id.as_str()) {
            None => {
                seen.insert(group.written.id.as_str(), group.written);
            }
            Some(first) => context.sink.push(
                Diagnostic::new(&codes::GROUP_ID, format!("two groups have the id `{}`", group.written.id.as_str()))
                    .at(group.written.id.span, format!("the id of `{}`", group.written.name.as_str()))
                    .also(first.id.span, format!("the id of `{}`", first.name.as_str()))
                    .note("Rules tell groups apart by the label `group_id`; hosts of both would get the rules of both.")
                    .help("Give one of them another id."),
            ),
        }
    }
}

fn resolve_targets(
    context: &mut Context<'_>,
    written: &BTreeMap<String, &Nested<'_>>,
    groups: &BTreeMap<String, Group>,
    clusters: &BTreeMap<String, Cluster>,
) -> BTreeMap<String, Target> {
    let all: Vec<(&String, &WrittenTarget)> = written
        .iter()
        .flat_map(|(name, group)| group.written.targets.iter().map(move |target| (name, target)))
        .collect();
    let by_name = context.by_name("target", &all, |(_, target)| &target.name);
    let mut targets = BTreeMap::new();
    for (name, (group_name, target)) in by_name {
        let Some(group) = groups.get(group_name.as_str()) else { continue };
        let Some(cluster) = scraping_cluster(context, target, group, clusters) else { continue };
        for (label, _) in target.labels.entries.iter().filter(|(label, _)| RESERVED.contains(&label.as_str())) {
            context.sink.push(
                Diagnostic::new(&codes::RESERVED_LABEL, format!("the label `{}` is set by the compiler", label.as_str()))
                    .at(label.span, "cannot be set here")
                    .note("Rules find the hosts of a group by it; with another value this host would get rules of another group, or none.")
                    .help("Remove it, or move the host to the group that it is to belong to."),
            );
        }
        let exporters = target.exporters.iter().filter_map(|exporter| build_exporter(context, exporter)).collect();
        let target = Target {
            name: context.name(&target.name),
            address: {
                let address = target.address.as_str();
                let is_name = !address.is_empty() && address.chars().all(|c| c.is_alphanumeric() || "-._".contains(c));
                let fits = is_name || address.parse::<std::net::Ipv6Addr>().is_ok();
                let why = "Prometheus takes nothing else for a target; the port comes from the exporter.";
                context.expect(
                    fits,
                    "the address of a target",
                    target.address.span,
                    "a host name or an IP address",
                    why,
                );
                context.text(&target.address)
            },
            group: (*group_name).clone(),
            cluster,
            exporters,
            labels: context.labels(&target.labels),
        };
        targets.insert(name, target);
    }
    targets
}

fn scraping_cluster(
    context: &mut Context<'_>,
    target: &WrittenTarget,
    group: &Group,
    clusters: &BTreeMap<String, Cluster>,
) -> Option<Field<String>> {
    let group_name = &group.name.value;
    if let Some(cluster) = &target.cluster {
        if !context.bind("cluster", cluster, clusters.keys()) {
            return None;
        }
        if !group.clusters.iter().any(|own| own.value == cluster.as_str()) {
            context.sink.push(
                Diagnostic::new(
                    &codes::TARGET_CLUSTER,
                    format!("the group `{group_name}` does not live in the cluster `{}`", cluster.as_str()),
                )
                .at(cluster.span, "not a cluster of its group")
                .note("Rules for the group are only evaluated over the group's clusters, so this host would be watched by none.")
                .help(format!("Add `{}` to the `clusters` of the group, or name one of its own.", cluster.as_str())),
            );
            return None;
        }
        return Some(context.name(cluster));
    }
    if let [only] = group.clusters.as_slice() {
        return Some(context.inherited(only, format!("group `{group_name}`")));
    }
    let names: Vec<String> = group.clusters.iter().map(|cluster| format!("`{}`", cluster.value)).collect();
    let mut diagnostic = Diagnostic::new(
        &codes::TARGET_CLUSTER,
        format!("it is not clear which cluster scrapes `{}`", target.name.as_str()),
    )
    .at(target.head.span, "`cluster` is missing");
    diagnostic = if names.is_empty() {
        diagnostic.note("The spec has no cluster.").help("Define a cluster first.")
    } else {
        diagnostic
            .note(format!("Its group `{group_name}` lives in {}.", names.join(", ")))
            .help("Add `cluster=NAME` to the target, or put it into a group that lives in one cluster.")
    };
    context.sink.push(diagnostic);
    None
}

fn build_exporter(context: &mut Context<'_>, written: &Spanned<Text>) -> Option<Exporter> {
    let text = written.as_str();
    let (name, port) = match text.rsplit_once(':') {
        Some((name, port)) => (name, port.parse::<u16>().ok().filter(|port| *port > 0)),
        None => (text, PORTS.iter().find(|(known, _)| *known == text).map(|(_, port)| *port)),
    };
    match port {
        Some(port) if !name.is_empty() => {
            let origin = context.written(written.span);
            Some(Exporter { name: Field::new(name.to_owned(), origin), port })
        }
        _ => {
            let known: Vec<String> = PORTS.iter().map(|(name, port)| format!("`{name}` ({port})")).collect();
            context.sink.push(
                Diagnostic::new(&codes::EXPORTER, format!("the port of the exporter `{name}` is not known"))
                    .at(written.span, "no port")
                    .note(format!("These are known by name: {}.", known.join(", ")))
                    .help(format!("Write it with its port: `{}:9101`.", if name.is_empty() { "name" } else { name })),
            );
            None
        }
    }
}
