//! The file as a whole, `route`, `inhibit_rules` and time intervals.

use super::rule::{check, one_of};
use super::{
    EVENT_RECORDER, GLOBAL, RECEIVER, Scalar, TRACING, Table, Type, block, boolean, duration, field, list, map, text,
    texts,
};
use crate::alertmanager::route;

/// The whole file.
pub static CONFIG: Table = Table {
    name: "",
    fields: &[
        block("global", &GLOBAL, (0, 1)),
        block("route", &ROUTE, (0, 1)),
        list("inhibit_rules", &INHIBIT_RULE, (0, 1)),
        list("receivers", &RECEIVER, (0, 1)),
        field("templates", Type::List(Scalar::Glob), (0, 1)),
        list("mute_time_intervals", &INTERVALS, (0, 22)),
        list("time_intervals", &INTERVALS, (0, 24)),
        block("tracing", &TRACING, (0, 30)),
        block("event_recorder", &EVENT_RECORDER, (0, 33)),
    ],
    rules: &[],
};

/// A route.
pub static ROUTE: Table = Table {
    name: "route",
    fields: &[
        text("receiver", (0, 1)),
        texts("group_by", (0, 1)),
        map("match", (0, 1)),
        field("match_re", Type::Map(Scalar::Regexp), (0, 1)),
        field("matchers", Type::List(Scalar::Matchers), (0, 22)),
        texts("mute_time_intervals", (0, 22)),
        texts("active_time_intervals", (0, 24)),
        boolean("continue", (0, 1)),
        list("routes", &ROUTE, (0, 1)),
        duration("group_wait", (0, 1)),
        duration("group_interval", (0, 1)),
        duration("repeat_interval", (0, 1)),
        field("labels", Type::Map(Scalar::Text), (0, 34)),
    ],
    rules: &[
        check(route::match_names),
        check(route::label_names),
        check(route::group_by_all),
        check(route::group_by_names),
        check(route::group_by_twice),
        check(route::group_interval),
        check(route::repeat_interval),
    ],
};

/// An inhibition rule.
pub static INHIBIT_RULE: Table = Table {
    name: "inhibit_rules",
    fields: &[
        text("name", (0, 30)),
        map("source_match", (0, 1)),
        field("source_match_re", Type::Map(Scalar::Regexp), (0, 1)),
        field("source_matchers", Type::List(Scalar::Matchers), (0, 22)),
        map("target_match", (0, 1)),
        field("target_match_re", Type::Map(Scalar::Regexp), (0, 1)),
        field("target_matchers", Type::List(Scalar::Matchers), (0, 22)),
        field("equal", Type::List(Scalar::LabelName), (0, 1)),
    ],
    rules: &[check(route::match_names), check(route::equal_names)],
};

/// Time intervals with a name.
pub static INTERVALS: Table = Table {
    name: "time_intervals",
    fields: &[text("name", (0, 22)), list("time_intervals", &INTERVAL, (0, 22))],
    rules: &[one_of(&["name"])],
};

/// One time interval.
pub static INTERVAL: Table = Table {
    name: "time_intervals",
    fields: &[
        list("times", &TIME_RANGE, (0, 22)),
        field("weekdays", Type::List(Scalar::Weekdays), (0, 22)),
        field("days_of_month", Type::List(Scalar::DaysOfMonth), (0, 22)),
        field("months", Type::List(Scalar::Months), (0, 22)),
        field("years", Type::List(Scalar::Years), (0, 22)),
        field("location", Type::Scalar(Scalar::Location), (0, 25)),
    ],
    rules: &[],
};

/// A part of the day.
pub static TIME_RANGE: Table = Table {
    name: "times",
    fields: &[text("start_time", (0, 22)), text("end_time", (0, 22))],
    rules: &[check(route::time_range)],
};
