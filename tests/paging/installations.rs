//! Several Alertmanagers with one routing, of which some notify by less: what is said of each, against the files it gets.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use alertsmith::expect;
use alertsmith::model::Model;
use alertsmith::paging::{Paging, Values};
use alertsmith::pipeline;
use alertsmith::source::MemoryWorld;
use serde_json::Value;

use crate::support::built;
use crate::support::random::{Random, cases};
use crate::support::run::run;
use crate::support::tools::{Generation, tool};
use crate::support::yaml;

use super::fleet::fleet;

/// The receivers of a file that notify somebody.
fn notifying(config: &str) -> BTreeSet<String> {
    let config = yaml::ours(config);
    let receivers = config["receivers"].as_array().unwrap().iter();
    let some = receivers.filter(|receiver| receiver.as_object().unwrap().keys().any(|key| key.ends_with("_configs")));
    some.map(|receiver| receiver["name"].as_str().unwrap().to_owned()).collect()
}

fn model(spec: &str) -> (Model, Vec<expect::Test>) {
    let compilation = pipeline::check(&MemoryWorld::default().with("alertsmith.kdl", spec));
    let model = compilation.model.unwrap();
    let tests = expect::run(&model, &compilation.provenance).unwrap().tests;
    (model, tests)
}

/// Who is told of every alert of the example at the Alertmanager it is sent to, as amtool and the receivers of that one's
/// file say.
#[test]
fn the_example_is_told_as_its_files_say() {
    let Some(amtool) = tool("amtool", Generation::Newest) else { return };
    let files = built::example("fleet");
    let folder = built::folder(&files);
    let paging = fleet();
    let mut told: BTreeMap<String, usize> = BTreeMap::new();
    let mut vain: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut asked = BTreeSet::new();
    for (index, alert) in paging.alerts.iter().enumerate() {
        let Some(home) = alert.home.clone() else { continue };
        let path = format!("alertmanager/{home}/alertmanager.yaml");
        let notifying = notifying(&files[&path]);
        let received = paging.received(index).unwrap();
        for reached in &received.channels {
            let example = paging.example(index, &reached.witness);
            assert_eq!(
                paging.silent(index, &reached.channel).is_none(),
                notifying.contains(&reached.channel),
                "{} at {home}",
                reached.channel
            );
            if asked.len() >= cases(40)
                || !asked.insert((home.clone(), reached.channel.clone(), alert.severity.clone()))
            {
                continue;
            }
            let labels = example.iter().map(|(name, value)| format!("{name}={value}"));
            let mut command = amtool.command();
            command.args(["config", "routes", "test", "--config.file"]).arg(folder.path().join(&path)).args(labels);
            let said = String::from_utf8(run(&mut command).unwrap().stdout).unwrap();
            let receivers: BTreeSet<&str> = said.trim().split(',').collect();
            assert!(receivers.contains(reached.channel.as_str()), "{example:?}: {said}");
            for channel in receivers {
                match paging.silent(index, channel) {
                    None => {
                        assert!(notifying.contains(channel), "{channel} at {home}");
                        *told.entry(home.clone()).or_default() += 1;
                    }
                    Some(cluster) => {
                        assert!(!notifying.contains(channel) && cluster == home, "{channel} at {home}");
                        vain.entry(home.clone()).or_default().insert(channel.to_owned());
                    }
                }
            }
        }
    }
    assert!(told["cluster-01"] > 5 && told["staging"] > 0, "{told:?}");
    // Production notifies by everything, and staging pages nobody.
    assert_eq!(vain.keys().map(String::as_str).collect::<Vec<_>>(), ["staging"]);
    assert!(vain["staging"].contains("oncall"), "{vain:?}");
}

#[test]
fn what_is_left_of_channels_is_what_is_written() {
    const KINDS: [(&str, &str); 4] = [
        ("webhook", r#"webhook url="http://sink.fleet.example""#),
        ("slack", r##"slack channel="#team" api-url=(secret)token"##),
        ("pagerduty", "pagerduty routing-key=(secret)token"),
        ("kafka", "kafka topic=alerts via=forwarder"),
    ];
    let mut random = Random::seeded("paging-installations", 20_261_121);
    let (mut silent, mut heard, mut holds, mut fails) = (0, 0, 0, 0);
    for _ in 0..cases(40) {
        let mut spec = String::from("project fleet\nsecret token { existing }\n");
        for cluster in ["main", "staging", "lab"] {
            let only: Vec<&str> = KINDS.iter().map(|(name, _)| *name).filter(|_| random.once_in(3)).collect();
            let only = if only.is_empty() { String::new() } else { format!(" {{ only {} }}", only.join(" ")) };
            let parts = format!("prometheus; alertmanager{only}");
            let cluster = format!("cluster {cluster} role=standalone environment={cluster} delivery=files");
            writeln!(spec, "{cluster} {{ {parts} }}").unwrap();
        }
        spec += "forwarder forwarder { upstream \"http://kafka.fleet.example\"; envelope raw; cluster main }\n";
        for channel in ["a", "b", "c"] {
            let some: Vec<&str> = KINDS.iter().map(|(_, text)| *text).filter(|_| random.once_in(3)).collect();
            let some = if some.is_empty() { vec![KINDS[random.below(KINDS.len())].1] } else { some };
            writeln!(spec, "channel {channel} {{ {} }}", some.join("; ")).unwrap();
        }
        spec += "alert Down { query \"sum(up) < 1\"; level critical }\n";
        spec += "routing { default a; route b continue=#true { when severity=critical }; route c { when severity=critical } }\n";
        for cluster in ["main", "staging", "lab"] {
            for channel in ["b", "c"] {
                let about = format!("alert Down cluster={cluster}");
                writeln!(spec, "expect r-{cluster}-{channel} {{ {about}; reaches {channel} }}").unwrap();
                writeln!(spec, "expect n-{cluster}-{channel} {{ {about}; not-reaches {channel} }}").unwrap();
            }
        }
        for channel in ["b", "c"] {
            writeln!(spec, "expect r-any-{channel} {{ alert Down; reaches {channel} }}").unwrap();
            writeln!(spec, "expect n-any-{channel} {{ alert Down; not-reaches {channel} }}").unwrap();
        }
        let files = built::kdl(&spec);
        let (model, tests) = model(&spec);
        let paging = Paging::new(&model).unwrap();
        assert_eq!(paging.alerts.len(), 3);
        let mut somewhere: BTreeMap<&str, bool> = BTreeMap::new();
        let holds_in = |title: String| tests.iter().find(|test| test.title == title).unwrap().failures.is_empty();
        for (index, alert) in paging.alerts.iter().enumerate() {
            let home = alert.home.as_deref().unwrap();
            assert_eq!(alert.labels.get("cluster"), &Values::one(home));
            let notifying = notifying(&files[&format!("alertmanager/{home}/alertmanager.yaml")]);
            for channel in ["b", "c"] {
                let is_heard = notifying.contains(channel);
                assert_eq!(paging.silent(index, channel), (!is_heard).then_some(home), "{channel}\n{spec}");
                assert_eq!(holds_in(format!("r-{home}-{channel}")), is_heard, "{channel}\n{spec}");
                assert_eq!(holds_in(format!("n-{home}-{channel}")), !is_heard, "{channel}\n{spec}");
                *somewhere.entry(channel).or_default() |= is_heard;
                *(if is_heard { &mut heard } else { &mut silent }) += 1;
            }
        }
        for (channel, is_heard) in somewhere {
            assert_eq!(holds_in(format!("r-any-{channel}")), is_heard, "{channel}\n{spec}");
            assert_eq!(holds_in(format!("n-any-{channel}")), !is_heard, "{channel}\n{spec}");
            *(if is_heard { &mut holds } else { &mut fails }) += 1;
        }
    }
    assert!(silent > 20 && heard > 20 && holds > 20 && fails > 0, "{silent} {heard} {holds} {fails}");
}

/// The labels that a Ruler's alerts get are those that its object or its arguments name: none of the cluster's.
#[test]
fn a_ruler_adds_what_is_written_for_it() {
    for (delivery, written) in [("operator", true), ("files", true), ("operator", false), ("files", false)] {
        let kustomize = if written { "delivery { kustomize }\n" } else { "" };
        let spec = format!(
            r#"
project fleet {{ require-labels region }}
secret bucket {{ existing }}
cluster main role=central delivery={delivery} {{
    external-labels region=eu
    prometheus
    thanos {{
        query url="http://query:9090"
        ruler
        object-store bucket=thanos endpoint="s3.fleet.example:9000" config=(secret)bucket
    }}
    alertmanager
}}
{kustomize}channel team {{ webhook url="http://sink.fleet.example" }}
routing {{ default team }}
alert Here evaluate=prometheus {{ query "sum(up) < 1"; level critical }}
alert There evaluate=ruler {{ query "sum(up) < 1"; level critical }}
"#
        );
        let compilation = pipeline::check(&MemoryWorld::default().with("alertsmith.kdl", spec.as_str()));
        let found: Vec<(&str, &str)> = compilation
            .diagnostics
            .iter()
            .filter(|found| found.code.name.ends_with("-label"))
            .map(|found| (found.code.name, found.headline.as_str()))
            .collect();
        // Only of a Ruler that somebody else sets up it is not known.
        let expected = if written {
            ("alert/missing-label", "`There` can never carry the label `region`")
        } else {
            ("alert/unsure-label", "`There` may lack the label `region`")
        };
        assert_eq!(found, [expected], "{spec}");
        let paging = Paging::new(&compilation.model.unwrap()).unwrap();
        let region =
            |name: &str| paging.alerts.iter().find(|alert| alert.name == name).unwrap().labels.get("region").clone();
        assert_eq!(region("Here"), Values::one("eu"));
        assert_eq!(region("There").is_missing(), written);
        assert!(region("There").may_be_missing());
        if !written {
            continue;
        }
        let files = built::kdl(&spec.replace("require-labels region", ""));
        let ruler: Vec<&String> =
            files.iter().filter(|(path, _)| path.contains("thanos-ruler/")).map(|(_, text)| text).collect();
        assert!(!ruler.is_empty(), "{:?}", files.keys());
        for text in ruler {
            assert!(!text.contains("region") && !text.contains("labels: {"), "{text}");
            for label in text.lines().filter(|line| line.contains("--label=")) {
                assert!(label.contains("thanos_ruler_replica"), "{label}");
            }
        }
    }
}

#[test]
fn tells_where_nobody_hears() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/fleet");
    let said = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_alertsmith"));
        String::from_utf8(run(command.args(arguments).args(["--spec", root])).unwrap().stdout).unwrap()
    };
    let nobody = "   nobody   is told: the Alertmanager of cluster `staging` leaves nothing of this channel\n";
    assert!(said(&["explain", "alert", "PodCrashLooping"]).contains(nobody));
    let json: Value =
        serde_json::from_str(&said(&["explain", "alert", "PodCrashLooping", "--format", "json"])).unwrap();
    for rule in json["rules"].as_array().unwrap() {
        for channel in rule["channels"].as_array().unwrap() {
            let slack = ["shop-notify", "platform"].contains(&channel["channel"].as_str().unwrap());
            assert_eq!(channel["notifies"], slack || rule["alertmanager"] == "cluster-01", "{rule:#}");
        }
    }
    let route = said(&["route", "severity=critical", "service=shop-api"]);
    assert!(
        route.contains("   nobody   is told in `staging`, whose Alertmanager leaves nothing of this channel\n"),
        "{route}"
    );
}
