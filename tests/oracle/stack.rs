//! A small tree of artifacts written by hand, whole and then broken in one place at a time.

use std::fs;

use tempfile::TempDir;

use crate::support::judges::{self, Generation, Outcome, Verdict};

const BOTH: [Generation; 2] = [Generation::Newest, Generation::Oldest];

const RULES: &str = "\
groups:
  - name: gpu
    interval: 30s
    rules:
      - record: gpu:utilization:avg5m
        expr: avg_over_time(gpu_utilization[5m])
      - alert: GpuHot
        expr: gpu_temperature_celsius > 85
        for: 5m
        labels:
          severity: warning
        annotations:
          summary: '{{ $labels.instance }} is at {{ $value }} degrees'
";

const ALERTMANAGER: &str = "\
route:
  receiver: team
  routes:
    - receiver: kafka
      matchers: ['severity=\"critical\"']
      continue: true
receivers:
  - name: team
    slack_configs:
      - api_url_file: /etc/alertmanager/secrets/slack
        channel: '#alerts'
        text: '{{ template \"team\" . }}'
  - name: kafka
    webhook_configs:
      - url: http://forwarder:8080/alerts
templates: [templates/*.tmpl]
";

const NGINX: &str = "\
daemon off;
worker_rlimit_nofile 256;
pid /run/forwarder/nginx.pid;
error_log stderr warn;
events { worker_connections 64; }
http {
    server_tokens off;
    access_log off;
    client_body_temp_path /run/forwarder/body;
    proxy_temp_path /run/forwarder/proxy;
    fastcgi_temp_path /run/forwarder/fcgi;
    uwsgi_temp_path /run/forwarder/uwsgi;
    scgi_temp_path /run/forwarder/scgi;
    resolver 10.96.0.10 valid=5s ipv6=off;
    map $http_authorization $caller_ok { default 0; include /etc/forwarder/inbound; }
    upstream kafka_rest {
        server kafka-rest-0.kafka.svc:8082 max_fails=0;
        server kafka-rest-1.kafka.svc:8082 max_fails=0 backup;
    }
    server {
        listen 127.0.0.1:18480;
        listen 127.0.0.1:18481 ssl;
        ssl_protocols TLSv1.2 TLSv1.3;
        ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256;
        ssl_certificate /etc/forwarder/tls/tls.crt;
        ssl_certificate_key /etc/forwarder/tls/tls.key;
        client_max_body_size 1m;
        client_body_buffer_size 1m;
        location = /alerts {
            if ($caller_ok = 0) { return 401; }
            include /etc/forwarder/kafka-credentials;
            proxy_set_body '{\"records\":[{\"value\":$request_body}]}';
            set $topic alerts;
            proxy_pass http://kafka_rest/topics/$topic;
        }
        location = /other { proxy_pass http://other.example:8082/topics/alerts; }
    }
}
";

const TARGETS: &str = r#"[{"targets": ["gpu-node-01:9100"], "labels": {"group": "ml", "group_id": "7"}}]"#;

const RUNNER: &str = "#!/bin/sh\nset -eu\nfor script in \"$1\"/*.sh; do\n    sh \"$script\"\ndone\n";

const BASE: &str =
    "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [rule.yaml, map.yaml]\n";

const OVERLAY: &str = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: monitoring\nresources: [../../base]\n";

const RULE_OBJECT: &str = "\
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: gpu
spec:
  groups:
    - name: gpu
      rules:
        - alert: GpuHot
          expr: gpu_temperature_celsius > 85
";

const CONFIG_MAP: &str = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: notes
data:
  key: value
  rules.yaml: |
    groups:
      - name: carried
        rules: [{record: carried, expr: up == 1}]
  nginx.conf: |
    pid /run/nginx.pid;
    events {}
    http { access_log off; }
  check.sh: |
    #!/bin/sh
    echo \"$1\"
---
apiVersion: v1
kind: Secret
metadata:
  name: alertmanager
stringData:
  alertmanager.yaml: |
    route: {receiver: nobody}
    receivers: [{name: nobody}]
";

const APPLICATION: &str = "\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: monitoring-eu
  namespace: argocd
spec:
  project: default
  source:
    repoURL: https://git.example/monitoring
    path: kustomize/overlays/eu
  destination:
    server: https://kubernetes.default.svc
    namespace: monitoring
";

const WORKFLOW: &str = "\
name: monitoring
on: [pull_request]
permissions: {}
jobs:
  check:
    runs-on: ubuntu-latest
    permissions: {contents: read}
    steps:
      - uses: actions/checkout@v5
        with: {persist-credentials: false}
      - uses: ./
        with: {path: monitoring}
";

const ACTION: &str = "\
name: check
description: Checks a spec
inputs:
  path: {description: the spec, default: .}
runs:
  using: composite
  steps:
    - shell: bash
      env: {SPEC: '${{ inputs.path }}'}
      run: check \"$SPEC\"
";

/// The whole tree: path and content of every file.
fn files() -> Vec<(&'static str, String)> {
    let thanos_rules =
        RULES.replace("    interval: 30s\n", "    interval: 30s\n    partial_response_strategy: abort\n");
    let files = [
        ("prometheus/eu/rules/gpu.yaml", RULES),
        ("thanos/central/rules/gpu.yaml", &thanos_rules),
        ("prometheus/eu/targets/node.json", TARGETS),
        ("alertmanager/main/alertmanager.yaml", ALERTMANAGER),
        ("alertmanager/main/templates/team.tmpl", "{{ define \"team\" }}{{ .CommonLabels.alertname }}{{ end }}\n"),
        ("forwarder/main/nginx.conf", NGINX),
        ("checks/ml/run.sh", RUNNER),
        ("checks/ml/bundle.json", "{}"),
        ("kustomize/base/kustomization.yaml", BASE),
        ("kustomize/base/rule.yaml", RULE_OBJECT),
        ("kustomize/base/map.yaml", CONFIG_MAP),
        ("kustomize/overlays/eu/kustomization.yaml", OVERLAY),
        ("argocd/eu.yaml", APPLICATION),
        (".github/workflows/monitoring.yml", WORKFLOW),
        ("action.yml", ACTION),
    ];
    files.map(|(path, text)| (path, text.to_owned())).into()
}

fn write(files: &[(&str, String)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

/// The names of the judges whose verdicts fulfil a condition.
fn judges_that(verdicts: &[Verdict], condition: impl Fn(&Outcome) -> bool) -> Vec<&'static str> {
    let mut names: Vec<_> =
        verdicts.iter().filter(|verdict| condition(&verdict.outcome)).map(|verdict| verdict.judge).collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[test]
fn every_judge_accepts_the_whole_tree() {
    let dir = write(&files());
    let verdicts = judges::accepted(dir.path(), &BOTH);
    let spoke = judges_that(&verdicts, |_| true);
    let wanted = [
        "actionlint",
        "amtool check-config",
        "gixy",
        "kustomize build",
        "nginx -t",
        "object schemas",
        "promtool check config",
        "promtool check rules",
        "shellcheck",
        "thanos tools rules-check",
        "zizmor",
    ];
    let absent: Vec<_> = wanted.iter().filter(|judge| !spoke.contains(judge)).collect();
    // Where a tool is absent, judges that build on it are silent.
    let is_whole = judges_that(&verdicts, |outcome| *outcome == Outcome::Skipped).is_empty();
    assert!(absent.is_empty() || !is_whole, "silent: {absent:?}");
}

#[test]
fn an_empty_tree_gets_no_verdict() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(judges::all(dir.path(), &BOTH), []);
}

/// Breaks one file of the tree, and checks that in each generation exactly the judges named reject it.
fn rejected_by(wanted: &[&str], path: &str, from: &str, to: &str) {
    let mut files = files();
    let (_, text) = files.iter_mut().find(|(name, _)| *name == path).unwrap();
    assert!(text.contains(from), "{path} holds no {from:?}");
    *text = text.replacen(from, to, 1);
    // The other parts of the tree are as good as in every other test.
    files.retain(|(name, _)| name.split('/').next() == path.split('/').next());
    let dir = write(&files);
    for generation in BOTH {
        let verdicts = judges::all(dir.path(), &[generation]);
        let rejected = judges_that(&verdicts, |outcome| matches!(outcome, Outcome::Rejected(_)));
        // Where a tool is absent the judges that need it can show nothing; in CI none is absent.
        let is_whole = judges_that(&verdicts, |outcome| *outcome == Outcome::Skipped).is_empty();
        let as_wanted = if is_whole { rejected == wanted } else { rejected.iter().all(|judge| wanted.contains(judge)) };
        assert!(
            as_wanted,
            "{generation:?}, {path} with {to:?} for {from:?}: {rejected:?} and not {wanted:?} reject it"
        );
    }
}

#[test]
fn promtool_rejects_a_broken_query_a_wrong_key_and_a_duplicate() {
    let path = "prometheus/eu/rules/gpu.yaml";
    let by = ["promtool check rules"];
    rejected_by(&by, path, "celsius > 85", "celsius >");
    rejected_by(&by, path, "    interval:", "    intervall:");
    rejected_by(&by, path, "for: 5m", "for: 1.5h");
    let twice = "      - {alert: GpuHot, expr: up, labels: {severity: warning}}\n      - alert: GpuHot";
    rejected_by(&by, path, "      - alert: GpuHot", twice);
    rejected_by(&by, path, "    rules:", "    partial_response_strategy: warn\n    rules:");
}

#[test]
fn thanos_rejects_a_broken_query_and_a_wrong_strategy() {
    let path = "thanos/central/rules/gpu.yaml";
    rejected_by(&["thanos tools rules-check"], path, "celsius > 85", "celsius >");
    rejected_by(&["thanos tools rules-check"], path, "abort", "perhaps");
}

#[test]
fn promtool_rejects_target_groups_that_file_discovery_would_not_read() {
    let path = "prometheus/eu/targets/node.json";
    rejected_by(&["promtool check config"], path, "\"labels\"", "\"label\"");
    rejected_by(&["promtool check config"], path, "\"7\"", "7");
}

#[test]
fn amtool_rejects_an_unknown_receiver_and_a_broken_template() {
    let path = "alertmanager/main/alertmanager.yaml";
    let by = ["amtool check-config"];
    rejected_by(&by, path, "receiver: kafka", "receiver: kafak");
    rejected_by(&by, path, "channel:", "chanel:");
    rejected_by(&by, "alertmanager/main/templates/team.tmpl", "{{ end }}", "");
}

#[test]
fn nginx_rejects_what_it_cannot_read() {
    let path = "forwarder/main/nginx.conf";
    rejected_by(&["nginx -t"], path, "proxy_set_body", "proxy_set_bodi");
    rejected_by(&["nginx -t"], path, "$request_body", "$request_bodi");
    rejected_by(&["nginx -t"], path, "return 401; }", "return 401;");
    rejected_by(&["nginx -t"], path, "client_max_body_size 1m;", "client_max_body_size 1m");
    // A warning only: the second server would never be asked.
    rejected_by(&["nginx -t"], path, "    server {", "    server { listen 127.0.0.1:18480; }\n    server {");
}

#[test]
fn gixy_rejects_what_an_attacker_likes() {
    let path = "forwarder/main/nginx.conf";
    rejected_by(&["gixy"], path, "return 401; }", "return 401; } add_header X-Path $uri;");
}

#[test]
fn workflows_that_do_not_run_or_run_the_code_of_others_are_rejected() {
    let path = ".github/workflows/monitoring.yml";
    rejected_by(&["actionlint"], path, "ubuntu-latest", "ubuntu-newest");
    rejected_by(&["zizmor"], path, "[pull_request]", "[pull_request_target]");
    rejected_by(&["zizmor"], "action.yml", "$SPEC", "${{ inputs.path }}");
}

#[test]
fn kustomize_rejects_an_overlay_that_does_not_build() {
    let path = "kustomize/overlays/eu/kustomization.yaml";
    rejected_by(&["kustomize build"], path, "../../base", "../../bass");
    rejected_by(&["kustomize build"], path, "namespace:", "namespaces:");
    rejected_by(&["kustomize build"], path, "resources: [../../base]", "bases: [../../base]");
}

#[test]
fn schemas_reject_objects_the_api_server_would_not_take_whole() {
    let rule = "kustomize/base/rule.yaml";
    rejected_by(&["object schemas", "promtool check rules"], rule, "alert:", "alertt:");
    rejected_by(&["object schemas", "promtool check rules"], rule, "expr:", "for: five\n          expr:");
    rejected_by(&["object schemas"], "kustomize/base/map.yaml", "key: value", "key: 1");
    rejected_by(&["object schemas"], "argocd/eu.yaml", "project:", "projekt:");
}

#[test]
fn what_objects_carry_is_judged_too() {
    let rule = "kustomize/base/rule.yaml";
    rejected_by(&["promtool check rules"], rule, "> 85", ">> 85");
    let for_thanos = "    - name: thanos\n      partial_response_strategy: warn\n      rules: [{alert: A, expr: 'up >'}]\n    - name: gpu";
    rejected_by(&["thanos tools rules-check"], rule, "    - name: gpu", for_thanos);
    let map = "kustomize/base/map.yaml";
    rejected_by(&["promtool check rules"], map, "up == 1", "up = 1");
    rejected_by(&["nginx -t"], map, "access_log off", "acces_log off");
    rejected_by(&["shellcheck"], map, "\"$1\"", "$1");
    rejected_by(&["amtool check-config"], map, "name: nobody", "name: somebody");
    // `route: {receiver: nobody}` and nothing else, as the data of a Secret.
    rejected_by(
        &["amtool check-config"],
        map,
        "stringData:\n  alertmanager.yaml: |\n",
        "data:\n  alertmanager.yaml: cm91dGU6IHtyZWNlaXZlcjogbm9ib2R5fQo=\nstringData:\n  other: |\n",
    );
}

#[test]
fn a_manifest_that_is_not_true_is_rejected() {
    // SHA-256 of `{}` and a line feed.
    let hash = "ca3d163bab055381827226140568f3bef7eaac187cebd76878e0b63e9e442356";
    let entry = format!("{{\"sha256\":\"{hash}\",\"bytes\":3,\"map\":[[0,2,\"main.kdl:4-9\"]]}}");
    let judged = |manifest: &str| {
        let dir = write(&[("checks/a.json", "{}\n".to_owned()), ("manifest.json", manifest.to_owned())]);
        let verdicts = judges::all(dir.path(), &[Generation::Newest]);
        verdicts.into_iter().find(|verdict| verdict.judge == "manifest").unwrap().outcome == Outcome::Accepted
    };
    let good = format!("{{\"version\":1,\"files\":{{\"checks/a.json\":{entry}}}}}");
    assert!(judged(&good));
    let changes = [
        ("ca3d", "ca3e"),
        (":3,", ":4,"),
        ("[0,2,", "[0,4,"),
        ("4-9", "9-4"),
        ("checks/a.json", "checks/b.json"),
        ("}}}", "}}"),
    ];
    for (from, to) in changes {
        assert!(!judged(&good.replacen(from, to, 1)), "{to:?} for {from:?}");
    }
}

#[test]
fn a_file_that_nobody_opens_is_rejected() {
    let judged = |path: &str, text: &str| {
        let dir = write(&[(path, text.to_owned())]);
        judges_that(&judges::all(dir.path(), &[Generation::Newest]), |outcome| matches!(outcome, Outcome::Rejected(_)))
    };
    for path in ["prometheus/eu/rule/gpu.yaml", "alertmanager/alertmanager.yaml", "kustomize/base/rule.yaml", "notes"] {
        assert_eq!(judged(path, "{}"), ["coverage"], "{path}");
    }
    assert_eq!(judged("checks/ml/bundle.json", "{"), ["coverage"]);
    assert_eq!(judged("checks/ml/bundle.json", "{}"), [""; 0]);
}

#[test]
fn shellcheck_rejects_what_splits_words_and_what_does_not_parse() {
    rejected_by(&["shellcheck"], "checks/ml/run.sh", "sh \"$script\"", "sh $script");
    rejected_by(&["shellcheck"], "checks/ml/run.sh", "\ndone", "");
}
