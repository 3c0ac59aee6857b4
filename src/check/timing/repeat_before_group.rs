//! `timing/repeat-before-group`: repetitions more often than groups are looked at.

use super::first_bad;
use crate::check::route::Located;
use crate::check::{Check, Context};
use crate::diagnostic::{Code, Sink};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("timing/repeat-before-group", "0.1.0", include_str!("repeat_before_group.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    context.located(|located| look(located, sink));
}

/// Reports every route where that begins.
pub(super) fn look(located: Located<'_>, sink: &mut Sink) {
    for (id, route) in first_bad(located, |options| options.repeat_interval < options.group_interval) {
        let (repeat, interval) = (route.options.repeat_interval, route.options.group_interval);
        let headline = format!("nothing is repeated every {repeat}: the group is looked at every {interval} only");
        sink.push(
            located
                .about(&CODE, headline, id, format!("repeats after {repeat}, looks every {interval}"))
                .note("Alertmanager decides about a repetition when it looks at a group, so a shorter time between repetitions has no effect.")
                .help("Make the time between repetitions a multiple of the interval, or shorten the interval."),
        );
    }
}
