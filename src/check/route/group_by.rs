//! `route/group-by`: a label in `group-by` that no alert of these routes can carry.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::model::Field;
use crate::model::routing::Route;
use crate::routing::RouteId;

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("route/group-by", "0.1.0", include_str!("group_by.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    let (Some(paging), Some(routing)) = (context.paging(), &context.model.routing) else { return };
    let tree = &paging.decisions.configuration.tree;
    let mut written: Vec<&[Field<String>]> = vec![&routing.group_by];
    let mut open: Vec<&Route> = routing.routes.iter().rev().collect();
    while let Some(route) = open.pop() {
        written.push(&route.group_by);
        open.extend(route.routes.iter().rev());
    }
    // The target release may be too old for some route, which is an error of its own.
    if written.len() != tree.len() || (0..paging.alerts.len()).any(|alert| paging.received(alert).is_err()) {
        return;
    }
    let labels = |id: RouteId| written.get(id.0 as usize).copied().unwrap_or_default();
    let mut carried: BTreeMap<RouteId, BTreeSet<&str>> = BTreeMap::new();
    for (index, alert) in paging.alerts.iter().enumerate() {
        let Ok(received) = paging.received(index) else { continue };
        for arrival in received.channels.iter().flat_map(|reached| &reached.routes) {
            // Whoever writes the list that holds here.
            let path = tree.path(arrival.route);
            let Some(writer) = path.into_iter().rev().find(|id| !labels(*id).is_empty()) else { continue };
            let names = labels(writer).iter().map(|label| label.value.as_str());
            carried.entry(writer).or_default().extend(names.filter(|label| !alert.labels.get(label).is_missing()));
        }
    }
    for (writer, carried) in carried {
        for label in
            labels(writer).iter().filter(|label| label.value != "..." && !carried.contains(label.value.as_str()))
        {
            let name = &label.value;
            let mut diagnostic =
                Diagnostic::new(&CODE, format!("no alert that is grouped here can carry the label `{name}`"));
            if let Some(span) = context.span(label.origin) {
                diagnostic = diagnostic.at(span, "tells no two alerts apart");
            }
            sink.push(
                diagnostic
                    .note("Alertmanager puts alerts without the label into one group, so what was meant to be told apart arrives in one notification. This is proved from the labels of every rule and of every declared `external` alert.")
                    .help(format!("Correct the name, keep `{name}` in the queries, or remove it here.")),
            );
        }
    }
}
