//! Deliveries in words.

use crate::routing::{GroupBy, Options};

/// "oncall and cube"; "nobody" if there is none.
pub fn receivers(names: &[String]) -> String {
    if names.is_empty() { "nobody".to_owned() } else { crate::diff::words::list(names) }
}

/// How alerts are grouped.
pub fn grouping(group_by: &GroupBy) -> String {
    match group_by {
        GroupBy::All => "all labels".to_owned(),
        GroupBy::Labels(labels) if labels.is_empty() => "nothing (one notification for all)".to_owned(),
        GroupBy::Labels(labels) => labels.iter().map(String::as_str).collect::<Vec<_>>().join(", "),
    }
}

/// When a delivery is silent.
pub fn silent(options: &Options) -> String {
    let mut words = Vec::new();
    if !options.mute_time_intervals.is_empty() {
        words.push(format!("during {}", options.mute_time_intervals.join(", ")));
    }
    if !options.active_time_intervals.is_empty() {
        words.push(format!("outside {}", options.active_time_intervals.join(", ")));
    }
    if words.is_empty() { "never".to_owned() } else { words.join(" and ") }
}
