//! Node checks on the nodes of a cluster: a DaemonSet for each group that says by which labels its nodes are known.
//!
//! A check looks at a node, not at a container: mount points, devices, interfaces. So the pod copies the bundle to the node and
//! runs the runner there with the node's own bash, by changing its root. The image only has to copy and to change roots. What a node
//! without Kubernetes has in `/opt/alertsmith/checks` lies in the same folder, and metrics end in the same place.

use super::Overlay;
use super::object::{at, doc, labels, namespace_of, object, texts};
use super::workload::container;
use crate::artifact::{Body, Bundle, Doc};
use crate::lower::checks::folder;
use crate::model::{Cluster, Group, Model};

/// Where the pod sees the node's own root.
const NODE: &str = "/node";
/// Where the bundle is mounted.
const BUNDLE: &str = "/bundle";
/// Where the bundle lies on the node.
const CHECKS: &str = "/opt/alertsmith/checks";
/// Where node_exporter reads on the node.
const TEXTFILE: &str = "/var/lib/node_exporter/textfile";
/// What copies and changes roots.
const IMAGE: &str = "docker.io/library/busybox:1.37";

pub(super) fn add(overlay: &mut Overlay, model: &Model, bundle: &Bundle, cluster: &Cluster) {
    for group in model.groups.values().filter(|group| !group.node_selector.is_empty()) {
        if group.clusters.iter().any(|own| own.value == cluster.name.value) {
            of_group(overlay, model, bundle, cluster, group);
        }
    }
}

fn of_group(overlay: &mut Overlay, model: &Model, bundle: &Bundle, cluster: &Cluster, group: &Group) {
    let from = format!("{}/", folder(model, Some(&group.name.value)));
    let files = bundle.files.range(from.clone()..).take_while(|(path, _)| path.starts_with(&from));
    let needed: Vec<&str> = files
        .filter(|(_, file)| matches!(file.body, Body::Text(..)))
        .filter_map(|(path, _)| path.strip_prefix(&from))
        .filter(|name| matches!(*name, "checks.list" | "runner.sh") || name.starts_with("scripts/"))
        .collect();
    if needed.is_empty() {
        return;
    }
    let name = format!("checks-{}", group.slug);
    let (mut entries, mut items) = (Vec::new(), Vec::new());
    for file in needed {
        let copy = format!("checks/{}/{file}", group.slug);
        overlay.copy(bundle, &format!("{from}{file}"), &copy);
        // Keys have no folders.
        let key = file.replace('/', "_");
        entries.push(doc(format!("{key}={copy}")));
        items.push(Doc::map().with("key", key).with("path", file));
    }
    // The name changes with the content, so that the pods are replaced.
    let map = Doc::map()
        .with("name", at(&name, group.name.origin))
        .with("namespace", namespace_of(cluster))
        .with("files", Doc::list(entries))
        .with("options", Doc::map().with("labels", overlay.labels.clone()));
    overlay.config_maps.push(map);
    let spec = specification(overlay, group, &name, items);
    let set = object(overlay, "apps/v1", "DaemonSet", at(&name, group.name.origin), namespace_of(cluster));
    overlay.objects.insert(format!("checks/{}/daemonset.yaml", group.slug), set.with("spec", spec));
}

fn specification(overlay: &Overlay, group: &Group, name: &str, items: Vec<Doc>) -> Doc {
    let selector =
        texts(&[("app.kubernetes.io/name", "alertsmith-checks"), ("app.kubernetes.io/instance", &group.slug)]);
    let further =
        [("app.kubernetes.io/name", doc("alertsmith-checks")), ("app.kubernetes.io/instance", doc(&group.slug))];
    let mount = |name: &str, path: &str| Doc::map().with("name", name).with("mountPath", path);
    // Mounts that appear on the node later are seen too; that is what some checks look for.
    let node = || mount("node", NODE).with("mountPropagation", "HostToContainer");
    let copy = format!(
        "mkdir -p {NODE}{CHECKS} {NODE}{TEXTFILE} && rm -rf {NODE}{CHECKS}/* && cp -rL {BUNDLE}/. {NODE}{CHECKS}/"
    );
    let install = container("install", doc(IMAGE))
        .with("command", Doc::list(["/bin/sh", "-c", copy.as_str()]))
        .with("volumeMounts", Doc::list([node(), mount("bundle", BUNDLE).with("readOnly", true)]));
    let runner = format!("{CHECKS}/runner.sh");
    let run = ["chroot", NODE, "/usr/bin/env", "bash", &runner, "--textfile", TEXTFILE];
    let security = Doc::map().with("allowPrivilegeEscalation", false).with("readOnlyRootFilesystem", true).with(
        "capabilities",
        Doc::map().with("drop", Doc::list(["ALL"])).with("add", Doc::list(["SYS_CHROOT", "DAC_READ_SEARCH"])),
    );
    let runner = Doc::map()
        .with("name", "runner")
        .with("image", IMAGE)
        .with("securityContext", security)
        .with("command", Doc::list(run))
        .with("resources", Doc::map().with("requests", texts(&[("cpu", "10m"), ("memory", "16Mi")])))
        .with("volumeMounts", Doc::list([node()]));
    let selected = group
        .node_selector
        .iter()
        .fold(Doc::map(), |map, (label, value)| map.with(label, at(&value.value, value.origin)));
    let host = Doc::map().with("path", "/").with("type", "Directory");
    let content = Doc::map().with("name", name).with("items", Doc::list(items)).with("defaultMode", 0o555);
    let volumes = [
        Doc::map().with("name", "node").with("hostPath", host),
        Doc::map().with("name", "bundle").with("configMap", content),
    ];
    let pod = Doc::map()
        .with("initContainers", Doc::list([install]))
        .with("containers", Doc::list([runner]))
        .with("automountServiceAccountToken", false)
        .with("enableServiceLinks", false)
        .with("terminationGracePeriodSeconds", 15)
        // Files and devices of a node belong to root.
        .with("securityContext", Doc::map().with("runAsUser", 0).with("runAsGroup", 0))
        .with("nodeSelector", selected)
        .with("tolerations", Doc::list([Doc::map().with("operator", "Exists")]))
        .with("volumes", Doc::list(volumes));
    let metadata = Doc::map().with("labels", labels(overlay, &further));
    Doc::map()
        .with("selector", Doc::map().with("matchLabels", selector))
        .with("template", Doc::map().with("metadata", metadata).with("spec", pod))
}
