//! The fire drill: from a script on a node to a record in Kafka, with the real programs on the loopback interface, while one thing
//! after another fails.
//!
//! ```text
//! check script -> runner -> textfile -> node_exporter -> Prometheus ------> Alertmanager x 2 -> forwarder -> Kafka REST stand-in
//!                                                            `-> Query -> Ruler --^        `-> webhook sinks
//! ```
//!
//! What `explain alert` predicts of a rule (its channels and its labels) is compared with what arrived: every notification that is
//! missing, doubled, or at another channel fails the drill. `scripts/drill` runs it and shows the table.

mod programs;
mod spec;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

use alertsmith::paging::{Paging, SentAlert};
use serde_json::Value;

use self::programs::Programs;
use self::spec::{Build, Ends, INTERVAL, TOKEN};
use crate::e2e::http::{self, Message};
use crate::e2e::kafka_rest::KafkaRest;

/// How long anything may take to arrive.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long the second replica of Alertmanager waits for the first one to notify; usually 15s.
const WAIT: &str = "--cluster.peer-timeout=2500ms";
/// For how long nothing more may come, and a state lasts at least: longer than [`WAIT`].
const QUIET: Duration = Duration::from_secs(4);

/// One notification about one alert: the channel, the alert's name, its path or nothing, `firing` or `resolved`.
type Arrival = (String, String, String, String);

/// Where notifications end.
struct Sinks {
    kafka: [KafkaRest; 2],
    oncall: KafkaRest,
    team: KafkaRest,
}

impl Sinks {
    fn start() -> Self {
        let start = || KafkaRest::start(200);
        Self { kafka: [start(), start()], oncall: start(), team: start() }
    }

    fn ends(&self) -> Ends {
        Ends { kafka: [self.kafka[0].port, self.kafka[1].port], oncall: self.oncall.port, team: self.team.port }
    }

    /// Everything that was taken, with the labels of its alert.
    fn arrived(&self) -> Vec<(Arrival, BTreeMap<String, String>)> {
        let records = self.kafka.iter().flat_map(KafkaRest::taken).map(|message| record(&message));
        let hooks = [("oncall", &self.oncall), ("team", &self.team)];
        let hooks = hooks.into_iter().flat_map(|(channel, sink)| {
            sink.taken().into_iter().map(move |message| (channel.to_owned(), body(&message)))
        });
        let mut arrived = Vec::new();
        for (channel, notification) in records.chain(hooks) {
            assert_eq!(notification["receiver"], channel.as_str(), "{notification:#}");
            for alert in notification["alerts"].as_array().unwrap() {
                let labels: BTreeMap<String, String> = serde_json::from_value(alert["labels"].clone()).unwrap();
                let label = |name: &str| labels.get(name).cloned().unwrap_or_default();
                let status = alert["status"].as_str().unwrap().to_owned();
                arrived.push(((channel.clone(), label("alertname"), label("path"), status), labels));
            }
        }
        arrived
    }
}

fn body(message: &Message) -> Value {
    serde_json::from_slice(&message.body).unwrap_or_else(|error| panic!("{error}: {message:?}"))
}

/// Topic and value of the one record in a request to Kafka REST; the envelope must be right.
fn record(message: &Message) -> (String, Value) {
    let path = message.first.split(' ').nth(1).unwrap_or_default();
    let topic = path.strip_prefix("/topics/alerts.").unwrap_or_else(|| panic!("{path}"));
    assert_eq!(message.header("content-type"), Some("application/vnd.kafka.json.v2+json"));
    assert_eq!(message.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    let envelope = body(message);
    assert_eq!(envelope.as_object().map(serde_json::Map::len), Some(1), "{envelope}");
    let [record] = envelope["records"].as_array().unwrap().as_slice() else { panic!("{envelope}") };
    assert_eq!(record.as_object().map(serde_json::Map::len), Some(1), "{envelope}");
    (topic.to_owned(), record["value"].clone())
}

/// What is predicted, and what of it should have arrived by now.
struct Ledger {
    paging: Paging,
    expected: BTreeMap<Arrival, usize>,
}

impl Ledger {
    fn new(build: &Build) -> Self {
        Self { paging: Paging::new(&build.model).expect("the spec has routing"), expected: BTreeMap::new() }
    }

    fn alert(&self, name: &str) -> (usize, &SentAlert) {
        let mut found = self.paging.alerts.iter().enumerate().filter(|(_, alert)| alert.name == name);
        let one = found.next().unwrap_or_else(|| panic!("no rule sends {name}"));
        assert!(found.next().is_none(), "several rules send {name}");
        one
    }

    /// The channels of an alert, each of which it surely reaches.
    fn channels(&self, name: &str) -> Vec<String> {
        let received = self.paging.received(self.alert(name).0).expect("the label space is small");
        assert!(received.channels.iter().all(|reached| reached.surely), "{name} reaches a channel only perhaps");
        received.channels.iter().map(|reached| reached.channel.clone()).collect()
    }

    /// Notes that an alert changed its status, and so every channel of it should hear of it once.
    fn changed(&mut self, name: &str, path: &str, status: &str) {
        for channel in self.channels(name) {
            *self.expected.entry((channel, name.to_owned(), path.to_owned(), status.to_owned())).or_default() += 1;
        }
    }

    /// Notes that a mount point was lost or came back: both rules see it.
    fn mount(&mut self, path: &str, status: &str) {
        self.changed("MountLost", path, status);
        self.changed("MountsMissing", path, status);
    }

    /// What differs from what arrived, as lines; nothing if it is the same.
    fn differences(&self, sinks: &Sinks) -> Vec<String> {
        let mut counts: BTreeMap<Arrival, usize> = BTreeMap::new();
        let mut found = Vec::new();
        for (arrival, labels) in sinks.arrived() {
            if !self.alert(&arrival.1).1.labels.contains(&labels) {
                found.push(format!("{} arrived with labels that nobody predicted: {labels:?}", arrival.1));
            }
            *counts.entry(arrival).or_default() += 1;
        }
        let all: BTreeSet<&Arrival> = self.expected.keys().chain(counts.keys()).collect();
        for arrival in all {
            let of = |counts: &BTreeMap<Arrival, usize>| counts.get(arrival).copied().unwrap_or(0);
            if of(&self.expected) != of(&counts) {
                found.push(format!("{arrival:?}: {} predicted, {} arrived", of(&self.expected), of(&counts)));
            }
        }
        found
    }

    /// Waits until all of it has arrived, then for a while whether more comes; gives the time when it had.
    #[track_caller]
    fn settle(&self, sinks: &Sinks, programs: &Programs, what: &str, quiet: Duration) -> Instant {
        let begun = Instant::now();
        while !self.differences(sinks).is_empty() && begun.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(50));
        }
        let told = Instant::now();
        let took = begun.elapsed();
        if self.differences(sinks).is_empty() {
            std::thread::sleep(quiet);
        }
        let left = self.differences(sinks);
        assert!(left.is_empty(), "{what}:\n{}\n{}", left.join("\n"), programs.logs());
        eprintln!("{what}: as predicted, after {:.1} s", took.as_secs_f32());
        told
    }

    /// The table of what was predicted and what arrived.
    fn show(&self, sinks: &Sinks) {
        let mut counts: BTreeMap<Arrival, usize> = BTreeMap::new();
        for (arrival, _) in sinks.arrived() {
            *counts.entry(arrival).or_default() += 1;
        }
        eprintln!("\n{:<14} {:<5} {:<9} {:<8} predicted arrived", "alert", "path", "status", "channel");
        for (arrival, predicted) in &self.expected {
            let (channel, alert, path, status) = arrival;
            let arrived = counts.get(arrival).copied().unwrap_or(0);
            eprintln!("{alert:<14} {path:<5} {status:<9} {channel:<8} {predicted:<9} {arrived}");
        }
    }
}

/// Rules by name with their state, since when their one alert is active, and its summary.
fn rules(port: u16) -> BTreeMap<String, (String, String, String)> {
    let answer = http::get(port, "/api/v1/rules?type=alert").unwrap();
    let groups = body(&answer)["data"]["groups"].clone();
    let rules = groups.as_array().unwrap().iter().flat_map(|group| group["rules"].as_array().unwrap());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    rules
        .map(|rule| {
            let alert = &rule["alerts"][0];
            let summary = text(&alert["annotations"]["summary"]);
            (text(&rule["name"]), (text(&rule["state"]).to_lowercase(), text(&alert["activeAt"]), summary))
        })
        .collect()
}

/// Waits for the time right after the next flush of groups that were first told of at a time.
///
/// A replica looks at a group once every interval, and the second one tells [`WAIT`] later what it saw, if the first one has not. An
/// alert that ends between the look of the one and that of the other is told as firing once more by the one that looked first:
/// Alertmanager allows that, so the drill lets alerts end in the middle of an interval.
fn between_flushes(told: Instant) {
    let next = told + Duration::from_secs(INTERVAL) + Duration::from_millis(300);
    std::thread::sleep(next.saturating_duration_since(Instant::now()));
}

#[track_caller]
fn wait_until(what: &str, programs: &Programs, mut happened: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !happened() {
        assert!(begun.elapsed() < PATIENCE, "waited in vain for {what}\n{}", programs.logs());
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn every_notification_that_is_predicted_arrives_once_through_every_fault() {
    let (sinks, mounts) = (Sinks::start(), tempfile::tempdir().unwrap());
    let below = mounts.path().to_string_lossy().into_owned();
    let build = Build::new(&sinks.ends(), &below, 1);
    let mut ledger = Ledger::new(&build);
    assert_eq!(ledger.channels("MountLost"), ["cube", "sms", "oncall"]);
    assert_eq!(ledger.channels("MountsMissing"), ["cube", "team"]);
    let Some(mut programs) = Programs::start(&build, mounts.path()) else { return };
    let set = |name: &str, is_mounted: bool| {
        let file = Path::new(&below).join(name).join("mounted");
        if is_mounted { std::fs::write(file, "").unwrap() } else { std::fs::remove_file(file).unwrap() }
    };

    programs.wait_for_data();

    set("a", false);
    ledger.mount("a", "firing");
    let told = ledger.settle(&sinks, &programs, "a mount is lost", QUIET);

    // Neither upstream can take anything: Alertmanager keeps what it has to say until one can.
    let refused = || sinks.kafka.iter().map(KafkaRest::refused).sum::<usize>();
    between_flushes(told);
    sinks.kafka.iter().for_each(|upstream| upstream.answer_with(503));
    set("a", true);
    ledger.mount("a", "resolved");
    wait_until("a notification that is refused", &programs, || refused() > 0);
    sinks.kafka.iter().for_each(|upstream| upstream.answer_with(200));
    ledger.settle(&sinks, &programs, "both upstreams fail and come back", Duration::ZERO);

    // The first upstream is gone for good.
    sinks.kafka[0].answer_with(503);
    set("b", false);
    ledger.mount("b", "firing");
    let told = ledger.settle(&sinks, &programs, "the first upstream fails", QUIET);

    // Alerts fire on while the rules of another build are loaded: nobody hears of them again.
    let state = |programs: &Programs| {
        (rules(programs.prometheus.port)["MountLost"].clone(), rules(programs.ruler.port)["MountsMissing"].clone())
    };
    let before = state(&programs);
    programs.reload(&Build::new(&sinks.ends(), &below, 2));
    wait_until("rules of the new build", &programs, || {
        let (own, ruler) = state(&programs);
        own.2.contains("edition 2") && ruler.2.contains("edition 2")
    });
    let after = state(&programs);
    for (before, after) in [(&before.0, &after.0), (&before.1, &after.1)] {
        assert_eq!((&before.0, &before.1), (&after.0, &after.1), "an alert was reset");
        assert_eq!(after.0, "firing");
    }
    between_flushes(told);
    ledger.settle(&sinks, &programs, "rules of a new build are loaded", Duration::ZERO);

    // One replica is gone, the one that has notified so far.
    programs.alertmanagers.remove(0).kill();
    set("b", true);
    ledger.mount("b", "resolved");
    ledger.settle(&sinks, &programs, "an Alertmanager is killed while alerts fire", QUIET);
    ledger.show(&sinks);
}
