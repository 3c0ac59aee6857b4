//! Calendars as `time_intervals`.

use super::at;
use crate::artifact::Doc;
use crate::ast::Version;
use crate::model::routing::Period;
use crate::model::{Calendar, Field, Model};

/// The first release that knows time zones.
pub(super) const LOCATION: Version = Version::new(0, 25);

/// Every calendar by name; nothing if there is none. Unused ones load too.
pub(super) fn all(model: &Model) -> Option<Doc> {
    let target = model.project.targets.alertmanager.value;
    (!model.calendars.is_empty()).then(|| Doc::list(model.calendars.values().map(|calendar| one(calendar, target))))
}

fn one(calendar: &Calendar, target: Version) -> Doc {
    let zone = calendar.timezone.as_ref().filter(|_| LOCATION <= target);
    let periods = calendar.periods.iter().map(|period| {
        let mut doc = interval(period);
        if let Some(zone) = zone {
            doc.set("location", at(&zone.value, zone.origin));
        }
        doc
    });
    Doc::map().with("name", at(&calendar.name.value, calendar.name.origin)).with("time_intervals", Doc::list(periods))
}

fn interval(period: &Period) -> Doc {
    let mut doc = Doc::map();
    let times = period.hours.iter().map(|(start, end)| {
        let text = |field: &Field<String>| at(&field.value, field.origin);
        Doc::map().with("start_time", text(start)).with("end_time", text(end))
    });
    if !period.hours.is_empty() {
        doc.set("times", Doc::list(times));
    }
    let lists = [
        ("weekdays", &period.weekdays),
        ("days_of_month", &period.days),
        ("months", &period.months),
        ("years", &period.years),
    ];
    for (key, items) in lists {
        if !items.is_empty() {
            doc.set(key, Doc::list(items.iter().map(|item| at(&item.value, item.origin))));
        }
    }
    doc
}
