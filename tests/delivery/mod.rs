//! Delivery: what Kustomize makes of base and overlays, what ArgoCD is told, and that every object is one that Kubernetes takes.

mod fleet;
