//! `cluster/retention`: blocks that are deleted before they were downsampled.
//!
//! Thanos downsamples raw blocks that are older than 40 hours to 5 minutes, and those that are older than 10 days to 1 hour.

use crate::ast::Duration;
use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::model::Field;

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::error("cluster/retention", "0.1.0", include_str!("retention.md"));

const HOUR: u64 = 3_600_000;

fn run(context: &Context<'_>, sink: &mut Sink) {
    for compactor in context.model.clusters.values().filter_map(|cluster| cluster.thanos.compactor.as_ref()) {
        let limits = [
            ("raw samples", "samples of 5 minutes", &compactor.retention_raw, 40, "40h"),
            ("samples of 5 minutes", "samples of 1 hour", &compactor.retention_5m, 240, "10d"),
        ];
        for (what, next, kept, hours, least) in limits {
            let Some(kept) = kept.as_ref().filter(|kept| too_short(kept, hours * HOUR)) else { continue };
            let mut diagnostic = Diagnostic::new(&CODE, format!("{what} are deleted before they become {next}"))
                .note(format!(
                    "Thanos downsamples what is older than {least}. With a shorter time the compactor refuses to start, \
                     and the bucket grows."
                ))
                .help(format!("Keep {what} for {least} or longer, or for ever with `0s`."));
            if let Some(span) = context.span(kept.origin) {
                diagnostic = diagnostic.at(span, format!("kept for {}", kept.value));
            }
            sink.push(diagnostic);
        }
    }
}

/// Whether a time is above zero, which means for ever, and below a limit in milliseconds.
fn too_short(kept: &Field<Duration>, limit: u64) -> bool {
    (1..limit).contains(&kept.value.milliseconds())
}
