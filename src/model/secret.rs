//! Secrets: where they live, never what they are.

use super::Field;
use crate::ast::Duration;
use crate::ast::secret::StoreKind;

/// A resolved secret.
#[derive(Debug)]
pub struct Secret {
    /// What references call it.
    pub name: Field<String>,
    /// The name of the Kubernetes Secret: the name made fit, or that of the existing Secret.
    pub object: Field<String>,
    /// The key inside the Kubernetes Secret.
    pub key: Field<String>,
    /// Where it lives.
    pub source: SecretSource,
}

impl Secret {
    /// The absolute path of the secret's file in a pod that mounts it below `folder`, such as `/etc/alertmanager/secrets`.
    pub fn path(&self, folder: &str) -> String {
        format!("{folder}/{}/{}", self.object.value, self.key.value)
    }
}

/// Where a secret lives.
#[derive(Debug)]
pub enum SecretSource {
    /// Fetched by the External Secrets Operator.
    External {
        /// The store.
        store: Field<String>,
        /// The kind of the store.
        store_kind: Field<StoreKind>,
        /// The key in the store.
        key: Field<String>,
        /// The property of that key.
        property: Option<Field<String>>,
        /// How often it is fetched.
        refresh: Field<Duration>,
    },
    /// Encrypted in git for the Sealed Secrets controller.
    Sealed {
        /// The encrypted value.
        encrypted: Field<String>,
    },
    /// Encrypted in git with SOPS.
    Sops {
        /// The file's path below the spec folder.
        file: Field<String>,
        /// The file's text, still encrypted.
        content: String,
    },
    /// A Kubernetes Secret that somebody else makes.
    Existing,
}
