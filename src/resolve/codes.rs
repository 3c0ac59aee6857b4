//! Codes of findings about what the parts of a spec mean together.

use crate::diagnostic::Code;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $ident:ident = $level:ident $name:literal;)+) => {
        $($(#[doc = $doc])+ pub static $ident: Code =
            Code::$level($name, "0.1.0", include_str!(concat!("../diagnostic/stage/", $name, ".md")));)+

        /// All of them.
        pub static ALL: &[&Code] = &[$(&$ident),+];
    };
}

codes! {
    /// A spec without a root file, or with two.
    ROOT = error "source/root";
    /// A file that is not UTF-8.
    ENCODING = error "source/encoding";
    /// A file that cannot be read, is too large or lies outside the spec folder.
    UNREADABLE = error "source/unreadable";
    /// A name that is defined twice.
    DUPLICATE_NAME = error "name/duplicate";
    /// A reference to something that does not exist.
    UNKNOWN_NAME = error "name/unknown";
    /// Two names that become the same file or object name.
    SLUG_COLLISION = error "name/collision";
    /// A spec without a project, or with two.
    PROJECT = error "project/missing";
    /// A cluster whose parts do not fit together.
    TOPOLOGY = error "cluster/topology";
    /// Groups that contain each other.
    GROUP_CYCLE = error "group/cycle";
    /// Two groups with the same id.
    GROUP_ID = error "group/duplicate-id";
    /// A host that no single cluster scrapes.
    TARGET_CLUSTER = error "group/target-cluster";
    /// An exporter whose port is not known.
    EXPORTER = error "group/exporter-port";
    /// An alert without any level.
    NO_LEVELS = error "alert/no-levels";
    /// An alert that applies to no part of the fleet.
    ALERT_NOWHERE = warning "alert/nowhere";
    /// A query that uses a threshold that nobody sets.
    NO_THRESHOLD = error "alert/no-threshold";
    /// A query that Prometheus would not load or could never evaluate.
    QUERY = error "alert/query";
    /// A label of an alert that the compiler sets itself.
    RESERVED_LABEL = error "alert/reserved-label";
    /// A selector that contradicts the group that the alert is applied to.
    SCOPE = error "alert/scope";
    /// A text with `${…}` that cannot be filled in.
    TEXT = error "alert/text";
    /// A value that does not fit its parameter: another unit, out of range, not a number.
    VALUE = error "alert/value";
    /// An override whose place is not clear.
    THRESHOLD_PLACE = error "threshold/place";
    /// Two overrides that could hold for the same host, with nothing to decide between them.
    AMBIGUOUS = error "threshold/ambiguous";
    /// An override for a place where the alert does not apply.
    NOWHERE = warning "threshold/nowhere";
    /// An override for hosts of an alert whose query is not restricted to hosts.
    UNSCOPED = error "threshold/unscoped";
    /// An override that changes nothing.
    SAME_AS_INHERITED = warning "threshold/same-as-inherited";
    /// A rule that nothing would evaluate.
    NOT_EVALUATED = error "placement/not-evaluated";
    /// A query that the target Thanos Ruler does not understand.
    THANOS_QUERY = error "version/thanos-query";
    /// A channel or forwarder that is incomplete.
    INCOMPLETE = error "channel/incomplete";
    /// A calendar that Alertmanager would refuse.
    CALENDAR = error "route/calendar";
    /// A routing option that Alertmanager would refuse.
    ROUTE_OPTION = error "route/option";
    /// A secret that lives nowhere, or in two places.
    SECRET_SOURCE = error "secret/source";
    /// A script or its parameters that do not fit.
    CHECK = error "check/definition";
    /// A text of a rule file that is no template.
    FILE_TEMPLATE = error "rules/template";
    /// A change to a rule that is not there, or that does not fit it.
    PATCH = error "rules/patch";
    /// A rule file that cannot be taken in.
    RULES = error "rules/file";
}
