//! The whole spec: what all files say together.

use super::alert::Alert;
use super::calendar::Calendar;
use super::channel::Channel;
use super::check::Check;
use super::cluster::Cluster;
use super::delivery::Delivery;
use super::expect::Expect;
use super::forwarder::Forwarder;
use super::group::Group;
use super::policy::Policy;
use super::project::Project;
use super::record::RecordingRule;
use super::routing::Routing;
use super::rules::{External, Rules};
use super::secret::Secret;
use super::threshold::Threshold;
use super::{Decoder, Entry, Named, Ordered, Record};
use crate::source::{Span, Spanned, Text};
use crate::syntax::{Form, Node, Shape, Tree};

kind! {
    /// A spec file. All files of a spec share one namespace, and their order does not matter.
    pub struct SpecFile("spec file") {
        /// Further files that belong to the spec, as globs; only in the root file. `**/*.kdl` and `**/*.spec.yaml` if not written.
        include: Vec<Spanned<Text>> = child "include",
        /// The project: what holds for the whole spec.
        project: Option<Box<Project>> = child "project",
        /// Clusters.
        clusters: Named<Cluster> = child "cluster" / "clusters",
        /// Groups of hosts.
        groups: Named<Group> = child "group" / "groups",
        /// Alerts.
        alerts: Named<Alert> = child "alert" / "alerts",
        /// Overrides of alerts.
        thresholds: Ordered<Threshold> = child "threshold" / "thresholds",
        /// Recording rules.
        records: Named<RecordingRule> = child "record" / "records",
        /// Existing rule files.
        rules: Named<Rules> = child "rules",
        /// Alerts of other systems.
        externals: Named<External> = child "external" / "externals",
        /// Channels.
        channels: Named<Channel> = child "channel" / "channels",
        /// Forwarders.
        forwarders: Named<Forwarder> = child "forwarder" / "forwarders",
        /// The routing tree.
        routing: Option<Box<Routing>> = child "routing",
        /// Calendars.
        calendars: Named<Calendar> = child "calendar" / "calendars",
        /// Node scripts.
        checks: Named<Check> = child "check" / "checks",
        /// Where checks run.
        policies: Ordered<Policy> = child "policy" / "policies",
        /// Secrets.
        secrets: Named<Secret> = child "secret" / "secrets",
        /// How the output reaches the clusters.
        delivery: Option<Box<Delivery>> = child "delivery",
        /// Tests.
        expects: Ordered<Expect> = child "expect" / "expects",
    }
}

/// The spec files of one compilation, in path order.
#[derive(Debug, Default, PartialEq)]
pub struct Spec {
    /// The decoded files.
    pub files: Vec<SpecFile>,
}

impl SpecFile {
    /// Decodes one file.
    pub fn from_tree(decoder: &mut Decoder<'_>, tree: &Tree) -> Option<Self> {
        let whole = Span { file: tree.file, start: 0, end: 0 };
        let form = tree.nodes.first().map_or(Form::Child, |node| node.form);
        let root = Node {
            key: Text::synthetic("", whole),
            form,
            shape: Shape::Mapping,
            arguments: Vec::new(),
            members: tree.nodes.clone(),
            items: Vec::new(),
            span: whole,
            value_span: whole,
            tag: None,
        };
        Self::decode(decoder, Entry { node: &root, name: None })
    }
}
