//! Reads the routing parts of a configuration, given as a plain value, the way Alertmanager does.

use crate::support::corpus::text_of;
use alertsmith::routing::{
    Duration, GroupBy, InhibitRule, Intervals, Location, Matcher, NumberRange, Operator, RouteSpec, Syntax,
    TimeInterval, TimeRange, parse_matchers,
};
use serde_json::Value;
use std::collections::BTreeMap;

type Read<T> = Result<T, String>;

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn texts(value: &Value) -> Vec<String> {
    list(value).iter().map(text_of).collect()
}

/// The matchers of the three keys, for instance `match`, `match_re` and `matchers`.
fn matchers(value: &Value, keys: [&str; 3]) -> Read<Vec<Matcher>> {
    let mut found = Vec::new();
    for (key, operator) in [(keys[0], Operator::Equal), (keys[1], Operator::Matches)] {
        for (name, text) in value[key].as_object().into_iter().flatten() {
            // Alertmanager keeps the anchored text of an old-style pattern, and shows it in keys.
            let text = if operator == Operator::Matches { format!("^(?:{})$", text_of(text)) } else { text_of(text) };
            found.push(Matcher::new(name, operator, text).map_err(|error| error.message.to_owned())?);
        }
    }
    for text in texts(&value[keys[2]]) {
        let parsed = parse_matchers(&text, Syntax::Fallback).map_err(|error| error.message)?;
        found.extend(parsed.matchers.into_iter().map(|(matcher, _)| matcher));
    }
    Ok(found)
}

/// A route and everything below it.
pub fn route(value: &Value) -> Read<RouteSpec> {
    let duration = |key: &str| -> Read<Option<Duration>> {
        match &value[key] {
            Value::Null => Ok(None),
            text => text_of(text)
                .parse()
                .map(Some)
                .map_err(|error: alertsmith::routing::DurationError| error.message.to_owned()),
        }
    };
    let group_by = value.get("group_by").filter(|value| value.is_array()).map(|value| {
        let labels = texts(value);
        if labels.iter().any(|label| label == "...") {
            GroupBy::All
        } else {
            GroupBy::Labels(labels.into_iter().collect())
        }
    });
    Ok(RouteSpec {
        receiver: value["receiver"].as_str().map(str::to_owned),
        matchers: matchers(value, ["match", "match_re", "matchers"])?,
        continues: value["continue"].as_bool().unwrap_or(false),
        group_by,
        group_wait: duration("group_wait")?,
        group_interval: duration("group_interval")?,
        repeat_interval: duration("repeat_interval")?,
        mute_time_intervals: texts(&value["mute_time_intervals"]),
        active_time_intervals: texts(&value["active_time_intervals"]),
        labels: labels(&value["labels"]),
        routes: list(&value["routes"]).iter().map(route).collect::<Read<_>>()?,
    })
}

/// A map of texts.
pub fn labels(value: &Value) -> BTreeMap<String, String> {
    value.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), text_of(value))).collect()
}

/// One inhibition rule.
pub fn inhibit_rule(value: &Value) -> Read<InhibitRule> {
    Ok(InhibitRule {
        name: value["name"].as_str().map(str::to_owned),
        source: matchers(value, ["source_match", "source_match_re", "source_matchers"])?,
        target: matchers(value, ["target_match", "target_match_re", "target_matchers"])?,
        equal: texts(&value["equal"]).into_iter().collect(),
    })
}

/// One time range as written.
pub fn time_range(value: &Value) -> Read<TimeRange> {
    TimeRange::parse(&text_of(&value["start_time"]), &text_of(&value["end_time"])).map_err(|error| error.message)
}

/// One interval as written.
pub fn interval(value: &Value) -> Read<TimeInterval> {
    type Parse = fn(&str) -> Result<NumberRange, alertsmith::routing::IntervalError>;
    let numbers = |key: &str, parse: Parse| -> Read<Option<Vec<NumberRange>>> {
        let Some(items) = value.get(key).and_then(Value::as_array) else { return Ok(None) };
        let parsed = items.iter().map(|item| parse(&text_of(item)).map_err(|error| error.message));
        parsed.collect::<Read<_>>().map(Some)
    };
    Ok(TimeInterval {
        times: match value.get("times").and_then(Value::as_array) {
            Some(times) => Some(times.iter().map(time_range).collect::<Read<_>>()?),
            None => None,
        },
        weekdays: numbers("weekdays", NumberRange::weekdays)?,
        days_of_month: numbers("days_of_month", NumberRange::days_of_month)?,
        months: numbers("months", NumberRange::months)?,
        years: numbers("years", NumberRange::years)?,
        location: match value["location"].as_str() {
            Some(name) => Some(Location::parse(name).map_err(|error| error.message)?),
            None => None,
        },
    })
}

/// An interval in the parsed form of the tables.
pub fn parsed_interval(value: &Value) -> TimeInterval {
    let ranges = |key: &str| {
        let number = |range: &Value, key: &str| i32::try_from(range[key].as_i64().unwrap()).unwrap();
        let range = |range: &Value| NumberRange { begin: number(range, "begin"), end: number(range, "end") };
        value.get(key).map(|items| list(items).iter().map(range).collect())
    };
    let minute = |range: &Value, key: &str| u16::try_from(range[key].as_u64().unwrap()).unwrap();
    let time = |range: &Value| TimeRange { start: minute(range, "start_minute"), end: minute(range, "end_minute") };
    TimeInterval {
        times: value.get("times").map(|items| list(items).iter().map(time).collect()),
        weekdays: ranges("weekdays"),
        days_of_month: ranges("days_of_month"),
        months: ranges("months"),
        years: ranges("years"),
        location: value["location"].as_str().map(|name| Location::parse(name).unwrap()),
    }
}

/// Named intervals in the parsed form of the tables.
pub fn parsed_intervals(value: &Value) -> Intervals {
    let named = |(name, parts): (&String, &Value)| (name.clone(), list(parts).iter().map(parsed_interval).collect());
    value.as_object().into_iter().flatten().map(named).collect()
}
