//! Mute and active time intervals through a real Alertmanager, at the instant of the test.

use super::config;
use crate::support::alertmanager::Alertmanager;
use crate::support::corpus::text_of;
use crate::support::random::Random;
use crate::support::tools::{Generation, tool};
use alertsmith::routing::{Intervals, LabelSet, Muted, Tree, Zone, muted};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime};

const ZONES: [&str; 6] =
    ["Asia/Seoul", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia", "UTC"];
const DAYS: [&str; 6] = ["monday:friday", "saturday", "sunday", "sunday:wednesday", "thursday:saturday", "tuesday"];
const MONTHS: [&str; 5] = ["january:june", "july:december", "1:10", "11:12", "february"];
const DATES: [&str; 6] = ["1:15", "16:31", "-1", "-15:-1", "5:-5", "20:25"];

/// An interval that is as likely to contain an instant as not.
fn interval(random: &mut Random) -> Value {
    let mut parts = Map::new();
    let mut part = |name: &str, value: Value| parts.insert(name.to_owned(), value);
    if random.once_in(2) {
        let start = random.below(18);
        let end = start + 1 + random.below(23 - start);
        let times = json!([{ "start_time": format!("{start:02}:30"), "end_time": format!("{end:02}:59") }]);
        part("times", times);
    }
    for (name, choices) in [("weekdays", &DAYS[..]), ("months", &MONTHS[..]), ("days_of_month", &DATES[..])] {
        if random.once_in(3) {
            part(name, json!([random.pick(choices), random.pick(choices)]));
        }
    }
    if random.once_in(2) {
        part("location", json!(random.pick(&ZONES)));
    }
    Value::from(parts)
}

#[test]
fn a_real_alertmanager_is_silent_alike() {
    let Some(alertmanager) = tool("alertmanager", Generation::Newest) else { return };
    let mut random = Random::seeded("silent", 20_261_121);
    let named: BTreeMap<String, Vec<Value>> = (0..30)
        .map(|at| (format!("interval {at}"), (0..=random.below(2)).map(|_| interval(&mut random)).collect()))
        .collect();
    let names: Vec<&String> = named.keys().collect();
    let mut choose = |often: usize| {
        let count = if random.once_in(often) { 1 + random.below(3) } else { 0 };
        (0..count).map(|_| (*random.pick(&names)).clone()).collect::<Vec<_>>()
    };
    let routes: Vec<Value> = (0..120)
        .map(|id| {
            json!({
                "matchers": [format!("id=\"{id}\"")],
                "mute_time_intervals": choose(2),
                "active_time_intervals": choose(3),
            })
        })
        .collect();
    let sections: Vec<Value> =
        named.iter().map(|(name, parts)| json!({ "name": name, "time_intervals": parts })).collect();
    let written = json!({
        "route": { "receiver": "nobody", "group_wait": "0s", "group_interval": "1s", "routes": routes },
        "receivers": [{ "name": "nobody" }],
        "time_intervals": sections,
    });
    let tree = Tree::new(config::route(&written["route"]).unwrap());
    let parsed = |parts: &Vec<Value>| parts.iter().map(|part| config::interval(part).unwrap()).collect();
    let intervals: Intervals = named.iter().map(|(name, parts)| (name.clone(), parsed(parts))).collect();

    let server =
        Alertmanager::start(&alertmanager, &written.to_string()).unwrap_or_else(|log| panic!("{log}\n{written}"));
    let alerts: Vec<LabelSet> = (0..120).map(|id| [("id".to_owned(), id.to_string())].into()).collect();
    server.fire(&alerts);
    let started = Instant::now();
    loop {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
        let now = i64::try_from(now).unwrap();
        let ours: BTreeMap<String, Vec<String>> = alerts
            .iter()
            .map(|labels| {
                let options = &tree.route(tree.deliver(labels)[0]).unwrap().options;
                let mut by = match muted(options, &intervals, now, &Zone::UTC) {
                    None => Vec::new(),
                    Some(Muted::Outside) => options.active_time_intervals.clone(),
                    Some(Muted::Inside(names)) => names,
                };
                by.sort();
                by.dedup();
                (labels["id"].clone(), by)
            })
            .collect();
        let mut theirs = BTreeMap::new();
        for group in server.api("alerts/groups").as_array().unwrap() {
            for alert in group["alerts"].as_array().unwrap() {
                let mut by: Vec<String> = alert["status"]["mutedBy"].as_array().unwrap().iter().map(text_of).collect();
                by.sort();
                by.dedup();
                theirs.insert(text_of(&alert["labels"]["id"]), by);
            }
        }
        if ours == theirs {
            let silent = ours.values().filter(|by| !by.is_empty()).count();
            assert!((10..110).contains(&silent), "{silent} of 120 routes are silent: the generator is one-sided");
            return;
        }
        if started.elapsed() > Duration::from_secs(20) {
            assert_eq!(ours, theirs, "{written}");
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}
