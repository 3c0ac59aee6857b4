//! The installation of the drill: one cluster without the operator, so that everything in it is a plain file or a workload whose
//! arguments can be read.

use alertsmith::ast::check::ScriptLanguage;
use alertsmith::model::Model;
use alertsmith::output::Rendered;
use alertsmith::pipeline;
use alertsmith::source::MemoryWorld;

/// What the caller of the forwarder presents, and what the forwarder presents to Kafka.
pub const CALLER: &str = "Caller.Token+1/2==";
pub const TOKEN: &str = "kafka-Token~9";

/// The group interval, in seconds.
pub const INTERVAL: u64 = 6;

/// Where the notifications of each webhook channel go, and the upstreams of the forwarder.
#[derive(Debug, Clone)]
pub struct Ends {
    pub kafka: [u16; 2],
    pub oncall: u16,
    pub team: u16,
}

/// A build, with the model that predictions are made of.
pub struct Build {
    pub model: Model,
    pub rendered: Rendered,
}

impl Build {
    /// Builds the spec for mount points below a folder. A later `edition` has other texts, another threshold and one more alert.
    pub fn new(ends: &Ends, mounts: &str, edition: u32) -> Self {
        let spec = spec(ends, mounts, edition);
        let world = MemoryWorld::default().with("alertsmith.kdl", spec).with("scripts/mount-check.sh", SCRIPT);
        let (compilation, rendered) = pipeline::build(&world);
        let findings: Vec<&str> = compilation.diagnostics.iter().map(|finding| finding.headline.as_str()).collect();
        assert!(findings.is_empty(), "{findings:#?}");
        let model = compilation.model.expect("a spec without findings has a model");
        assert!(model.checks.values().all(|check| check.language.value == ScriptLanguage::Bash));
        Self { model, rendered: rendered.expect("a spec without findings is written") }
    }

    pub fn text(&self, path: &str) -> String {
        let file = self.rendered.files.get(path).unwrap_or_else(|| panic!("{path} is not written"));
        String::from_utf8(file.bytes.clone()).unwrap()
    }
}

/// A mount point is one that has a file of its own in it, here.
const SCRIPT: &str = r#"#!/usr/bin/env bash
IFS=, read -ra paths <<<"$CHECK_PATHS"
for path in "${paths[@]}"; do
    if [[ -e $path/mounted ]]; then status=1; else status=0; fi
    echo "mount_status{path=\"${path##*/}\"} $status"
done
"#;

fn spec(ends: &Ends, mounts: &str, edition: u32) -> String {
    let Ends { kafka: [first, second], oncall, team } = ends;
    let paths: Vec<String> = ["a", "b"].map(|name| format!("{mounts}/{name}")).to_vec();
    let more = if edition > 1 {
        "alert Added { query \"mount_status < -1\"; level info; labels service=node; summary \"never\" }"
    } else {
        ""
    };
    format!(
        r#"
project drill {{
    severities info warning critical
    require-labels service severity
    defaults interval="1s" for="1s"
}}
delivery {{ kustomize network-policies=#false }}
cluster hq role=central environment=production delivery=files {{
    external-labels cluster=hq site=lab
    prometheus replica-label=prometheus_replica scrape-interval="1s"
    thanos {{
        query url="http://thanos-query.monitoring.svc.cluster.local:9090" replica-label=prometheus_replica
        ruler
    }}
    alertmanager replicas=2
}}
group nodes id=grp-1 {{
    clusters hq
    target node-1 address="127.0.0.1" {{ exporters node; labels rack=r1 }}
}}
check mount-check language=bash version="1.{edition}" interval="1s" timeout="1s" {{
    script "scripts/mount-check.sh"
    param paths type=path-list default="{}"
    metric mount_status help="1 if the path is mounted" {{ labels path }}
}}
policy mount-check group=nodes

// Evaluated where the data is. A scrape or a run that comes late on a busy machine is no mount that came back.
alert MountLost evaluate=prometheus {{
    query "last_over_time(mount_status[30s]) == 0"
    level critical
    labels service=node
    summary "{{{{ $labels.path }}}} is not mounted on {{{{ $labels.instance }}}} (edition {edition})"
}}
// Evaluated over all clusters; its aggregation drops the rack.
alert MountsMissing evaluate=ruler {{
    query "sum by (instance, group, group_id, path) (1 - last_over_time(mount_status[30s])) > ${{threshold}}"
    level warning 0.{edition}
    labels service=node
    summary "{{{{ $value }}}} mount points are missing on {{{{ $labels.instance }}}} (edition {edition})"
}}
// Never fires, so it never arrives.
alert Quiet evaluate=prometheus {{
    query "mount_status > 1"
    level critical
    labels service=node
    summary "cannot be"
}}
{more}

secret caller {{ existing }}
secret kafka-token {{ existing }}
channel cube {{ kafka topic=alerts.cube via=alert-forwarder }}
channel sms {{ kafka topic=alerts.sms via=alert-forwarder }}
channel oncall {{ webhook url="http://127.0.0.1:{oncall}/oncall" }}
channel team {{ webhook url="http://127.0.0.1:{team}/team" }}
forwarder alert-forwarder {{
    upstream "http://127.0.0.1:{first}" "http://127.0.0.1:{second}"
    bearer (secret)kafka-token
    caller (secret)caller
    timeouts connect="1s" read="2s" total="4s"
}}
routing {{
    default team
    group-by "..."
    timing wait="0s" interval="{INTERVAL}s" repeat="4h"
    route cube continue=#true
    route sms continue=#true {{ when severity=critical }}
    route oncall {{ when severity=critical }}
    route team
}}
"#,
        paths.join(",")
    )
}
