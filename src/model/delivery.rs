//! How the output reaches the clusters.

use super::{Field, Labels};

/// Resolved delivery.
#[derive(Debug)]
pub struct Delivery {
    /// Kustomize base and overlays.
    pub kustomize: Option<Kustomize>,
    /// ArgoCD Applications.
    pub argocd: Option<ArgoCd>,
}

/// Kustomize base and overlays.
#[derive(Debug)]
pub struct Kustomize {
    /// Whether NetworkPolicies are derived from the channels in use.
    pub network_policies: Field<bool>,
    /// Labels for every object.
    pub labels: Labels,
}

/// ArgoCD Applications.
#[derive(Debug)]
pub struct ArgoCd {
    /// The git repository that holds the built tree.
    pub repo: Field<String>,
    /// The branch, tag or commit.
    pub revision: Field<String>,
    /// The folder of the built tree in the repository, without a slash at the end.
    pub path: Field<String>,
    /// ArgoCD's project.
    pub project: Field<String>,
    /// ArgoCD's namespace.
    pub namespace: Field<String>,
    /// Whether ArgoCD syncs by itself.
    pub automated: Field<bool>,
    /// Whether ArgoCD undoes changes made by hand.
    pub self_heal: Field<bool>,
    /// What the spec says about pruning; overlays with Secrets are never pruned.
    pub prune: Field<bool>,
}
