//! Checks of when notifications are sent: waits that work against each other, times that never come.

mod always_silent;
mod never_active;
mod repeat_before_group;
mod wait_exceeds_interval;

use super::Check;
use super::route::Located;
use crate::diagnostic::Sink;
use crate::routing::{Options, Route, RouteId};

/// All checks of the family.
pub static CHECKS: &[&Check] =
    &[&always_silent::CHECK, &never_active::CHECK, &repeat_before_group::CHECK, &wait_exceeds_interval::CHECK];

/// Looks at the times of any configuration.
pub(super) fn look(located: Located<'_>, sink: &mut Sink) {
    always_silent::look(located, sink);
    never_active::look(located, sink);
    repeat_before_group::look(located, sink);
    wait_exceeds_interval::look(located, sink);
}

/// The routes where `bad` begins to hold: not those that only inherit it.
fn first_bad(located: Located<'_>, bad: impl Fn(&Options) -> bool) -> impl Iterator<Item = (RouteId, &Route)> {
    let tree = &located.configuration.tree;
    tree.iter().filter(move |(_, route)| {
        let above = route.parent.and_then(|parent| tree.route(parent));
        bad(&route.options) && !above.is_some_and(|above| times(&above.options) == times(&route.options))
    })
}

fn times(options: &Options) -> impl PartialEq {
    (options.group_wait, options.group_interval, options.repeat_interval)
}
