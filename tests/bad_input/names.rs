//! Names and texts that would break YAML, nginx, shell or PromQL if they were pasted.
//!
//! A spec that uses every kind is changed one text at a time: wherever the text stands, it becomes a hostile one. The change must be
//! refused with a place, or build. Then all changes that build are made together, and the real tools judge what comes of it.

use std::collections::{BTreeMap, BTreeSet};

use alertsmith::diagnostic::{Diagnostic, Level, Sink};
use alertsmith::output::{Manifest, OsDisk, Rendered, plan};
use alertsmith::pipeline::{self, Compilation};
use alertsmith::source::{FileId, MemoryWorld};
use alertsmith::syntax::{Node, Scalar, ScalarKind, kdl};
use rayon::prelude::*;

use crate::support::judges::{self, Generation};

/// Every kind, with a text of its own for each thing that a user names.
const SPEC: &str = r##"
project shop { require-labels service }
cluster main role=central environment=prod namespace=watch {
    external-labels site=hall
    rule-selector release=stack
    prometheus replicas=2 replica-label=replica retention="15d"
    thanos { receive url="http://receive.example:19291/api/v1/receive"; query url="http://query.example:9090"; ruler }
    alertmanager secret=am-config external-url="https://am.example" {
        smtp smarthost="smtp.example:587" from="from@shop.example" username=mailer password=(secret)smtp-password
    }
}
cluster leaf role=edge { prometheus mode=agent remote-write=main }
group web id=g-1 owner="owner@shop.example" {
    clusters leaf
    group inner id=g-2 { target web-01 address="10.0.0.1" { exporters node; labels rack=r1 } }
}
alert Busy unit=percent {
    query "avg by (instance, group, group_id) (rate(cpu{mode=\"${mode}\"}[5m])) > ${threshold}"
    param mode type=string default=idle
    level warning 80
    level critical 90
    labels service=cpu
    summary "summary of {{ $labels.instance }}"
    description "a description"
    runbook "https://runbooks.example/busy"
    annotations dashboard=grafana
}
threshold Busy group=inner where="rack=r1" { level warning 70 }
threshold Busy group=web { params mode=user }
record "busy:ratio" { query "rate(cpu[5m])"; labels by=shop-team }
external Other source=grafana { labels service=other; values { severity critical }; open instance }
channel team {
    webhook url="http://team.example/hook"
    email to="to@shop.example"
    slack channel="#shop" api-url=(secret)slack-url title="a title"
    kafka topic=alerts.shop via=carrier
}
channel second { webhook url="http://second.example/hook" }
forwarder carrier {
    upstream "https://kafka.example:8443"
    basic (secret)kafka-login
    tls ca=(secret)kafka-ca server-name=kafka.internal
    headers X-From=shop-header
}
routing {
    default team
    group-by alertname service
    route second { when team=shop-squad kind=(regex)"a.*"; mute-during nights }
    inhibit { source severity=critical; target severity=warning; equal service }
}
calendar nights timezone="Asia/Seoul" { hours "02:00-04:00" }
check disks language=bash version="1.0.0" {
    script "disks.sh"
    param where default="/data"
    metric disk_ok help="Whether it is fine" { labels path }
}
policy disks group=inner where="/mnt"
alert DiskLost { query "disk_ok == 0"; level critical; labels service=disk }
secret smtp-password { external-secret store=vault key="path/smtp" property=pass }
secret slack-url { external-secret store=vault key="path/slack" }
secret kafka-login { existing name=kafka-secret }
secret kafka-ca key="ca.crt" { existing name=ca-secret }
delivery {
    kustomize { labels part=of-shop }
    argocd repo="https://git.example/shop.git" path=built revision=stable project=argo-shop namespace=argo
}
expect "busy is told" { alert Busy severity=critical; reaches team }
"##;

/// Each is put behind a letter, and a letter behind it, so that it stands in the middle of the text.
const HOSTILE: [&str; 6] = ["\"'", "{}[]", ";$(id)`id`&|<>", "\nb: c\n  - d\n", "\\\" \\n \\", "#%!@*?,: - /../"];

fn world(spec: &str) -> MemoryWorld {
    MemoryWorld::default()
        .with("alertsmith.kdl", spec)
        .with("disks.sh", "#!/usr/bin/env bash\necho 'disk_ok{path=\"/\"} 1'\n")
}

/// The texts of the spec that users choose, each with the places where it stands.
fn texts(spec: &str) -> BTreeMap<String, Vec<std::ops::Range<usize>>> {
    fn collect(node: &Node, found: &mut Vec<Scalar>) {
        found.extend(node.arguments.iter().cloned());
        node.members.iter().for_each(|member| collect(member, found));
    }
    let tree = kdl::read(FileId(0), spec, &mut Sink::default());
    let mut scalars = Vec::new();
    tree.nodes.iter().for_each(|node| collect(node, &mut scalars));
    let mut texts: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for scalar in scalars.iter().filter(|scalar| matches!(scalar.kind, ScalarKind::Plain | ScalarKind::Quoted)) {
        texts.entry(scalar.text.as_str().to_owned()).or_default().push(scalar.text.span().range());
    }
    texts
}

/// The spec with some of its texts made hostile, each wherever it stands.
fn hostile(texts: &BTreeMap<String, Vec<std::ops::Range<usize>>>, chosen: &BTreeSet<&String>, what: &str) -> String {
    let mut edits: Vec<(std::ops::Range<usize>, &String)> =
        chosen.iter().flat_map(|text| texts[*text].iter().map(|range| (range.clone(), *text))).collect();
    edits.sort_by_key(|(range, _)| range.start);
    let mut spec = SPEC.to_owned();
    for (range, text) in edits.into_iter().rev() {
        let new = format!("{text}{what}z");
        let escaped = new.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        spec.replace_range(range, &format!("\"{escaped}\""));
    }
    spec
}

fn errors(compilation: &Compilation) -> Vec<&Diagnostic> {
    compilation.diagnostics.iter().filter(|diagnostic| diagnostic.level == Level::Error).collect()
}

/// Builds; a finding at error level must have a place.
fn build(spec: &str) -> Option<(Compilation, Rendered)> {
    let (compilation, rendered) = pipeline::build(&world(spec));
    for error in errors(&compilation) {
        assert!(error.primary.is_some(), "`{}` has no place: {}\n{spec}", error.code.name, error.headline);
    }
    assert_eq!(rendered.is_some(), errors(&compilation).is_empty(), "nothing is written, and nobody says why\n{spec}");
    rendered.map(|rendered| (compilation, rendered))
}

#[test]
fn the_spec_with_every_kind_builds() {
    let (compilation, _) = pipeline::build(&world(SPEC));
    let said: Vec<&str> = errors(&compilation).iter().map(|error| error.headline.as_str()).collect();
    assert!(said.is_empty(), "{said:?}");
}

#[test]
fn hostile_names_are_refused_or_harmless() {
    let texts = texts(SPEC);
    let mut judged = 0;
    for what in HOSTILE {
        let builds = |text: &&String| build(&hostile(&texts, &BTreeSet::from([*text]), what)).is_some();
        let good: Vec<&String> = texts.keys().collect::<Vec<_>>().into_par_iter().filter(builds).collect();
        assert!(good.len() > 5, "hardly anything takes {what:?}: {good:?}");
        let mut open = good;
        while !open.is_empty() {
            // Together they may be refused, where one needs another unchanged; those wait for the next round.
            let (mut chosen, mut waiting) = (BTreeSet::new(), Vec::new());
            if build(&hostile(&texts, &open.iter().copied().collect(), what)).is_some() {
                chosen.extend(open.iter().copied());
            } else {
                for text in open {
                    chosen.insert(text);
                    if build(&hostile(&texts, &chosen, what)).is_none() {
                        chosen.remove(text);
                        waiting.push(text);
                    }
                }
            }
            let (compilation, rendered) = build(&hostile(&texts, &chosen, what)).unwrap();
            let manifest = Manifest::of(&rendered, &compilation.provenance, &compilation.sources);
            let folder = tempfile::tempdir().unwrap();
            plan(&OsDisk, folder.path(), &rendered, &manifest, false)
                .unwrap()
                .apply(&OsDisk, &rendered, || {})
                .unwrap();
            eprintln!("{what:?} in {chosen:?}");
            judges::accepted(folder.path(), &[Generation::Newest]);
            judged += chosen.len();
            open = waiting;
        }
    }
    assert!(judged > 100, "only {judged} texts were judged");
}
