//! Workloads that are written whole: containers, what they mount, and the sets and Services around them.
//!
//! Every pod runs without privileges, with a read-only root, and without the token of a service account.

use super::Overlay;
use super::object::{apart, disruption_budget, doc, labels, number, object, text, texts, unprivileged};
use crate::artifact::{Doc, Value};
use crate::model::Field;

/// A port of a container, which its Service has under the same name and number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Port(pub(super) &'static str, pub(super) i64);

/// What a container has mounted, and the volume behind it.
#[derive(Debug)]
pub(super) struct Mount {
    name: String,
    path: String,
    source: Source,
}

#[derive(Debug)]
enum Source {
    /// Written by others.
    ReadOnly(Doc),
    /// The replica's own disk, of a size or gone with the pod.
    Data(Option<Doc>),
}

impl Mount {
    /// All keys of a Secret as files.
    pub(super) fn secret(name: impl Into<String>, secret: Doc, path: impl Into<String>) -> Self {
        let source = Doc::map().with("secretName", secret).with("defaultMode", 0o440);
        Self { name: name.into(), path: path.into(), source: Source::ReadOnly(Doc::map().with("secret", source)) }
    }

    /// All keys of ConfigMaps as files of one folder.
    pub(super) fn config_maps(name: impl Into<String>, maps: &[Doc], path: impl Into<String>) -> Self {
        let one = |map: &Doc| Doc::map().with("configMap", Doc::map().with("name", map.clone()));
        let source = Doc::map().with("sources", Doc::list(maps.iter().map(one)));
        Self { name: name.into(), path: path.into(), source: Source::ReadOnly(Doc::map().with("projected", source)) }
    }

    /// The replica's own disk; without a size it is gone with the pod.
    pub(super) fn data(path: impl Into<String>, size: Option<&Field<String>>) -> Self {
        Self { name: "data".to_owned(), path: path.into(), source: Source::Data(size.map(text)) }
    }

    pub(super) fn document(&self) -> Doc {
        let mount = Doc::map().with("name", &self.name).with("mountPath", &self.path);
        match self.source {
            Source::ReadOnly(_) => mount.with("readOnly", true),
            Source::Data(_) => mount,
        }
    }

    fn volume(&self) -> Option<Doc> {
        let volume = Doc::map().with("name", &self.name);
        match &self.source {
            Source::ReadOnly(Doc { value: Value::Map(entries), .. }) => {
                Some(entries.iter().fold(volume, |volume, (key, value)| volume.with(key, value.clone())))
            }
            Source::ReadOnly(_) | Source::Data(Some(_)) => None,
            Source::Data(None) => Some(volume.with("emptyDir", Doc::map())),
        }
    }

    fn claim(&self) -> Option<Doc> {
        let Source::Data(Some(size)) = &self.source else { return None };
        let spec = Doc::map()
            .with("accessModes", Doc::list(["ReadWriteOnce"]))
            .with("resources", Doc::map().with("requests", Doc::map().with("storage", size.clone())));
        Some(Doc::map().with("metadata", Doc::map().with("name", &self.name)).with("spec", spec))
    }
}

/// One part that runs as pods.
pub(super) struct Workload<'a> {
    /// Its name, that of its Service too unless it says otherwise.
    pub(super) name: String,
    /// The Service that gives its replicas names.
    pub(super) service: &'static str,
    pub(super) namespace: Doc,
    pub(super) replicas: Field<u32>,
    pub(super) image: Doc,
    pub(super) arguments: Vec<Doc>,
    pub(super) ports: &'a [Port],
    /// The path that answers when it is ready, on the first port, and the one that answers as long as it lives.
    pub(super) probes: (&'static str, &'static str),
    pub(super) mounts: Vec<Mount>,
    pub(super) resources: Option<Doc>,
    /// Further containers beside it.
    pub(super) beside: Vec<Doc>,
    /// The user that the image runs as.
    pub(super) user: i64,
    /// How long it may take to end, in seconds.
    pub(super) grace: i64,
}

/// The labels that select the pods of a part.
pub(super) fn part(name: &str) -> Doc {
    texts(&[("app.kubernetes.io/name", name)])
}

impl Workload<'_> {
    /// The labels of its pods: those of its Service, and its own name where several sets stand behind one Service.
    fn selector(&self) -> Doc {
        let mut labels = part(self.service);
        if self.name != self.service {
            labels.set("app.kubernetes.io/instance", &self.name);
        }
        labels
    }

    /// Adds it as a StatefulSet, with a disruption budget if it has several replicas.
    pub(super) fn stateful(self, overlay: &mut Overlay, folder: &str) {
        let claims: Vec<Doc> = self.mounts.iter().filter_map(Mount::claim).collect();
        let mut spec = Doc::map()
            .with("serviceName", self.service)
            .with("replicas", number(self.replicas))
            .with("podManagementPolicy", "Parallel")
            .with("selector", Doc::map().with("matchLabels", self.selector()))
            .with("template", self.template(overlay));
        if !claims.is_empty() {
            spec.set("volumeClaimTemplates", Doc::list(claims));
        }
        self.add(overlay, folder, "StatefulSet", spec);
    }

    /// Adds it as a Deployment, with a disruption budget if it has several replicas.
    pub(super) fn deployment(self, overlay: &mut Overlay, folder: &str) {
        let spec = Doc::map()
            .with("replicas", number(self.replicas))
            .with("selector", Doc::map().with("matchLabels", self.selector()))
            .with("template", self.template(overlay));
        self.add(overlay, folder, "Deployment", spec);
    }

    fn add(self, overlay: &mut Overlay, folder: &str, kind: &str, spec: Doc) {
        let set = object(overlay, "apps/v1", kind, doc(&self.name), self.namespace.clone()).with("spec", spec);
        let file = if self.name == self.service { String::new() } else { format!("{}-", self.name) };
        overlay.objects.insert(format!("{folder}/{file}{}.yaml", kind.to_ascii_lowercase()), set);
        if self.replicas.value > 1 {
            let name = doc(&self.name).from(self.replicas.origin);
            let budget = disruption_budget(overlay, name, self.namespace.clone(), self.selector());
            overlay.objects.insert(format!("{folder}/{file}disruption-budget.yaml"), budget);
        }
    }

    fn template(&self, overlay: &Overlay) -> Doc {
        let further: Vec<(&str, Doc)> = match &self.selector().value {
            Value::Map(entries) => SELECTED
                .into_iter()
                .filter_map(|name| entries.iter().find(|(key, _)| key == name).map(|(_, value)| (name, value.clone())))
                .collect(),
            _ => Vec::new(),
        };
        let probe = |path: &str, period: i64, failures: i64| {
            let port = self.ports.first().map_or("http", |port| port.0);
            Doc::map()
                .with("httpGet", Doc::map().with("path", path).with("port", port))
                .with("periodSeconds", period)
                .with("timeoutSeconds", 3)
                .with("failureThreshold", failures)
        };
        let ports =
            self.ports.iter().map(|Port(name, port)| Doc::map().with("name", *name).with("containerPort", *port));
        let main = container(self.service, self.image.clone())
            .with("args", Doc::list(self.arguments.iter().cloned()))
            .with("env", environment())
            .with("ports", Doc::list(ports))
            .with("readinessProbe", probe(self.probes.0, 5, 20))
            .with("livenessProbe", probe(self.probes.1, 30, 8))
            .with_some("resources", self.resources.clone())
            .with("volumeMounts", Doc::list(self.mounts.iter().map(Mount::document)));
        let pod = Doc::map()
            .with("containers", Doc::list([main].into_iter().chain(self.beside.iter().cloned())))
            .with("automountServiceAccountToken", false)
            .with("enableServiceLinks", false)
            .with("terminationGracePeriodSeconds", self.grace)
            .with("securityContext", unprivileged(self.user))
            .with("affinity", apart(self.selector()))
            .with("volumes", Doc::list(self.mounts.iter().filter_map(Mount::volume)));
        let metadata = Doc::map().with("labels", labels(overlay, &further));
        Doc::map().with("metadata", metadata).with("spec", pod)
    }
}

/// The labels by which pods are selected.
const SELECTED: [&str; 2] = ["app.kubernetes.io/name", "app.kubernetes.io/instance"];

/// Names and addresses of a pod, for arguments as `$(POD_NAME)`.
fn environment() -> Doc {
    let of = |name: &str, path: &str| {
        let field = Doc::map().with("fieldRef", Doc::map().with("fieldPath", path));
        Doc::map().with("name", name).with("valueFrom", field)
    };
    Doc::list([of("POD_NAME", "metadata.name"), of("POD_IP", "status.podIP")])
}

/// A container that may do nothing special.
pub(super) fn container(name: &str, image: Doc) -> Doc {
    let security = Doc::map()
        .with("allowPrivilegeEscalation", false)
        .with("readOnlyRootFilesystem", true)
        .with("capabilities", Doc::map().with("drop", Doc::list(["ALL"])));
    Doc::map().with("name", name).with("image", image).with("securityContext", security)
}

/// A container that has a program load its files again when they change.
pub(super) fn reloader(image: Doc, port: i64, file: Option<&str>, folders: &[&str], mounts: &[Mount]) -> Doc {
    let mut arguments =
        vec![doc("--listen-address=:8080"), doc(format!("--reload-url=http://127.0.0.1:{port}/-/reload"))];
    arguments.extend(file.map(|file| doc(format!("--config-file={file}"))));
    arguments.extend(folders.iter().map(|folder| doc(format!("--watched-dir={folder}"))));
    let seen = mounts.iter().filter(|mount| matches!(mount.source, Source::ReadOnly(_)));
    container("config-reloader", image)
        .with("args", Doc::list(arguments))
        .with("resources", Doc::map().with("requests", texts(&[("cpu", "10m"), ("memory", "32Mi")])))
        .with("volumeMounts", Doc::list(seen.map(Mount::document)))
}

/// Adds a Service for the pods of a part. A headless one gives every replica a name; it lists them before they are ready, since
/// they must find each other to become it.
pub(super) fn service(
    overlay: &mut Overlay,
    file: &str,
    name: &str,
    namespace: Doc,
    selector: Doc,
    ports: &[Port],
    headless: bool,
) {
    let ports = ports.iter().map(|Port(name, port)| {
        Doc::map().with("name", *name).with("port", *port).with("targetPort", *name).with("protocol", "TCP")
    });
    let mut spec = Doc::map();
    if headless {
        spec = spec.with("clusterIP", "None").with("publishNotReadyAddresses", true);
    }
    let spec = spec.with("selector", selector).with("ports", Doc::list(ports));
    let service = object(overlay, "v1", "Service", doc(name), namespace).with("spec", spec);
    overlay.objects.insert(file.to_owned(), service);
}
