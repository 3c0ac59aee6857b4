//! The routing of a configuration: its tree, its inhibition rules and its time intervals, ready to be asked.

use super::config::Config;
use super::scalar::matcher_syntax;
use super::section::{Section, Value};
use crate::ast::Version;
use crate::routing::{
    Configuration, Duration, GroupBy, InhibitRule, Intervals, Location, Matcher, NumberRange, Operator, RouteSpec,
    TimeInterval, TimeRange, Tree, parse_matchers,
};
use crate::source::{Span, Text};
use std::collections::BTreeMap;

/// What a configuration does with alerts.
#[derive(Debug, Clone)]
pub struct Routing<'c> {
    /// The route tree with everything inherited, the inhibition rules and the named time intervals.
    pub configuration: Configuration,
    /// The part of each route, in walk order: the place of a route's id.
    pub routes: Vec<&'c Section>,
    /// The part of each inhibition rule.
    pub inhibit_rules: Vec<&'c Section>,
}

/// The routing of a configuration; nothing without a root route. It is what Alertmanager does only for a
/// configuration that was read without errors: parts that could not be read are left out.
pub fn routing(config: &Config) -> Option<Routing<'_>> {
    let root = route(config.route()?, config.version);
    Some(Routing {
        configuration: Configuration {
            tree: Tree::new(root),
            inhibit_rules: config.inhibit_rules().map(|rule| inhibit_rule(rule, config.version)).collect(),
            intervals: intervals(config),
        },
        routes: config.routes(),
        inhibit_rules: config.inhibit_rules().collect(),
    })
}

/// The route tree alone.
pub fn routing_tree(config: &Config) -> Option<Tree> {
    config.route().map(|root| Tree::new(route(root, config.version)))
}

/// The matchers of the three keys with the places that hold them, such as `match`, `match_re` and `matchers`.
pub fn matchers(section: &Section, keys: [&str; 3], version: Version) -> Vec<(Matcher, Span)> {
    let [exact, pattern, list] = keys;
    let mut found = Vec::new();
    for (key, operator) in [(exact, Operator::Equal), (pattern, Operator::Matches)] {
        for (name, value) in section.get(key).map(Value::entries).unwrap_or_default() {
            let text = value.text().map_or("", |text| text.as_str());
            // Alertmanager keeps the anchored text of an old-style pattern, and shows it in keys.
            let text = if operator == Operator::Matches { format!("^(?:{text})$") } else { text.to_owned() };
            let span = name.span().to(value.span());
            found.extend(Matcher::new(name.as_str(), operator, text).ok().map(|matcher| (matcher, span)));
        }
    }
    for text in section.get(list).map(Value::items).unwrap_or_default().iter().filter_map(Value::text) {
        let Ok(parsed) = parse_matchers(text.as_str(), matcher_syntax(version)) else { continue };
        found.extend(parsed.matchers.into_iter().map(|(matcher, range)| (matcher, text.span_of(range))));
    }
    found
}

/// The keys of a route's matchers.
pub const ROUTE_MATCHERS: [&str; 3] = ["match", "match_re", "matchers"];
/// The keys of an inhibition rule's matchers for alerts that inhibit.
pub const SOURCE_MATCHERS: [&str; 3] = ["source_match", "source_match_re", "source_matchers"];
/// The keys of an inhibition rule's matchers for alerts that are inhibited.
pub const TARGET_MATCHERS: [&str; 3] = ["target_match", "target_match_re", "target_matchers"];

fn only(found: Vec<(Matcher, Span)>) -> Vec<Matcher> {
    found.into_iter().map(|(matcher, _)| matcher).collect()
}

fn names(section: &Section, key: &str) -> Vec<String> {
    let items = section.get(key).map(Value::items).unwrap_or_default();
    items.iter().filter_map(Value::text).map(|text| text.as_str().to_owned()).collect()
}

fn read_duration(section: &Section, key: &str) -> Option<Duration> {
    section.text(key).and_then(|text| text.as_str().parse().ok())
}

/// A route and everything below it; the reader bounds the nesting.
fn route(section: &Section, version: Version) -> RouteSpec {
    let group_by = matches!(section.get("group_by"), Some(Value::List(..))).then(|| {
        let labels = names(section, "group_by");
        if labels.iter().any(|label| label == "...") {
            GroupBy::All
        } else {
            GroupBy::Labels(labels.into_iter().collect())
        }
    });
    let labels = section.get("labels").map(Value::entries).unwrap_or_default();
    let label = |(name, value): &(Text, Value)| {
        (name.as_str().to_owned(), value.text().map_or_else(String::new, |text| text.as_str().to_owned()))
    };
    RouteSpec {
        receiver: section.text("receiver").map(|text| text.as_str().to_owned()),
        matchers: only(matchers(section, ROUTE_MATCHERS, version)),
        continues: section.is_on("continue"),
        group_by,
        group_wait: read_duration(section, "group_wait"),
        group_interval: read_duration(section, "group_interval"),
        repeat_interval: read_duration(section, "repeat_interval"),
        mute_time_intervals: names(section, "mute_time_intervals"),
        active_time_intervals: names(section, "active_time_intervals"),
        labels: labels.iter().map(label).collect::<BTreeMap<_, _>>(),
        routes: section.sections("routes").map(|child| route(child, version)).collect(),
    }
}

fn inhibit_rule(section: &Section, version: Version) -> InhibitRule {
    InhibitRule {
        name: section.text("name").map(|text| text.as_str().to_owned()),
        source: only(matchers(section, SOURCE_MATCHERS, version)),
        target: only(matchers(section, TARGET_MATCHERS, version)),
        equal: names(section, "equal").into_iter().collect(),
    }
}

/// The named time intervals.
pub fn intervals(config: &Config) -> Intervals {
    let named = |section: &Section| {
        let name = section.text("name")?.as_str().to_owned();
        Some((name, section.sections("time_intervals").map(interval).collect()))
    };
    config.intervals().filter_map(named).collect()
}

/// One time interval.
pub fn interval(section: &Section) -> TimeInterval {
    type Parse = fn(&str) -> Result<NumberRange, crate::routing::IntervalError>;
    let numbers = |key: &str, parse: Parse| -> Option<Vec<NumberRange>> {
        let Some(Value::List(items, _)) = section.get(key) else { return None };
        let number = |item: &Value| match item {
            // Alertmanager starts from 0 and reads nothing over it.
            Value::Null(_) => Some(NumberRange { begin: 0, end: 0 }),
            value => value.text().and_then(|text| parse(text.as_str()).ok()),
        };
        Some(items.iter().filter_map(number).collect())
    };
    let range = |section: &Section| {
        TimeRange::parse(section.text("start_time")?.as_str(), section.text("end_time")?.as_str()).ok()
    };
    TimeInterval {
        times: match section.get("times") {
            Some(Value::List(..)) => Some(section.sections("times").filter_map(range).collect()),
            _ => None,
        },
        weekdays: numbers("weekdays", NumberRange::weekdays),
        days_of_month: numbers("days_of_month", NumberRange::days_of_month),
        months: numbers("months", NumberRange::months),
        years: numbers("years", NumberRange::years),
        location: section.text("location").and_then(|text| Location::parse(text.as_str()).ok()),
    }
}
