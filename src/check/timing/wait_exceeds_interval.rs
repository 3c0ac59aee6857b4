//! `timing/wait-exceeds-interval`: a new group waits longer than a changed one.

use super::first_bad;
use crate::check::route::Located;
use crate::check::{Check, Context};
use crate::diagnostic::{Code, Sink};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("timing/wait-exceeds-interval", "0.1.0", include_str!("wait_exceeds_interval.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    context.located(|located| look(located, sink));
}

/// Reports every route where that begins.
pub(super) fn look(located: Located<'_>, sink: &mut Sink) {
    for (id, route) in first_bad(located, |options| options.group_wait > options.group_interval) {
        let (wait, interval) = (route.options.group_wait, route.options.group_interval);
        let headline =
            format!("the first word about a problem takes {wait}, longer than the {interval} for more of it");
        sink.push(
            located
                .about(&CODE, headline, id, format!("waits {wait} here, and {interval} between changes"))
                .note("The wait for a new group delays the very first notification. It is meant to be short: long enough to collect alerts that fire together, and no longer than the interval at which changes of a known group are told.")
                .help("Shorten the wait, or lengthen the interval if that is what was meant."),
        );
    }
}
