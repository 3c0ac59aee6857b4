//! `secret`: where a secret lives. A spec never holds one.

use super::Name;
use super::scalar::words;
use crate::source::{Spanned, Text};

words! {
    /// The kind of an External Secrets store.
    pub enum StoreKind("`SecretStore` or `ClusterSecretStore`") {
        /// In the same namespace.
        SecretStore = "SecretStore",
        /// For the whole cluster.
        ClusterSecretStore = "ClusterSecretStore",
    }
}

kind! {
    /// Where a secret lives: exactly one of the four.
    pub struct Secret("secret") {
        /// What references call it; also the name of the Kubernetes Secret.
        name: Spanned<Name> = name "name",
        /// The key inside the Kubernetes Secret; `value` if not written.
        key: Option<Spanned<Name>> = property "key",
        /// Fetched by the External Secrets Operator.
        external_secret: Option<Box<ExternalSecret>> = child "external-secret",
        /// Encrypted in git for the Sealed Secrets controller.
        sealed_secret: Option<Box<SealedSecret>> = child "sealed-secret",
        /// Encrypted in git with SOPS.
        sops: Option<Box<Sops>> = child "sops",
        /// A Kubernetes Secret that somebody else makes.
        existing: Option<Box<ExistingSecret>> = child "existing",
    }
}

kind! {
    /// A secret that the External Secrets Operator fetches.
    pub struct ExternalSecret("external-secret") {
        /// The store.
        store: Spanned<Name> = property "store",
        /// The kind of the store; `ClusterSecretStore` if not written.
        store_kind: Option<Spanned<StoreKind>> = property "store-kind",
        /// The key in the store.
        key: Spanned<Text> = property "key",
        /// The property of that key.
        property: Option<Spanned<Text>> = property "property",
        /// How often it is fetched; 1h if not written.
        refresh: Option<Spanned<super::Duration>> = property "refresh",
    }
}

kind! {
    /// A secret that is encrypted in git for the Sealed Secrets controller.
    pub struct SealedSecret("sealed-secret") {
        /// The encrypted value, as `kubeseal --raw` prints it.
        encrypted: Spanned<Text> = property "encrypted",
    }
}

kind! {
    /// A secret in a file that is encrypted with SOPS.
    pub struct Sops("sops") {
        /// The encrypted file with a Kubernetes Secret, relative to the spec folder.
        file: Spanned<Text> = property "file",
    }
}

kind! {
    /// A Kubernetes Secret that somebody else makes.
    pub struct ExistingSecret("existing") {
        /// The Secret's name; that of the reference if not written.
        name: Option<Spanned<Name>> = property "name",
    }
}
