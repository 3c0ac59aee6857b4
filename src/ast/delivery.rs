//! `delivery`: how the output reaches the clusters.

use super::{Map, Name};
use crate::source::{Spanned, Text};

kind! {
    /// Kustomize and ArgoCD.
    pub struct Delivery("delivery") {
        /// Kustomize base and overlays; nothing is written if this is absent.
        kustomize: Option<Box<Kustomize>> = child "kustomize",
        /// One ArgoCD Application per overlay; nothing is written if this is absent.
        argocd: Option<Box<ArgoCd>> = child "argocd",
    }
}

kind! {
    /// Kustomize base and overlays.
    pub struct Kustomize("kustomize") {
        /// Whether NetworkPolicies are derived from the channels in use; they are unless this says `#false`.
        network_policies: Option<Spanned<bool>> = property "network-policies",
        /// Labels for every object.
        labels: Map<Text, Text> = child "labels",
    }
}

kind! {
    /// ArgoCD Applications.
    pub struct ArgoCd("argocd") {
        /// The git repository that holds the built tree.
        repo: Spanned<Text> = property "repo",
        /// The branch, tag or commit; `HEAD` if not written.
        revision: Option<Spanned<Text>> = property "revision",
        /// The folder of the built tree in the repository; `dist` if not written.
        path: Option<Spanned<Text>> = property "path",
        /// ArgoCD's project; `default` if not written.
        project: Option<Spanned<Name>> = property "project",
        /// ArgoCD's namespace; `argocd` if not written.
        namespace: Option<Spanned<Name>> = property "namespace",
        /// Whether ArgoCD syncs by itself; it does unless this says `#false`.
        automated: Option<Spanned<bool>> = property "automated",
        /// Whether ArgoCD undoes changes made by hand; it does unless this says `#false`.
        self_heal: Option<Spanned<bool>> = property "self-heal",
        /// Whether ArgoCD deletes what is gone from git; not where Secrets live, and otherwise only if this says `#true`.
        prune: Option<Spanned<bool>> = property "prune",
    }
}
