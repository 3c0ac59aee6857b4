//! Resolving what needs little: external alerts, delivery, tests.

use std::collections::{BTreeMap, BTreeSet};

use super::{Context, codes};
use crate::ast::{MatchOperator, Spec};
use crate::diagnostic::Diagnostic;
use crate::model::delivery::{ArgoCd, Delivery, Kustomize};
use crate::model::expect::Expect;
use crate::model::rules::{External, RuleSet};
use crate::model::{Alert, Channel, Field};

/// Resolves the alerts of other systems.
pub fn externals(context: &mut Context<'_>, spec: &Spec) -> BTreeMap<String, External> {
    let all = spec.files.iter().flat_map(|file| file.externals.iter());
    let by_name = context.by_name("external alert", all, |external| &external.name);
    let mut externals = BTreeMap::new();
    for (name, written) in by_name {
        let mut labels: Vec<(String, Vec<Field<String>>)> = Vec::new();
        for (label, value) in &written.labels.entries {
            labels.push((label.as_str().to_owned(), vec![context.text(value)]));
        }
        for matcher in written.values.matchers.iter().filter(|matcher| matcher.operator == MatchOperator::Equal) {
            labels.push((
                matcher.label.as_str().to_owned(),
                matcher.values.iter().map(|value| context.text(value)).collect(),
            ));
        }
        let open =
            written.open.iter().map(|label| context.field(label).map(|label| label.as_str().to_owned())).collect();
        let external = External {
            name: context.name(&written.name),
            source: context.maybe_text(written.source.as_ref()),
            labels,
            open,
        };
        externals.insert(name, external);
    }
    externals
}

/// Resolves the delivery, if the spec has one.
pub fn delivery(context: &mut Context<'_>, spec: &Spec) -> Option<Delivery> {
    let mut all = spec.files.iter().filter_map(|file| file.delivery.as_deref());
    let written = all.next()?;
    for again in all {
        context.sink.push(
            Diagnostic::new(&codes::DUPLICATE_NAME, "the spec has two deliveries")
                .at(again.head.span, "a second one")
                .also(written.head.span, "the first one")
                .help("Join the two."),
        );
    }
    let kustomize = written.kustomize.as_deref().map(|kustomize| Kustomize {
        network_policies: context.or(kustomize.network_policies.as_ref(), true, "what is not needed is closed"),
        labels: context.labels(&kustomize.labels),
    });
    let argocd = written.argocd.as_deref().map(|argocd| ArgoCd {
        repo: context.text(&argocd.repo),
        revision: match &argocd.revision {
            Some(revision) => context.text(revision),
            None => context.default("HEAD".to_owned(), "the repository's default branch"),
        },
        path: match &argocd.path {
            Some(path) => context.text(path).map(|path| path.trim_matches('/').to_owned()),
            None => context.default("dist".to_owned(), "the output folder of `alertsmith build`"),
        },
        project: match &argocd.project {
            Some(project) => context.name(project),
            None => context.default("default".to_owned(), "ArgoCD's own default"),
        },
        namespace: match &argocd.namespace {
            Some(namespace) => context.name(namespace),
            None => context.default("argocd".to_owned(), "ArgoCD's usual namespace"),
        },
        automated: context.or(argocd.automated.as_ref(), true, "what is in git is what runs"),
        self_heal: context.or(argocd.self_heal.as_ref(), true, "changes made by hand are undone"),
        prune: context.or(argocd.prune.as_ref(), false, "nothing is deleted unless the spec says so"),
    });
    Some(Delivery { kustomize, argocd })
}

/// Resolves the tests.
pub fn expects(
    context: &mut Context<'_>,
    spec: &Spec,
    alerts: &BTreeMap<String, Alert>,
    rule_sets: &BTreeMap<String, RuleSet>,
    externals: &BTreeMap<String, External>,
    channels: &BTreeMap<String, Channel>,
) -> Vec<Expect> {
    let mut expects = Vec::new();
    let taken_in = rule_sets.values().flat_map(|set| &set.groups).flat_map(|group| &group.rules);
    let taken_in = taken_in.filter_map(|rule| rule.alert.as_ref()).map(|name| &name.value);
    let names: BTreeSet<String> = alerts.keys().chain(externals.keys()).chain(taken_in).cloned().collect();
    for written in spec.files.iter().flat_map(|file| file.expects.iter()) {
        let alert = written.alert.as_deref();
        if alert.is_none() {
            context.sink.push(
                Diagnostic::new(&codes::UNKNOWN_NAME, "this test names no alert")
                    .at(written.head.span, "`alert` is missing")
                    .help("Add `alert NAME severity=critical`."),
            );
        }
        let name = alert.and_then(|alert| alert.name.as_ref());
        if let Some(name) = name {
            context.bind("alert", name, &names);
        }
        for channel in written.reaches.iter().chain(&written.not_reaches) {
            context.bind("channel", channel, channels.keys());
        }
        for other in &written.inhibited_by {
            context.bind("alert", other, &names);
        }
        expects.push(Expect {
            title: context.text(&written.title),
            alert: name.map(|name| context.name(name)),
            labels: alert.map(|alert| context.labels(&alert.labels)).unwrap_or_default(),
            at: context.maybe_text(written.at.as_ref()),
            reaches: context.names(&written.reaches),
            not_reaches: context.names(&written.not_reaches),
            inhibited_by: context.names(&written.inhibited_by),
            origin: context.written(written.head.span),
        });
    }
    expects
}
