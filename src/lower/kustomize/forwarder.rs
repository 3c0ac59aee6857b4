//! A forwarder in its cluster: Deployment, Service, and a ConfigMap whose name changes with its content.
//!
//! nginx does not read a changed ConfigMap again, so its name gets a hash and the Deployment rolls. A pod that ends first
//! leaves the Service, then lets nginx finish what it has: Kubernetes would otherwise cut notifications in flight.

use std::collections::BTreeSet;

use super::Overlay;
use super::object::{apart, at, disruption_budget, doc, labels, namespace_of, number, object, texts, unprivileged};
use crate::artifact::{Bundle, Doc};
use crate::ast::Version;
use crate::lower::forwarder::{
    COMMAND, CONFIG, HEALTH, INCLUDES, RUN, SCRIPT, SCRIPT_COMMAND, SECRETS, folder, needs_script, secrets,
};
use crate::model::{Cluster, Forwarder, Model};

/// The user of nginx' images.
const USER: i64 = 101;
/// How long a pod that ends waits for others to notice, in seconds.
const LEAVE: u32 = 5;
/// Within which time a pod ends, in seconds: [`LEAVE`], then the 20 s that nginx gives its workers, and some air.
const GRACE: i64 = 40;

pub(super) fn add(overlay: &mut Overlay, model: &Model, bundle: &Bundle, cluster: &Cluster, forwarder: &Forwarder) {
    let slug = &forwarder.slug;
    let mut entries = Vec::new();
    for name in ["nginx.conf", SCRIPT] {
        let copy = format!("forwarder/{slug}/{name}");
        if overlay.copy(bundle, &format!("{}/{name}", folder(forwarder)), &copy) {
            entries.push(doc(copy));
        }
    }
    let configuration = Doc::map()
        .with("name", at(config_name(forwarder), forwarder.name.origin))
        .with("namespace", namespace_of(cluster))
        .with("files", Doc::list(entries))
        .with("options", Doc::map().with("labels", overlay.labels.clone()));
    overlay.config_maps.push(configuration);

    let selector = pod_labels(forwarder);
    let base = |kind: &str, api_version: &str| {
        object(overlay, api_version, kind, at(slug, forwarder.name.origin), namespace_of(cluster))
    };
    let port = Doc::map()
        .with("name", "http")
        .with("port", port(forwarder))
        .with("targetPort", "http")
        .with("protocol", "TCP");
    let service = base("Service", "v1")
        .with("spec", Doc::map().with("selector", selector.clone()).with("ports", Doc::list([port])));
    let deployment = base("Deployment", "apps/v1").with("spec", deployment(overlay, model, forwarder));
    let budget = (forwarder.replicas.value > 1).then(|| {
        disruption_budget(overlay, at(slug, forwarder.replicas.origin), namespace_of(cluster), selector.clone())
    });
    for (name, object) in [("service", Some(service)), ("deployment", Some(deployment)), ("disruption-budget", budget)]
    {
        if let Some(object) = object {
            overlay.objects.insert(format!("forwarder/{slug}/{name}.yaml"), object);
        }
    }
}

/// The labels of its pods.
pub(super) fn pod_labels(forwarder: &Forwarder) -> Doc {
    texts(&[("app.kubernetes.io/name", "alert-forwarder"), ("app.kubernetes.io/instance", &forwarder.slug)])
}

fn config_name(forwarder: &Forwarder) -> String {
    format!("{}-config", forwarder.slug)
}

/// The port it listens on.
pub(super) fn port(forwarder: &Forwarder) -> Doc {
    at(i64::from(forwarder.listen.value), forwarder.listen.origin)
}

fn deployment(overlay: &Overlay, model: &Model, forwarder: &Forwarder) -> Doc {
    let selector = pod_labels(forwarder);
    let further: Vec<(&str, Doc)> =
        vec![("app.kubernetes.io/name", doc("alert-forwarder")), ("app.kubernetes.io/instance", doc(&forwarder.slug))];
    let mounts = mounts(model, forwarder);
    let rolling = Doc::map().with("maxUnavailable", 0).with("maxSurge", 1);
    let mut pod = Doc::map();
    if needs_script(forwarder) {
        let init = container(model, "secrets", forwarder)
            .with("command", Doc::list(SCRIPT_COMMAND))
            .with("volumeMounts", Doc::list(mounts.iter().map(|mount| mount.document(true))));
        pod.set("initContainers", Doc::list([init]));
    }
    let wait = format!("sleep {LEAVE}; {} -s quit; while [ -e {RUN}/nginx.pid ]; do sleep 1; done", COMMAND.join(" "));
    let stop = Doc::map().with("exec", Doc::map().with("command", Doc::list(["/bin/sh", "-c", wait.as_str()])));
    let nginx = container(model, "nginx", forwarder)
        .with("command", Doc::list(COMMAND))
        .with("ports", Doc::list([Doc::map().with("name", "http").with("containerPort", port(forwarder))]))
        .with("readinessProbe", probe(5))
        .with("livenessProbe", probe(10))
        .with("lifecycle", Doc::map().with("preStop", stop))
        .with("volumeMounts", Doc::list(mounts.iter().map(|mount| mount.document(false))));
    let pod = pod
        .with("containers", Doc::list([nginx]))
        .with("automountServiceAccountToken", false)
        .with("enableServiceLinks", false)
        .with("terminationGracePeriodSeconds", GRACE)
        .with("securityContext", unprivileged(USER))
        .with("affinity", apart(selector.clone()))
        .with("volumes", Doc::list(mounts.iter().map(|mount| mount.volume.clone())));
    let template = Doc::map().with("metadata", Doc::map().with("labels", labels(overlay, &further))).with("spec", pod);
    Doc::map()
        .with("replicas", number(forwarder.replicas))
        .with("selector", Doc::map().with("matchLabels", selector))
        .with("strategy", Doc::map().with("type", "RollingUpdate").with("rollingUpdate", rolling))
        .with("template", template)
}

fn container(model: &Model, name: &str, forwarder: &Forwarder) -> Doc {
    let security = Doc::map()
        .with("allowPrivilegeEscalation", false)
        .with("readOnlyRootFilesystem", true)
        .with("capabilities", Doc::map().with("drop", Doc::list(["ALL"])));
    // Measured: 5 to 8 MB for a worker; every request in flight may add one body.
    let memory = 64 + i64::from(forwarder.body_kib.value) / 16;
    let resources = Doc::map()
        .with("requests", texts(&[("cpu", "10m"), ("memory", "32Mi")]))
        .with("limits", Doc::map().with("memory", at(format!("{memory}Mi"), forwarder.body_kib.origin)));
    let Version { major, minor, patch } = model.project.targets.nginx.value;
    let release = if patch == 0 { format!("{major}.{minor}") } else { format!("{major}.{minor}.{patch}") };
    Doc::map()
        .with("name", name)
        .with("image", at(format!("docker.io/library/nginx:{release}"), model.project.targets.nginx.origin))
        .with("securityContext", security)
        .with("resources", resources)
}

fn probe(period: i64) -> Doc {
    Doc::map()
        .with("httpGet", Doc::map().with("path", HEALTH).with("port", "http"))
        .with("periodSeconds", period)
        .with("timeoutSeconds", 2)
}

/// A volume and where it is mounted.
struct Mount {
    name: String,
    path: String,
    volume: Doc,
    /// Whether nginx may write to it.
    writable: bool,
    /// Whether the script may write to it.
    filled_by_script: bool,
}

impl Mount {
    fn document(&self, script: bool) -> Doc {
        let writable = if script { self.filled_by_script || self.writable } else { self.writable };
        Doc::map().with("name", &self.name).with("mountPath", &self.path).with("readOnly", !writable)
    }
}

fn mounts(model: &Model, forwarder: &Forwarder) -> Vec<Mount> {
    let folder = |name: &str, path: &str, source: Doc| Mount {
        name: name.to_owned(),
        path: path.to_owned(),
        volume: Doc::map().with("name", name).with("emptyDir", source),
        writable: false,
        filled_by_script: false,
    };
    let configuration = Mount {
        name: "config".to_owned(),
        path: CONFIG.to_owned(),
        volume: Doc::map().with("name", "config").with("configMap", Doc::map().with("name", config_name(forwarder))),
        writable: false,
        filled_by_script: false,
    };
    let run = Mount { writable: true, ..folder("run", RUN, Doc::map().with("sizeLimit", "64Mi")) };
    let memory = Doc::map().with("medium", "Memory").with("sizeLimit", "1Mi");
    let includes = Mount { filled_by_script: true, ..folder("includes", INCLUDES, memory) };
    let objects: BTreeSet<&str> = secrets(forwarder)
        .into_iter()
        .filter_map(|name| model.secrets.get(name))
        .map(|secret| secret.object.value.as_str())
        .collect();
    let secrets = objects.into_iter().enumerate().map(|(index, object)| {
        // Volume names are at most 63 characters long; Secrets may have longer ones.
        let name = format!("secret-{index}");
        let source = Doc::map().with("secretName", object).with("defaultMode", 0o440);
        Mount {
            volume: Doc::map().with("name", &name).with("secret", source),
            name,
            path: format!("{SECRETS}/{object}"),
            writable: false,
            filled_by_script: false,
        }
    });
    [configuration, run, includes].into_iter().chain(secrets).collect()
}
