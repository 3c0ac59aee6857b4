//! Review scenarios: one edit of the fleet each, what the report must say and must not say, and the real tools' word for it.

use alertsmith::diff::render::Form;
use alertsmith::diff::report::{Level, Report, Verdict};
use alertsmith::diff::side::Built;
use alertsmith::routing::LabelSet;
use alertsmith::source::MemoryWorld;

use super::confirm::{Both, Probe, labels};
use super::forms::assert_fits_schema;
use super::scenario::{build, shown};

/// One change and what is to be said about it.
struct Scenario {
    name: &'static str,
    /// File, text to replace (there once), text in its place.
    edits: &'static [(&'static str, &'static str, &'static str)],
    /// Must be in the unfolded report.
    says: &'static [&'static str],
    /// Must not be in the sentences about behaviour.
    silent_about: &'static [&'static str],
    risk: Option<Level>,
    probe: Option<Probe>,
}

/// A part of the fleet that scenarios need and the example does not have: a route on a label of hosts.
const BEFORE: &[(&str, &str, &str)] = &[(
    "routing.kdl",
    "    route oncall wait=\"0s\" { when service=shop-api severity=critical }",
    "    route datacenter { when rack=r7 severity=warning }\n    route oncall wait=\"0s\" { when service=shop-api severity=critical }",
)];

const ONCALL: &str = "    route oncall wait=\"0s\" { when service=shop-api severity=critical }";

const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "a threshold is raised",
        edits: &[("alerts/nodes.kdl", "level warning 80 for=\"5m\"", "level warning 85 for=\"5m\"")],
        says: &["HighCPUUsage warning: threshold loosened: > 80 % -> > 85 %", "alerts/nodes.kdl:8"],
        silent_about: &["critical", "reaches", "DiskSpaceLow"],
        risk: Some(Level::Low),
        probe: Some(Probe {
            evaluator: "thanos/cluster-01",
            series: &[(
                "node_cpu_seconds_total{mode=\"idle\",instance=\"a\",group=\"network\",group_id=\"grp-500\",cluster=\"cluster-02\"}",
                "0+10x30",
            )],
            alert: "HighCPUUsage",
            severity: "warning",
            at: 25,
            fires: (true, false),
        }),
    },
    Scenario {
        name: "a threshold is written again where it holds already",
        edits: &[(
            "alerts/nodes.kdl",
            "threshold NodeDown group=production { level critical for=\"1m\" }",
            "threshold NodeDown group=production { level critical for=\"1m\" }\nthreshold NodeDown group=storage { level critical for=\"1m\" }",
        )],
        says: &[
            "NodeDown critical: same condition, in another rule",
            "group storage",
            "resets firing alerts to pending",
        ],
        silent_about: &["fires", "threshold", "(group production)", "reaches"],
        risk: Some(Level::Low),
        probe: Some(Probe {
            evaluator: "thanos/cluster-01",
            series: &[(
                "up{job=\"node\",instance=\"s\",group=\"storage\",group_id=\"grp-210\",cluster=\"cluster-02\"}",
                "0x30",
            )],
            alert: "NodeDown",
            severity: "critical",
            at: 3,
            fires: (true, true),
        }),
    },
    Scenario {
        name: "a route is inserted above others",
        edits: &[(
            "routing.kdl",
            ONCALL,
            "    route platform { when severity=critical }\n    route oncall wait=\"0s\" { when service=shop-api severity=critical }",
        )],
        says: &[
            "reaches platform instead of oncall",
            "ShopApiDown critical",
            "channel oncall: loses everything",
            "routing.kdl:1",
        ],
        silent_about: &["threshold", "channel cube", "channel sms", "channel shop-alerts"],
        risk: Some(Level::High),
        probe: None,
    },
    Scenario {
        name: "an aggregation drops the label that a route asks for",
        edits: &[(
            "alerts/gpu.kdl",
            "\"avg_over_time(DCGM_FI_DEV_POWER_USAGE[5m]) > ${threshold}\"",
            "\"max by (gpu, instance, group, group_id) (avg_over_time(DCGM_FI_DEV_POWER_USAGE[5m])) > ${threshold}\"",
        )],
        says: &["GPUPowerHigh warning: query changed", "GPUPowerHigh warning: no longer reaches datacenter"],
        silent_about: &["threshold", "GPUTemperatureHigh"],
        risk: Some(Level::Medium),
        probe: Some(Probe {
            evaluator: "thanos/cluster-01",
            series: &[(
                "DCGM_FI_DEV_POWER_USAGE{gpu=\"0\",instance=\"a\",rack=\"r7\",group=\"ml-training\",group_id=\"grp-200\",cluster=\"cluster-02\"}",
                "700x40",
            )],
            alert: "GPUPowerHigh",
            severity: "warning",
            at: 30,
            fires: (true, true),
        }),
    },
    Scenario {
        name: "a condition takes more",
        edits: &[(
            "routing.kdl",
            "when { service storage gpu; severity critical }",
            "when { service (regex)\"storage|gpu|no.*\"; severity critical }",
        )],
        says: &["reaches datacenter instead of oncall", "NodeDown critical", "HighCPUUsage critical"],
        silent_about: &["ShopApiDown", "warning:", "threshold"],
        risk: Some(Level::High),
        probe: None,
    },
    Scenario {
        name: "a route goes on",
        edits: &[(
            "routing.kdl",
            ONCALL,
            "    route oncall wait=\"0s\" continue=#true { when service=shop-api severity=critical }",
        )],
        says: &["2 alerts: now also reaches shop-notify", "ShopApiDown critical", "channel shop-notify: gains"],
        silent_about: &["no longer", "threshold", "NodeDown"],
        risk: Some(Level::Medium),
        probe: None,
    },
    Scenario {
        name: "a calendar changes",
        edits: &[("routing.kdl", "hours \"09:00-18:00\"", "hours \"09:00-20:00\"")],
        says: &["calendar business-hours:", "09:00", "20:00", "for example at 2026-"],
        silent_about: &["reaches", "threshold", "backup-nights"],
        risk: Some(Level::Medium),
        probe: None,
    },
    Scenario {
        name: "a Slack channel is renamed",
        edits: &[("channels.kdl", "slack channel=\"#shop-alerts\"", "slack channel=\"#shop-alarms\"")],
        says: &["channel shop-alerts: slack_configs[0].channel: #shop-alerts -> #shop-alarms", "channels.kdl:4"],
        silent_about: &["reaches", "loses", "shop-notify"],
        risk: None,
        probe: None,
    },
    Scenario {
        name: "a secret is read from elsewhere",
        edits: &[(
            "secrets/secrets.kdl",
            "key=\"monitoring/alertmanager/slack\"",
            "key=\"monitoring/alertmanager/slack-2\"",
        )],
        says: &[
            "secret slack-webhook: key: monitoring/alertmanager/slack -> monitoring/alertmanager/slack-2",
            "channel shop-alerts",
        ],
        silent_about: &["reaches oncall", "threshold"],
        risk: Some(Level::Medium),
        probe: None,
    },
    Scenario {
        name: "a group moves under another parent",
        edits: &[(
            "groups.kdl",
            "group \"연구실\" id=grp-300 kind=logical",
            "group \"연구실\" id=grp-300 kind=logical parent=production",
        )],
        says: &["NodeDown critical: fires sooner: for 10m -> 1m", "group 연구실", "lab-01"],
        silent_about: &["reaches", "removed"],
        risk: Some(Level::Low),
        probe: Some(Probe {
            evaluator: "prometheus/cluster-01",
            series: &[("up{job=\"node\",instance=\"lab-01\",group=\"연구실\",group_id=\"grp-300\"}", "0x30")],
            alert: "NodeDown",
            severity: "critical",
            at: 3,
            fires: (false, true),
        }),
    },
    Scenario {
        name: "a check is switched off where its alert stays",
        edits: &[(
            "checks.kdl",
            "policy nic-check group=production\n",
            "policy nic-check group=production\npolicy mount-check group=storage off reason=\"they have no mounts\"\n",
        )],
        says: &["check mount-check: does not run any more (group storage)", "MountPointUnavailable", "storage-01"],
        silent_about: &["reaches", "threshold", "nic-check"],
        risk: Some(Level::Medium),
        probe: None,
    },
    Scenario {
        name: "a channel is removed",
        edits: &[
            ("routing.kdl", "    reaches oncall sms audit\n", "    reaches oncall sms\n"),
            ("routing.kdl", "    route audit continue=#true\n", ""),
            (
                "channels.kdl",
                "channel audit { webhook url=\"http://audit.monitoring.svc.cluster.local:8080/alerts\" }\n",
                "",
            ),
        ],
        says: &["channel audit: removed", "no longer reaches audit", "channel audit: loses everything"],
        silent_about: &["instead of", "threshold", "channel cube"],
        risk: Some(Level::High),
        probe: None,
    },
    Scenario {
        name: "alerts are grouped otherwise",
        edits: &[("routing.kdl", "    group-by alertname service namespace\n", "    group-by alertname service\n")],
        says: &["grouped at cube by alertname, service instead of alertname, namespace, service", "notifies again"],
        silent_about: &["reaches", "threshold"],
        risk: Some(Level::Medium),
        probe: None,
    },
    Scenario {
        name: "a channel repeats less often",
        edits: &[("routing.kdl", "wait=\"10s\" repeat=\"1h\"", "wait=\"10s\" repeat=\"12h\"")],
        says: &["repeat_interval at datacenter: 1h -> 12h", "GPUTemperatureHigh critical"],
        silent_about: &["reaches", "oncall", "threshold"],
        risk: None,
        probe: None,
    },
    Scenario {
        name: "an inhibition is gone",
        edits: &[(
            "routing.kdl",
            "    inhibit { source alertname=NodeDown; target { alertname (not)NodeDown; service node gpu }; equal instance }\n",
            "",
        )],
        says: &["no longer silenced while", "GPUTemperatureHigh", "routing.kdl:"],
        silent_about: &["reaches", "threshold", "now silenced"],
        risk: None,
        probe: None,
    },
    Scenario {
        name: "a mute is widened",
        edits: &[(
            "routing.kdl",
            "route datacenter { when service=storage; mute-during backup-nights }",
            "route datacenter { mute-during backup-nights }",
        )],
        says: &["GPUTemperatureHigh critical: silent at datacenter during backup-nights (before: never)"],
        silent_about: &["ApplianceDiskFailed critical: silent", "threshold"],
        risk: Some(Level::High),
        probe: None,
    },
    Scenario {
        name: "a critical level is removed",
        edits: &[
            ("alerts/nodes.kdl", "    level critical 5 for=\"5m\"\n", ""),
            ("alerts/nodes.kdl", "{ level warning 5; level critical 2 }", "{ level warning 5 }"),
            (
                "alerts/nodes.kdl",
                "    level warning 10\n    level critical off reason=\"nobody is paged for development\"\n",
                "    level warning 10\n",
            ),
        ],
        says: &[
            "DiskSpaceLow critical: removed: it does not fire any more",
            "channel oncall: loses DiskSpaceLow critical",
        ],
        silent_about: &["DiskSpaceLow warning", "HighCPUUsage"],
        risk: Some(Level::High),
        probe: Some(Probe {
            evaluator: "thanos/cluster-01",
            series: &[
                (
                    "node_filesystem_avail_bytes{fstype=\"ext4\",instance=\"a\",group=\"network\",group_id=\"grp-500\",cluster=\"cluster-02\"}",
                    "3x30",
                ),
                (
                    "node_filesystem_size_bytes{fstype=\"ext4\",instance=\"a\",group=\"network\",group_id=\"grp-500\",cluster=\"cluster-02\"}",
                    "100x30",
                ),
            ],
            alert: "DiskSpaceLow",
            severity: "critical",
            at: 20,
            fires: (true, false),
        }),
    },
    Scenario {
        name: "an alert waits longer",
        edits: &[("alerts/gpu.kdl", "level critical 90 for=\"1m\"", "level critical 90 for=\"10m\"")],
        says: &["GPUTemperatureHigh critical: fires later: for 1m -> 10m"],
        silent_about: &["warning", "reaches", "threshold"],
        risk: Some(Level::Medium),
        probe: Some(Probe {
            evaluator: "thanos/cluster-01",
            series: &[(
                "DCGM_FI_DEV_GPU_TEMP{gpu=\"0\",instance=\"a\",group=\"ml-training\",group_id=\"grp-200\",cluster=\"cluster-02\"}",
                "95x30",
            )],
            alert: "GPUTemperatureHigh",
            severity: "critical",
            at: 5,
            fires: (true, false),
        }),
    },
    Scenario {
        name: "a label changes that routes and inhibitions ask for",
        edits: &[(
            "alerts/gpu.kdl",
            "labels service=gpu namespace=infrastructure component=temperature",
            "labels service=accelerator namespace=infrastructure component=temperature",
        )],
        says: &[
            "label service: gpu -> accelerator",
            "GPUTemperatureHigh critical: reaches oncall instead of datacenter",
            "resets firing alerts to pending",
        ],
        silent_about: &["threshold", "GPUPowerHigh"],
        risk: Some(Level::High),
        probe: None,
    },
    Scenario {
        name: "an alert is renamed",
        edits: &[("alerts/gpu.kdl", "alert GPUPowerHigh", "alert GPUDrawsTooMuch")],
        says: &["GPUDrawsTooMuch warning: renamed: GPUPowerHigh -> GPUDrawsTooMuch", "resets firing alerts to pending"],
        silent_about: &["removed", "threshold", "host "],
        risk: Some(Level::Low),
        probe: Some(Probe {
            evaluator: "thanos/cluster-01",
            series: &[(
                "DCGM_FI_DEV_POWER_USAGE{gpu=\"0\",instance=\"a\",group=\"ml-training\",group_id=\"grp-200\",cluster=\"cluster-02\"}",
                "700x40",
            )],
            alert: "GPUPowerHigh",
            severity: "warning",
            at: 30,
            fires: (true, false),
        }),
    },
    Scenario {
        name: "a condition is spelled otherwise",
        edits: &[(
            "routing.kdl",
            ONCALL,
            "    route oncall wait=\"0s\" { when { service (regex)\"shop-api\"; severity critical } }",
        )],
        says: &["2 alerts: reaches oncall through another route", "notifies again"],
        silent_about: &["instead of", "no longer", "threshold"],
        risk: Some(Level::Medium),
        probe: None,
    },
    Scenario {
        name: "independent routes change places",
        edits: &[(
            "routing.kdl",
            "    route cube continue=#true\n    route audit continue=#true\n",
            "    route audit continue=#true\n    route cube continue=#true\n",
        )],
        says: &["No behavioural change"],
        silent_about: &["reaches"],
        risk: None,
        probe: None,
    },
    Scenario {
        name: "comments, blanks and names of files",
        edits: &[
            ("alerts/gpu.kdl", "// GPUs, through the DCGM exporter.", "// Everything about GPUs.\n\n"),
            (
                "alerts/gpu.kdl",
                "\"DCGM_FI_DEV_GPU_TEMP > ${threshold}\"",
                "\"DCGM_FI_DEV_GPU_TEMP{} > (${threshold})\"",
            ),
        ],
        says: &["No behavioural change"],
        silent_about: &["reaches"],
        risk: None,
        probe: Some(Probe {
            evaluator: "thanos/cluster-01",
            series: &[(
                "DCGM_FI_DEV_GPU_TEMP{gpu=\"0\",instance=\"a\",group=\"ml-training\",group_id=\"grp-200\",cluster=\"cluster-02\"}",
                "85x30",
            )],
            alert: "GPUTemperatureHigh",
            severity: "warning",
            at: 10,
            fires: (true, true),
        }),
    },
];

/// The files of the example, edited.
fn fleet(edits: &[(&str, &str, &str)]) -> MemoryWorld {
    example("fleet", edits)
}

fn example(name: &str, edits: &[(&str, &str, &str)]) -> MemoryWorld {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
    let mut world = MemoryWorld::default();
    for entry in walkdir::WalkDir::new(&root).sort_by_file_name() {
        let entry = entry.unwrap();
        if !entry.file_type().is_file() {
            continue;
        }
        let path = entry.path().strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
        let mut text = std::fs::read_to_string(entry.path()).unwrap();
        for (file, from, to) in edits.iter().filter(|(file, ..)| *file == path) {
            assert_eq!(text.matches(from).count(), 1, "{file} must hold this once: {from}");
            text = text.replace(from, to);
        }
        world = world.with(&path, text);
    }
    world
}

/// Alerts that the fleet can send.
fn samples() -> Vec<LabelSet> {
    let mut samples = Vec::new();
    for (name, service, severities) in [
        ("HighCPUUsage", "node", &["info", "warning", "critical"][..]),
        ("DiskSpaceLow", "node", &["warning", "critical"]),
        ("NodeDown", "node", &["critical"]),
        ("GPUTemperatureHigh", "gpu", &["warning", "critical"]),
        ("GPUPowerHigh", "gpu", &["warning"]),
        ("ShopApiErrors", "shop-api", &["info", "warning", "critical"]),
        ("ShopWebSlow", "shop-web", &["warning"]),
    ] {
        let namespace = if service.starts_with("shop") { "shop" } else { "infrastructure" };
        for severity in severities {
            let pairs = [("alertname", name), ("service", service), ("severity", severity), ("namespace", namespace)];
            samples.push(labels(&pairs));
        }
    }
    samples
}

#[test]
fn every_scenario_is_told_and_confirmed() {
    let old = build(&fleet(BEFORE));
    let mut wrong: Vec<String> = Vec::new();
    for scenario in SCENARIOS {
        // What is wrong with one scenario does not hide the others.
        let found = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| tell_and_confirm(scenario, &old)));
        match found {
            Ok(found) => wrong.extend(found),
            Err(_) => wrong.push(format!("{}: see above", scenario.name)),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// The same installation in the other dialect: proved to be the same, though the top line of every file names other files.
#[test]
fn another_dialect_is_no_change() {
    let (kdl, yaml) = (build(&example("fleet", &[])), build(&example("fleet-yaml", &[])));
    let text = alertsmith::diff::text::compare(&kdl.rendered, &yaml.rendered);
    assert!(!text.is_empty());
    let report = alertsmith::diff::compare(kdl.side(""), yaml.side(""), text);
    assert_eq!(report.verdict(), Verdict::Unchanged, "{}", shown(&report, Form::Human));
}

/// What is wrong about one scenario.
fn tell_and_confirm(scenario: &Scenario, old: &Built) -> Vec<String> {
    let mut edits = BEFORE.to_vec();
    edits.extend(scenario.edits);
    let new = build(&fleet(&edits));
    let text = alertsmith::diff::text::compare(&old.rendered, &new.rendered);
    let report = alertsmith::diff::compare(old.side(""), new.side(""), text);
    assert_fits_schema(&report);
    let wrong = judge(scenario, &report);
    // Where nothing is written otherwise, nothing is delivered otherwise.
    let samples =
        if report.text.files.keys().any(|path| path.ends_with("/alertmanager.yaml")) { samples() } else { Vec::new() };
    if let Some(both) = Both::new(old, &new).filter(|_| wrong.is_empty()) {
        both.deliveries(&report, &samples);
        if let Some(probe) = &scenario.probe {
            both.probe(probe);
        }
    }
    wrong
}

fn judge(scenario: &Scenario, report: &Report) -> Vec<String> {
    let sentences: Vec<&str> = report.behaviour.iter().map(|change| change.text.as_str()).collect();
    let whole =
        format!("{}\n{}", sentences.join("\n"), shown(report, Form::Human).split("\ndiff --git").next().unwrap());
    let mut wrong = Vec::new();
    for said in scenario.says.iter().filter(|said| !whole.contains(**said)) {
        wrong.push(format!("{}: does not say `{said}`", scenario.name));
    }
    for said in scenario.silent_about.iter().filter(|said| sentences.iter().any(|sentence| sentence.contains(**said))) {
        wrong.push(format!("{}: says `{said}`", scenario.name));
    }
    if report.risk() != scenario.risk {
        wrong.push(format!("{}: risk {:?}", scenario.name, report.risk()));
    }
    if let Some(last) = wrong.last_mut() {
        last.push('\n');
        last.push_str(&sentences.join("\n"));
    }
    wrong
}
