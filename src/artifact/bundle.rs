//! The set of files that one build writes.

use std::collections::BTreeMap;

use super::Doc;
use crate::provenance::Origin;

/// Every file of a build by its path below the output folder (`/` between parts), in path order.
#[derive(Debug, Default)]
pub struct Bundle {
    /// Path to file.
    pub files: BTreeMap<String, File>,
}

/// One file to be written.
#[derive(Debug)]
pub struct File {
    /// What the file is, for checks, manifest and diff.
    pub kind: FileKind,
    /// Its content.
    pub body: Body,
    /// The spec places it was made from; the header line names their files.
    pub origins: Vec<Origin>,
    /// Whether the file is to be executable.
    pub executable: bool,
}

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileKind {
    /// A rule file for a Prometheus.
    PrometheusRules,
    /// A rule file for a Thanos Ruler.
    ThanosRules,
    /// A file_sd / http_sd list of target groups.
    Targets,
    /// An alertmanager.yaml.
    Alertmanager,
    /// An nginx.conf of a forwarder.
    Nginx,
    /// A bundle.json of node scripts.
    CheckBundle,
    /// A node script or the runner.
    Script,
    /// A kustomization.yaml.
    Kustomization,
    /// A Kubernetes object.
    Manifest,
    /// An ArgoCD Application.
    Application,
    /// Anything else, carried along as it is.
    Other,
}

/// The content of a file, by syntax.
#[derive(Debug)]
pub enum Body {
    /// YAML documents, separated by `---` if there are several.
    Yaml(Vec<Doc>),
    /// One JSON document.
    Json(Doc),
    /// An nginx configuration.
    Nginx(super::nginx::Block),
    /// Text that is written as it is; the origin is that of the whole.
    Text(String, Option<Origin>),
}

impl Bundle {
    /// Adds a file; a second file of the same path is a defect of the backends and replaces the first.
    pub fn add(&mut self, path: impl Into<String>, file: File) {
        self.files.insert(path.into(), file);
    }
}
