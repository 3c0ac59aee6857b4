//! Parts that many Kubernetes objects share.

use super::Overlay;
use crate::artifact::{Doc, Value};
use crate::ast::Version;
use crate::model::{Cluster, Field};
use crate::provenance::Origin;

/// A value that the format itself demands.
pub(super) fn doc(value: impl Into<Doc>) -> Doc {
    value.into()
}

/// A value with its origin.
pub(super) fn at(value: impl Into<Doc>, origin: Origin) -> Doc {
    value.into().from(origin)
}

/// A text of the spec.
pub(super) fn text(field: &Field<String>) -> Doc {
    at(&field.value, field.origin)
}

/// A number of the spec.
pub(super) fn number(field: Field<u32>) -> Doc {
    at(i64::from(field.value), field.origin)
}

/// A namespace as objects name it; `delivery/kubernetes-name` has seen to it that it is one.
pub(super) fn namespace(field: &Field<String>) -> Doc {
    text(field)
}

/// The namespace of a cluster's monitoring stack.
pub(super) fn namespace_of(cluster: &Cluster) -> Doc {
    namespace(&cluster.namespace)
}

/// Sets an entry of a map, replacing one of that name.
pub(super) fn put(map: &mut Doc, key: &str, value: Doc) {
    if let Value::Map(entries) = &mut map.value {
        match entries.iter_mut().find(|(name, _)| name == key) {
            Some((_, old)) => *old = value,
            None => entries.push((key.to_owned(), value)),
        }
    }
}

/// An object with metadata and the labels of the overlay; `spec` and the like are added by the caller.
pub(super) fn object(overlay: &Overlay, api_version: &str, kind: &str, name: Doc, namespace: Doc) -> Doc {
    labelled(overlay, api_version, kind, name, namespace, &[])
}

/// As [`object`], with further labels.
pub(super) fn labelled(
    overlay: &Overlay,
    api_version: &str,
    kind: &str,
    name: Doc,
    namespace: Doc,
    further: &[(&str, Doc)],
) -> Doc {
    let metadata = Doc::map().with("name", name).with("namespace", namespace).with("labels", labels(overlay, further));
    Doc::map().with("apiVersion", api_version).with("kind", kind).with("metadata", metadata)
}

/// Sets the annotations of an object.
pub(super) fn annotate(object: &mut Doc, annotations: Doc) {
    if let Value::Map(entries) = &mut object.value
        && let Some((_, metadata)) = entries.iter_mut().find(|(key, _)| key == "metadata")
    {
        put(metadata, "annotations", annotations);
    }
}

/// The labels of the overlay with further ones.
pub(super) fn labels(overlay: &Overlay, further: &[(&str, Doc)]) -> Doc {
    let mut labels = overlay.labels.clone();
    for (name, value) in further {
        put(&mut labels, name, value.clone());
    }
    labels
}

/// A map of texts.
pub(super) fn texts(pairs: &[(&str, &str)]) -> Doc {
    pairs.iter().fold(Doc::map(), |map, (name, value)| map.with(*name, *value))
}

/// An entry of a ConfigMap or Secret generator, under its very name: nothing here may be renamed that an object outside
/// Kustomize's knowledge refers to.
pub(super) fn generator(overlay: &Overlay, name: Doc, namespace: Doc, files: Vec<Doc>) -> Doc {
    let options = Doc::map().with("disableNameSuffixHash", true).with("labels", overlay.labels.clone());
    Doc::map().with("name", name).with("namespace", namespace).with("files", Doc::list(files)).with("options", options)
}

/// A release as images are tagged with.
pub(super) fn release(version: Field<Version>) -> Doc {
    let Version { major, minor, patch } = version.value;
    at(format!("v{major}.{minor}.{patch}"), version.origin)
}

/// Security settings of a pod that needs nothing special, for a user and group id.
pub(super) fn unprivileged(id: i64) -> Doc {
    Doc::map()
        .with("runAsNonRoot", true)
        .with("runAsUser", id)
        .with("runAsGroup", id)
        .with("fsGroup", id)
        .with("seccompProfile", texts(&[("type", "RuntimeDefault")]))
}

/// Replicas prefer different nodes.
pub(super) fn apart(selector: Doc) -> Doc {
    let term = Doc::map()
        .with("labelSelector", Doc::map().with("matchLabels", selector))
        .with("topologyKey", "kubernetes.io/hostname");
    let preferred = Doc::map().with("weight", 100).with("podAffinityTerm", term);
    Doc::map().with(
        "podAntiAffinity",
        Doc::map().with("preferredDuringSchedulingIgnoredDuringExecution", Doc::list([preferred])),
    )
}

/// A disruption budget: one replica at a time.
pub(super) fn disruption_budget(overlay: &Overlay, name: Doc, namespace: Doc, selector: Doc) -> Doc {
    object(overlay, "policy/v1", "PodDisruptionBudget", name, namespace)
        .with("spec", Doc::map().with("maxUnavailable", 1).with("selector", Doc::map().with("matchLabels", selector)))
}

/// A claim of disk space.
pub(super) fn volume_claim(size: &Field<String>) -> Doc {
    let spec = Doc::map()
        .with("accessModes", Doc::list(["ReadWriteOnce"]))
        .with("resources", Doc::map().with("requests", Doc::map().with("storage", text(size))));
    Doc::map().with("volumeClaimTemplate", Doc::map().with("spec", spec))
}
