//! `delivery/kubernetes-name`: a name that is written into objects as it is, and that Kubernetes refuses.
//!
//! Names of the spec's own things are made fit for Kubernetes; what names a thing outside the spec (a namespace, a Secret, a
//! label) cannot be, because it would then name another one.

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::model::secret::SecretSource;
use crate::model::{Field, Labels, Model};
use crate::provenance::Origin;

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::error("delivery/kubernetes-name", "0.1.0", include_str!("kubernetes_name.md"));

/// The forms that names in Kubernetes objects have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// RFC 1123 label.
    Namespace,
    /// RFC 1123 subdomain.
    Object,
    /// A key of a ConfigMap or Secret, which becomes a file name.
    Key,
    /// A label's name, perhaps with a domain before it.
    LabelName,
    /// A label's value.
    LabelValue,
}

/// A name that is written as it is.
struct Name<'m> {
    form: Form,
    /// What it is, without an article.
    what: &'static str,
    value: &'m str,
    origin: Origin,
}

impl<'m> Name<'m> {
    fn new(form: Form, what: &'static str, field: &'m Field<String>) -> Self {
        Self { form, what, value: &field.value, origin: field.origin }
    }
}

fn run(context: &Context<'_>, sink: &mut Sink) {
    for Name { form, what, value, origin } in names(context.model) {
        if form.holds(value) {
            continue;
        }
        let mut diagnostic = Diagnostic::new(&CODE, format!("Kubernetes takes no {what} like `{value}`"))
            .note("It is written into objects as it is, and the API server would refuse them when they are applied.")
            .help(form.help());
        if let Some(span) = context.span(origin) {
            diagnostic = diagnostic.at(span, format!("not a {what}"));
        }
        sink.push(diagnostic);
    }
}

/// Every name that is written as it is; one that several things inherit is there once.
fn names(model: &Model) -> Vec<Name<'_>> {
    let mut found = Vec::new();
    for cluster in model.clusters.values() {
        found.push(Name::new(Form::Namespace, "namespace", &cluster.namespace));
        found.extend(pairs(&cluster.rule_selector));
        found.extend(pairs(&cluster.rule_namespace_selector));
        if let Some(grafana) = &cluster.grafana {
            found.push(Name::new(Form::Namespace, "namespace", &grafana.namespace));
            found.push(Name::new(Form::Namespace, "name of a Service", &grafana.service));
            found.extend(pairs(&grafana.datasource_labels));
        }
        if let Some(class) = cluster.ingress.as_ref().and_then(|ingress| ingress.class.as_ref()) {
            found.push(Name::new(Form::Object, "Ingress class", class));
        }
        let annotations = cluster.ingress.iter().flat_map(|ingress| &ingress.annotations);
        found.extend(annotations.map(|(name, value)| Name {
            form: Form::LabelName,
            what: "annotation name",
            value: name,
            origin: value.origin,
        }));
        if let Some(alertmanager) = &cluster.alertmanager {
            found.push(Name::new(Form::Namespace, "namespace", &alertmanager.namespace));
            found.push(Name::new(Form::Object, "name of a Secret", &alertmanager.secret));
        }
    }
    found.extend(model.groups.values().flat_map(|group| pairs(&group.node_selector)));
    for secret in model.secrets.values() {
        match &secret.source {
            SecretSource::External { store, .. } => {
                found.push(Name::new(Form::Object, "name of a secret store", store));
            }
            SecretSource::Existing => found.push(Name::new(Form::Object, "name of a Secret", &secret.object)),
            SecretSource::Sealed { .. } | SecretSource::Sops { .. } => {}
        }
        found.push(Name::new(Form::Key, "key of a Secret", &secret.key));
    }
    if let Some(delivery) = &model.delivery {
        found.extend(delivery.kustomize.iter().flat_map(|kustomize| pairs(&kustomize.labels)));
        found.extend(delivery.argocd.iter().map(|argocd| Name::new(Form::Namespace, "namespace", &argocd.namespace)));
    }
    found.sort_by_key(|name| (name.origin, name.value));
    found.dedup_by_key(|name| (name.form, name.value, name.origin));
    found
}

fn pairs(labels: &Labels) -> impl Iterator<Item = Name<'_>> {
    labels.iter().flat_map(|(name, value)| {
        let name = Name { form: Form::LabelName, what: "label name", value: name, origin: value.origin };
        [name, Name::new(Form::LabelValue, "label value", value)]
    })
}

impl Form {
    /// Whether a value has this form.
    fn holds(self, value: &str) -> bool {
        match self {
            Self::Namespace => is_label(value),
            Self::Object => is_subdomain(value),
            Self::Key => {
                let fine = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
                (1..=253).contains(&value.len()) && value.bytes().all(fine) && value != "." && !value.starts_with("..")
            }
            Self::LabelName => match value.split_once('/') {
                Some((domain, name)) => is_subdomain(domain) && is_label_part(name),
                None => is_label_part(value),
            },
            Self::LabelValue => value.is_empty() || is_label_part(value),
        }
    }

    /// What would do.
    fn help(self) -> &'static str {
        match self {
            Self::Namespace => {
                "Use lower-case letters, digits and `-`, at most 63 of them, with a letter or digit at both ends."
            }
            Self::Object => {
                "Use lower-case letters, digits, `-` and `.`, at most 253 of them, with a letter or digit at both ends."
            }
            Self::Key => "Use letters, digits, `-`, `_` and `.`, at most 253 of them.",
            Self::LabelName => {
                "Use letters, digits, `-`, `_` and `.`, at most 63 of them, with a letter or digit at both ends, and at most \
                 a domain and a `/` before them."
            }
            Self::LabelValue => {
                "Use letters, digits, `-`, `_` and `.`, at most 63 of them, with a letter or digit at both ends."
            }
        }
    }
}

fn is_label(text: &str) -> bool {
    let fine = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=63).contains(&text.len()) && text.bytes().all(fine) && !text.starts_with('-') && !text.ends_with('-')
}

fn is_subdomain(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(is_label)
}

fn is_label_part(text: &str) -> bool {
    let fine = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let is_end = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = text.as_bytes();
    bytes.len() <= 63 && bytes.iter().copied().all(fine) && is_end(bytes.first()) && is_end(bytes.last())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_those_of_kubernetes() {
        let long = "a".repeat(64);
        let cases: &[(Form, &[&str], &[&str])] = &[
            (
                Form::Namespace,
                &["a", "monitoring", "a--b", "0-9"],
                &["", "A", "a.b", "-a", "a-", "a_b", "a b", "é", &long],
            ),
            (Form::Object, &["alertmanager-main", "a.b"], &["", "a..b", ".a", "a.", "A", "a/b", &long]),
            (Form::Key, &["value", "ca.crt", "_", ".hidden", "A-b"], &["", ".", "..", "..a", "a b", "a/b", "a:b"]),
            (
                Form::LabelName,
                &["release", "app.kubernetes.io/name", "a_b.C"],
                &["", "/a", "a/", "a/b/c", "a b", "A.example/b", "-a", &long],
            ),
            (Form::LabelValue, &["", "stack", "A_b.c", "1"], &["a b", "-a", "a-", "ä", "a/b", &long]),
        ];
        for (form, good, bad) in cases {
            good.iter().for_each(|text| assert!(form.holds(text), "{form:?} {text}"));
            bad.iter().for_each(|text| assert!(!form.holds(text), "{form:?} {text}"));
        }
    }
}
