//! Groups and hosts.

use super::{Field, Labels};
use crate::ast::group::GroupKind;

/// A resolved group.
#[derive(Debug)]
pub struct Group {
    /// Its name.
    pub name: Field<String>,
    /// The name made fit for files and objects.
    pub slug: String,
    /// Its id, the value of the label `group_id` of its own hosts (hosts of inner groups carry the inner id).
    pub id: Field<String>,
    /// The namespace it belongs to.
    pub kind: Option<Field<GroupKind>>,
    /// The group around it.
    pub parent: Option<String>,
    /// Who is asked about it.
    pub owner: Option<Field<String>>,
    /// The clusters it lives in.
    pub clusters: Vec<Field<String>>,
    /// Labels of the Kubernetes nodes that belong to it; empty if none do.
    pub node_selector: Labels,
}

/// A host.
#[derive(Debug)]
pub struct Target {
    /// Its name.
    pub name: Field<String>,
    /// Its address without a port.
    pub address: Field<String>,
    /// The group it belongs to.
    pub group: String,
    /// The cluster that scrapes it.
    pub cluster: Field<String>,
    /// What runs on it.
    pub exporters: Vec<Exporter>,
    /// Further labels.
    pub labels: Labels,
}

/// An exporter on a host.
#[derive(Debug)]
pub struct Exporter {
    /// Its name, also that of the scrape job's file: `node`, `dcgm`.
    pub name: Field<String>,
    /// The port it listens on.
    pub port: u16,
}
