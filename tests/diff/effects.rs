//! What becomes of alerts that fire while a change is rolled out: every edit in a running Prometheus or Alertmanager, and
//! what the report says about it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use alertsmith::diff::report::Effect;
use serde_json::Value;

use super::scenario::files;
use crate::support::alertmanager::Alertmanager;
use crate::support::http::{free_port, request};
use crate::support::tools::{Generation, tool};

/// An edit of a rule file: what it is, the file before, the file after with its name, and what becomes of the alert.
type RuleEdit = (&'static str, &'static str, &'static str, Effect);

const RULE: &str =
    "      - { alert: NAME, expr: vector(1) > 0, for: 1s, labels: { team: a }, annotations: { summary: s } }\n";

/// In each file one alert, called `NAME`, in a group called `g`.
const RULE_EDITS: &[RuleEdit] = &[
    ("a label", "team: a", "team: b", Effect::ResetsToPending),
    ("the group's name", "name: g", "name: other", Effect::ResetsToPending),
    ("the file's name", "", "", Effect::ResetsToPending),
    ("an annotation", "summary: s", "summary: other", Effect::None),
    ("the expression", "vector(1) > 0", "vector(2) > 0", Effect::None),
    ("a longer wait", "for: 1s", "for: 2s", Effect::None),
    ("a longer end", "for: 1s", "for: 1s, keep_firing_for: 5m", Effect::None),
    ("the interval", "name: g", "name: g\n    interval: 2s", Effect::None),
    ("a rule in front", "    rules:\n", "    rules:\n      - { alert: InFront, expr: vector(0) > 1 }\n", Effect::None),
];

/// Ends the program with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn rule_file(name: &str) -> String {
    format!("groups:\n  - name: g\n    rules:\n{}", RULE.replace("NAME", name))
}

/// Waits up to a minute.
fn wait<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "not within a minute: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// When each alert began, once all of them fire.
fn began(port: u16) -> Option<BTreeMap<String, String>> {
    let answer: Value = serde_json::from_str(&request(port, "GET", "/api/v1/alerts", "").ok()?).ok()?;
    let alerts = answer["data"]["alerts"].as_array()?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let all: BTreeMap<String, String> = alerts
        .iter()
        .filter(|alert| alert["state"] == "firing")
        .map(|alert| (text(&alert["labels"]["alertname"]), text(&alert["activeAt"])))
        .collect();
    (all.len() == RULE_EDITS.len()).then_some(all)
}

#[test]
fn edits_of_rules_reset_as_the_report_says() {
    let edited: Vec<(String, String, String)> = RULE_EDITS
        .iter()
        .enumerate()
        .map(|(at, (what, from, to, _))| {
            let name = format!("Alert{at}");
            let old = rule_file(&name);
            let new = if from.is_empty() { old.clone() } else { old.replacen(from, to, 1) };
            assert!(from.is_empty() || old != new, "{what}");
            (name, old, new)
        })
        .collect();
    let path = |at: usize, new: bool| {
        let renamed = new && RULE_EDITS[at].0 == "the file's name";
        if renamed { format!("renamed{at}.yml") } else { format!("r{at}.yml") }
    };
    for (at, (name, old, new)) in edited.iter().enumerate() {
        let report = files(&[(&path(at, false), old)], &[(&path(at, true), new)]);
        let said =
            report.behaviour.iter().filter(|change| change.subject.name == *name).map(|change| change.effect).max();
        assert_eq!(said.unwrap_or_default(), RULE_EDITS[at].3, "{}: {:?}", RULE_EDITS[at].0, report.behaviour);
    }
    let Some(prometheus) = tool("prometheus", Generation::Newest) else { return };
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("prometheus.yml"), "global: { evaluation_interval: 1s }\nrule_files: ['*.yml']\n").unwrap();
    std::fs::rename(at("prometheus.yml"), at("prometheus.yaml")).unwrap();
    for (number, (_, old, _)) in edited.iter().enumerate() {
        std::fs::write(at(&path(number, false)), old).unwrap();
    }
    let port = free_port();
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let child = Command::new(&prometheus.path)
        .arg(format!("--config.file={}", text(&at("prometheus.yaml"))))
        .arg(format!("--storage.tsdb.path={}", text(&at("data"))))
        .arg(format!("--web.listen-address=127.0.0.1:{port}"))
        .arg("--web.enable-lifecycle")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let _running = Running(child);
    let before = wait("all alerts fire", || began(port));
    for (number, (_, _, new)) in edited.iter().enumerate() {
        std::fs::remove_file(at(&path(number, false))).unwrap();
        std::fs::write(at(&path(number, true)), new).unwrap();
    }
    request(port, "POST", "/-/reload", "").unwrap();
    // What the old rules said goes at their last evaluation; after that every alert fires by the new ones.
    let resets: Vec<bool> = RULE_EDITS.iter().map(|edit| edit.3 == Effect::ResetsToPending).collect();
    wait("every alert is as the report says", || {
        let now = began(port)?;
        let began_anew = edited.iter().map(|(name, _, _)| now.get(name) != before.get(name));
        began_anew.eq(resets.iter().copied()).then_some(())
    });
    // And it stays so.
    for _ in 0..20 {
        if let Some(now) = began(port) {
            for ((name, ..), resets) in edited.iter().zip(&resets).filter(|(_, resets)| !**resets) {
                assert_eq!(now.get(name) != before.get(name), *resets, "{name}");
            }
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// An edit of a configuration, and what becomes of an alert that was told already.
type RouteEdit = (&'static str, &'static [(&'static str, &'static str)], Effect);

const CONFIG: &str = "route:
  receiver: rest
  group_by: [alertname, team]
  group_wait: 1s
  group_interval: 1s
  repeat_interval: 12h
  routes:
    - receiver: first
      matchers: [alertname=\"Told\"]
    - receiver: second
      matchers: [team=\"b\"]
receivers:
  - name: rest
  - name: first
    webhook_configs: [{ url: 'URL/main' }]
  - name: second
    webhook_configs: [{ url: 'URL/other' }]
";

const ROUTE_EDITS: &[RouteEdit] = &[
    ("= to =~", &[("alertname=\"Told\"", "alertname=~\"Told\"")], Effect::NotifiesAgain),
    ("one more matcher", &[("[alertname=\"Told\"]", "[alertname=\"Told\", team=\"a\"]")], Effect::NotifiesAgain),
    (
        "a parent around it",
        &[(
            "    - receiver: first\n      matchers: [alertname=\"Told\"]\n",
            "    - matchers: [team=\"a\"]\n      routes:\n        - receiver: first\n          matchers: [alertname=\"Told\"]\n",
        )],
        Effect::NotifiesAgain,
    ),
    ("another grouping", &[("group_by: [alertname, team]", "group_by: [alertname]")], Effect::NotifiesAgain),
    (
        "a receiver of another name",
        &[("receiver: first", "receiver: one"), ("name: first", "name: one")],
        Effect::NotifiesAgain,
    ),
    (
        "a webhook in front",
        &[("[{ url: 'URL/main' }]", "[{ url: 'URL/new' }, { url: 'URL/main' }]")],
        Effect::NotifiesAgain,
    ),
    (
        "routes in another order",
        &[(
            "    - receiver: first\n      matchers: [alertname=\"Told\"]\n    - receiver: second\n      matchers: [team=\"b\"]\n",
            "    - receiver: second\n      matchers: [team=\"b\"]\n    - receiver: first\n      matchers: [alertname=\"Told\"]\n",
        )],
        Effect::None,
    ),
    ("another form of matcher", &[("matchers: [alertname=\"Told\"]", "match: { alertname: Told }")], Effect::None),
    ("grouping in another order", &[("[alertname, team]", "[team, alertname]")], Effect::None),
    ("another interval", &[("group_interval: 1s", "group_interval: 2s")], Effect::None),
    ("another address", &[("URL/main", "URL/main?moved")], Effect::None),
    (
        "it goes on",
        &[("      matchers: [alertname=\"Told\"]\n", "      matchers: [alertname=\"Told\"]\n      continue: true\n")],
        Effect::None,
    ),
    ("a webhook behind", &[("[{ url: 'URL/main' }]", "[{ url: 'URL/main' }, { url: 'URL/new' }]")], Effect::None),
];

fn edited(edit: &RouteEdit) -> String {
    edit.1.iter().fold(CONFIG.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{}: {from}", edit.0);
        text.replace(from, to)
    })
}

/// Counts what is posted, by path.
#[derive(Clone, Default)]
struct Posts(Arc<Mutex<BTreeMap<String, usize>>>);

impl Posts {
    fn listen(&self) -> u16 {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let posts = self.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let mut seen = Vec::new();
                let mut part = [0; 4096];
                // The first line is all that counts; the sender is answered once it has said it.
                while !seen.contains(&b'\n') {
                    match stream.read(&mut part) {
                        Ok(count) if count > 0 => seen.extend_from_slice(&part[..count]),
                        _ => break,
                    }
                }
                let first = String::from_utf8_lossy(&seen).lines().next().unwrap_or_default().to_owned();
                let path = first.split(' ').nth(1).unwrap_or_default().split('?').next().unwrap_or_default().to_owned();
                *posts.0.lock().unwrap().entry(path).or_default() += 1;
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                // Closed only after the rest was read, or the sender takes it for a reset.
                let _ = stream.set_read_timeout(Some(Duration::from_millis(200)));
                while matches!(stream.read(&mut part), Ok(count) if count > 0) {}
            }
        });
        port
    }

    fn of(&self, path: &str) -> usize {
        self.0.lock().unwrap().get(path).copied().unwrap_or(0)
    }
}

/// A route that is new in the edited configuration and tells of an alert that fires all along: once it has, every other
/// group has been gone through as well.
fn with_marker(config: &str) -> String {
    let route = "  routes:\n    - receiver: marker\n      matchers: [alertname=\"Marker\"]\n      group_wait: 2s\n";
    let receiver = "receivers:\n  - name: marker\n    webhook_configs: [{ url: 'URL/marker' }]\n";
    config.replacen("  routes:\n", route, 1).replacen("receivers:\n", receiver, 1)
}

#[test]
fn edits_of_routes_tell_again_as_the_report_says() {
    let rules = "groups: [{ name: g, rules: [{ alert: Told, expr: x > 0, labels: { team: a } }] }]\n";
    for edit in ROUTE_EDITS {
        let [old, new] = [CONFIG.to_owned(), edited(edit)].map(|text| text.replace("URL", "http://127.0.0.1:9"));
        let report =
            files(&[("alertmanager.yml", &old), ("r.yml", rules)], &[("alertmanager.yml", &new), ("r.yml", rules)]);
        let said = report.behaviour.iter().map(|change| change.effect).max().unwrap_or_default();
        assert_eq!(said, edit.2, "{}: {:#?} {:?}", edit.0, report.behaviour, report.unknown);
    }
    let Some(program) = tool("alertmanager", Generation::Newest) else { return };
    std::thread::scope(|scope| {
        for edits in ROUTE_EDITS.chunks(4) {
            let program = &program;
            scope.spawn(move || {
                for edit in edits {
                    live(program, edit);
                }
            });
        }
    });
}

fn live(program: &crate::support::tools::Tool, edit: &RouteEdit) {
    let posts = Posts::default();
    let url = format!("http://127.0.0.1:{}", posts.listen());
    let alertmanager = Alertmanager::start(program, &CONFIG.replace("URL", &url)).unwrap();
    let alert = |name: &str| {
        let pairs = [("alertname", name), ("team", "a")];
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect::<BTreeMap<_, _>>()
    };
    alertmanager.fire(&[alert("Told"), alert("Marker")]);
    wait("the first notification", || (posts.of("/main") == 1).then_some(()));
    // The notification is remembered a moment after it was sent.
    std::thread::sleep(Duration::from_millis(500));
    let mut config = String::new();
    let _ = write!(config, "{}", with_marker(&edited(edit)).replace("URL", &url));
    alertmanager.reload(&config);
    if edit.2 == Effect::NotifiesAgain {
        wait(&format!("{}: told again", edit.0), || (posts.of("/main") == 2).then_some(()));
    } else {
        wait(&format!("{}: everything was gone through", edit.0), || (posts.of("/marker") > 0).then_some(()));
        assert_eq!(posts.of("/main"), 1, "{}: told again", edit.0);
    }
}
