//! Alertmanager: the Secret with its configuration, and the operator's object that mounts what the configuration names.
//!
//! The mounts are read off the configuration itself: every `…_file` path below the folder of secrets names its Secret, so a
//! path without a mount cannot happen. The object selects no AlertmanagerConfig objects; if it did, the operator would read
//! the configuration with stricter rules of its own and refuse newer fields.

use std::collections::BTreeMap;

use super::Overlay;
use super::object::{
    apart, at, disruption_budget, doc, generator, namespace, number, object, release, text, texts, unprivileged,
    volume_claim,
};
use super::workload::{Mount, Port, Workload, reloader, service};
use crate::artifact::{Body, Bundle, Doc, Value};
use crate::ast::cluster::ClusterDelivery;
use crate::lower::alertmanager::{SECRETS, path};
use crate::lower::services::{self, ALERTMANAGER_PORT, GOSSIP_PORT};
use crate::model::{Cluster, Model, cluster};
use crate::provenance::Origin;

/// Where the copy of the configuration lies; the operator wants this file name as the key of the Secret.
const COPY: &str = "alertmanager/alertmanager.yaml";
/// Where the configuration is mounted without the operator.
const CONFIG: &str = "/etc/alertmanager/config";
/// Where silences and the notification log lie.
const DATA: &str = "/alertmanager";

pub(super) fn add(overlay: &mut Overlay, model: &Model, bundle: &Bundle, cluster: &Cluster) {
    let Some(alertmanager) = &cluster.alertmanager else { return };
    if overlay.copy(bundle, &path(cluster), COPY) {
        let secret =
            generator(overlay, text(&alertmanager.secret), namespace(&alertmanager.namespace), vec![doc(COPY)]);
        overlay.secrets.push(secret);
    }
    if cluster.delivery.value == ClusterDelivery::Files {
        plain(overlay, model, bundle, cluster, alertmanager);
    } else {
        let custom = custom_object(overlay, model, bundle, cluster, alertmanager);
        overlay.objects.insert("alertmanager/object.yaml".to_owned(), custom);
        if alertmanager.replicas.value > 1 {
            let name = at(&alertmanager.secret.value, alertmanager.replicas.origin);
            let pods = pod_labels(cluster, alertmanager);
            let budget = disruption_budget(overlay, name, namespace(&alertmanager.namespace), pods);
            overlay.objects.insert("alertmanager/disruption-budget.yaml".to_owned(), budget);
        }
    }
}

/// Without the operator: a StatefulSet that mounts the same Secrets at the same places.
fn plain(
    overlay: &mut Overlay,
    model: &Model,
    bundle: &Bundle,
    cluster: &Cluster,
    alertmanager: &cluster::Alertmanager,
) {
    let name = services::alertmanager(cluster);
    let home = &alertmanager.namespace.value;
    let mut arguments = vec![
        doc(format!("--config.file={CONFIG}/alertmanager.yaml")),
        doc(format!("--storage.path={DATA}")),
        doc(format!("--web.listen-address=:{ALERTMANAGER_PORT}")),
    ];
    if alertmanager.replicas.value > 1 || !alertmanager.peers.is_empty() {
        arguments.push(doc(format!("--cluster.listen-address=$(POD_IP):{GOSSIP_PORT}")));
        arguments.extend((0..alertmanager.replicas.value).map(|replica| {
            let peer = format!("--cluster.peer={name}-{replica}.{name}.{home}.svc.cluster.local:{GOSSIP_PORT}");
            at(peer, alertmanager.replicas.origin)
        }));
        let outside = alertmanager.peers.iter();
        arguments.extend(outside.map(|peer| at(format!("--cluster.peer={}", peer.value), peer.origin)));
    } else {
        arguments.push(doc("--cluster.listen-address="));
    }
    if let Some(url) = &alertmanager.external_url {
        arguments.push(at(format!("--web.external-url={}", url.value), url.origin));
    }
    let mut mounts = vec![
        Mount::data(DATA, alertmanager.storage.as_ref()),
        Mount::secret("config", text(&alertmanager.secret), CONFIG),
    ];
    for (index, (secret, origin)) in mounted(bundle, cluster).into_iter().enumerate() {
        let path = format!("{SECRETS}/{secret}");
        mounts.push(Mount::secret(format!("secret-{index}"), doc(secret).from_maybe(origin), path));
    }
    let file = format!("{CONFIG}/alertmanager.yaml");
    let ports = [Port("web", ALERTMANAGER_PORT), Port("gossip", GOSSIP_PORT)];
    let selector = pod_labels(cluster, alertmanager);
    let spaces = || namespace(&alertmanager.namespace);
    service(overlay, "alertmanager/service.yaml", name, spaces(), selector, &ports, true);
    let reloader = reloader(super::reloader_image(model), ALERTMANAGER_PORT, Some(&file), &[], &mounts);
    let set = Workload {
        name: name.to_owned(),
        service: name,
        namespace: spaces(),
        replicas: alertmanager.replicas,
        image: super::tagged("quay.io/prometheus/alertmanager", release(model.project.targets.alertmanager)),
        arguments,
        ports: &ports,
        probes: ("/-/ready", "/-/healthy"),
        mounts,
        resources: None,
        beside: vec![reloader],
        user: 65534,
        grace: 120,
    };
    set.stateful(overlay, "alertmanager");
}

fn custom_object(
    overlay: &Overlay,
    model: &Model,
    bundle: &Bundle,
    cluster: &Cluster,
    alertmanager: &cluster::Alertmanager,
) -> Doc {
    let secrets: Vec<Doc> =
        mounted(bundle, cluster).into_iter().map(|(secret, origin)| doc(secret).from_maybe(origin)).collect();
    let mut spec = Doc::map()
        .with("version", release(model.project.targets.alertmanager))
        .with("replicas", number(alertmanager.replicas))
        .with("configSecret", text(&alertmanager.secret));
    if !secrets.is_empty() {
        spec.set("secrets", Doc::list(secrets));
    }
    let spec = spec
        .with_some("externalUrl", alertmanager.external_url.as_ref().map(text))
        .with_some("storage", alertmanager.storage.as_ref().map(volume_claim))
        .with_some("additionalPeers", peers(alertmanager))
        .with("affinity", apart(pod_labels(cluster, alertmanager)))
        .with("securityContext", unprivileged(1000));
    let name = at(object_name(alertmanager), alertmanager.secret.origin);
    object(overlay, "monitoring.coreos.com/v1", "Alertmanager", name, namespace(&alertmanager.namespace))
        .with("spec", spec)
}

fn peers(alertmanager: &cluster::Alertmanager) -> Option<Doc> {
    (!alertmanager.peers.is_empty()).then(|| Doc::list(alertmanager.peers.iter().map(text)))
}

/// The name of the operator's object. Its Secret is called `alertmanager-NAME` where nothing else is said.
fn object_name(alertmanager: &cluster::Alertmanager) -> &str {
    let secret = alertmanager.secret.value.as_str();
    secret.strip_prefix("alertmanager-").filter(|name| !name.is_empty()).unwrap_or(secret)
}

/// The labels of its pods.
pub(super) fn pod_labels(cluster: &Cluster, alertmanager: &cluster::Alertmanager) -> Doc {
    match cluster.delivery.value {
        ClusterDelivery::Operator => {
            texts(&[("alertmanager", object_name(alertmanager)), ("app.kubernetes.io/name", "alertmanager")])
        }
        ClusterDelivery::Files => texts(&[("app.kubernetes.io/name", "alertmanager")]),
    }
}

/// The Secrets that the configuration of a cluster's Alertmanager names, each with where it is named first.
pub(super) fn mounted(bundle: &Bundle, cluster: &Cluster) -> BTreeMap<String, Option<Origin>> {
    let mut found = BTreeMap::new();
    let Some(Body::Yaml(documents)) = bundle.files.get(&path(cluster)).map(|file| &file.body) else { return found };
    let mut open: Vec<&Doc> = documents.iter().collect();
    while let Some(document) = open.pop() {
        match &document.value {
            Value::String(text) => {
                let below = text.strip_prefix(SECRETS).and_then(|rest| rest.strip_prefix('/'));
                if let Some((secret, _)) = below.and_then(|rest| rest.split_once('/')) {
                    found.entry(secret.to_owned()).or_insert(document.origin);
                }
            }
            Value::List(items) => open.extend(items),
            Value::Map(entries) => open.extend(entries.iter().map(|(_, value)| value)),
            Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Number(_) => {}
        }
    }
    found
}

/// The URL at which evaluators reach their Alertmanager: every replica inside the same cluster, the published one from
/// elsewhere.
pub(super) fn url(model: &Model, from: &Cluster) -> Option<Doc> {
    let home = model.alertmanager_of(from)?;
    let alertmanager = home.alertmanager.as_ref()?;
    if home.name == from.name {
        let namespace = &alertmanager.namespace.value;
        let service = services::alertmanager(home);
        let url = format!("dns+http://{service}.{namespace}.svc.cluster.local:{ALERTMANAGER_PORT}");
        Some(at(url, alertmanager.namespace.origin))
    } else {
        alertmanager.external_url.as_ref().map(text)
    }
}
