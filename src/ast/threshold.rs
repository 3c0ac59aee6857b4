//! `threshold`: overrides for a group, a kind of group, a cluster or hosts with a label.

use super::alert::Level;
use super::group::GroupKind;
use super::{Duration, Map, Name, Named, Off};
use crate::source::{Spanned, Text};

kind! {
    /// Other levels, parameters or times for an alert in one place.
    pub struct Threshold("threshold") {
        /// The alert.
        alert: Spanned<Name> = argument "alert",
        /// The group it holds for, and all groups inside it.
        group: Option<Spanned<Name>> = property "group",
        /// The kind of group it holds for.
        kind: Option<Spanned<GroupKind>> = property "kind",
        /// The cluster it holds for.
        cluster: Option<Spanned<Name>> = property "cluster",
        /// The hosts it holds for, as `label=value`.
        r#where: Option<Spanned<Text>> = property "where",
        /// How long the condition must hold, for all levels.
        r#for: Option<Spanned<Duration>> = property "for",
        /// How long it keeps firing after the condition is gone, for all levels.
        keep_firing_for: Option<Spanned<Duration>> = property "keep-firing-for",
        /// Levels that differ.
        levels: Named<Level> = child "level" / "levels",
        /// Parameters that differ.
        params: Map<Name, Text> = child "params",
        /// Switches the whole alert off there, with the reason.
        off: Option<Off> = off "off",
    }
}
