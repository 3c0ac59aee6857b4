//! Resolving secrets: where they live, and the objects that will hold them.

use std::collections::BTreeMap;

use super::{Context, codes};
use crate::ast::secret::{Secret as Written, StoreKind};
use crate::ast::{Duration, Name, Spec};
use crate::diagnostic::Diagnostic;
use crate::model::secret::SecretSource;
use crate::model::{Secret, slug};
use crate::source::{Spanned, World};

/// Resolves all secrets.
pub fn resolve(context: &mut Context<'_>, spec: &Spec, world: &dyn World) -> BTreeMap<String, Secret> {
    let all = spec.files.iter().flat_map(|file| file.secrets.iter());
    let by_name = context.by_name("secret", all, |secret| &secret.name);
    let mut secrets = BTreeMap::new();
    for (name, written) in by_name {
        if let Some(source) = source(context, written, world) {
            let own = context.name(&written.name);
            let object = match written.existing.as_deref().and_then(|existing| existing.name.as_ref()) {
                Some(existing) => context.name(existing),
                None => own.clone().map(|name| slug(&name)),
            };
            let key = match &written.key {
                Some(key) => context.name(key),
                None => context.default("value".to_owned(), "the usual key of a secret with one value"),
            };
            secrets.insert(name, Secret { name: own, object, key, source });
        }
    }
    secrets
}

/// Whether a referenced secret is declared; an unknown one is reported.
pub fn bind(context: &mut Context<'_>, secrets: &BTreeMap<String, Secret>, name: &Spanned<Name>) -> bool {
    context.bind("secret", name, secrets.keys())
}

fn source(context: &mut Context<'_>, written: &Written, world: &dyn World) -> Option<SecretSource> {
    let homes = [
        written.external_secret.as_deref().map(|home| home.head.span),
        written.sealed_secret.as_deref().map(|home| home.head.span),
        written.sops.as_deref().map(|home| home.head.span),
        written.existing.as_deref().map(|home| home.head.span),
    ];
    let homes: Vec<_> = homes.into_iter().flatten().collect();
    if homes.len() != 1 {
        let name = written.name.as_str();
        let diagnostic = match homes.as_slice() {
            [first, second, ..] => {
                Diagnostic::new(&codes::SECRET_SOURCE, format!("the secret `{name}` lives in {} places", homes.len()))
                    .at(*second, "a second place")
                    .also(*first, "the first one")
            }
            _ => Diagnostic::new(&codes::SECRET_SOURCE, format!("it is not said where the secret `{name}` lives"))
                .at(written.head.span, "lives nowhere"),
        };
        context
            .sink
            .push(diagnostic.help("Write exactly one of `external-secret`, `sealed-secret`, `sops` and `existing`."));
        return None;
    }
    if let Some(external) = written.external_secret.as_deref() {
        return Some(SecretSource::External {
            store: context.name(&external.store),
            store_kind: context.or(
                external.store_kind.as_ref(),
                StoreKind::ClusterSecretStore,
                "stores are usually shared by the whole cluster",
            ),
            key: context.text(&external.key),
            property: context.maybe_text(external.property.as_ref()),
            refresh: context.or(
                external.refresh.as_ref(),
                Duration::from_milliseconds(3_600_000),
                "fetched every hour",
            ),
        });
    }
    if let Some(sealed) = written.sealed_secret.as_deref() {
        return Some(SecretSource::Sealed { encrypted: context.text(&sealed.encrypted) });
    }
    if let Some(sops) = written.sops.as_deref() {
        let content = super::read_text(context, world, &sops.file, &codes::SECRET_SOURCE, "the SOPS file")?;
        if !content.contains("ENC[") || !content.contains("sops") {
            context.sink.push(
                Diagnostic::new(&codes::SECRET_SOURCE, format!("`{}` is not encrypted with SOPS", sops.file.as_str()))
                    .at(sops.file.span, "this file is in clear text")
                    .note("A file that SOPS encrypted has values that begin with `ENC[` and a part named `sops`.")
                    .help("Encrypt it with `sops --encrypt --in-place FILE`, and replace what it holds if it was ever committed."),
            );
            return None;
        }
        return Some(SecretSource::Sops { file: context.text(&sops.file), content });
    }
    Some(SecretSource::Existing)
}
