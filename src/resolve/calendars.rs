//! Resolving calendars: checking each range as Alertmanager would.

use std::collections::BTreeMap;

use super::{Context, codes};
use crate::ast::Spec;
use crate::ast::calendar::{Calendar as Written, Period as WrittenPeriod};
use crate::diagnostic::Diagnostic;
use crate::model::Field;
use crate::model::routing::{Calendar, Period};
use crate::source::{Spanned, Text};

const WEEKDAYS: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

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
        let valid = is_time_zone(zone.as_str());
        if !valid {
            context.sink.push(
                Diagnostic::new(&codes::CALENDAR, format!("there is no time zone `{}`", zone.as_str()))
                    .at(zone.span, "not a name of the IANA time zone database")
                    .help("Write it as `Region/City`, such as `Asia/Seoul`; leave it out for UTC."),
            );
        }
        valid
    });
    Calendar { name: context.name(&written.name), timezone: timezone.map(|zone| context.text(zone)), periods }
}

fn build_period(context: &mut Context<'_>, written: &WrittenPeriod) -> Period {
    let weekdays =
        ranges(context, &written.weekdays, "days of the week such as `monday:friday`", |text| named(&WEEKDAYS, text));
    let months = ranges(context, &written.months, "months such as `january:march` or `1:3`", |text| {
        named(&MONTHS, text).map(|index| index + 1).or_else(|| text.parse().ok().filter(|n| (1..=12).contains(n)))
    });
    let years = ranges(context, &written.years, "years such as `2026:2028`", |text| {
        text.parse().ok().filter(|n| (1970..=9999).contains(n))
    });
    let days = days(context, &written.days);
    let hours = written.hours.iter().filter_map(|text| hours(context, text)).collect();
    Period { weekdays, hours, days, months, years }
}

/// The index of a name, from 0 on.
fn named(names: &[&str], text: &str) -> Option<i64> {
    names.iter().zip(0..).find(|(name, _)| **name == text).map(|(_, index)| index)
}

/// Checks `from:to` or one value, each read by `read`, in rising order; passes on what fits, in lower case.
fn ranges(
    context: &mut Context<'_>,
    written: &[Spanned<Text>],
    expects: &str,
    read: impl Fn(&str) -> Option<i64>,
) -> Vec<Field<String>> {
    let mut out = Vec::new();
    for text in written {
        let lower = text.as_str().to_lowercase();
        let (from, to) = lower.split_once(':').unwrap_or((&lower, &lower));
        match (read(from), read(to)) {
            (Some(start), Some(end)) if start <= end => {
                out.push(Field::new(lower.clone(), context.written(text.span)));
            }
            (Some(_), Some(_)) => context.sink.push(
                Diagnostic::new(&codes::CALENDAR, "the range ends before it begins")
                    .at(text.span, "runs backwards")
                    .note("Alertmanager's weeks begin on Sunday, its years in January, and ranges do not wrap around.")
                    .help("Write two ranges, such as `\"saturday\" \"sunday:monday\"`."),
            ),
            _ => context.sink.push(
                Diagnostic::new(&codes::CALENDAR, format!("this must be {expects}"))
                    .at(text.span, "cannot be understood"),
            ),
        }
    }
    out
}

/// Days of the month: 1 to 31 from its beginning, -1 to -31 from its end.
fn days(context: &mut Context<'_>, written: &[Spanned<Text>]) -> Vec<Field<String>> {
    let mut out = Vec::new();
    for text in written {
        let (from, to) = text.as_str().split_once(':').unwrap_or((text.as_str(), text.as_str()));
        let read = |text: &str| text.parse::<i64>().ok().filter(|n| *n != 0 && (-31..=31).contains(n));
        match (read(from), read(to)) {
            // As Alertmanager judges it: a range from the end cannot lead to the beginning, and within one side it rises.
            (Some(start), Some(end)) if !(start < 0 && end > 0) && ((start < 0) != (end < 0) || start <= end) => {
                out.push(context.text(text));
            }
            (Some(_), Some(_)) => context.sink.push(
                Diagnostic::new(&codes::CALENDAR, "the range of days ends before it begins")
                    .at(text.span, "runs backwards")
                    .help("Count from the beginning with `1:31`, from the end with `-7:-1`."),
            ),
            _ => context.sink.push(
                Diagnostic::new(&codes::CALENDAR, "this must be days of the month such as `1:7` or `-1`")
                    .at(text.span, "cannot be understood"),
            ),
        }
    }
    out
}

/// `09:00-18:00`: both within the day, the end (up to 24:00) after the start.
fn hours(context: &mut Context<'_>, written: &Spanned<Text>) -> Option<(Field<String>, Field<String>)> {
    let read = |text: &str| -> Option<u32> {
        let (hour, minute) = text.split_once(':')?;
        if hour.len() != 2 || minute.len() != 2 {
            return None;
        }
        let minutes = hour.parse::<u32>().ok()? * 60 + minute.parse::<u32>().ok().filter(|minute| *minute < 60)?;
        (minutes <= 24 * 60).then_some(minutes)
    };
    let parts = written.as_str().split_once('-').map(|(from, to)| (from.trim(), to.trim()));
    match parts.map(|(from, to)| (read(from), read(to), from, to)) {
        Some((Some(start), Some(end), from, to)) if start < end => {
            let origin = context.written(written.span);
            Some((Field::new(from.to_owned(), origin), Field::new(to.to_owned(), origin)))
        }
        Some((Some(_), Some(_), from, to)) => {
            context.sink.push(
                Diagnostic::new(&codes::CALENDAR, "the time of day ends before it begins")
                    .at(written.span, "runs past midnight")
                    .note("Alertmanager's times of day cannot wrap around midnight.")
                    .help(format!("Write two: `\"{from}-24:00\" \"00:00-{to}\"`.")),
            );
            None
        }
        _ => {
            context.sink.push(
                Diagnostic::new(&codes::CALENDAR, "this must be a time of day such as `09:00-18:00`")
                    .at(written.span, "cannot be understood")
                    .help("Write hours and minutes with two digits each."),
            );
            None
        }
    }
}

/// Whether a text has the form of a name of the time zone database.
fn is_time_zone(name: &str) -> bool {
    let part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_uppercase())
            && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+'))
    };
    matches!(name, "UTC" | "Local") || name.contains('/') && name.split('/').all(part)
}
