//! Thanos Ruler: the operator's object, which takes the rules that are marked for it, asks Thanos Query, and sends to
//! Alertmanager.
//!
//! It gets no labels of its own: Thanos' `--label` replaces labels of the same name, so a `cluster` here would hide from which
//! cluster an alert came.

use super::Overlay;
use super::object::{apart, at, doc, namespace_of, number, object, release, text, texts, unprivileged, volume_claim};
use super::rules::{EVALUATOR, Evaluated};
use crate::artifact::Doc;
use crate::ast::cluster::ClusterDelivery;
use crate::model::{Cluster, Model};

/// The name of the object.
const NAME: &str = "alertsmith";

pub(super) fn add(overlay: &mut Overlay, model: &Model, cluster: &Cluster) {
    let Some(ruler) = &cluster.thanos.ruler else { return };
    if cluster.delivery.value != ClusterDelivery::Operator {
        return;
    }
    let labels = texts(&[(EVALUATOR, Evaluated::Ruler.name())]);
    let mut spec = Doc::map()
        .with("version", release(model.project.targets.thanos))
        .with("replicas", number(ruler.replicas))
        .with("ruleSelector", Doc::map().with("matchLabels", labels))
        .with_some("ruleNamespaceSelector", namespaces(cluster))
        .with("evaluationInterval", at(model.project.interval.value.to_string(), model.project.interval.origin));
    if let Some(query) = &cluster.thanos.query {
        spec.set("queryEndpoints", Doc::list([text(&query.url)]));
    }
    if let Some(url) = super::alertmanager::url(model, cluster) {
        spec.set("alertmanagersUrl", Doc::list([url]));
    }
    if let Some(reference) = super::values::object_store_secret(model, cluster) {
        spec.set("objectStorageConfig", reference);
    }
    let pods = texts(&[("app.kubernetes.io/name", "thanos-ruler"), ("thanos-ruler", NAME)]);
    let spec = spec
        .with_some("storage", ruler.storage.as_ref().map(volume_claim))
        .with("affinity", apart(pods))
        .with("securityContext", unprivileged(1000));
    let object =
        object(overlay, "monitoring.coreos.com/v1", "ThanosRuler", doc(NAME), namespace_of(cluster)).with("spec", spec);
    overlay.objects.insert("thanos-ruler/object.yaml".to_owned(), object);
}

/// The namespaces that it takes rules from; its own if the spec says nothing.
fn namespaces(cluster: &Cluster) -> Option<Doc> {
    let labels = &cluster.rule_namespace_selector;
    let selector = labels.iter().fold(Doc::map(), |map, (name, value)| map.with(name, text(value)));
    (!labels.is_empty()).then(|| Doc::map().with("matchLabels", selector))
}
