//! Kustomize: `kustomize/base/` and one overlay per cluster, of complete objects.
//!
//! Nothing is patched. Lists of rules have no merge key, so a strategic merge would replace them, and a patch hides from a
//! reviewer what a cluster really gets. Every object is whole, with its namespace and labels, and stands in one file:
//!
//! - in the overlay of the cluster it is for, or
//! - in the base, if all overlays of the spec have this very object (at least two do).
//!
//! Files that other backends wrote (rules, alertmanager.yaml, nginx.conf, targets) go into the overlay as a second copy,
//! because Kustomize refuses to read outside the folder it builds. Objects are named after places and things of the spec
//! alone, never after counts, so that a change renames nothing else.
//!
//! What cannot be an object, because the kube-prometheus-stack chart makes it with everything around it, stands in a values
//! file beside the kustomization ([`values`]).

mod alertmanager;
mod checks;
mod forwarder;
mod grafana;
mod ingress;
mod network;
mod object;
mod prometheus;
mod ruler;
mod rules;
mod secrets;
mod targets;
mod thanos;
mod values;
mod workload;

pub use rules::EVALUATOR;

use std::collections::BTreeMap;

use crate::artifact::{Body, Bundle, Doc, File, FileKind, Value};
use crate::model::{Cluster, Model, delivery};
use crate::provenance::Origin;

/// The folder of everything here.
const FOLDER: &str = "kustomize";

/// The folder of a cluster's overlay, below the output folder.
pub fn overlay_folder(cluster: &Cluster) -> String {
    format!("{FOLDER}/overlays/{}", cluster.slug)
}

/// Whether a cluster's overlay, with the base, brings Secrets or what becomes Secrets. Looks at what [`lower`] wrote.
pub fn holds_secrets(bundle: &Bundle, cluster: &Cluster) -> bool {
    let overlay = overlay_folder(cluster);
    [overlay.as_str(), "kustomize/base"].iter().any(|folder| {
        let secrets = format!("{folder}/secrets/");
        let kustomization = bundle.files.get(&format!("{folder}/kustomization.yaml"));
        let generates = kustomization.is_some_and(|file| match &file.body {
            Body::Yaml(documents) => documents.iter().any(|document| document.get("secretGenerator").is_some()),
            Body::Json(_) | Body::Nginx(_) | Body::Text(..) => false,
        });
        generates || bundle.files.range(secrets.clone()..).next().is_some_and(|(path, _)| path.starts_with(&secrets))
    })
}

/// Writes base and overlays, if the spec delivers by Kustomize.
pub fn lower(model: &Model, bundle: &mut Bundle) {
    let Some(settings) = model.delivery.as_ref().and_then(|delivery| delivery.kustomize.as_ref()) else { return };
    let mut overlays: Vec<(&Cluster, Overlay)> =
        model.clusters.values().map(|cluster| (cluster, overlay(model, settings, bundle, cluster))).collect();
    let base = take_common(&mut overlays, labels(settings));
    let transformer = Doc::map().with("pairs", base.labels.clone());
    base.write(bundle, &format!("{FOLDER}/base"), kustomization().with("labels", Doc::list([transformer])), &[]);
    for (cluster, overlay) in overlays {
        overlay.write(bundle, &overlay_folder(cluster), kustomization(), &["../../base"]);
    }
}

fn kustomization() -> Doc {
    Doc::map().with("apiVersion", "kustomize.config.k8s.io/v1beta1").with("kind", "Kustomization")
}

/// The labels of every object.
fn labels(settings: &delivery::Kustomize) -> Doc {
    let mut labels = Doc::map().with("app.kubernetes.io/managed-by", "alertsmith");
    for (name, value) in &settings.labels {
        object::put(&mut labels, name, object::at(&value.value, value.origin));
    }
    labels
}

/// Everything of one cluster.
fn overlay(model: &Model, settings: &delivery::Kustomize, bundle: &Bundle, cluster: &Cluster) -> Overlay {
    let mut overlay = Overlay::new(labels(settings));
    let argocd = model.delivery.as_ref().is_some_and(|delivery| delivery.argocd.is_some());
    rules::add(&mut overlay, bundle, cluster, argocd);
    alertmanager::add(&mut overlay, model, bundle, cluster);
    ruler::add(&mut overlay, model, cluster);
    for forwarder in model.forwarders.values().filter(|forwarder| forwarder.cluster.value == cluster.name.value) {
        forwarder::add(&mut overlay, model, bundle, cluster, forwarder);
    }
    checks::add(&mut overlay, model, bundle, cluster);
    secrets::add(&mut overlay, model, bundle, cluster, argocd);
    targets::add(&mut overlay, bundle, cluster);
    prometheus::add(&mut overlay, model, bundle, cluster);
    thanos::add(&mut overlay, model, bundle, cluster);
    grafana::add(&mut overlay, bundle, cluster);
    ingress::add(&mut overlay, model, cluster);
    values::add(&mut overlay, model, bundle, cluster);
    if settings.network_policies.value {
        network::add(&mut overlay, model, cluster, settings.network_policies.origin);
    }
    overlay
}

/// An image with the tag of a release.
fn tagged(image: &str, release: Doc) -> Doc {
    match release.value {
        Value::String(tag) => object::doc(format!("{image}:{tag}")).from_maybe(release.origin),
        _ => object::doc(image),
    }
}

/// The image that has programs load their files again; it is the operator's, and works without it.
fn reloader_image(model: &Model) -> Doc {
    let release = object::release(model.project.targets.prometheus_operator);
    tagged("quay.io/prometheus-operator/prometheus-config-reloader", release)
}

/// What one kustomization builds. Paths are below its folder.
struct Overlay {
    /// Labels of every object.
    labels: Doc,
    /// Objects by the file that they stand in.
    objects: BTreeMap<String, Doc>,
    /// Files that generators read, or that only lie beside the kustomization.
    files: BTreeMap<String, File>,
    /// Entries of `configMapGenerator`.
    config_maps: Vec<Doc>,
    /// Entries of `secretGenerator`.
    secrets: Vec<Doc>,
    /// What a reader should know of files that Kustomize does not read.
    beside: Vec<String>,
}

impl Overlay {
    fn new(labels: Doc) -> Self {
        Self {
            labels,
            objects: BTreeMap::new(),
            files: BTreeMap::new(),
            config_maps: Vec::new(),
            secrets: Vec::new(),
            beside: Vec::new(),
        }
    }

    /// Adds a file that another backend wrote; says whether it is there.
    fn copy(&mut self, bundle: &Bundle, from: &str, to: &str) -> bool {
        let Some(file) = bundle.files.get(from) else { return false };
        let body = match &file.body {
            Body::Yaml(documents) => Body::Yaml(documents.clone()),
            Body::Json(document) => Body::Json(document.clone()),
            Body::Nginx(block) => Body::Nginx(block.clone()),
            Body::Text(text, origin) => Body::Text(text.clone(), *origin),
        };
        let origins = file.origins.clone();
        self.files.insert(to.to_owned(), File { kind: FileKind::Other, body, origins, executable: false });
        true
    }

    fn write(self, bundle: &mut Bundle, folder: &str, mut kustomization: Doc, first: &[&str]) {
        let resources: Vec<Doc> =
            first.iter().copied().chain(self.objects.keys().map(String::as_str)).map(object::doc).collect();
        if !resources.is_empty() {
            kustomization.set("resources", Doc::list(resources));
        }
        for (key, generators) in [("configMapGenerator", self.config_maps), ("secretGenerator", self.secrets)] {
            if !generators.is_empty() {
                kustomization.set(key, Doc::list(generators));
            }
        }
        if let (Value::Map(entries), false) = (&mut kustomization.value, self.beside.is_empty())
            && let Some((_, first)) = entries.first_mut()
        {
            first.comment = Some(self.beside.join("\n"));
        }
        let mut add = |path: &str, file| bundle.add(format!("{folder}/{path}"), file);
        let mut all = Vec::new();
        for (path, document) in self.objects {
            let origins = origins(&document);
            all.extend(origins.iter().copied());
            let body = Body::Yaml(vec![document]);
            add(&path, File { kind: FileKind::Manifest, body, origins, executable: false });
        }
        for (path, file) in self.files {
            all.extend(file.origins.iter().copied());
            add(&path, file);
        }
        all.sort_unstable();
        all.dedup();
        let body = Body::Yaml(vec![kustomization]);
        add("kustomization.yaml", File { kind: FileKind::Kustomization, body, origins: all, executable: false });
    }
}

/// Takes the objects out that every overlay has, if there are at least two overlays.
fn take_common(overlays: &mut [(&Cluster, Overlay)], labels: Doc) -> Overlay {
    let mut base = Overlay::new(labels);
    let [(_, first), _, ..] = overlays else { return base };
    let candidates: Vec<String> = first.objects.keys().cloned().collect();
    for path in candidates {
        let mut same = overlays.iter().map(|(_, overlay)| overlay.objects.get(&path));
        let one = same.next().flatten();
        if one.is_some_and(|one| same.all(|other| other.is_some_and(|other| is_same(one, other)))) {
            for (_, overlay) in overlays.iter_mut() {
                if let Some(document) = overlay.objects.remove(&path) {
                    base.objects.insert(path.clone(), document);
                }
            }
        }
    }
    base
}

/// Whether two documents print the same.
fn is_same(one: &Doc, other: &Doc) -> bool {
    one.comment == other.comment
        && match (&one.value, &other.value) {
            (Value::List(one), Value::List(other)) => {
                one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_same(one, other))
            }
            (Value::Map(one), Value::Map(other)) => {
                one.len() == other.len()
                    && one.iter().zip(other).all(|(one, other)| one.0 == other.0 && is_same(&one.1, &other.1))
            }
            (one, other) => one == other,
        }
}

/// Every origin in a document, sorted, each once.
fn origins(document: &Doc) -> Vec<Origin> {
    let mut found = Vec::new();
    let mut open = vec![document];
    while let Some(document) = open.pop() {
        found.extend(document.origin);
        match &document.value {
            Value::List(items) => open.extend(items),
            Value::Map(entries) => open.extend(entries.iter().map(|(_, value)| value)),
            Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}
