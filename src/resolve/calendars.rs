//! Resolving calendars: checking each range as Alertmanager would.

use std::collections::BTreeMap;

use super::{Context, codes};
use crate::ast::Spec;
use crate::ast::calendar::{Calendar as Written, Period as WrittenPeriod};
use crate::diagnostic::Diagnostic;
use crate::model::Field;
use crate::model::routing::{Calendar, Period};
use crate::routing::{IntervalError, NumberRange, TimeRange, Zone};
use crate::source::{Spanned, Text};

/// Resolves all calendars.
pub fn resolve(context: &mut Context<'_>, spec: &Spec) -> BTreeMap<String, Calendar> {
    let all = spec.files.iter().flat_map(|file| file.calendars.iter());
    let by_name = context.by_name("calendar", all, |calendar| &calendar.name);
    by_name.into_iter().map(|(name, written)| (name, build(context, written))).collect()
}

fn build(context: &mut Context<'_>, written: &Written) -> Calendar {
    let own = WrittenPeriod {
        head: written.head,
        weekdays: written.weekdays.clone(),
        hours: written.hours.clone(),
        days: written.days.clone(),
        months: written.months.clone(),
        years: written.years.clone(),
    };
    let mut periods = Vec::new();
    let says_something = |period: &WrittenPeriod| {
        [&period.weekdays, &period.hours, &period.days, &period.months, &period.years]
            .iter()
            .any(|list| !list.is_empty())
    };
    for period in std::iter::once(&own).filter(|own| says_something(own)).chain(written.periods.iter()) {
        periods.push(build_period(context, period));
    }
    if periods.is_empty() {
        context.sink.push(
            Diagnostic::new(&codes::CALENDAR, format!("the calendar `{}` says no time", written.name.as_str()))
                .at(written.head.span, "no `weekdays`, `hours`, `days`, `months` or `years`")
                .help("Add for example `weekdays \"monday:friday\"` and `hours \"09:00-18:00\"`."),
        );
    }
    let timezone = written.timezone.as_ref().filter(|zone| {
        let valid = Zone::named(zone.as_str()).map_err(|error| {
            context.sink.push(
                Diagnostic::new(&codes::CALENDAR, error.message)
                    .at(zone.span, "not a name of the IANA time zone database")
                    .help("Write it as `Region/City`, such as `Asia/Seoul`; leave it out for UTC."),
            );
        });
        valid.is_ok()
    });
    Calendar { name: context.name(&written.name), timezone: timezone.map(|zone| context.text(zone)), periods }
}

fn build_period(context: &mut Context<'_>, written: &WrittenPeriod) -> Period {
    let weekdays =
        ranges(context, &written.weekdays, "days of the week such as `monday:friday`", NumberRange::weekdays);
    let months = ranges(context, &written.months, "months such as `january:march` or `1:3`", |text| {
        // Alertmanager takes any number here, and a month 13 never comes.
        let fits = |range: &NumberRange| (1..=12).contains(&range.begin) && (1..=12).contains(&range.end);
        let wrong = || IntervalError { message: "there are twelve months".to_owned() };
        NumberRange::months(text).and_then(|range| Some(range).filter(fits).ok_or_else(wrong))
    });
    let years = ranges(context, &written.years, "years such as `2026:2028`", NumberRange::years);
    let days = ranges(context, &written.days, "days of the month such as `1:7` or `-1`", NumberRange::days_of_month);
    let hours = written.hours.iter().filter_map(|text| hours(context, text)).collect();
    Period { weekdays, hours, days, months, years }
}

/// Checks `from:to` or one value as Alertmanager would; passes on what fits, in lower case.
fn ranges(
    context: &mut Context<'_>,
    written: &[Spanned<Text>],
    expects: &str,
    read: impl Fn(&str) -> Result<NumberRange, IntervalError>,
) -> Vec<Field<String>> {
    let mut out = Vec::new();
    for text in written {
        match read(text.as_str()) {
            Ok(_) => out.push(context.text(text).map(|text| text.to_lowercase())),
            Err(error) => context.sink.push(
                Diagnostic::new(&codes::CALENDAR, format!("this must be {expects}")).at(text.span, error.message),
            ),
        }
    }
    out
}

/// `09:00-18:00`: both within the day, the end (up to 24:00) after the start.
fn hours(context: &mut Context<'_>, written: &Spanned<Text>) -> Option<(Field<String>, Field<String>)> {
    let (from, to) =
        written.as_str().split_once('-').map_or((written.as_str(), ""), |(from, to)| (from.trim(), to.trim()));
    if let Err(error) = TimeRange::parse(from, to) {
        context.sink.push(if TimeRange::parse(to, from).is_ok() {
            Diagnostic::new(&codes::CALENDAR, format!("the time of day `{from}-{to}` ends before it begins"))
                .at(written.span, "runs past midnight")
                .note("Alertmanager's times of day cannot wrap around midnight.")
                .help(format!("Write two: `\"{from}-24:00\" \"00:00-{to}\"`."))
        } else {
            Diagnostic::new(&codes::CALENDAR, "this must be a time of day such as `09:00-18:00`")
                .at(written.span, error.message)
                .help("Write hours and minutes with two digits each.")
        });
        return None;
    }
    let origin = context.written(written.span);
    Some((Field::new(from.to_owned(), origin), Field::new(to.to_owned(), origin)))
}
