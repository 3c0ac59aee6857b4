//! Alertmanager: the whole configuration of the cluster that notifies, as `alertmanager/<cluster>/alertmanager.yaml`.
//!
//! Two rules hold for everything here:
//!
//! - **No secret is ever written.** A reference becomes the path of a file below [`SECRETS`], under the `…_file` key.
//! - **The target release decides.** Whatever the release in `project targets` would refuse to load is left out;
//!   [`requirements`] names each such thing, so that a check can turn it into an error and nothing is lost silently. Both read
//!   the same tables and the same function, so they cannot disagree.
//!
//! Matchers are written in the one form that the old and the new parser read alike: the value always in double quotes, with
//! only `\\`, `\"` and `\n` as escapes.

mod calendars;
mod decisions;
pub mod kafka;
mod matchers;
mod receivers;
mod requirements;
mod routes;

use crate::artifact::{Body, Bundle, Doc, File, FileKind};
use crate::ast::Version;
use crate::model::{Cluster, Field, Model, cluster};
use crate::provenance::Origin;

pub use decisions::{Decisions, decisions};
pub use receivers::notifies;
pub use requirements::{Need, Requirement, requirements};

/// The folder below which the Alertmanager pod has one folder for each Kubernetes Secret, as the operator's `secrets` field
/// and the delivery backend mount them.
pub const SECRETS: &str = "/etc/alertmanager/secrets";

/// The first release that takes label names beyond letters, digits and `_`, measured with `amtool`.
const ANY_LABEL_NAME: Version = Version::new(0, 28);

/// The path of the file for a cluster, below the output folder.
pub fn path(cluster: &Cluster) -> String {
    format!("alertmanager/{}/alertmanager.yaml", cluster.slug)
}

/// Writes the configuration of every declared Alertmanager, if the spec has routing.
pub fn lower(model: &Model, bundle: &mut Bundle) {
    let Some(routing) = &model.routing else { return };
    for cluster in model.clusters.values() {
        let Some(alertmanager) = &cluster.alertmanager else { continue };
        let configuration = Doc::map()
            .with_some("global", global(model, alertmanager))
            .with("route", routes::root(model, routing))
            .with_some("inhibit_rules", routes::inhibitions(model, routing))
            .with_some("time_intervals", calendars::all(model))
            .with("receivers", receivers::all(model, alertmanager, routing))
            .with_some("tracing", receivers::tracing(model, alertmanager));
        bundle.add(
            path(cluster),
            File {
                kind: FileKind::Alertmanager,
                body: Body::Yaml(vec![configuration]),
                origins: origins(model, alertmanager),
                executable: false,
            },
        );
    }
}

/// What holds for all receivers: the mail server and how long alerts stay active.
fn global(model: &Model, alertmanager: &cluster::Alertmanager) -> Option<Doc> {
    let text = |field: &Field<String>| at(&field.value, field.origin);
    let mut doc = Doc::map();
    if let Some(time) = &alertmanager.resolve_timeout {
        doc.set("resolve_timeout", at(time.value.to_string(), time.origin));
    }
    if let Some(smtp) = &alertmanager.smtp {
        doc.set("smtp_smarthost", text(&smtp.smarthost));
        doc.set("smtp_from", text(&smtp.from));
        if let Some(username) = &smtp.username {
            doc.set("smtp_auth_username", text(username));
        }
        if let Some(password) = &smtp.password
            && requirements::SMTP_PASSWORD_FILE <= model.project.targets.alertmanager.value
            && let Some(path) = secret_path(model, &password.value)
        {
            doc.set("smtp_auth_password_file", at(path, password.origin));
        }
        if let Some(require) = &smtp.require_tls {
            doc.set("smtp_require_tls", at(require.value, require.origin));
        }
    }
    (doc != Doc::map()).then_some(doc)
}

/// A value with its origin.
fn at(value: impl Into<Doc>, origin: Origin) -> Doc {
    value.into().from(origin)
}

/// The file that holds a secret in the Alertmanager pod; nothing for a name that the spec does not have.
fn secret_path(model: &Model, name: &str) -> Option<String> {
    model.secrets.get(name).map(|secret| secret.path(SECRETS))
}

fn origins(model: &Model, alertmanager: &cluster::Alertmanager) -> Vec<Origin> {
    let mut origins = vec![alertmanager.secret.origin];
    origins.extend(alertmanager.smtp.iter().map(|smtp| smtp.smarthost.origin));
    if let Some(routing) = &model.routing {
        origins.push(routing.default.origin);
        origins.extend(routing.inhibitions.iter().map(|inhibition| inhibition.origin));
        let mut open: Vec<_> = routing.routes.iter().collect();
        while let Some(route) = open.pop() {
            origins.push(route.origin);
            open.extend(&route.routes);
        }
    }
    origins.extend(model.calendars.values().map(|calendar| calendar.name.origin));
    origins.extend(model.channels.values().map(|channel| channel.name.origin));
    origins.extend(model.forwarders.values().map(|forwarder| forwarder.name.origin));
    origins
}
