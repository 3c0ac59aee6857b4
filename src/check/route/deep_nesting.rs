//! `route/deep-nesting`: a route so deep that nobody follows what reaches it.

use super::Located;
use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("route/deep-nesting", "0.1.0", include_str!("deep_nesting.md"));

/// Levels below the root that a reader still follows.
const DEEP: usize = 5;

fn run(context: &Context<'_>, sink: &mut Sink) {
    context.located(|located| look(located, sink));
}

/// Reports the first route that is too deep.
pub(super) fn look(located: Located<'_>, sink: &mut Sink) {
    let tree = &located.configuration.tree;
    let mut depths = vec![0_usize; tree.len()];
    let mut first = None;
    for (id, route) in tree.iter() {
        let above = route.parent.and_then(|parent| depths.get(parent.0 as usize).copied());
        let depth = above.map_or(0, |above| above + 1);
        if let Some(place) = depths.get_mut(id.0 as usize) {
            *place = depth;
        }
        if depth > DEEP && first.is_none() {
            first = Some(id);
        }
    }
    let Some(id) = first else { return };
    let deepest = depths.iter().copied().max().unwrap_or_default();
    let headline = format!("the routes nest {deepest} levels deep");
    let diagnostic: Diagnostic = located.about(&CODE, headline, id, format!("more than {DEEP} levels below the root"));
    sink.push(
        diagnostic
            .note("An alert reaches a route only if every route around it fits, and no option but the receiver, the grouping and the times is inherited. Few people can tell what reaches a route this deep.")
            .help("Join the conditions of routes that hold a single route."),
    );
}
