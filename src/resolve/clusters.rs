//! Resolving clusters and checking that their parts fit together.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::{Context, codes, ingress, thanos};
use crate::ast::channel::receivers::RECEIVERS;
use crate::ast::cluster::{self as written, ClusterDelivery, PrometheusMode, Role};
use crate::ast::{Duration, Spec};
use crate::diagnostic::Diagnostic;
use crate::model::cluster::{Alertmanager, Cluster, Grafana, Prometheus, Resources, Smtp};
use crate::model::{Field, slug};
use crate::source::{Spanned, Text};

/// What `only` of an Alertmanager may name: Kafka topics and every receiver of Alertmanager.
static INTEGRATIONS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let receivers = RECEIVERS.iter().map(|receiver| receiver.kind.name);
    receivers.chain(["kafka"]).map(str::to_owned).collect()
});

/// Resolves all clusters.
pub fn resolve(context: &mut Context<'_>, spec: &Spec) -> BTreeMap<String, Cluster> {
    let all = spec.files.iter().flat_map(|file| file.clusters.iter());
    let by_name = context.by_name("cluster", all, |cluster| &cluster.name);
    let mut clusters = BTreeMap::new();
    for (name, written) in &by_name {
        let cluster = build(context, written);
        clusters.insert(name.clone(), cluster);
    }
    for written in by_name.values() {
        topology(context, written, &by_name);
    }
    one_alertmanager(context, &by_name);
    told_apart(context, &by_name, &clusters);
    clusters
}

/// A Ruler tells the data of clusters apart by the label `cluster`.
fn told_apart(
    context: &mut Context<'_>,
    written: &BTreeMap<String, &written::Cluster>,
    clusters: &BTreeMap<String, Cluster>,
) {
    let mut seen: BTreeMap<&str, &written::Cluster> = BTreeMap::new();
    for (name, cluster) in written {
        let Some(label) = clusters.get(name).and_then(|cluster| cluster.external_labels.get("cluster")) else {
            continue;
        };
        let Some(first) = seen.insert(&label.value, cluster) else { continue };
        let span = context.provenance.span(label.origin).unwrap_or(cluster.head.span);
        context.sink.push(
            Diagnostic::new(&codes::TOPOLOGY, format!("two clusters carry the label cluster=\"{}\"", label.value))
                .at(span, format!("the label of `{name}`"))
                .also(first.head.span, format!("the label of `{}` too", first.name.as_str()))
                .note("Rulers and people tell the data of clusters apart by this label; rules for one would see both.")
                .help("Give each cluster a value of its own under `external-labels`."),
        );
    }
}

fn build(context: &mut Context<'_>, written: &written::Cluster) -> Cluster {
    let name = context.name(&written.name);
    let mut external_labels = context.labels(&written.external_labels);
    if !external_labels.contains_key("cluster") {
        let label = context.inherited(&name, "the cluster's name".to_owned());
        external_labels.insert("cluster".to_owned(), label);
    }
    let namespace = match &written.namespace {
        Some(namespace) => context.name(namespace),
        None => context.default("monitoring".to_owned(), "the usual namespace of a monitoring stack"),
    };
    Cluster {
        slug: slug(&name.value),
        role: context.field(&written.role),
        environment: written.environment.as_ref().map(|name| context.name(name)),
        delivery: context.or(
            written.delivery.as_ref(),
            ClusterDelivery::Operator,
            "clusters are assumed to run the Prometheus Operator",
        ),
        external_labels,
        rule_selector: context.labels(&written.rule_selector),
        rule_namespace_selector: context.labels(&written.rule_namespace_selector),
        prometheus: written.prometheus.as_deref().map(|prometheus| build_prometheus(context, prometheus)),
        thanos: written.thanos.as_deref().map(|parts| thanos::build(context, parts)).unwrap_or_default(),
        alertmanager: written
            .alertmanager
            .as_deref()
            .map(|alertmanager| build_alertmanager(context, alertmanager, &namespace)),
        grafana: written.grafana.as_deref().map(|grafana| build_grafana(context, grafana, &namespace)),
        ingress: written.ingress.as_deref().map(|hosts| ingress::build(context, hosts)),
        namespace,
        name,
    }
}

fn build_prometheus(context: &mut Context<'_>, written: &written::Prometheus) -> Prometheus {
    let resources = written.resources.as_deref();
    Prometheus {
        mode: context.or(
            written.mode.as_ref(),
            PrometheusMode::Server,
            "Prometheus runs as a server unless told otherwise",
        ),
        replicas: context.or(written.replicas.as_ref(), 1, "one replica"),
        retention: context.maybe(written.retention.as_ref()),
        replica_label: written.replica_label.as_ref().map(|label| context.name(label)),
        scrape_interval: context.or(
            written.scrape_interval.as_ref(),
            Duration::from_milliseconds(15_000),
            "targets are scraped every 15 seconds",
        ),
        remote_write: written.remote_write.as_ref().map(|cluster| context.name(cluster)),
        storage: context.maybe_text(written.storage.as_ref()),
        resources: Resources {
            cpu: context.maybe_text(resources.and_then(|r| r.cpu.as_ref())),
            memory: context.maybe_text(resources.and_then(|r| r.memory.as_ref())),
            cpu_limit: context.maybe_text(resources.and_then(|r| r.cpu_limit.as_ref())),
            memory_limit: context.maybe_text(resources.and_then(|r| r.memory_limit.as_ref())),
        },
    }
}

fn build_alertmanager(
    context: &mut Context<'_>,
    written: &written::Alertmanager,
    namespace: &Field<String>,
) -> Alertmanager {
    Alertmanager {
        replicas: context.or(written.replicas.as_ref(), 1, "one replica"),
        namespace: match &written.namespace {
            Some(namespace) => context.name(namespace),
            None => context.inherited(namespace, "the cluster".to_owned()),
        },
        secret: match &written.secret {
            Some(secret) => context.name(secret),
            None => context.default("alertmanager-main".to_owned(), "the operator's usual name"),
        },
        external_url: context.maybe_text(written.external_url.as_ref()),
        smtp: written.smtp.as_deref().map(|smtp| Smtp {
            smarthost: {
                let address = smtp.smarthost.as_str();
                let word =
                    |text: &str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "-._".contains(c));
                let is_ipv6 = |host: &str| {
                    host.strip_prefix('[')
                        .and_then(|host| host.strip_suffix(']'))
                        .is_some_and(|ip| ip.parse::<std::net::Ipv6Addr>().is_ok())
                };
                let fits =
                    address.rsplit_once(':').is_some_and(|(host, port)| (word(host) || is_ipv6(host)) && word(port));
                let why = "Alertmanager reads it as a host and a port, and refuses to load anything else.";
                context.expect(fits, "the smarthost", smtp.smarthost.span, "`host:port`", why);
                context.text(&smtp.smarthost)
            },
            from: context.text(&smtp.from),
            username: context.maybe_text(smtp.username.as_ref()),
            password: smtp.password.as_ref().map(|secret| context.name(&secret.name)),
            require_tls: context.maybe(smtp.require_tls.as_ref()),
        }),
        tracing: Vec::new(),
        resolve_timeout: context.maybe(written.resolve_timeout.as_ref()),
        storage: context.maybe_text(written.storage.as_ref()),
        peers: written.peers.iter().filter_map(|peer| build_peer(context, peer)).collect(),
        only: {
            let known = written.only.iter().filter(|name| context.bind("integration", name, INTEGRATIONS.iter()));
            let known: Vec<_> = known.cloned().collect();
            context.names(&known)
        },
    }
}

/// A peer as Alertmanager's `--cluster.peer` takes it.
fn build_peer(context: &mut Context<'_>, written: &Spanned<Text>) -> Option<Field<String>> {
    let fits = written.as_str().rsplit_once(':').is_some_and(|(host, port)| {
        let is_ipv6 = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let is_host = match is_ipv6 {
            Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
            None => ingress::is_host(host),
        };
        is_host && port.parse::<u16>().is_ok_and(|port| port > 0)
    });
    let why = "Alertmanagers find each other by host and gossip port; without a port they would ask for one that nobody listens on.";
    context.expect(fits, "a peer", written.span, "`host:port`", why);
    fits.then(|| context.text(written))
}

fn build_grafana(context: &mut Context<'_>, written: &written::Grafana, namespace: &Field<String>) -> Grafana {
    let mut labels = context.labels(&written.datasource_labels);
    if labels.is_empty() {
        let label = context.default("1".to_owned(), "what the sidecar of Grafana's chart looks for");
        labels.insert("grafana_datasource".to_owned(), label);
    }
    Grafana {
        namespace: match &written.namespace {
            Some(namespace) => context.name(namespace),
            None => context.inherited(namespace, "the cluster".to_owned()),
        },
        service: match &written.service {
            Some(service) => context.name(service),
            None => context.default("grafana".to_owned(), "the usual name of its Service"),
        },
        port: context.or(written.port.as_ref(), 80, "the port of the chart's Service"),
        managed_alerts: context.or(
            written.managed_alerts.as_ref(),
            true,
            "all alerts end in one Alertmanager, so that one silence stops them",
        ),
        datasource_labels: labels,
    }
}

/// The findings about one cluster's parts.
fn topology(context: &mut Context<'_>, cluster: &written::Cluster, all: &BTreeMap<String, &written::Cluster>) {
    let name = cluster.name.as_str();
    if let Some(prometheus) = cluster.prometheus.as_deref() {
        let agent = prometheus.mode.as_ref().is_some_and(|mode| mode.value == PrometheusMode::Agent);
        match &prometheus.remote_write {
            None if agent => context.sink.push(
                Diagnostic::new(&codes::TOPOLOGY, format!("the agent of `{name}` sends its data nowhere"))
                    .at(prometheus.head.span, "`remote-write` is missing")
                    .note("A Prometheus in agent mode stores nothing and evaluates nothing: without remote write its data is lost.")
                    .help("Add `remote-write=CLUSTER`, naming the cluster whose Thanos Receive takes the data."),
            ),
            Some(to) if context.bind("cluster", to, all.keys()) => {
                let receive = all.get(to.as_str()).and_then(|c| c.thanos.as_deref()).and_then(|t| t.receive.as_deref());
                if receive.is_none() && let Some(central) = all.get(to.as_str()) {
                    context.sink.push(
                        Diagnostic::new(
                            &codes::TOPOLOGY,
                            format!("`{name}` sends its data to `{}`, which has no Thanos Receive", to.as_str()),
                        )
                        .at(to.span, "nothing there takes the data")
                        .also(central.head.span, "this cluster has no `receive`")
                        .help_spelled(
                            format!("Add `thanos {{ receive url=\"…\" }}` to the cluster `{}`.", to.as_str()),
                            format!("Add `thanos: {{ receive: {{ url: … }} }}` to the cluster `{}`.", to.as_str()),
                        ),
                    );
                }
            }
            _ => {}
        }
    }
    if let Some(compactor) = cluster.thanos.as_deref().and_then(|thanos| thanos.compactor.as_deref())
        && let Some(replicas) = &compactor.replicas
        && replicas.value != 1
    {
        context.sink.push(
            Diagnostic::new(&codes::TOPOLOGY, format!("`{name}` has {} compactors", replicas.value))
                .at(replicas.span, "there must be exactly one")
                .note("Two compactors on one bucket rewrite the same blocks and destroy each other's work.")
                .help("Remove `replicas`."),
        );
    }
    if cluster.role.value == Role::Edge && cluster.alertmanager.is_some() && all.len() > 1 {
        let central = all.values().find(|other| other.role.value == Role::Central && other.alertmanager.is_some());
        if let (Some(central), Some(own)) = (central, cluster.alertmanager.as_deref()) {
            context.sink.push(
                Diagnostic::new(&codes::TOPOLOGY, format!("the edge cluster `{name}` has an Alertmanager of its own"))
                    .at(own.head.span, "a second Alertmanager")
                    .also(central.head.span, "the central cluster has one already")
                    .note("Silences and inhibitions act inside one Alertmanager cluster; with two, each page arrives twice.")
                    .help("Remove it; all evaluators send to the central one."),
            );
        }
    }
}

/// Silences and inhibitions need all alerts in one place. Installations of different environments have nothing to do with each
/// other, so each may have its own.
fn one_alertmanager(context: &mut Context<'_>, all: &BTreeMap<String, &written::Cluster>) {
    let owners = all.values().filter(|cluster| cluster.alertmanager.is_some() && cluster.role.value != Role::Edge);
    let mut seen: BTreeMap<Option<&str>, &written::Cluster> = BTreeMap::new();
    for other in owners {
        let Some(first) = seen.insert(other.environment.as_ref().map(|name| name.as_str()), other) else { continue };
        context.sink.push(
            Diagnostic::new(&codes::TOPOLOGY, "two clusters of one environment have an Alertmanager")
                .at(other.head.span, "a second Alertmanager")
                .also(first.head.span, "the first one")
                .note(
                    "Silences and inhibitions act inside one Alertmanager cluster: all evaluators of an environment end in \
                     one.",
                )
                .help(
                    "Keep one, and give it more replicas if it is about availability. If these are separate installations, say \
                     so with different `environment`s.",
                ),
        );
    }
}
