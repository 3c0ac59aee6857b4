//! Stability in a running Prometheus: an alert fires, the spec is edited elsewhere and built again, and it still fires.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::built;
use crate::support::http::{free_port, request};
use crate::support::tools::{Generation, tool};

/// Ends the program with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A Prometheus that watches itself; `more` is what people add over time.
fn spec(alert: &str, more: &str) -> String {
    format!(
        r#"
project fleet {{ defaults interval="1s" for="3s" }}
cluster solo role=standalone {{ prometheus }}
group production id=grp-1
group development id=grp-2
alert {alert} {{
    query "avg by (instance) (up) >= ${{threshold}}"
    level warning 1
}}
alert Plain {{
    query "up >= ${{threshold}}"
    level warning 1
}}
{more}
"#
    )
}

/// Puts the rules of a spec where Prometheus reads them.
fn install(folder: &Path, spec: &str) {
    let rules = folder.join("rules");
    let _ = std::fs::remove_dir_all(&rules);
    std::fs::create_dir_all(&rules).unwrap();
    for (path, text) in built::kdl(spec) {
        if let Some(name) = path.strip_prefix("prometheus/solo/rules/") {
            std::fs::write(rules.join(name), text).unwrap();
        }
    }
}

/// The state and the start of every alert, by name.
fn alerts(port: u16) -> Vec<(String, String, String)> {
    let Ok(answer) = request(port, "GET", "/api/v1/alerts", "") else { return Vec::new() };
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let alerts = answer["data"]["alerts"].as_array().unwrap().iter();
    let mut alerts: Vec<_> = alerts
        .map(|alert| (text(&alert["labels"]["alertname"]), text(&alert["state"]), text(&alert["activeAt"])))
        .collect();
    alerts.sort();
    alerts
}

/// Waits until alerts are as wanted.
fn wait(port: u16, what: &str, wanted: impl Fn(&[(String, String, String)]) -> bool) -> Vec<(String, String, String)> {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let now = alerts(port);
        if wanted(&now) {
            return now;
        }
        assert!(Instant::now() < deadline, "not {what}: {now:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn an_edit_elsewhere_leaves_a_firing_alert_firing() {
    let Some(prometheus) = tool("prometheus", Generation::Newest) else { return };
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();
    let config = format!(
        "global: {{ scrape_interval: 500ms, evaluation_interval: 1s }}\nrule_files: [rules/*.yaml]\nscrape_configs:\n  \
         - job_name: self\n    static_configs:\n      - targets: ['127.0.0.1:{port}']\n        labels: {{ group: production, group_id: grp-1 }}\n"
    );
    std::fs::write(folder.path().join("prometheus.yml"), config).unwrap();
    install(folder.path(), &spec("Mean", ""));
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let child = Command::new(&prometheus.path)
        .arg(format!("--config.file={}", path("prometheus.yml")))
        .arg(format!("--storage.tsdb.path={}", path("data")))
        .arg(format!("--web.listen-address=127.0.0.1:{port}"))
        .arg("--web.enable-lifecycle")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let _running = Running(child);
    let all_fire =
        |alerts: &[(String, String, String)]| alerts.len() == 2 && alerts.iter().all(|alert| alert.1 == "firing");
    let before = wait(port, "firing", all_fire);

    // Another group, an override for it, one for hosts of this group that this is none of, and a host.
    let more = |alert: &str| {
        format!(
            "
group added id=grp-3 parent=development {{ target host address=\"10.0.0.1\" {{ exporters node }} }}
threshold {alert} group=development {{ level warning 2 for=\"1m\" }}
threshold Plain group=development {{ level warning 2 }}
threshold Plain group=production where=\"rack=r1\" {{ level warning 3 }}
threshold {alert} group=production where=\"rack=r1\" {{ level warning 3 }}
"
        )
    };
    install(folder.path(), &spec("Mean", &more("Mean")));
    request(port, "POST", "/-/reload", "").unwrap();
    for _ in 0..15 {
        assert_eq!(alerts(port), before, "an alert was reset");
        std::thread::sleep(Duration::from_millis(200));
    }

    // An edit that renames one alert resets that one: what was looked at above can be seen.
    install(folder.path(), &spec("Average", &more("Average")));
    request(port, "POST", "/-/reload", "").unwrap();
    let pending = |alerts: &[(String, String, String)]| {
        alerts.iter().any(|(name, state, _)| name == "Average" && state == "pending")
    };
    let after = wait(port, "pending", pending);
    assert_eq!(after.iter().find(|alert| alert.0 == "Plain"), before.iter().find(|alert| alert.0 == "Plain"));
    wait(port, "firing again", all_fire);
}
