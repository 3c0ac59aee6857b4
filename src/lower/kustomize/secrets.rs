//! Secrets: objects from which the Secrets come that pods of a cluster mount. No value is ever seen here.
//!
//! A secret is delivered to every namespace in which something mounts it: that of Alertmanager, of a forwarder, of the
//! parts that read the object store. An ExternalSecret is fetched there, a SealedSecret unsealed there; a file encrypted with
//! SOPS is carried along for whoever decrypts it, since Kustomize alone cannot; an existing Secret is only mounted.

use std::collections::BTreeMap;

use super::object::{annotate, at, text, texts};
use super::{Overlay, alertmanager, object};
use crate::artifact::{Body, Bundle, Doc, File, FileKind};
use crate::ast::Duration;
use crate::lower::forwarder;
use crate::model::secret::{Secret, SecretSource};
use crate::model::{Cluster, Field, Model, slug};

pub(super) fn add(overlay: &mut Overlay, model: &Model, bundle: &Bundle, cluster: &Cluster, argocd: bool) {
    for (namespace, secret) in used(model, bundle, cluster).into_values() {
        let stem = format!("secrets/{}-{}", slug(&namespace.value), secret.object.value);
        let mut custom = match &secret.source {
            SecretSource::External { store, store_kind, key, property, refresh } => {
                let store =
                    Doc::map().with("name", text(store)).with("kind", at(store_kind.value.as_str(), store_kind.origin));
                let remote = Doc::map().with("key", text(key)).with_some("property", property.as_ref().map(text));
                let entry = Doc::map().with("secretKey", text(&secret.key)).with("remoteRef", remote);
                let target = Doc::map().with("name", text(&secret.object)).with("creationPolicy", "Owner");
                let spec = Doc::map()
                    .with("refreshInterval", at(go_duration(refresh.value), refresh.origin))
                    .with("secretStoreRef", store)
                    .with("target", target)
                    .with("data", Doc::list([entry]));
                secret_object(overlay, "external-secrets.io/v1", "ExternalSecret", namespace, secret).with("spec", spec)
            }
            SecretSource::Sealed { encrypted } => {
                let metadata = Doc::map()
                    .with("name", text(&secret.object))
                    .with("namespace", object::namespace(namespace))
                    .with("labels", overlay.labels.clone());
                let spec = Doc::map()
                    .with("encryptedData", Doc::map().with(&secret.key.value, text(encrypted)))
                    .with("template", Doc::map().with("metadata", metadata));
                secret_object(overlay, "bitnami.com/v1alpha1", "SealedSecret", namespace, secret).with("spec", spec)
            }
            SecretSource::Sops { file, content } => {
                // SOPS tells formats apart by the ending.
                let ending = file.value.rsplit('.').next().unwrap_or_default();
                let is_ending =
                    (1..8).contains(&ending.len()) && ending.bytes().all(|byte| byte.is_ascii_alphanumeric());
                let extension = if is_ending { ending } else { "yaml" };
                let body = Body::Text(content.clone(), Some(file.origin));
                let file = File { kind: FileKind::Other, body, origins: vec![file.origin], executable: false };
                let path = format!("{stem}.sops.{extension}");
                overlay.beside.push(format!(
                    "{path} is encrypted: apply it with `sops decrypt`, or name it in a KSOPS generator."
                ));
                overlay.files.insert(path, file);
                continue;
            }
            SecretSource::Existing => continue,
        };
        if argocd {
            // Before everything that mounts it.
            annotate(&mut custom, texts(&[("argocd.argoproj.io/sync-wave", "-2")]));
        }
        overlay.objects.insert(format!("{stem}.yaml"), custom);
    }
}

fn secret_object(overlay: &Overlay, api_version: &str, kind: &str, namespace: &Field<String>, secret: &Secret) -> Doc {
    object::object(overlay, api_version, kind, text(&secret.object), object::namespace(namespace))
}

/// The secrets that something in the cluster mounts, by namespace and name.
fn used<'a>(
    model: &'a Model,
    bundle: &Bundle,
    cluster: &'a Cluster,
) -> BTreeMap<(&'a str, &'a str), (&'a Field<String>, &'a Secret)> {
    let mut found = BTreeMap::new();
    let mut add = |namespace: &'a Field<String>, secret: &'a Secret| {
        found.entry((namespace.value.as_str(), secret.name.value.as_str())).or_insert((namespace, secret));
    };
    if let Some(alertmanager) = &cluster.alertmanager {
        let mounted = alertmanager::mounted(bundle, cluster);
        let is_mounted = |secret: &&Secret| mounted.contains_key(&secret.object.value);
        model.secrets.values().filter(is_mounted).for_each(|secret| add(&alertmanager.namespace, secret));
    }
    for forwarder in model.forwarders.values().filter(|forwarder| forwarder.cluster.value == cluster.name.value) {
        let names = forwarder::secrets(forwarder);
        names.into_iter().filter_map(|name| model.secrets.get(name)).for_each(|secret| add(&cluster.namespace, secret));
    }
    let store = cluster.thanos.object_store.as_ref().and_then(|store| store.config.as_ref());
    if let Some(secret) = store.and_then(|name| model.secrets.get(&name.value)) {
        add(&cluster.namespace, secret);
    }
    found
}

/// A duration for Go's parser, which knows no days.
fn go_duration(duration: Duration) -> String {
    let seconds = duration.milliseconds() / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let mut out = String::new();
    for (count, unit) in [(hours, 'h'), (minutes, 'm'), (seconds, 's')] {
        if count > 0 {
            out.push_str(&count.to_string());
            out.push(unit);
        }
    }
    if out.is_empty() { "0s".to_owned() } else { out }
}
