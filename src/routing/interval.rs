//! Time intervals: reading their parts, and whether an instant is inside.
//!
//! Time zones come from the database that `jiff` bundles, so the answer is the same on every machine; nothing is read
//! from disk. An interval without a location is in UTC, whatever zone the server is in.

use super::tree::Options;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use std::collections::BTreeMap;
use std::fmt;

/// Why a part of an interval is refused: a clause without a full stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntervalError {
    /// What is wrong.
    pub message: String,
}

fn fail<T>(message: impl Into<String>) -> Result<T, IntervalError> {
    Err(IntervalError { message: message.into() })
}

/// Minutes of the day from `start` to just before `end`; never across midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeRange {
    /// First minute, from 0.
    pub start: u16,
    /// One past the last minute, at most 1440.
    pub end: u16,
}

impl TimeRange {
    /// From the two texts `start_time` and `end_time`, each `HH:MM` up to `24:00`.
    pub fn parse(start: &str, end: &str) -> Result<Self, IntervalError> {
        if start.is_empty() || end.is_empty() {
            return fail("a time range needs both a start and an end");
        }
        let (start, end) = (minute(start)?, minute(end)?);
        if start >= end {
            return fail("a time range must start before it ends; split one that crosses midnight in two");
        }
        Ok(Self { start, end })
    }
}

impl fmt::Display for TimeRange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        write!(formatter, "{}-{}", clock(self.start), clock(self.end))
    }
}

fn minute(text: &str) -> Result<u16, IntervalError> {
    let digit =
        |at: usize| text.as_bytes().get(at).filter(|byte| byte.is_ascii_digit()).map(|byte| u16::from(byte - b'0'));
    let parts = (digit(0), digit(1), text.as_bytes().get(2), digit(3), digit(4));
    if let (Some(a), Some(b), Some(b':'), Some(c), Some(d)) = parts {
        let (hours, minutes) = (a * 10 + b, c * 10 + d);
        if text.len() == 5 && minutes < 60 && (hours < 24 || (hours == 24 && minutes == 0)) {
            return Ok(hours * 60 + minutes);
        }
    }
    fail(format!("`{text}` is not a time of day such as 09:30"))
}

/// An inclusive range of numbers: weekdays (Sunday is 0), days of the month (negative from its end), months or years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NumberRange {
    /// First.
    pub begin: i32,
    /// Last, included.
    pub end: i32,
}

/// Names of weekdays; the position is the number.
pub const WEEKDAYS: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/// Names of months; the position plus one is the number.
pub const MONTHS: [&str; 12] = [
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

impl NumberRange {
    fn parse(text: &str, member: impl Fn(&str) -> Result<i32, IntervalError>) -> Result<Self, IntervalError> {
        let lower = text.to_lowercase();
        match lower.split_once(':') {
            Some((_, end)) if end.contains(':') => fail(format!("`{text}` is not a range such as a:b")),
            Some((begin, end)) => Ok(Self { begin: member(begin)?, end: member(end)? }),
            None => member(&lower).map(|only| Self { begin: only, end: only }),
        }
    }

    /// A weekday or a range of them; the week starts on Sunday.
    pub fn weekdays(text: &str) -> Result<Self, IntervalError> {
        let range = Self::parse(text, |name| match (0..).zip(WEEKDAYS).find(|(_, known)| *known == name) {
            Some((number, _)) => Ok(number),
            None => fail(format!("`{name}` is not a weekday")),
        })?;
        if range.begin > range.end {
            return fail(format!("`{text}` runs backwards: the week starts on Sunday, so split the range in two"));
        }
        Ok(range)
    }

    /// A day of the month or a range; negative days count from the month's end.
    pub fn days_of_month(text: &str) -> Result<Self, IntervalError> {
        let range = Self::parse(text, number)?;
        for day in [range.begin, range.end] {
            if day == 0 || !(-31..=31).contains(&day) {
                return fail(format!("`{day}` is not a day of the month: use 1 to 31, or -31 to -1 from its end"));
            }
        }
        if range.begin < 0 && range.end > 0 {
            return fail("a range that starts from the month's end must end there too, with a negative day");
        }
        // Measured in the shortest month, as Alertmanager does.
        let place = |day: i32| if day < 0 { 28 + day } else { day };
        if place(range.begin) > place(range.end) {
            return fail(format!("day {} always comes before day {}", range.end, range.begin));
        }
        Ok(range)
    }

    /// A month or a range, as names or numbers. Numbers are not checked, as in Alertmanager.
    pub fn months(text: &str) -> Result<Self, IntervalError> {
        let range = Self::parse(text, |name| match (1..).zip(MONTHS).find(|(_, known)| *known == name) {
            Some((number, _)) => Ok(number),
            None => number(name).or_else(|_| fail(format!("`{name}` is not a month"))),
        })?;
        if range.begin > range.end {
            return fail(format!("`{text}` runs backwards: split a range that crosses the new year in two"));
        }
        Ok(range)
    }

    /// A year or a range.
    pub fn years(text: &str) -> Result<Self, IntervalError> {
        let range = Self::parse(text, number)?;
        if range.begin > range.end { fail(format!("`{text}` runs backwards")) } else { Ok(range) }
    }

    fn contains(self, number: i32) -> bool {
        (self.begin..=self.end).contains(&number)
    }
}

impl fmt::Display for NumberRange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.begin == self.end {
            write!(formatter, "{}", self.begin)
        } else {
            write!(formatter, "{}:{}", self.begin, self.end)
        }
    }
}

fn number(text: &str) -> Result<i32, IntervalError> {
    text.parse().or_else(|_| fail(format!("`{text}` is not a number")))
}

/// A time zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// Coordinated Universal Time.
    pub const UTC: Self = Self(TimeZone::UTC);

    /// A zone by its IANA name, in its exact spelling (`Europe/Berlin`).
    pub fn named(name: &str) -> Result<Self, IntervalError> {
        if matches!(name, "" | "UTC") {
            return Ok(Self::UTC);
        }
        match TimeZone::get(name) {
            Ok(zone) => match zone.iana_name() {
                // Zone files are found by name, and file names tell upper from lower case.
                Some(exact) if exact != name => fail(format!("there is no time zone `{name}`; its name is `{exact}`")),
                Some(_) | None => Ok(Self(zone)),
            },
            Err(_) => fail(format!("there is no time zone `{name}`")),
        }
    }

    /// The instant, in seconds since 1970, that a text names: with an offset (`2026-03-01T09:00:00+01:00`), or without
    /// one as local time here (`2026-03-01 09:00`). Clock changes take the earlier offset.
    pub fn instant(&self, text: &str) -> Result<i64, IntervalError> {
        if let Ok(instant) = text.parse::<Timestamp>() {
            return Ok(instant.as_second());
        }
        let local = text.parse::<DateTime>().ok().and_then(|local| local.to_zoned(self.0.clone()).ok());
        match local {
            Some(instant) => Ok(instant.timestamp().as_second()),
            None => fail(format!("`{text}` is not an instant such as 2026-03-01T09:00:00Z")),
        }
    }
}

/// Where an interval's clock is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A zone by name.
    Zone(Zone),
    /// `Local`: whatever zone the Alertmanager process runs in.
    Local,
}

impl Location {
    /// The value of `location`.
    pub fn parse(name: &str) -> Result<Self, IntervalError> {
        if name == "Local" { Ok(Self::Local) } else { Zone::named(name).map(Self::Zone) }
    }
}

/// One interval: every part that is present must hold; in a part, one range must.
///
/// A part that is present and empty holds never, as in Alertmanager.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TimeInterval {
    /// Times of day.
    pub times: Option<Vec<TimeRange>>,
    /// Weekdays, Sunday is 0.
    pub weekdays: Option<Vec<NumberRange>>,
    /// Days of the month, negative ones from its end.
    pub days_of_month: Option<Vec<NumberRange>>,
    /// Months from 1.
    pub months: Option<Vec<NumberRange>>,
    /// Years.
    pub years: Option<Vec<NumberRange>>,
    /// The zone; UTC when absent.
    pub location: Option<Location>,
}

impl TimeInterval {
    /// Whether `instant` (seconds since 1970) is inside; `local` is the server's own zone, for `Local`.
    ///
    /// False for instants outside the years -9999 to 9999.
    pub fn contains(&self, instant: i64, local: &Zone) -> bool {
        let zone = match &self.location {
            None => Zone::UTC.0,
            Some(Location::Zone(zone)) => zone.0.clone(),
            Some(Location::Local) => local.0.clone(),
        };
        let Ok(instant) = Timestamp::from_second(instant) else { return false };
        let now = instant.to_zoned(zone);
        let minute = u16::from(now.hour().unsigned_abs()) * 60 + u16::from(now.minute().unsigned_abs());
        let days = days_in_month(&now);
        let within = |ranges: &Option<Vec<NumberRange>>, number: i32| {
            ranges.as_ref().is_none_or(|ranges| ranges.iter().any(|range| range.contains(number)))
        };
        let day = |range: &NumberRange| {
            let place = |day: i32| if day < 0 { days + day + 1 } else { day };
            let (begin, end) = (place(range.begin), place(range.end));
            begin <= days && (begin.max(-days)..=end.clamp(-days, days)).contains(&i32::from(now.day()))
        };
        self.times.as_ref().is_none_or(|times| times.iter().any(|range| (range.start..range.end).contains(&minute)))
            && self.days_of_month.as_ref().is_none_or(|ranges| ranges.iter().any(day))
            && within(&self.months, i32::from(now.month()))
            && within(&self.weekdays, i32::from(now.weekday().to_sunday_zero_offset()))
            && within(&self.years, i32::from(now.year()))
    }
}

/// The month's length as Alertmanager counts it: whole 24-hour days between two first midnights. In a month that loses
/// an hour to daylight saving it is one day short, and days counted from the month's end shift with it.
fn days_in_month(now: &Zoned) -> i32 {
    let first = now.first_of_month().and_then(|first| first.start_of_day());
    let next = first.as_ref().ok().and_then(|first| {
        let date = first.date().last_of_month().tomorrow().ok()?;
        date.to_zoned(first.time_zone().clone()).ok()
    });
    match (first, next) {
        (Ok(first), Some(next)) => {
            let seconds = next.timestamp().as_second() - first.timestamp().as_second();
            i32::try_from(seconds / 86_400).unwrap_or(31)
        }
        _ => i32::from(now.days_in_month()),
    }
}

/// Named intervals of a configuration; both of Alertmanager's lists share the names.
pub type Intervals = BTreeMap<String, Vec<TimeInterval>>;

/// Why a route sends nothing at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Muted {
    /// Inside these mute intervals.
    Inside(Vec<String>),
    /// Outside every active interval.
    Outside,
}

/// Which of `names` contain the instant, each once. A name that is not defined contains nothing; Alertmanager refuses
/// to load it.
pub fn containing(names: &[String], intervals: &Intervals, instant: i64, local: &Zone) -> Vec<String> {
    let inside = |name: &&String| {
        intervals.get(*name).is_some_and(|parts| parts.iter().any(|interval| interval.contains(instant, local)))
    };
    let mut found: Vec<String> = names.iter().filter(inside).cloned().collect();
    found.dedup();
    found
}

/// Whether a route with these options is silent at the instant, and why.
pub fn muted(options: &Options, intervals: &Intervals, instant: i64, local: &Zone) -> Option<Muted> {
    // Alertmanager asks the active intervals first.
    let active = &options.active_time_intervals;
    if !active.is_empty() && containing(active, intervals, instant, local).is_empty() {
        return Some(Muted::Outside);
    }
    let inside = containing(&options.mute_time_intervals, intervals, instant, local);
    (!inside.is_empty()).then_some(Muted::Inside(inside))
}

/// The spans of seconds since 1970 in which a route with these options is silent, between `from` and `until`.
///
/// Nothing in an interval is finer than a minute, so every minute is asked once; a week takes a few milliseconds. Clock
/// changes fall out right, because instants are asked and not hours.
pub fn silent_spans(
    options: &Options,
    intervals: &Intervals,
    local: &Zone,
    from: i64,
    until: i64,
) -> Vec<std::ops::Range<i64>> {
    let mut spans: Vec<std::ops::Range<i64>> = Vec::new();
    let mut at = from;
    while at < until {
        let next = (at.div_euclid(60).saturating_add(1)).saturating_mul(60).min(until);
        if muted(options, intervals, at, local).is_some() {
            match spans.last_mut() {
                Some(last) if last.end == at => last.end = next,
                Some(_) | None => spans.push(at..next),
            }
        }
        at = next;
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts() {
        assert_eq!(TimeRange::parse("09:00", "24:00"), Ok(TimeRange { start: 540, end: 1440 }));
        assert_eq!(NumberRange::weekdays("Monday:FRIDAY"), Ok(NumberRange { begin: 1, end: 5 }));
        assert_eq!(NumberRange::months("march:12"), Ok(NumberRange { begin: 3, end: 12 }));
        assert_eq!(NumberRange::days_of_month("20:-1"), Ok(NumberRange { begin: 20, end: -1 }));
        for bad in ["saturday:monday", "mon", "", "monday:", "a:b:c"] {
            assert!(NumberRange::weekdays(bad).is_err(), "{bad}");
        }
        for bad in ["24:01", "9:00", "09:60", "0a:00", "09:00 ", ""] {
            assert!(TimeRange::parse("00:00", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn zones() {
        assert!(Zone::named("Asia/Seoul").is_ok());
        assert!(Zone::named("asia/seoul").is_err());
        assert!(Zone::named("Mars/Olympus").is_err());
        let seoul = Zone::named("Asia/Seoul").unwrap();
        assert_eq!(seoul.instant("2026-01-01 09:00"), Zone::UTC.instant("2026-01-01T00:00:00Z"));
        assert_eq!(Location::parse("Local"), Ok(Location::Local));
    }

    #[test]
    fn last_day_of_a_month_that_loses_an_hour() {
        let last = TimeInterval {
            days_of_month: Some(vec![NumberRange { begin: -1, end: -1 }]),
            location: Some(Location::parse("Europe/Berlin").unwrap()),
            ..TimeInterval::default()
        };
        let at = |text: &str| last.contains(Zone::UTC.instant(text).unwrap(), &Zone::UTC);
        assert!(at("2026-01-31T12:00:00Z"));
        assert!(at("2026-03-30T12:00:00Z"));
        assert!(!at("2026-03-31T12:00:00Z"));
    }

    #[test]
    fn an_empty_part_never_holds() {
        let never = TimeInterval { times: Some(Vec::new()), ..TimeInterval::default() };
        assert!(!never.contains(0, &Zone::UTC));
        assert!(TimeInterval::default().contains(0, &Zone::UTC));
    }

    #[test]
    fn a_night_is_one_span_even_when_the_clock_changes() {
        let night = |start: &str, end: &str| TimeInterval {
            times: Some(vec![TimeRange::parse(start, end).unwrap()]),
            location: Some(Location::parse("Europe/Berlin").unwrap()),
            ..TimeInterval::default()
        };
        let intervals: Intervals =
            [("night".to_owned(), vec![night("22:00", "24:00"), night("00:00", "06:00")])].into();
        let options = Options { mute_time_intervals: vec!["night".to_owned()], ..Options::default() };
        let at = |text: &str| Zone::UTC.instant(text).unwrap();
        let spans =
            silent_spans(&options, &intervals, &Zone::UTC, at("2026-03-28T12:00:00Z"), at("2026-03-30T12:00:00Z"));
        // The night of the change is an hour short.
        let expected =
            [("2026-03-28T21:00:00Z", "2026-03-29T04:00:00Z"), ("2026-03-29T20:00:00Z", "2026-03-30T04:00:00Z")];
        assert_eq!(spans, expected.map(|(from, until)| at(from)..at(until)));
    }
}
