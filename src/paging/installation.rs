//! Which channels notify nobody in which installation.
//!
//! Every Alertmanager of a spec routes alike, but one with `only` leaves integrations out of its receivers. An alert arrives
//! at the Alertmanager of the cluster that evaluates it; a channel of which that one leaves nothing takes the alert there
//! and tells nobody. A channel that has no integration at all is one that nobody wants to hear of: it is reached like any other.

use std::collections::{BTreeMap, BTreeSet};

use crate::lower::alertmanager::notifies;
use crate::model::Model;

/// What the Alertmanagers of a spec leave of its channels.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Installations {
    /// The cluster whose Alertmanager gets alerts of which nothing else is known.
    usual: Option<String>,
    /// For the cluster of each Alertmanager the channels of which it leaves nothing.
    silent: BTreeMap<String, BTreeSet<String>>,
}

impl Installations {
    /// Those of a model.
    pub fn of(model: &Model) -> Self {
        let mut silent: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for cluster in model.clusters.values() {
            let Some(alertmanager) = cluster.alertmanager.as_ref().filter(|one| !one.only.is_empty()) else { continue };
            let emptied = model.channels.values().filter(|channel| {
                (!channel.integrations.is_empty() || !channel.kafka.is_empty())
                    && !notifies(model, alertmanager, channel)
            });
            silent.insert(cluster.name.value.clone(), emptied.map(|channel| channel.name.value.clone()).collect());
        }
        Self { usual: model.alertmanager_cluster().map(|cluster| cluster.name.value.clone()), silent }
    }

    /// The cluster in which a channel notifies nobody, as its Alertmanager leaves nothing of it, for an alert that arrives at
    /// the Alertmanager of `home`; nothing where somebody hears of it. Without a home it is the one that most is sent to.
    pub fn silent<'i>(&'i self, home: Option<&'i str>, channel: &str) -> Option<&'i str> {
        let home = home.or(self.usual.as_deref())?;
        self.silent.get(home).filter(|channels| channels.contains(channel)).map(|_| home)
    }

    /// The clusters in which a channel notifies nobody.
    pub fn where_silent(&self, channel: &str) -> Vec<&str> {
        self.silent.iter().filter(|(_, channels)| channels.contains(channel)).map(|(home, _)| home.as_str()).collect()
    }
}
