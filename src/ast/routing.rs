//! `routing`: who is notified about what.

use super::{Duration, LabelName, Matchers, Name, Ordered};
use crate::source::Spanned;

kind! {
    /// The routing tree: root options, routes in order, inhibitions.
    pub struct Routing("routing") {
        /// The channel for alerts that no route takes.
        default: Spanned<Name> = child "default",
        /// Labels by which alerts are put into one notification; `...` means all of them.
        group_by: Vec<Spanned<Name>> = child "group-by",
        /// Times; 30s, 5m and 4h if not written.
        timing: Option<Box<Timing>> = child "timing",
        /// Routes, asked in order; the first that fits takes the alert.
        routes: Ordered<Route> = child "route" / "routes",
        /// Inhibitions.
        inhibits: Ordered<Inhibit> = child "inhibit" / "inhibitions",
    }
}

kind! {
    /// Times of a route.
    pub struct Timing("timing") {
        /// How long to wait for more alerts of a new group.
        wait: Option<Spanned<Duration>> = property "wait",
        /// How long to wait before telling about new alerts of a group.
        interval: Option<Spanned<Duration>> = property "interval",
        /// How long to wait before telling the same again.
        repeat: Option<Spanned<Duration>> = property "repeat",
    }
}

kind! {
    /// A route: conditions and a channel.
    pub struct Route("route") {
        /// The channel; that of the route around it if not written.
        to: Option<Spanned<Name>> = argument "to",
        /// How long to wait for more alerts of a new group.
        wait: Option<Spanned<Duration>> = property "wait",
        /// How long to wait before telling about new alerts of a group.
        interval: Option<Spanned<Duration>> = property "interval",
        /// How long to wait before telling the same again.
        repeat: Option<Spanned<Duration>> = property "repeat",
        /// Whether the routes behind it are asked too.
        r#continue: Option<Spanned<bool>> = property "continue",
        /// The conditions; all of them must hold.
        when: Matchers = child "when",
        /// Labels by which alerts are put into one notification.
        group_by: Vec<Spanned<Name>> = child "group-by",
        /// Calendars outside which nothing is sent.
        active_during: Vec<Spanned<Name>> = child "active-during",
        /// Calendars during which nothing is sent.
        mute_during: Vec<Spanned<Name>> = child "mute-during",
        /// Routes inside it.
        routes: Ordered<Route> = child "route" / "routes",
    }
}

kind! {
    /// An inhibition: while a source alert fires, target alerts that agree on `equal` are not notified.
    pub struct Inhibit("inhibit") {
        /// Conditions on the alert that silences.
        source: Matchers = child "source",
        /// Conditions on the alerts that are silenced.
        target: Matchers = child "target",
        /// Labels on which both must agree.
        equal: Vec<Spanned<LabelName>> = child "equal",
    }
}
