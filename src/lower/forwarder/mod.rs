//! The forwarder: an nginx between Alertmanager and the Kafka REST proxy, as `forwarder/<name>/nginx.conf`.
//!
//! Alertmanager posts a notification to `/alerts/<topic>`; nginx wraps the body as the upstream expects it, adds its
//! credentials and headers, and posts it on. If the first upstream does not answer, the next one gets the same body.
//!
//! # What runs in the pod
//!
//! | what | where | who makes it |
//! | --- | --- | --- |
//! | `nginx.conf` and [`SCRIPT`] | [`CONFIG`] | a ConfigMap with both files |
//! | secrets, one folder per Kubernetes Secret | [`SECRETS`] | Secret volumes, for [`secrets`] |
//! | the files that nginx includes | [`INCLUDES`] | an emptyDir in memory, filled by [`SCRIPT`] |
//! | pid and temporary files | [`RUN`] | an emptyDir |
//!
//! A Secret holds a bare token, but nginx needs a line of configuration. [`SCRIPT`] makes one of the other: an init container
//! runs [`SCRIPT_COMMAND`] if [`needs_script`] says so, as the same user as nginx, with [`INCLUDES`] writable. It never
//! prints a token and refuses one that could break out of its line. nginx itself runs as [`COMMAND`], as any user, with a
//! read-only root and only [`RUN`] writable. A changed secret takes effect when the pod is started again.

mod configuration;
mod problems;
mod script;

use crate::artifact::{Body, Bundle, File, FileKind};
use crate::model::{Forwarder, Model};
use crate::provenance::Origin;

pub use problems::{Problem, ProblemKind, problems};

/// The folder with `nginx.conf` and [`SCRIPT`], read-only.
pub const CONFIG: &str = "/etc/forwarder/config";

/// The folder below which each Kubernetes Secret is mounted under its own name, read-only.
pub const SECRETS: &str = "/etc/forwarder/secrets";

/// The folder with the files that [`SCRIPT`] makes; nginx only reads them.
pub const INCLUDES: &str = "/run/forwarder";

/// The one folder into which nginx writes.
pub const RUN: &str = "/tmp";

/// The name of the script beside `nginx.conf`.
pub const SCRIPT: &str = "10-secrets.sh";

/// What the init container runs.
pub const SCRIPT_COMMAND: [&str; 2] = ["/bin/sh", "/etc/forwarder/config/10-secrets.sh"];

/// What the container runs. The image's own entry point is not used: it would write below `/etc/nginx` and say `daemon off` a
/// second time, which nginx refuses.
pub const COMMAND: [&str; 5] = ["nginx", "-e", "stderr", "-c", "/etc/forwarder/config/nginx.conf"];

/// The path that answers 200 while nginx runs, for probes.
pub const HEALTH: &str = "/healthz";

/// The file, below [`INCLUDES`], that knows the caller's token.
const CALLER_FILE: &str = "caller.conf";

/// The file, below [`INCLUDES`], with the upstream's credentials.
const UPSTREAM_FILE: &str = "upstream.conf";

/// The folder of a forwarder's files, below the output folder.
pub fn folder(forwarder: &Forwarder) -> String {
    format!("forwarder/{}", forwarder.slug)
}

/// The path at which a topic is posted: every byte but letters, digits, `-`, `_` and `.` becomes `~` and its two hexadecimal
/// digits, so that no reader of the URL decodes, joins or shortens anything.
pub fn location(topic: &str) -> String {
    format!("/alerts/{}", encode(topic, '~'))
}

/// The names of the secrets that the pod mounts, each once.
pub fn secrets(forwarder: &Forwarder) -> Vec<&str> {
    let tls = &forwarder.tls;
    let all = [&forwarder.bearer, &forwarder.basic, &forwarder.caller, &tls.ca, &tls.cert, &tls.key];
    let mut names: Vec<&str> = all.into_iter().flatten().map(|field| field.value.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Whether the pod needs [`SCRIPT`]: for tokens, or for a DNS server that has a name and no address.
pub fn needs_script(forwarder: &Forwarder) -> bool {
    forwarder.bearer.is_some()
        || forwarder.basic.is_some()
        || forwarder.caller.is_some()
        || configuration::resolver_address(forwarder).is_none()
}

/// Writes the files of every forwarder.
pub fn lower(model: &Model, bundle: &mut Bundle) {
    for forwarder in model.forwarders.values() {
        let origins: Vec<Origin> = [forwarder.name.origin, forwarder.cluster.origin, forwarder.listen.origin]
            .into_iter()
            .chain(forwarder.topics.iter().map(|topic| topic.origin))
            .collect();
        let mut add = |name: &str, kind, body| {
            let file = File { kind, body, origins: origins.clone(), executable: kind == FileKind::Script };
            bundle.add(format!("{}/{name}", folder(forwarder)), file);
        };
        add("nginx.conf", FileKind::Nginx, Body::Nginx(configuration::configuration(model, forwarder)));
        if needs_script(forwarder) {
            let text = script::script(model, forwarder);
            add(SCRIPT, FileKind::Script, Body::Text(text, Some(forwarder.name.origin)));
        }
    }
}

/// Replaces every byte that a path cannot simply hold by `mark` and two hexadecimal digits; names of dots alone would be
/// taken for folders.
fn encode(text: &str, mark: char) -> String {
    let only_dots = text.bytes().all(|byte| byte == b'.');
    text.bytes()
        .map(|byte| {
            let plain = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') || byte == b'.' && !only_dots;
            if plain { char::from(byte).to_string() } else { format!("{mark}{byte:02X}") }
        })
        .collect()
}
