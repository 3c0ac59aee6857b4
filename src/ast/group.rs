//! `group`: hosts that share thresholds.

use super::scalar::words;
use super::{Labels, Map, Name, Named};
use crate::source::{Spanned, Text};

words! {
    /// The namespace that a group belongs to.
    pub enum GroupKind("`infrastructure`, `logical` or `environment`") {
        /// Where things run.
        Infrastructure = "infrastructure",
        /// What belongs together.
        Logical = "logical",
        /// How much it matters.
        Environment = "environment",
    }
}

kind! {
    /// Hosts that share thresholds. Service discovery puts `group` and `group_id` on each of them.
    pub struct Group("group") {
        /// Its name; any Unicode.
        name: Spanned<Name> = name "name",
        /// Its id, the value of the label `group_id`.
        id: Spanned<Name> = property "id",
        /// The namespace it belongs to; that of the group around it if not written.
        kind: Option<Spanned<GroupKind>> = property "kind",
        /// The group it belongs to, if it is not written inside that group.
        parent: Option<Spanned<Name>> = property "parent",
        /// Who is asked about it; that of the group around it if not written.
        owner: Option<Spanned<Text>> = property "owner",
        /// The clusters it lives in; those of the group around it, and at the top all clusters, if not written.
        clusters: Vec<Spanned<Name>> = child "clusters",
        /// Labels of the Kubernetes nodes that belong to it; on these its checks run as a DaemonSet.
        node_selector: Map<Text, Text> = child "node-selector",
        /// Its hosts.
        targets: Named<Target> = child "target" / "targets",
        /// Groups inside it.
        groups: Named<Group> = child "group" / "groups",
    }
}

kind! {
    /// A host.
    pub struct Target("target") {
        /// Its name, the value of the label `instance` unless `labels` says otherwise.
        name: Spanned<Name> = name "name",
        /// Its address without a port.
        address: Spanned<Text> = property "address",
        /// The cluster that scrapes it; needed where its group lives in several.
        cluster: Option<Spanned<Name>> = property "cluster",
        /// What runs on it, by name (`node`, `dcgm`, `kube-state-metrics`) or as `name:port`.
        exporters: Vec<Spanned<Text>> = child "exporters",
        /// Further labels.
        labels: Labels = child "labels",
    }
}
