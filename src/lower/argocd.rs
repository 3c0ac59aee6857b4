//! ArgoCD: one Application per overlay, as `argocd/<cluster>.yaml`.
//!
//! Where an overlay brings Secrets, nothing is ever pruned, whatever the spec says: a Secret that vanishes from git by
//! mistake would take Alertmanager's credentials with it while alerts fire. For the same reason such an Application has no
//! finalizer, so that deleting it leaves everything running.
//!
//! Objects are applied on the server's side: PrometheusRule objects may be larger than the annotation in which the other way
//! keeps its copy.

use super::kustomize::{holds_secrets, overlay_folder};
use crate::artifact::{Body, Bundle, Doc, File, FileKind};
use crate::model::delivery::ArgoCd;
use crate::model::{Cluster, Field, Model, slug};
use crate::provenance::Origin;

/// Deleting the Application deletes what it made.
const FINALIZER: &str = "resources-finalizer.argocd.argoproj.io";

/// Writes an Application for every overlay, if the spec delivers by Kustomize and ArgoCD.
pub fn lower(model: &Model, bundle: &mut Bundle) {
    let Some(delivery) = &model.delivery else { return };
    let (Some(_), Some(settings)) = (&delivery.kustomize, &delivery.argocd) else { return };
    for cluster in model.clusters.values() {
        let keeps = holds_secrets(bundle, cluster);
        let body = Body::Yaml(vec![application(model, settings, cluster, keeps)]);
        let origins = vec![cluster.name.origin, settings.repo.origin];
        let file = File { kind: FileKind::Application, body, origins, executable: false };
        bundle.add(format!("argocd/{}.yaml", cluster.slug), file);
    }
}

fn application(model: &Model, settings: &ArgoCd, cluster: &Cluster, keeps: bool) -> Doc {
    let prune = settings.prune.value && !keeps;
    let mut metadata = Doc::map()
        .with("name", at(application_name(model, cluster), cluster.name.origin))
        .with("namespace", text(&settings.namespace))
        .with("labels", Doc::map().with("app.kubernetes.io/managed-by", "alertsmith"));
    if prune {
        metadata.set("finalizers", Doc::list([FINALIZER]));
    }
    let folder = match settings.path.value.trim_matches('/') {
        "" | "." => overlay_folder(cluster),
        path => format!("{path}/{}", overlay_folder(cluster)),
    };
    let source = Doc::map()
        .with("repoURL", text(&settings.repo))
        .with("targetRevision", text(&settings.revision))
        .with("path", at(folder, settings.path.origin));
    let destination = Doc::map().with("name", text(&cluster.name)).with("namespace", text(&cluster.namespace));
    let spec = Doc::map()
        .with("project", text(&settings.project))
        .with("source", source)
        .with("destination", destination)
        .with("syncPolicy", sync_policy(settings, prune));
    Doc::map()
        .with("apiVersion", "argoproj.io/v1alpha1")
        .with("kind", "Application")
        .with("metadata", metadata)
        .with("spec", spec)
}

fn sync_policy(settings: &ArgoCd, prune: bool) -> Doc {
    let mut policy = Doc::map();
    if settings.automated.value {
        let automated = Doc::map()
            .with("prune", at(prune, settings.prune.origin))
            .with("selfHeal", at(settings.self_heal.value, settings.self_heal.origin));
        policy.set("automated", automated.from(settings.automated.origin));
    }
    let mut options = vec!["CreateNamespace=true", "ServerSideApply=true"];
    if prune {
        // What is new must run before what is old goes.
        options.push("PruneLast=true");
    }
    let backoff = Doc::map().with("duration", "10s").with("factor", 2).with("maxDuration", "5m");
    policy.with("syncOptions", Doc::list(options)).with("retry", Doc::map().with("limit", 5).with("backoff", backoff))
}

/// The name of a cluster's Application: one ArgoCD may serve several projects.
fn application_name(model: &Model, cluster: &Cluster) -> String {
    let project = slug(&model.project.name.value);
    slug(&format!("{project}-{}", cluster.slug))
}

fn at(value: impl Into<Doc>, origin: Origin) -> Doc {
    value.into().from(origin)
}

fn text(field: &Field<String>) -> Doc {
    at(&field.value, field.origin)
}
