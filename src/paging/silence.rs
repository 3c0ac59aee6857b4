//! Instants at which several routes are silent together.

use std::collections::BTreeSet;

use crate::routing::{Configuration, Options, RouteId, Zone, muted};

/// A year without exceptions: it begins on a Friday and has every day but the 29th of February.
const YEAR: u16 = 2027;

/// Days of the months of that year.
const DAYS: [u8; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// An instant of the year 2027 at which all these routes are silent, as seconds since 1970; nothing if none was found, which
/// is no proof that there is none. Intervals begin and end at full minutes, so those at which one begins or ends are asked.
pub fn silent_together(configuration: &Configuration, routes: &[RouteId]) -> Option<i64> {
    let options: Vec<&Options> =
        routes.iter().filter_map(|id| configuration.tree.route(*id)).map(|route| &route.options).collect();
    let may = |options: &&Options| !options.mute_time_intervals.is_empty() || !options.active_time_intervals.is_empty();
    if options.is_empty() || !options.iter().all(may) {
        return None;
    }
    let names: BTreeSet<&String> = options
        .iter()
        .flat_map(|options| options.mute_time_intervals.iter().chain(&options.active_time_intervals))
        .collect();
    let mut minutes = BTreeSet::from([0_u16]);
    let mut zones = vec![Zone::UTC];
    for interval in names.into_iter().filter_map(|name| configuration.intervals.get(name)).flatten() {
        for range in interval.times.iter().flatten() {
            minutes.extend([range.start, range.end % 1440]);
        }
        if let Some(crate::routing::Location::Zone(zone)) = &interval.location
            && !zones.contains(zone)
        {
            zones.push(zone.clone());
        }
    }
    for (month, days) in (1_u8..).zip(DAYS) {
        for day in 1..=days {
            for minute in &minutes {
                let text = format!("{YEAR}-{month:02}-{day:02} {:02}:{:02}", minute / 60, minute % 60);
                for at in zones.iter().filter_map(|zone| zone.instant(&text).ok()) {
                    if options.iter().all(|options| muted(options, &configuration.intervals, at, &Zone::UTC).is_some())
                    {
                        return Some(at);
                    }
                }
            }
        }
    }
    None
}
