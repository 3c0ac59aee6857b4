//! What is said about the example fleet.

use alertsmith::paging::Paging;
use alertsmith::pipeline;
use alertsmith::source::DiskWorld;

pub fn fleet() -> Paging {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join("fleet");
    Paging::new(&pipeline::check(&DiskWorld::open(&root).unwrap()).model.unwrap()).unwrap()
}

/// The channels of every rule of an alert at a severity, `?` behind those that only some reach.
fn channels(paging: &Paging, name: &str, severity: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (index, alert) in paging.alerts.iter().enumerate() {
        if alert.name == name && alert.severity.as_deref().unwrap_or("") == severity {
            let received = paging.received(index).unwrap();
            let shown = received.channels.iter().map(|reached| {
                let maybe = if reached.surely { "" } else { "?" };
                format!("{}{maybe}", reached.channel)
            });
            found.push(shown.collect::<Vec<_>>().join(" "));
        }
    }
    found.sort();
    found.dedup();
    found
}

#[test]
fn channels_of_alerts() {
    let paging = fleet();
    for (name, severity, expected) in [
        ("ShopApiDown", "critical", "cube audit sms oncall"),
        ("ShopApiErrors", "info", "cube audit shop-alerts"),
        ("DiskSpaceLow", "warning", "cube audit platform"),
        ("PodCrashLooping", "warning", "cube audit shop-notify? platform?"),
        ("GPUTemperatureHigh", "critical", "cube audit sms datacenter"),
        ("NodeDown", "critical", "cube audit sms oncall"),
        ("GrafanaSyntheticCheckFailed", "", "cube audit sms? shop-notify"),
    ] {
        assert_eq!(channels(&paging, name, severity), [expected], "{name} {severity}");
    }
}
