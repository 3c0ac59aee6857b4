//! NetworkPolicies, derived from what is used: no channel is cut off because a port was forgotten, and none stays open that
//! nobody needs.
//!
//! Alertmanager may reach name servers, its other replicas, the forwarders of Kafka channels, and the ports of the other
//! channels: their URLs' where the spec has them, 443 where a URL is in a secret or Alertmanager's own default, and the mail
//! server's, and the gossip ports of peers outside of the spec. A forwarder may reach name servers and its upstreams, and only Alertmanager may reach it, since whoever posts to
//! it writes to Kafka.

use std::collections::{BTreeMap, BTreeSet};

use super::object::{at, doc, namespace, namespace_of, object};
use super::{Overlay, alertmanager, forwarder};
use crate::artifact::Doc;
use crate::model::{Cluster, Forwarder, Integration, Model, Setting, SettingValue};
use crate::provenance::Origin;

/// Ports outside with the place that asks for each.
type Ports = BTreeMap<u16, Origin>;

pub(super) fn add(overlay: &mut Overlay, model: &Model, cluster: &Cluster, origin: Origin) {
    if let Some(policy) = alertmanager_policy(overlay, model, cluster, origin) {
        overlay.objects.insert("network-policies/alertmanager.yaml".to_owned(), policy);
    }
    for forwarder in model.forwarders.values().filter(|forwarder| forwarder.cluster.value == cluster.name.value) {
        let policy = forwarder_policy(overlay, model, cluster, forwarder, origin);
        overlay.objects.insert(format!("network-policies/forwarder-{}.yaml", forwarder.slug), policy);
    }
}

fn alertmanager_policy(overlay: &Overlay, model: &Model, cluster: &Cluster, origin: Origin) -> Option<Doc> {
    let settings = cluster.alertmanager.as_ref()?;
    let pods = alertmanager::pod_labels(cluster, settings);
    let mut egress =
        vec![names(), rule(vec![selected(pods.clone(), None)], vec![("TCP", doc(9094)), ("UDP", doc(9094))])];
    let used: BTreeSet<&str> = model
        .channels
        .values()
        .filter(|_| settings.notifies_by("kafka"))
        .flat_map(|channel| channel.kafka.iter().map(|kafka| kafka.via.value.as_str()))
        .collect();
    for forwarder in used.into_iter().filter_map(|name| model.forwarders.get(name)) {
        let Some(home) = model.clusters.get(&forwarder.cluster.value) else { continue };
        let to = selected(forwarder::pod_labels(forwarder), Some(namespace_of(home)));
        egress.push(rule(vec![to], vec![("TCP", forwarder::port(forwarder))]));
    }
    let mut gossip: BTreeMap<u16, Origin> = BTreeMap::new();
    for peer in &settings.peers {
        let port = peer.value.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
        gossip.extend(port.map(|port| (port, peer.origin)));
    }
    if !gossip.is_empty() {
        let ports = gossip
            .into_iter()
            .flat_map(|(port, origin)| ["TCP", "UDP"].map(|protocol| (protocol, at(i64::from(port), origin))));
        egress.push(rule(Vec::new(), ports.collect()));
    }
    let outside = channel_ports(model, cluster);
    if !outside.is_empty() {
        egress.push(rule(
            Vec::new(),
            outside.iter().map(|(port, origin)| ("TCP", at(i64::from(*port), *origin))).collect(),
        ));
    }
    let name = at(&settings.secret.value, origin);
    let spec = Doc::map()
        .with("podSelector", Doc::map().with("matchLabels", pods))
        .with("policyTypes", Doc::list(["Egress"]))
        .with("egress", Doc::list(egress));
    Some(policy(overlay, name, namespace(&settings.namespace)).with("spec", spec))
}

fn forwarder_policy(overlay: &Overlay, model: &Model, cluster: &Cluster, forwarder: &Forwarder, origin: Origin) -> Doc {
    let upstreams: Ports = forwarder.upstreams.iter().map(|upstream| (upstream.port, upstream.url.origin)).collect();
    let ports = upstreams.iter().map(|(port, origin)| ("TCP", at(i64::from(*port), *origin))).collect();
    let callers = model.clusters.values().filter_map(|home| {
        let settings = home.alertmanager.as_ref().filter(|settings| settings.notifies_by("kafka"))?;
        // Pods of another cluster come through its egress, with none of these labels.
        (home.name == cluster.name)
            .then(|| selected(alertmanager::pod_labels(home, settings), Some(namespace(&settings.namespace))))
    });
    let from: Vec<Doc> = callers.collect();
    // Without an Alertmanager in the spec nobody may call; `from: []` would let everybody in.
    let ingress = if from.is_empty() {
        Vec::new()
    } else {
        let ports = Doc::list([port_entry("TCP", forwarder::port(forwarder))]);
        vec![Doc::map().with("from", Doc::list(from)).with("ports", ports)]
    };
    let spec = Doc::map()
        .with("podSelector", Doc::map().with("matchLabels", forwarder::pod_labels(forwarder)))
        .with("policyTypes", Doc::list(["Ingress", "Egress"]))
        .with("ingress", Doc::list(ingress))
        .with("egress", Doc::list([names(), rule(Vec::new(), ports)]));
    policy(overlay, at(&forwarder.slug, origin), namespace_of(cluster)).with("spec", spec)
}

fn policy(overlay: &Overlay, name: Doc, namespace: Doc) -> Doc {
    object(overlay, "networking.k8s.io/v1", "NetworkPolicy", name, namespace)
}

/// Name servers, wherever they are: in the cluster or on the node.
fn names() -> Doc {
    rule(Vec::new(), vec![("UDP", doc(53)), ("TCP", doc(53))])
}

/// An egress rule; no destination means any.
fn rule(to: Vec<Doc>, ports: Vec<(&str, Doc)>) -> Doc {
    let ports = Doc::list(ports.into_iter().map(|(protocol, port)| port_entry(protocol, port)));
    let rule = Doc::map();
    if to.is_empty() { rule.with("ports", ports) } else { rule.with("to", Doc::list(to)).with("ports", ports) }
}

fn port_entry(protocol: &str, port: Doc) -> Doc {
    Doc::map().with("protocol", protocol).with("port", port)
}

/// Pods with these labels, in the policy's own namespace or another one.
fn selected(labels: Doc, namespace: Option<Doc>) -> Doc {
    let selector = |labels| Doc::map().with("matchLabels", labels);
    let namespaces = namespace.map(|name| selector(Doc::map().with("kubernetes.io/metadata.name", name)));
    Doc::map().with_some("namespaceSelector", namespaces).with("podSelector", selector(labels))
}

/// The ports at which channels other than Kafka are reached.
fn channel_ports(model: &Model, cluster: &Cluster) -> Ports {
    let mut ports = Ports::new();
    let settings = cluster.alertmanager.as_ref();
    let is_used = |integration: &&Integration| {
        settings.is_none_or(|settings| settings.notifies_by(integration.receiver.kind.name))
    };
    if let Some((endpoint, origin)) = settings.and_then(|settings| scalar(&settings.tracing, "endpoint")) {
        let port = endpoint.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
        if let Some(port) = port {
            ports.entry(port).or_insert(origin);
        }
    }
    for integration in model.channels.values().flat_map(|channel| &channel.integrations).filter(is_used) {
        if integration.receiver.kind.name == "email" {
            let own = scalar(&integration.settings, "smarthost");
            let smtp = settings.and_then(|settings| settings.smtp.as_ref());
            let host = own.or(smtp.map(|smtp| (smtp.smarthost.value.as_str(), smtp.smarthost.origin)));
            if let Some((host, origin)) = host {
                let port = host.rsplit_once(':').and_then(|(_, port)| port.parse().ok()).unwrap_or(587);
                ports.entry(port).or_insert(origin);
            }
            continue;
        }
        let own = endpoint(integration).unwrap_or((443, integration.origin));
        ports.entry(own.0).or_insert(own.1);
        helpers(&integration.settings, &mut ports);
    }
    ports
}

/// The port of the URL that an integration posts to, if the spec has it. Pushover's `url` is a link for readers.
fn endpoint(integration: &Integration) -> Option<(u16, Origin)> {
    let keys: &[&str] = if integration.receiver.kind.name == "pushover" { &["api-url"] } else { &["api-url", "url"] };
    let (url, origin) = keys.iter().find_map(|key| scalar(&integration.settings, key))?;
    Some((port_of(url)?, origin))
}

/// Adds the ports of proxies and token servers, however deep they stand.
fn helpers(settings: &[Setting], ports: &mut Ports) {
    for setting in settings {
        match &setting.value {
            SettingValue::Scalar(value) if matches!(setting.field.name, "proxy-url" | "token-url") => {
                if let Some(port) = port_of(&value.value) {
                    ports.entry(port).or_insert(value.origin);
                }
            }
            SettingValue::Block(inner) => helpers(inner, ports),
            SettingValue::Ordered(parts) => parts.iter().for_each(|part| helpers(part, ports)),
            SettingValue::Scalar(_) | SettingValue::Scalars(_) | SettingValue::Map(_) | SettingValue::Secret(_) => {}
        }
    }
}

fn scalar<'a>(settings: &'a [Setting], key: &str) -> Option<(&'a str, Origin)> {
    settings.iter().find(|setting| setting.field.name == key).and_then(|setting| match &setting.value {
        SettingValue::Scalar(value) => Some((value.value.as_str(), value.origin)),
        SettingValue::Scalars(_)
        | SettingValue::Map(_)
        | SettingValue::Secret(_)
        | SettingValue::Block(_)
        | SettingValue::Ordered(_) => None,
    })
}

/// The port of a URL; nothing if it is none, such as a template.
fn port_of(url: &str) -> Option<u16> {
    let (scheme, rest) = url.split_once("://")?;
    let usual = match scheme {
        "https" => 443,
        "http" => 80,
        _ => return None,
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    match host.rsplit_once(':') {
        // The colons of an IPv6 address stand inside brackets.
        Some((_, port)) if !port.ends_with(']') => port.parse().ok(),
        _ => Some(usual),
    }
}
