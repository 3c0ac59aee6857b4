//! Resolving channels and forwarders.

use std::collections::BTreeMap;

use super::{Context, codes, secrets};
use crate::ast::channel::{Channel as Written, Dynamic, DynamicValue};
use crate::ast::forwarder::{Envelope, Forwarder as WrittenForwarder};
use crate::ast::{Duration, SecretRef, Spec};
use crate::diagnostic::Diagnostic;
use crate::model::channel::{Channel, Integration, Kafka, Setting, SettingValue};
use crate::model::cluster::Cluster;
use crate::model::forwarder::{Forwarder, Tls, Upstream};
use crate::model::{Field, Secret, slug};
use crate::source::{Spanned, Text};

/// Resolves all channels.
pub fn resolve(
    context: &mut Context<'_>,
    spec: &Spec,
    known: &BTreeMap<String, Secret>,
    forwarders: &BTreeMap<String, Forwarder>,
) -> BTreeMap<String, Channel> {
    let all = spec.files.iter().flat_map(|file| file.channels.iter());
    let by_name = context.by_name("channel", all, |channel| &channel.name);
    by_name.into_iter().map(|(name, written)| (name, build(context, written, known, forwarders))).collect()
}

fn build(
    context: &mut Context<'_>,
    written: &Written,
    known: &BTreeMap<String, Secret>,
    forwarders: &BTreeMap<String, Forwarder>,
) -> Channel {
    if written.kafka.is_empty() && written.integrations.is_empty() {
        context.sink.push(
            Diagnostic::new(&codes::INCOMPLETE, format!("the channel `{}` notifies nobody", written.name.as_str()))
                .at(written.head.span, "no way of notifying")
                .note("Alertmanager would take alerts for it and drop them without a word.")
                .help("Add `slack`, `pagerduty`, `email`, `webhook`, `kafka` or another receiver to it."),
        );
    }
    let mut kafka = Vec::new();
    for topic in written.kafka.iter() {
        if context.bind("forwarder", &topic.via, forwarders.keys()) {
            kafka.push(Kafka {
                topic: context.text(&topic.topic),
                via: context.name(&topic.via),
                send_resolved: context.or(topic.send_resolved.as_ref(), true, "consumers are told when it is over"),
                max_alerts: context.maybe(topic.max_alerts.as_ref()),
            });
        }
    }
    let integrations = written.integrations.iter().map(|integration| Integration {
        receiver: integration.receiver,
        settings: settings(context, &integration.fields, known),
        origin: context.written(integration.fields.head.span),
    });
    let integrations = integrations.collect();
    Channel { name: context.name(&written.name), kafka, integrations }
}

/// Resolves what was decoded by a table.
pub(super) fn settings(context: &mut Context<'_>, written: &Dynamic, known: &BTreeMap<String, Secret>) -> Vec<Setting> {
    let mut out = Vec::new();
    for field in &written.fields {
        let value = match &field.value {
            DynamicValue::Scalar(text) => SettingValue::Scalar(context.text(text)),
            DynamicValue::Scalars(texts) => {
                SettingValue::Scalars(texts.iter().map(|text| context.text(text)).collect())
            }
            DynamicValue::Map(map) => SettingValue::Map(
                map.entries.iter().map(|(name, value)| (name.as_str().to_owned(), context.text(value))).collect(),
            ),
            DynamicValue::Secret(secret) => {
                if !secrets::bind(context, known, &secret.name) {
                    continue;
                }
                SettingValue::Secret(context.name(&secret.name))
            }
            DynamicValue::Block(block) => SettingValue::Block(settings(context, block, known)),
            DynamicValue::Ordered(parts) => {
                SettingValue::Ordered(parts.iter().map(|part| settings(context, part, known)).collect())
            }
        };
        out.push(Setting { field: field.field, value });
    }
    out
}

/// Resolves all forwarders.
pub fn forwarders(
    context: &mut Context<'_>,
    spec: &Spec,
    known: &BTreeMap<String, Secret>,
    clusters: &BTreeMap<String, Cluster>,
) -> BTreeMap<String, Forwarder> {
    let all = spec.files.iter().flat_map(|file| file.forwarders.iter());
    let by_name = context.by_name("forwarder", all, |forwarder| &forwarder.name);
    let mut forwarders = BTreeMap::new();
    for (name, written) in by_name {
        let mut topics: BTreeMap<String, Field<String>> = BTreeMap::new();
        for channel in spec.files.iter().flat_map(|file| file.channels.iter()) {
            for kafka in channel.kafka.iter().filter(|kafka| kafka.via.as_str() == name) {
                topics.entry(kafka.topic.as_str().to_owned()).or_insert_with(|| context.text(&kafka.topic));
                check_topic(context, &kafka.topic);
            }
        }
        let forwarder = forwarder(context, written, known, clusters, topics.into_values().collect());
        forwarders.extend(forwarder.map(|forwarder| (name, forwarder)));
    }
    forwarders
}

/// Kafka's own rule for topic names; it also keeps them harmless in URLs.
fn check_topic(context: &mut Context<'_>, topic: &Spanned<Text>) {
    let text = topic.as_str();
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if text.is_empty() || text.len() > 249 || !text.chars().all(fits) || text == "." || text == ".." {
        context.sink.push(
            Diagnostic::new(&codes::INCOMPLETE, "this is not a valid Kafka topic")
                .at(topic.span, "not a topic name")
                .help("Use letters, digits, `.`, `_` and `-`, at most 249 of them."),
        );
    }
}

fn forwarder(
    context: &mut Context<'_>,
    written: &WrittenForwarder,
    known: &BTreeMap<String, Secret>,
    clusters: &BTreeMap<String, Cluster>,
    topics: Vec<Field<String>>,
) -> Option<Forwarder> {
    let name = context.name(&written.name);
    if written.upstreams.is_empty() {
        context.sink.push(
            Diagnostic::new(&codes::INCOMPLETE, format!("the forwarder `{}` forwards to nowhere", name.value))
                .at(written.head.span, "`upstream` is missing")
                .help("Add `upstream \"https://kafka-rest.internal:8443\"`."),
        );
        return None;
    }
    let upstreams: Vec<Upstream> = written.upstreams.iter().filter_map(|url| upstream(context, url)).collect();
    let cluster = match &written.cluster {
        Some(cluster) if context.bind("cluster", cluster, clusters.keys()) => context.name(cluster),
        Some(_) => return None,
        None => {
            let home = clusters.values().find(|cluster| cluster.alertmanager.is_some()).or(clusters.values().next());
            let Some(home) = home else {
                context.sink.push(
                    Diagnostic::new(
                        &codes::INCOMPLETE,
                        format!("the forwarder `{}` has no cluster to run in", name.value),
                    )
                    .at(written.head.span, "no cluster")
                    .help("Define a cluster."),
                );
                return None;
            };
            context.inherited(&home.name, "the cluster of the Alertmanager".to_owned())
        }
    };
    let reference = |context: &mut Context<'_>, secret: Option<&SecretRef>| -> Option<Field<String>> {
        let secret = secret?;
        secrets::bind(context, known, &secret.name).then(|| context.name(&secret.name))
    };
    let envelope = context.or(written.envelope.as_ref(), Envelope::ConfluentV2, "what most Kafka REST proxies take");
    if envelope.value == Envelope::ConfluentV3 && written.cluster_id.is_none() {
        let span = written.envelope.as_ref().map_or(written.head.span, |envelope| envelope.span);
        context.sink.push(
            Diagnostic::new(&codes::INCOMPLETE, format!("the forwarder `{}` needs a `cluster-id`", name.value))
                .at(span, "this API has the cluster in its URL")
                .help("Add `cluster-id \"…\"`; the proxy lists it under `/v3/clusters`."),
        );
    }
    let listen = match &written.listen {
        Some(port) => match u16::try_from(port.value).ok().filter(|port| *port > 0) {
            Some(number) => Field::new(number, context.written(port.span)),
            None => {
                context.sink.push(
                    Diagnostic::new(&codes::INCOMPLETE, "a port lies between 1 and 65535")
                        .at(port.span, "not a port")
                        .help("Remove `listen` for the usual port 8080."),
                );
                return None;
            }
        },
        None => context.default(8080, "a port that needs no privileges"),
    };
    let tls = written.tls.as_deref();
    let limits = written.limits.as_deref();
    let timeouts = written.timeouts.as_deref();
    let seconds = |count: u64| Duration::from_milliseconds(count * 1000);
    Some(Forwarder {
        slug: slug(&name.value),
        cluster,
        upstreams,
        envelope,
        cluster_id: context.maybe_text(written.cluster_id.as_ref()),
        bearer: reference(context, written.bearer.as_ref()),
        basic: reference(context, written.basic.as_ref()),
        caller: reference(context, written.caller.as_ref()),
        tls: Tls {
            ca: reference(context, tls.and_then(|tls| tls.ca.as_ref())),
            cert: reference(context, tls.and_then(|tls| tls.cert.as_ref())),
            key: reference(context, tls.and_then(|tls| tls.key.as_ref())),
            server_name: context.maybe_text(tls.and_then(|tls| tls.server_name.as_ref())),
        },
        headers: written
            .headers
            .entries
            .iter()
            .map(|(name, value)| {
                let name = Field::new(name.as_str().to_owned(), context.written(name.span));
                (name, context.text(value))
            })
            .collect(),
        listen,
        resolver: match &written.resolver {
            Some(resolver) => context.text(resolver),
            None => context.default("kube-dns.kube-system.svc.cluster.local".to_owned(), "the cluster's DNS"),
        },
        body_kib: context.or(limits.and_then(|l| l.body_kib.as_ref()), 1024, "room for more than a thousand alerts"),
        connect: context.or(timeouts.and_then(|t| t.connect.as_ref()), seconds(2), "enough inside a data centre"),
        read: context.or(timeouts.and_then(|t| t.read.as_ref()), seconds(5), "enough for a broker that is well"),
        total: context.or(
            timeouts.and_then(|t| t.total.as_ref()),
            seconds(8),
            "shorter than Alertmanager's shortest deadline of 10 seconds",
        ),
        replicas: context.or(written.replicas.as_ref(), 2, "one can be replaced while the other works"),
        topics,
        name,
    })
}

/// Takes a URL apart; what nginx could not connect to is reported.
fn upstream(context: &mut Context<'_>, written: &Spanned<Text>) -> Option<Upstream> {
    let url = written.as_str();
    let parsed = url
        .strip_prefix("https://")
        .map(|rest| (true, rest))
        .or_else(|| url.strip_prefix("http://").map(|rest| (false, rest)))
        .and_then(|(https, rest)| {
            let (authority, path) = rest.split_once('/').map_or((rest, String::new()), |(a, p)| (a, format!("/{p}")));
            let (host, port) = match authority.rsplit_once(':') {
                Some((host, port)) => (host, port.parse::<u16>().ok().filter(|port| *port > 0)?),
                None => (authority, if https { 443 } else { 80 }),
            };
            let host_fits =
                !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
            let path = path.trim_end_matches('/').to_owned();
            let path_fits = path.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | '~'));
            (host_fits && path_fits).then(|| (https, host.to_owned(), port, path))
        });
    match parsed {
        Some((https, host, port, path)) => Some(Upstream { url: context.text(written), https, host, port, path }),
        None => {
            context.sink.push(
                Diagnostic::new(&codes::INCOMPLETE, "a forwarder needs the URL of a host")
                    .at(written.span, "not `http://host:port` or `https://host:port`")
                    .note("User names and passwords do not belong into it; use `basic` or `bearer` with a secret.")
                    .help("Write `upstream \"https://kafka-rest.internal:8443\"`."),
            );
            None
        }
    }
}
