//! Hosts as series with labels, and who sees which series.

use std::collections::BTreeMap;

use super::fleet::{Fleet, LABELS};
use super::meaning::{Host, Membership};

/// Who evaluates rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evaluator {
    /// The Prometheus of a cluster.
    Prometheus(usize),
    /// The Ruler of the first cluster.
    Ruler,
}

impl Evaluator {
    /// All that a fleet has.
    pub fn all(fleet: &Fleet) -> Vec<Self> {
        let servers = (0..fleet.clusters.len()).filter(|cluster| !fleet.clusters[*cluster].agent);
        servers.map(Self::Prometheus).chain([Self::Ruler]).collect()
    }

    /// The one that must evaluate an alert for the hosts of a cluster.
    pub fn of(fleet: &Fleet, alert: usize, cluster: usize) -> Self {
        let ruler = fleet.alerts[alert].ruler || fleet.clusters[cluster].agent;
        if ruler { Self::Ruler } else { Self::Prometheus(cluster) }
    }

    /// The folder of its rule files.
    pub fn folder(self, fleet: &Fleet) -> String {
        match self {
            Self::Prometheus(cluster) => format!("prometheus/{}/rules/", fleet.clusters[cluster].name),
            Self::Ruler => format!("thanos/{}/rules/", fleet.clusters[0].name),
        }
    }

    /// The labels of a host's series as this evaluator sees them; nothing if it does not see them.
    pub fn sees(self, fleet: &Fleet, host: &Host) -> Option<BTreeMap<String, String>> {
        let mut labels = BTreeMap::new();
        match self {
            Self::Prometheus(cluster) if cluster == host.cluster => {}
            Self::Prometheus(_) => return None,
            // All clusters send their data to the first one.
            Self::Ruler => {
                labels.insert("cluster".to_owned(), fleet.label(host.cluster).to_owned());
            }
        }
        let group = match host.membership {
            Membership::Group(group) => Some((fleet.groups[group].name.as_str(), fleet.groups[group].id.as_str())),
            Membership::Stranger => Some(("stranger", "id.stranger")),
            Membership::Nobody => None,
        };
        if let Some((name, id)) = group {
            labels.insert("group".to_owned(), name.to_owned());
            labels.insert("group_id".to_owned(), id.to_owned());
        }
        for ((label, values), value) in LABELS.iter().zip(host.labels) {
            if let Some(value) = value {
                labels.insert((*label).to_owned(), values[value].to_owned());
            }
        }
        labels.insert("job".to_owned(), "x".to_owned());
        Some(labels)
    }
}

/// Every way in which a host can be different.
pub fn hosts(fleet: &Fleet) -> Vec<Host> {
    let mut places: Vec<(Membership, usize)> = Vec::new();
    for group in 0..fleet.groups.len() {
        places.extend(fleet.clusters_of(group).into_iter().map(|cluster| (Membership::Group(group), cluster)));
    }
    for cluster in 0..fleet.clusters.len() {
        places.extend([(Membership::Stranger, cluster), (Membership::Nobody, cluster)]);
    }
    let mut labels = vec![[None; LABELS.len()]];
    for (index, (_, values)) in LABELS.iter().enumerate() {
        let more = labels.clone().into_iter().flat_map(|host| {
            (0..values.len()).map(move |value| {
                let mut host = host;
                host[index] = Some(value);
                host
            })
        });
        labels.extend(more.collect::<Vec<_>>());
    }
    let labels = &labels;
    places
        .into_iter()
        .flat_map(|(membership, cluster)| {
            labels.iter().map(move |labels| Host { membership, cluster, labels: *labels })
        })
        .collect()
}
