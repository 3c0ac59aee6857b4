//! Rules: PrometheusRule objects for clusters with the operator, ConfigMaps of the plain files for others.
//!
//! One rule file becomes one object of its name. Prometheus resets a firing alert to pending when its file changes, and the
//! operator names the file after the object; so objects are named after the file alone. Only a file that would not fit into
//! an object is split, into one object for each rule group, named after file and group.

use sha2::{Digest, Sha256};

use super::object::{at, doc, labelled, labels, namespace_of, text, texts};
use super::{Overlay, object};
use crate::artifact::{Body, Bundle, Doc, Value};
use crate::ast::cluster::ClusterDelivery;
use crate::lower::checks::hex;
use crate::model::{Cluster, slug};

/// What the operator renders may have 524,288 bytes; objects stay well below, because ours are measured in another layout.
pub(super) const LARGEST_OBJECT: usize = 400 * 1024;

/// A ConfigMap may have 1,048,576 bytes. Files that are more together get one each; their names on disk stay the same.
const LARGEST_MAP: usize = 900 * 1024;

/// The label that keeps the rules of a Prometheus and of a Ruler apart.
pub const EVALUATOR: &str = "app.kubernetes.io/component";

/// Who evaluates the rules of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Evaluated {
    /// The cluster's Prometheus.
    Prometheus,
    /// The cluster's Thanos Ruler.
    Ruler,
}

impl Evaluated {
    /// The value of [`EVALUATOR`], and the first part of object names.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Prometheus => "prometheus",
            Self::Ruler => "thanos-ruler",
        }
    }

    /// The folder of its rule files, below the output folder.
    pub(super) fn folder(self, cluster: &Cluster) -> String {
        match self {
            Self::Prometheus => format!("prometheus/{}/rules/", cluster.slug),
            Self::Ruler => format!("thanos/{}/rules/", cluster.slug),
        }
    }
}

pub(super) fn add(overlay: &mut Overlay, bundle: &Bundle, cluster: &Cluster, argocd: bool) {
    for evaluated in [Evaluated::Prometheus, Evaluated::Ruler] {
        let folder = evaluated.folder(cluster);
        let files: Vec<(&str, &str, &Doc)> = bundle
            .files
            .range(folder.clone()..)
            .take_while(|(path, _)| path.starts_with(&folder))
            .filter_map(|(path, file)| match &file.body {
                Body::Yaml(documents) => {
                    let name = path.strip_prefix(&folder)?.strip_suffix(".yaml")?;
                    Some((path.as_str(), name, documents.first()?))
                }
                Body::Json(_) | Body::Nginx(_) | Body::Text(..) => None,
            })
            .collect();
        match cluster.delivery.value {
            ClusterDelivery::Operator => {
                for (_, name, document) in files {
                    objects(overlay, cluster, evaluated, name, document, argocd);
                }
            }
            ClusterDelivery::Files => config_map(overlay, bundle, cluster, evaluated, &files),
        }
    }
}

/// The objects of one rule file.
fn objects(overlay: &mut Overlay, cluster: &Cluster, evaluated: Evaluated, file: &str, rules: &Doc, argocd: bool) {
    let Some(Doc { value: Value::List(groups), .. }) = rules.get("groups") else { return };
    let groups: Vec<Doc> = groups.iter().map(|group| for_evaluator(group, evaluated)).collect();
    let name = format!("{}-{}", evaluated.name(), object_name(file));
    if groups.len() < 2 || groups.iter().map(|group| size(group, 1)).sum::<usize>() <= LARGEST_OBJECT {
        rule_object(overlay, cluster, evaluated, &name, groups, argocd);
        return;
    }
    for group in groups {
        let Some(Value::String(group_name)) = group.get("name").map(|name| &name.value) else { continue };
        let part = format!("{name}-{}", distinct(group_name));
        rule_object(overlay, cluster, evaluated, &part, vec![group], argocd);
    }
}

fn rule_object(
    overlay: &mut Overlay,
    cluster: &Cluster,
    evaluated: Evaluated,
    name: &str,
    groups: Vec<Doc>,
    argocd: bool,
) {
    let mut further: Vec<(&str, Doc)> = vec![(EVALUATOR, doc(evaluated.name()))];
    // The labels that Prometheus selects its rules by must not be on those of the Ruler, or both would evaluate them.
    if evaluated == Evaluated::Prometheus {
        further.extend(cluster.rule_selector.iter().map(|(name, value)| (name.as_str(), text(value))));
    }
    let mut object =
        labelled(overlay, "monitoring.coreos.com/v1", "PrometheusRule", doc(name), namespace_of(cluster), &further);
    if argocd {
        object::annotate(&mut object, texts(&[("argocd.argoproj.io/sync-wave", "1")]));
    }
    object.set("spec", Doc::map().with("groups", Doc::list(groups)));
    overlay.objects.insert(format!("rules/{name}.yaml"), object);
}

/// A rule group as the evaluator reads it: `partial_response_strategy` means something to the Ruler only.
fn for_evaluator(group: &Doc, evaluated: Evaluated) -> Doc {
    let mut group = group.clone();
    if evaluated == Evaluated::Prometheus
        && let Value::Map(entries) = &mut group.value
    {
        entries.retain(|(key, _)| key != "partial_response_strategy");
    }
    group
}

/// The plain files in one ConfigMap, or in one for each file where they would not fit, under the names they have on disk.
fn config_map(
    overlay: &mut Overlay,
    bundle: &Bundle,
    cluster: &Cluster,
    evaluated: Evaluated,
    files: &[(&str, &str, &Doc)],
) {
    if files.is_empty() {
        return;
    }
    let mut entries = Vec::new();
    let mut bytes = 0;
    for (path, name, rules) in files {
        let copy = format!("rules/{}/{name}.yaml", evaluated.name());
        overlay.copy(bundle, path, &copy);
        entries.push((object_name(name), doc(copy)));
        bytes += size(rules, 1);
    }
    let all = map_name(evaluated);
    if bytes <= LARGEST_MAP {
        let entries = entries.into_iter().map(|(_, entry)| entry).collect();
        rule_map(overlay, cluster, evaluated, all, entries);
        return;
    }
    for (name, entry) in entries {
        rule_map(overlay, cluster, evaluated, format!("{all}-{name}"), vec![entry]);
    }
}

fn map_name(evaluated: Evaluated) -> String {
    format!("{}-rules", evaluated.name())
}

/// The names of an evaluator's ConfigMaps; all of them are mounted as one folder.
pub(super) fn config_maps(overlay: &Overlay, evaluated: Evaluated) -> Vec<Doc> {
    let first = map_name(evaluated);
    let names = overlay.config_maps.iter().filter_map(|map| map.get("name"));
    let is_ours = |name: &&Doc| matches!(&name.value, Value::String(name) if name.starts_with(&first));
    names.filter(is_ours).cloned().collect()
}

fn rule_map(overlay: &mut Overlay, cluster: &Cluster, evaluated: Evaluated, name: String, entries: Vec<Doc>) {
    let name = at(name, cluster.delivery.origin);
    let mut generator = object::generator(overlay, name, namespace_of(cluster), entries);
    let marked = labels(overlay, &[(EVALUATOR, doc(evaluated.name()))]);
    if let Value::Map(entries) = &mut generator.value
        && let Some((_, options)) = entries.iter_mut().find(|(key, _)| key == "options")
    {
        object::put(options, "labels", marked);
    }
    overlay.config_maps.push(generator);
}

/// A file name as the name of an object: as it is if Kubernetes takes it, which those of places are. The operator makes a
/// file name of namespace, name and a unique id, so the length that Kubernetes allows is not quite there.
fn object_name(file: &str) -> String {
    let fine = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_name =
        file.bytes().all(fine) && (1..150).contains(&file.len()) && !file.starts_with('-') && !file.ends_with('-');
    if is_name { file.to_owned() } else { distinct(file) }
}

/// A name made fit for objects, which is different for different names: slugs may be equal, hashes are not.
fn distinct(name: &str) -> String {
    let hash: String = hex(&Sha256::digest(name)).chars().take(8).collect();
    format!("{}-{hash}", slug(name))
}

/// At most how many bytes a document at a depth of indentation has when it is printed as YAML, whoever prints it.
fn size(document: &Doc, depth: usize) -> usize {
    match &document.value {
        Value::Null | Value::Bool(_) | Value::Integer(_) => 24,
        Value::Number(text) => text.len() + 4,
        Value::String(text) => {
            let escapes = text.bytes().filter(|byte| matches!(byte, b'"' | b'\\') || byte.is_ascii_control()).count();
            text.len() + 8 + escapes * (6 + 2 * depth)
        }
        Value::List(items) => items.iter().map(|item| 2 * depth + 3 + size(item, depth + 1)).sum(),
        Value::Map(entries) => {
            entries.iter().map(|(key, value)| 2 * depth + key.len() + 5 + size(value, depth + 1)).sum()
        }
    }
}
