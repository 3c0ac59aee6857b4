//! What a report says about behaviour, confirmed with the real tools on both builds.
//!
//! A reusable judge: [`Both`] holds the two builds; it asks `amtool` who receives a label set, and `promtool` whether an
//! alert fires for given samples. [`Both::deliveries`] goes through a whole report: every example must be delivered as the
//! report says, and an alert that the report does not mention must be delivered alike on both sides.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use alertsmith::diff::report::{Change, Kind, Report};
use alertsmith::diff::side::Built;
use alertsmith::routing::LabelSet;
use tempfile::TempDir;

use crate::support::run::run;
use crate::support::tools::{Generation, Tool, tool};

/// Two builds, written to folders.
pub struct Both {
    folders: [TempDir; 2],
    amtool: Tool,
    promtool: Tool,
}

/// Sample series with their values, one a minute, and the alert that is asked about.
#[derive(Debug, Clone, Copy)]
pub struct Probe {
    /// Whose rules are asked, such as `prometheus/main`.
    pub evaluator: &'static str,
    pub series: &'static [(&'static str, &'static str)],
    pub alert: &'static str,
    pub severity: &'static str,
    /// In minutes.
    pub at: u32,
    /// Whether it fires before and now.
    pub fires: (bool, bool),
}

impl Both {
    /// Nothing where the tools are missing.
    pub fn new(old: &Built, new: &Built) -> Option<Self> {
        let (amtool, promtool) = (tool("amtool", Generation::Newest)?, tool("promtool", Generation::Newest)?);
        let write = |built: &Built| {
            let folder = tempfile::tempdir().unwrap();
            for (path, file) in &built.rendered.files {
                let path = folder.path().join(path);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, &file.bytes).unwrap();
            }
            folder
        };
        Some(Self { folders: [write(old), write(new)], amtool, promtool })
    }

    fn files(&self, side: usize, ends: &str) -> Vec<PathBuf> {
        let all = walkdir::WalkDir::new(self.folders[side].path()).sort_by_file_name().into_iter();
        let paths = all.map(|entry| entry.unwrap().into_path());
        paths
            .filter(|path| path.to_str().unwrap().contains(ends) && !path.to_str().unwrap().contains("kustomize"))
            .collect()
    }

    /// Who receives an alert on a side, sorted, according to `amtool`.
    pub fn receivers(&self, side: usize, labels: &LabelSet) -> Vec<String> {
        let config = self.files(side, "/alertmanager.yaml").remove(0);
        let mut command = self.amtool.command();
        command.args(["config", "routes", "test", "--config.file"]).arg(config);
        command.args(labels.iter().map(|(name, value)| format!("{name}={value:?}")));
        let output = run(&mut command).unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let said = String::from_utf8(output.stdout).unwrap();
        let mut receivers: Vec<String> = said.trim().split(',').map(str::to_owned).collect();
        receivers.sort();
        receivers
    }

    /// Confirms every delivery of a report, and that alerts it does not mention are delivered alike. The samples are
    /// alerts that the specs can send.
    pub fn deliveries(&self, report: &Report, samples: &[LabelSet]) {
        let is_delivery =
            |change: &&Change| matches!(change.kind, Kind::DeliveryLost | Kind::DeliveryGained | Kind::DeliveryChanged);
        let mut mentioned: BTreeSet<String> = BTreeSet::new();
        for change in report.behaviour.iter().filter(is_delivery) {
            let witness = change.witness.as_ref().unwrap();
            let (before, after) = (self.receivers(0, witness), self.receivers(1, witness));
            // Where the labels of the alert change, an example is an alert of one side only.
            let relabelled = report.behaviour.iter().any(|other| {
                let labels = matches!(other.kind, Kind::LabelChanged | Kind::QueryChanged | Kind::SeverityChanged);
                labels && other.subject.name == change.subject.name
            });
            assert!(relabelled || before != after, "{}: {witness:?}", change.text);
            let field: Vec<&str> =
                change.field.as_deref().unwrap().split(" and ").flat_map(|part| part.split(", ")).collect();
            let (had, has) = match change.kind {
                Kind::DeliveryLost => (&before, &after),
                _ => (&after, &before),
            };
            for name in field {
                let count = |list: &[String]| list.iter().filter(|other| *other == name).count();
                let enough = if relabelled { count(had) > 0 } else { count(had) > count(has) };
                assert!(enough, "{}: {name} {before:?} {after:?}", change.text);
            }
            mentioned.extend(change.alerts.iter().map(|alert| alert.name.clone()));
            mentioned.insert(change.subject.name.clone());
        }
        for labels in samples {
            if labels.get("alertname").is_some_and(|name| mentioned.contains(name)) {
                continue;
            }
            assert_eq!(self.receivers(0, labels), self.receivers(1, labels), "{labels:?} is not mentioned");
        }
    }

    /// Whether an alert fires on a side, according to `promtool test rules`.
    pub fn fires(&self, side: usize, probe: &Probe) -> bool {
        let mut test = "rule_files:\n".to_owned();
        for file in self.files(side, &format!("/{}/rules/", probe.evaluator)) {
            let _ = writeln!(test, "  - {}", file.display());
        }
        test.push_str("tests:\n  - interval: 1m\n    input_series:\n");
        for (series, values) in probe.series {
            let _ = writeln!(test, "      - series: '{series}'\n        values: '{values}'");
        }
        let _ = write!(
            test,
            "    promql_expr_test:\n      - expr: count(ALERTS{{alertname=\"{}\",severity=\"{}\",alertstate=\"firing\"}}) > 0\n        eval_time: {}m\n",
            probe.alert, probe.severity, probe.at
        );
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("test.yml");
        // Rule files of the Ruler say what Prometheus does not know.
        std::fs::write(&file, test).unwrap();
        // The test expects nothing: it passes where the alert does not fire.
        match run(self.promtool.command().args(["test", "rules", "--ignore-unknown-fields"]).arg(&file)) {
            Ok(_) => false,
            Err(said) => {
                assert!(said.contains("got:"), "{said}");
                true
            }
        }
    }

    /// Confirms that an alert fires and does not, as a probe says.
    pub fn probe(&self, probe: &Probe) {
        assert_eq!((self.fires(0, probe), self.fires(1, probe)), probe.fires, "{probe:?}");
    }
}

/// Labels of an alert.
pub fn labels(pairs: &[(&str, &str)]) -> LabelSet {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<BTreeMap<_, _>>()
}
