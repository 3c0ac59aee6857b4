//! From the typed spec to the model: names bound, inheritance and overrides applied, defaults filled in.
//!
//! Each file resolves one kind; [`resolve`] calls them in the order in which they need each other. The heart is
//! [`thresholds`] (which value holds where), [`partition`] (rules that cover every host exactly once) and [`placement`]
//! (who evaluates them).

mod alert_rules;
mod alerts;
mod allowances;
mod calendars;
mod channels;
mod checks;
mod clusters;
pub mod codes;
mod context;
pub mod flow;
mod groups;
pub mod include;
mod ingress;
mod overrides;
pub mod partition;
mod patch;
pub mod placement;
mod project;
pub mod quantity;
mod query;
mod records;
mod render;
mod rest;
mod routing;
pub mod rule_file;
pub mod rule_sets;
mod secrets;
mod thanos;
pub mod thresholds;

pub use context::Context;

use std::collections::{BTreeMap, BTreeSet};

use crate::ast::Spec;
use crate::ast::channel::DynamicValue;
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::model::Model;
use crate::provenance::Provenance;
use crate::source::{Sources, Spanned, Text, World};

/// Resolves a spec. The model is complete as far as the spec goes; with errors in the sink it must not be written out.
pub fn resolve(
    spec: &Spec,
    poisoned: &BTreeSet<(&'static str, String)>,
    world: &dyn World,
    sources: &mut Sources,
    provenance: &mut Provenance,
    sink: &mut Sink,
) -> Model {
    let mut context = Context { sink, provenance, poisoned };
    let context = &mut context;
    let project = project::resolve(context, spec);
    let mut clusters = clusters::resolve(context, spec);
    let (groups, targets) = groups::resolve(context, spec, &clusters);
    let fleet = thresholds::Fleet { groups: &groups, clusters: &clusters };
    let around = alerts::Surroundings { project: &project, fleet, targets: &targets };
    let (alerts, alert_rules) = alerts::resolve(context, spec, around);
    let recording_rules = records::resolve(context, spec, &project, fleet);
    let rule_sets = rule_sets::resolve(context, spec, fleet, world, sources, &project);
    let secrets = secrets::resolve(context, spec, world);
    let forwarders = channels::forwarders(context, spec, &secrets, &clusters);
    let channels = channels::resolve(context, spec, &secrets, &forwarders);
    let calendars = calendars::resolve(context, spec);
    let known = routing::Known { channels: &channels, calendars: &calendars };
    let routing = routing::resolve(context, spec, known, &project, &alerts, &alert_rules);
    let (checks, effective_checks) = checks::resolve(context, spec, fleet, world);
    tracing(context, spec, &secrets, &mut clusters);
    let externals = rest::externals(context, spec);
    let delivery = rest::delivery(context, spec);
    let expects = rest::expects(context, spec, &alerts, &rule_sets, &externals, &channels);
    cluster_secrets(context, spec, &secrets);
    collisions(context, spec);
    Model {
        project,
        clusters,
        groups,
        targets,
        alerts,
        alert_rules,
        recording_rules,
        rule_sets,
        externals,
        channels,
        forwarders,
        routing,
        calendars,
        checks,
        effective_checks,
        secrets,
        delivery,
        expects,
    }
}

/// The tracing of each Alertmanager. It refers to secrets, which are known only after the clusters.
fn tracing(
    context: &mut Context<'_>,
    spec: &Spec,
    secrets: &BTreeMap<String, crate::model::Secret>,
    clusters: &mut BTreeMap<String, crate::model::Cluster>,
) {
    for written in spec.files.iter().flat_map(|file| file.clusters.iter()) {
        let tracing = written.alertmanager.as_deref().and_then(|alertmanager| alertmanager.tracing.as_deref());
        let cluster = clusters.get_mut(written.name.as_str()).and_then(|cluster| cluster.alertmanager.as_mut());
        let (Some(tracing), Some(alertmanager)) = (tracing, cluster) else { continue };
        if let Some(DynamicValue::Block(tls)) = tracing.0.get("tls") {
            let versions = ["TLS10", "TLS11", "TLS12", "TLS13"];
            for name in ["min-version", "max-version"] {
                if let Some(DynamicValue::Scalar(version)) = tls.get(name) {
                    let fits = versions.contains(&version.as_str());
                    let why = "Alertmanager refuses its whole configuration for a version that it does not know.";
                    context.expect(fits, "a TLS version", version.span, "one of `TLS10` to `TLS13`", why);
                }
            }
            let is_pair = tls.get("cert").is_some() == tls.get("key").is_some();
            let why = "Alertmanager refuses its whole configuration for a certificate without a key, and the reverse.";
            context.expect(is_pair, "a certificate for tracing", tls.head.span, "given with its key", why);
        }
        alertmanager.tracing = channels::settings(context, &tracing.0, secrets);
    }
}

/// Secrets that clusters refer to must exist.
fn cluster_secrets(context: &mut Context<'_>, spec: &Spec, secrets: &BTreeMap<String, crate::model::Secret>) {
    for cluster in spec.files.iter().flat_map(|file| file.clusters.iter()) {
        let smtp = cluster.alertmanager.as_deref().and_then(|alertmanager| alertmanager.smtp.as_deref());
        let store = cluster.thanos.as_deref().and_then(|thanos| thanos.object_store.as_deref());
        let ingress = cluster.ingress.as_deref();
        let hosts = ingress.into_iter().flat_map(|ingress| ingress.hosts.iter()).filter_map(|host| host.tls.as_ref());
        let named = [
            smtp.and_then(|smtp| smtp.password.as_ref()),
            store.and_then(|store| store.config.as_ref()),
            ingress.and_then(|ingress| ingress.tls.as_ref()),
        ];
        for secret in named.into_iter().flatten().chain(hosts) {
            secrets::bind(context, secrets, &secret.name);
        }
    }
}

/// The names of a group and all groups inside it.
fn group_names<'s>(group: &'s crate::ast::group::Group, out: &mut Vec<&'s Spanned<crate::ast::Name>>) {
    out.push(&group.name);
    for inner in group.groups.iter() {
        group_names(inner, out);
    }
}

/// Names of one kind that become the same file or object name.
fn collisions(context: &mut Context<'_>, spec: &Spec) {
    let files = || spec.files.iter();
    let mut groups = Vec::new();
    for group in files().flat_map(|file| file.groups.iter()) {
        group_names(group, &mut groups);
    }
    let kinds: [(&str, Vec<&Spanned<crate::ast::Name>>); 6] = [
        ("cluster", files().flat_map(|file| file.clusters.iter()).map(|thing| &thing.name).collect()),
        ("group", groups),
        ("forwarder", files().flat_map(|file| file.forwarders.iter()).map(|thing| &thing.name).collect()),
        ("check", files().flat_map(|file| file.checks.iter()).map(|thing| &thing.name).collect()),
        ("secret", files().flat_map(|file| file.secrets.iter()).map(|thing| &thing.name).collect()),
        ("rule set", files().flat_map(|file| file.rules.iter()).map(|thing| &thing.name).collect()),
    ];
    for (kind, names) in kinds {
        let mut seen: BTreeMap<String, &Spanned<crate::ast::Name>> = BTreeMap::new();
        for name in names {
            let slug = crate::model::slug(name.as_str());
            match seen.get(&slug) {
                // The same name twice has been reported as such.
                Some(first) if first.as_str() != name.as_str() => context.sink.push(
                    Diagnostic::new(
                        &codes::SLUG_COLLISION,
                        format!(
                            "the {kind} names `{}` and `{}` become the same file name",
                            first.as_str(),
                            name.as_str()
                        ),
                    )
                    .at(name.span, format!("becomes `{slug}`"))
                    .also(first.span, format!("becomes `{slug}` too"))
                    .note("Names of files and Kubernetes objects have only lower-case letters, digits and hyphens.")
                    .help("Change one of the names so that they differ in more than case and punctuation."),
                ),
                Some(_) => {}
                None => {
                    seen.insert(slug, name);
                }
            }
        }
    }
}

/// The text of a file that the spec names; what is wrong with it is reported at the place that names it.
fn read_text(
    context: &mut Context<'_>,
    world: &dyn World,
    path: &Spanned<Text>,
    code: &'static Code,
    what: &str,
) -> Option<String> {
    let report = |context: &mut Context<'_>, why: String| {
        context.sink.push(
            Diagnostic::new(code, format!("{what} `{}` cannot be read", path.as_str()))
                .at(path.span, why)
                .help("Paths are relative to the spec folder and stay inside it."),
        );
        None
    };
    match world.read(path.as_str()) {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Some(text),
            Err(_) => report(context, "it is not UTF-8".to_owned()),
        },
        Err(error) => report(context, include::words(&error)),
    }
}
