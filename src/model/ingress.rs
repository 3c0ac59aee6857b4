//! The hosts under which parts of a cluster are reached.

use super::{Field, Labels};
use crate::ast::ingress::IngressTarget;

/// Hosts that lead into a cluster.
#[derive(Debug)]
pub struct Ingress {
    /// The Ingress class.
    pub class: Option<Field<String>>,
    /// Annotations for every Ingress.
    pub annotations: Labels,
    /// Hosts, sorted by name.
    pub hosts: Vec<IngressHost>,
}

/// One host.
#[derive(Debug)]
pub struct IngressHost {
    /// Its name.
    pub name: Field<String>,
    /// The part that it leads to.
    pub to: Field<IngressTarget>,
    /// The secret whose Kubernetes Secret holds the certificate and its key.
    pub tls: Option<Field<String>>,
}
