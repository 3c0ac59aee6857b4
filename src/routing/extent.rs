//! Which times an interval covers at all: never any, or every one.
//!
//! Both answers are proofs. Days repeat every 28 years as far as months, weekdays and leap days go, so looking at each day
//! of 28 years looks at all; an interval with years is asked about the days of those years.

use super::interval::{Intervals, NumberRange, TimeInterval, TimeRange, Zone};
use super::tree::Options;

/// 2024-01-01 12:00 in UTC, the first of 28 years.
const START: i64 = 1_704_110_400;
const DAY: i64 = 86_400;
/// Days from the start on that are looked at: 28 years.
const CYCLE: i64 = 10_227;
/// Years outside these are not looked at.
const YEARS: std::ops::RangeInclusive<i32> = 1990..=2150;

impl TimeInterval {
    /// Whether no instant is inside, whatever the time zone. That is a proof; `false` is not.
    pub fn is_never(&self) -> bool {
        if self.times.as_ref().is_some_and(Vec::is_empty) {
            return true;
        }
        let mut day = Self { times: None, location: None, ..self.clone() };
        let any =
            |from: i64, days: i64, day: &Self| (0..days).any(|number| day.contains(from + number * DAY, &Zone::UTC));
        match day.years.take() {
            None => !any(START, CYCLE, &day),
            Some(years) => {
                let known = |range: &NumberRange| YEARS.contains(&range.begin) && YEARS.contains(&range.end);
                if !years.iter().all(known) {
                    return false;
                }
                day.years = Some(years);
                // 1990-01-01 12:00, to the end of the last year.
                !any(631_195_200, 58_804, &day)
            }
        }
    }

    /// Whether every instant is inside, whatever the time zone. That is a proof; `false` is not.
    pub fn is_always(&self) -> bool {
        let all = |ranges: &Option<Vec<NumberRange>>, mut numbers: std::ops::RangeInclusive<i32>| {
            let Some(ranges) = ranges else { return true };
            numbers.all(|number| ranges.iter().any(|range| (range.begin..=range.end).contains(&number)))
        };
        let day = |times: &Vec<TimeRange>| {
            let mut times = times.clone();
            times.sort();
            times.iter().fold(0, |until, range| if range.start <= until { until.max(range.end) } else { until }) == 1440
        };
        self.years.is_none()
            && self.times.as_ref().is_none_or(day)
            && all(&self.weekdays, 0..=6)
            && all(&self.days_of_month, 1..=31)
            && all(&self.months, 1..=12)
    }
}

/// Why a route never sends anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Silence {
    /// It is muted in this interval, which is always.
    Muted(String),
    /// It is active in these intervals only, and none of them ever is.
    NeverActive(Vec<String>),
    /// It is active in these intervals only, and muted in each of them.
    MutedWhenActive(Vec<String>),
}

/// Why a route with these options never sends anything, whatever the time; nothing if it does or may.
pub fn always_silent(options: &Options, intervals: &Intervals) -> Option<Silence> {
    let parts = |name: &String| intervals.get(name).map(Vec::as_slice).unwrap_or_default();
    let always = options.mute_time_intervals.iter().find(|name| parts(name).iter().any(TimeInterval::is_always));
    if let Some(name) = always {
        return Some(Silence::Muted(name.clone()));
    }
    let active = &options.active_time_intervals;
    if active.is_empty() || active.iter().any(|name| !intervals.contains_key(name)) {
        return None;
    }
    if active.iter().all(|name| parts(name).iter().all(TimeInterval::is_never)) {
        return Some(Silence::NeverActive(active.clone()));
    }
    let muted = active.iter().all(|name| options.mute_time_intervals.contains(name));
    muted.then(|| Silence::MutedWhenActive(active.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never() {
        let february = TimeInterval {
            months: Some(vec![NumberRange { begin: 2, end: 2 }]),
            days_of_month: Some(vec![NumberRange { begin: 30, end: 31 }]),
            ..TimeInterval::default()
        };
        assert!(february.is_never());
        let leap = TimeInterval {
            months: Some(vec![NumberRange { begin: 2, end: 2 }]),
            days_of_month: Some(vec![NumberRange { begin: 29, end: 29 }]),
            ..TimeInterval::default()
        };
        assert!(!leap.is_never());
        let no_leap = TimeInterval { years: Some(vec![NumberRange { begin: 2025, end: 2027 }]), ..leap };
        assert!(no_leap.is_never());
        assert!(TimeInterval { weekdays: Some(Vec::new()), ..TimeInterval::default() }.is_never());
        assert!(TimeInterval { times: Some(Vec::new()), ..TimeInterval::default() }.is_never());
        assert!(
            TimeInterval { months: Some(vec![NumberRange { begin: 13, end: 13 }]), ..TimeInterval::default() }
                .is_never()
        );
        assert!(
            !TimeInterval {
                years: Some(vec![NumberRange { begin: 1, end: 1 }]),
                months: Some(vec![NumberRange { begin: 13, end: 13 }]),
                ..TimeInterval::default()
            }
            .is_never()
        );
        assert!(!TimeInterval::default().is_never());
    }

    #[test]
    fn always() {
        assert!(TimeInterval::default().is_always());
        let halves = vec![TimeRange { start: 720, end: 1440 }, TimeRange { start: 0, end: 720 }];
        assert!(
            TimeInterval {
                times: Some(halves),
                weekdays: Some(vec![NumberRange { begin: 0, end: 6 }]),
                ..TimeInterval::default()
            }
            .is_always()
        );
        let gap = vec![TimeRange { start: 0, end: 720 }, TimeRange { start: 721, end: 1440 }];
        assert!(!TimeInterval { times: Some(gap), ..TimeInterval::default() }.is_always());
        assert!(
            !TimeInterval { weekdays: Some(vec![NumberRange { begin: 1, end: 5 }]), ..TimeInterval::default() }
                .is_always()
        );
    }
}
