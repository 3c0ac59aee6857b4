//! A fleet with alerts and overrides as plain data, and the spec that says it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The severities, lowest first.
pub const SEVERITIES: [&str; 3] = ["info", "warning", "critical"];
/// The kinds of groups.
pub const KINDS: [&str; 3] = ["infrastructure", "logical", "environment"];
/// Labels of hosts that overrides ask for, with their values.
pub const LABELS: [(&str, &[&str]); 3] = [("rack", &["r1", "r.2"]), ("type", &["gpu", "big|gpu"]), ("zone", &["z"])];

#[derive(Debug, Clone)]
pub struct Fleet {
    /// The first is central: it has a Ruler, and takes the data of all others.
    pub clusters: Vec<Cluster>,
    pub groups: Vec<Group>,
    pub alerts: Vec<Alert>,
    pub overrides: Vec<Override>,
    /// Hosts that the spec knows; they change nothing about rules.
    pub hosts: usize,
}

#[derive(Debug, Clone)]
pub struct Cluster {
    pub name: String,
    pub agent: bool,
    /// The external label `cluster`; the name if absent.
    pub label: Option<String>,
}

#[derive(Debug, Clone)]
pub struct Group {
    pub name: String,
    pub id: String,
    pub kind: Option<usize>,
    pub parent: Option<usize>,
    pub clusters: Option<Vec<usize>>,
}

#[derive(Debug, Clone)]
pub struct Alert {
    pub name: String,
    pub query: Query,
    pub ruler: bool,
    pub r#for: Option<u32>,
    pub levels: BTreeMap<usize, Level>,
    pub groups: Vec<usize>,
    pub clusters: Vec<usize>,
}

/// Values and durations are numbers; durations are minutes.
#[derive(Debug, Clone, Default)]
pub struct Level {
    pub value: Option<u32>,
    pub r#for: Option<u32>,
    pub off: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Base {
    Everywhere,
    Kind(usize),
    Cluster(usize),
    Group(usize),
}

#[derive(Debug, Clone)]
pub struct Override {
    pub alert: usize,
    pub base: Base,
    /// A label and a value, by number.
    pub selector: Option<(usize, usize)>,
    pub r#for: Option<u32>,
    pub window: Option<u32>,
    pub off: bool,
    pub levels: BTreeMap<usize, Level>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Query {
    Plain,
    DropsBoth,
    DropsGroup,
    Join,
    Branches,
    KeepsBoth,
    Window,
    Unless,
    Commented,
}

impl Query {
    pub const ALL: [Query; 9] = [
        Query::Plain,
        Query::DropsBoth,
        Query::DropsGroup,
        Query::Join,
        Query::Branches,
        Query::KeepsBoth,
        Query::Window,
        Query::Unless,
        Query::Commented,
    ];

    fn text(self) -> &'static str {
        match self {
            Query::Plain | Query::Commented => "load > ${threshold}",
            Query::DropsBoth => "avg by (instance) (load) > ${threshold}",
            Query::DropsGroup => "sum without (group) (load) > ${threshold}",
            Query::Join => "load * on (instance) group_left () factor{job=\"x\"} > ${threshold}",
            Query::Branches => "max by (instance) (other) > ${threshold} or load > ${threshold}",
            Query::KeepsBoth => "max by (group, group_id, instance) (load{job=\"x\"}) > ${threshold}",
            Query::Window => "max_over_time(load[${window}]) > ${threshold}",
            Query::Unless => "load > ${threshold} unless on (instance) quiet",
        }
    }

    /// Metrics whose selectors are restricted to hosts.
    pub fn metrics(self) -> &'static [&'static str] {
        match self {
            Query::Join => &["load", "factor"],
            Query::Branches => &["load", "other"],
            _ => &["load"],
        }
    }
}

impl Fleet {
    /// The groups from a group up to the outermost.
    pub fn around(&self, group: usize) -> Vec<usize> {
        let mut around = vec![group];
        while let Some(parent) = around.last().and_then(|last| self.groups[*last].parent) {
            around.push(parent);
        }
        around
    }

    /// The kind of a group: its own, or that of the closest group around it that has one.
    pub fn kind(&self, group: usize) -> Option<usize> {
        self.around(group).into_iter().find_map(|group| self.groups[group].kind)
    }

    /// The clusters a group lives in.
    pub fn clusters_of(&self, group: usize) -> Vec<usize> {
        let own = self.around(group).into_iter().find_map(|group| self.groups[group].clusters.clone());
        own.unwrap_or_else(|| (0..self.clusters.len()).collect())
    }

    /// The value of the external label `cluster`.
    pub fn label(&self, cluster: usize) -> &str {
        self.clusters[cluster].label.as_ref().unwrap_or(&self.clusters[cluster].name)
    }

    /// The spec.
    pub fn kdl(&self) -> String {
        let mut out = String::from("project fleet { severities info warning critical }\n");
        for (index, cluster) in self.clusters.iter().enumerate() {
            let role = if index == 0 { "central" } else { "edge" };
            let _ = writeln!(out, "cluster {} role={role} {{", cluster.name);
            if let Some(label) = &cluster.label {
                let _ = writeln!(out, "    external-labels cluster={label:?}");
            }
            let mode = if cluster.agent { " mode=agent" } else { "" };
            let to = if index == 0 { String::new() } else { format!(" remote-write={}", self.clusters[0].name) };
            let _ = writeln!(out, "    prometheus{mode}{to}");
            if index == 0 {
                out.push_str("    thanos { receive url=\"http://receive.example:19291/api/v1/receive\"; query url=\"http://query.example:9090\"; ruler }\n");
            }
            out.push_str("}\n");
        }
        for (index, group) in self.groups.iter().enumerate() {
            let _ = write!(out, "group {:?} id={:?}", group.name, group.id);
            if let Some(kind) = group.kind {
                let _ = write!(out, " kind={}", KINDS[kind]);
            }
            if let Some(parent) = group.parent {
                let _ = write!(out, " parent={:?}", self.groups[parent].name);
            }
            out.push_str(" {\n");
            if let Some(clusters) = &group.clusters {
                let _ = writeln!(out, "    clusters {}", self.cluster_names(clusters));
            }
            for host in (0..self.hosts).filter(|host| host % self.groups.len() == index) {
                let cluster = &self.clusters[self.clusters_of(index)[0]].name;
                let _ = writeln!(
                    out,
                    "    target host-{host} address=\"10.0.0.{host}\" cluster={cluster} {{ exporters node }}"
                );
            }
            out.push_str("}\n");
        }
        for alert in &self.alerts {
            self.alert(alert, &mut out);
        }
        for one in &self.overrides {
            self.threshold(one, &mut out);
        }
        out
    }

    fn cluster_names(&self, clusters: &[usize]) -> String {
        clusters.iter().map(|cluster| self.clusters[*cluster].name.clone()).collect::<Vec<_>>().join(" ")
    }

    fn alert(&self, alert: &Alert, out: &mut String) {
        let r#for = alert.r#for.map(|minutes| format!(" for=\"{minutes}m\"")).unwrap_or_default();
        let ruler = if alert.ruler { " evaluate=ruler" } else { "" };
        let _ = writeln!(out, "alert {}{for}{ruler} {{", alert.name);
        if alert.query == Query::Commented {
            // A comment at the end must not swallow what is put behind it.
            let _ = writeln!(out, "    query \"\"\"\n        {} # high\n        \"\"\"", alert.query.text());
        } else {
            let _ = writeln!(out, "    query #\"{}\"#", alert.query.text());
        }
        out.push_str("    param window type=duration default=\"5m\"\n");
        if alert.query == Query::Unless {
            out.push_str("    unscoped quiet\n");
        }
        for (severity, level) in &alert.levels {
            level.write(*severity, out);
        }
        if !alert.groups.is_empty() || !alert.clusters.is_empty() {
            out.push_str("    applies {\n");
            if !alert.groups.is_empty() {
                let names: Vec<String> =
                    alert.groups.iter().map(|group| format!("{:?}", self.groups[*group].name)).collect();
                let _ = writeln!(out, "        groups {}", names.join(" "));
            }
            if !alert.clusters.is_empty() {
                let _ = writeln!(out, "        clusters {}", self.cluster_names(&alert.clusters));
            }
            out.push_str("    }\n");
        }
        out.push_str("}\n");
    }

    fn threshold(&self, one: &Override, out: &mut String) {
        let _ = write!(out, "threshold {}", self.alerts[one.alert].name);
        let _ = match &one.base {
            Base::Everywhere => Ok(()),
            Base::Kind(kind) => write!(out, " kind={}", KINDS[*kind]),
            Base::Cluster(cluster) => write!(out, " cluster={}", self.clusters[*cluster].name),
            Base::Group(group) => write!(out, " group={:?}", self.groups[*group].name),
        };
        if let Some((label, value)) = one.selector {
            let (label, values) = LABELS[label];
            let _ = write!(out, " where=\"{label}={}\"", values[value]);
        }
        if let Some(minutes) = one.r#for {
            let _ = write!(out, " for=\"{minutes}m\"");
        }
        if one.off {
            out.push_str(" off reason=\"quiet\"");
        }
        out.push_str(" {\n");
        if let Some(window) = one.window {
            let _ = writeln!(out, "    params window=\"{window}m\"");
        }
        for (severity, level) in &one.levels {
            level.write(*severity, out);
        }
        out.push_str("}\n");
    }
}

impl Level {
    fn write(&self, severity: usize, out: &mut String) {
        let _ = write!(out, "    level {}", SEVERITIES[severity]);
        if self.off {
            out.push_str(" off reason=\"quiet\"\n");
            return;
        }
        if let Some(value) = self.value {
            let _ = write!(out, " {value}");
        }
        if let Some(minutes) = self.r#for {
            let _ = write!(out, " for=\"{minutes}m\"");
        }
        out.push('\n');
    }
}
