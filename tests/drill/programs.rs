//! The programs of the drill, started as the overlay would start them: with the files that the build wrote, and the arguments of
//! its workloads. Only addresses and folders are changed, for all of this runs on one machine.

use std::fmt::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use alertsmith::lower::forwarder;
use serde_json::Value;
use tempfile::TempDir;

use super::spec::{Build, CALLER, TOKEN};
use crate::e2e::http;
use crate::e2e::stack::{Running, start};
use crate::support::run::run;
use crate::support::tools::{Generation, Tool, tool};
use crate::support::yaml;

/// What the drill needs; nothing where one of them is missing.
struct Tools {
    alertmanager: Tool,
    exporter: Tool,
    nginx: Tool,
    prometheus: Tool,
    thanos: Tool,
}

impl Tools {
    fn find() -> Option<Self> {
        let find = |name| tool(name, Generation::Newest);
        Some(Self {
            alertmanager: find("alertmanager")?,
            exporter: find("node_exporter")?,
            nginx: find("nginx")?,
            prometheus: find("prometheus")?,
            // The newest one that the cache holds is built without the tag that its calls between parts need.
            thanos: tool("thanos", Generation::Oldest)?,
        })
    }
}

/// The running installation, in the order in which it is taken down: whoever sends goes first.
pub struct Programs {
    pub ruler: Running,
    query: Running,
    _sidecar: Running,
    pub prometheus: Running,
    _exporter: Running,
    _runner: Runner,
    pub alertmanagers: Vec<Running>,
    _forwarder: Running,
    folder: Folder,
}

impl Programs {
    /// Starts everything in a folder of its own; nothing where a program is missing on this machine.
    pub fn start(build: &Build, mounts: &Path) -> Option<Self> {
        let tools = Tools::find()?;
        let folder = Folder::new(build);
        for name in ["a", "b"] {
            std::fs::create_dir_all(mounts.join(name)).unwrap();
            std::fs::write(mounts.join(name).join("mounted"), "").unwrap();
        }
        let forwarder = folder.forwarder(&tools);
        let alertmanagers = folder.alertmanagers(&tools, forwarder.port);
        let runner = folder.runner();
        let exporter = folder.exporter(&tools);
        let prometheus = folder.prometheus(&tools, exporter.port, &alertmanagers);
        let (sidecar, ruler) = (free_port(), free_port());
        let beside = folder.sidecar(&tools, prometheus.port, sidecar);
        let query = folder.query(&tools, [sidecar, ruler]);
        let ruler = folder.ruler(&tools, query.port, ruler, &alertmanagers);
        Some(Self {
            ruler,
            query,
            _sidecar: beside,
            prometheus,
            _exporter: exporter,
            _runner: runner,
            alertmanagers,
            _forwarder: forwarder,
            folder,
        })
    }

    /// Waits until both evaluators see what the script measures.
    pub fn wait_for_data(&self) {
        for port in [self.prometheus.port, self.query.port] {
            let has_data = || {
                let answer = http::get(port, "/api/v1/query?query=mount_status");
                answer.is_some_and(|answer| String::from_utf8_lossy(&answer.body).contains("node-1"))
            };
            super::wait_until("data of the check", self, has_data);
        }
    }

    /// Puts the rules of another build in place and has both evaluators load them.
    pub fn reload(&mut self, build: &Build) {
        self.folder.rules(build);
        for port in [self.prometheus.port, self.ruler.port] {
            let answer = http::post(port, "/-/reload", "", b"");
            assert_eq!(answer.status(), 200, "{answer:?}");
        }
    }

    /// What the programs said, for a drill that fails.
    pub fn logs(&self) -> String {
        let mut text = String::new();
        let entries = std::fs::read_dir(self.folder.root.path()).unwrap().map_while(Result::ok);
        let mut logs: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        logs.sort();
        for log in logs.into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "log")) {
            let said = std::fs::read_to_string(&log).unwrap_or_default();
            let last: Vec<&str> = said.lines().rev().take(12).collect();
            let name = log.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let last: Vec<&str> = last.into_iter().rev().collect();
            writeln!(text, "---- {name}\n{}", last.join("\n")).unwrap();
        }
        text
    }
}

/// A port that nobody listens on.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The runner, which is asked to end so that it takes its scripts along.
struct Runner(Child);

impl Drop for Runner {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
    }
}

/// A folder with the files of a build, each where its program looks for it.
struct Folder {
    root: TempDir,
    /// The objects of the overlay, by file.
    objects: std::collections::BTreeMap<String, Value>,
}

impl Folder {
    fn new(build: &Build) -> Self {
        let root = tempfile::tempdir().unwrap();
        for (path, file) in &build.rendered.files {
            write(&root.path().join("dist").join(path), &file.bytes);
        }
        for (secret, value) in [("caller", CALLER), ("kafka-token", TOKEN)] {
            write(&root.path().join("secrets").join(secret).join("value"), value.as_bytes());
        }
        let overlay = "kustomize/overlays/hq/";
        let paths: Vec<&String> = build
            .rendered
            .files
            .keys()
            .filter(|path| {
                path.starts_with(overlay) && path.ends_with("set.yaml") || path.ends_with("/deployment.yaml")
            })
            .collect();
        let files: Vec<PathBuf> = paths.iter().map(|path| root.path().join("dist").join(path)).collect();
        let documents = yaml::read(&files).unwrap_or_default();
        let objects = paths
            .iter()
            .zip(documents)
            .map(|(path, documents)| (path.trim_start_matches(overlay).to_owned(), documents.unwrap().remove(0)))
            .collect();
        let folder = Self { root, objects };
        folder.rules(build);
        folder
    }

    fn at(&self, path: &str) -> String {
        self.root.path().join(path).to_string_lossy().into_owned()
    }

    fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.at(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Rule files as the evaluators' ConfigMaps would be mounted.
    fn rules(&self, build: &Build) {
        for (from, to) in [("prometheus/hq/rules/", "prometheus-rules"), ("thanos/hq/rules/", "ruler-rules")] {
            for path in build.rendered.files.keys().filter(|path| path.starts_with(from)) {
                let name = path.rsplit('/').next().unwrap_or_default();
                write(&self.root.path().join(to).join(name), build.text(path).as_bytes());
            }
        }
    }

    /// The arguments of a container.
    fn arguments(&self, file: &str, container: &str) -> Vec<String> {
        let object = self.objects.get(file).unwrap_or_else(|| panic!("no {file} in {:?}", self.objects.keys()));
        let containers = object["spec"]["template"]["spec"]["containers"].as_array().unwrap();
        let found = containers.iter().find(|one| one["name"] == container).unwrap();
        found["args"].as_array().unwrap().iter().map(|argument| argument.as_str().unwrap().to_owned()).collect()
    }

    fn forwarder(&self, tools: &Tools) -> Running {
        let own = "dist/forwarder/alert-forwarder";
        for folder in ["run", "includes"] {
            std::fs::create_dir_all(self.at(folder)).unwrap();
        }
        let mut script = Command::new("sh");
        script.arg(self.at(&format!("{own}/10-secrets.sh"))).env("FORWARDER_SECRETS", self.at("secrets"));
        run(script.env("FORWARDER_INCLUDES", self.at("includes"))).expect("the script succeeds");
        let text = self
            .read(&format!("{own}/nginx.conf"))
            .replace(&format!(" {}/", forwarder::RUN), &format!(" {}/", self.at("run")))
            .replace(&format!("{}/", forwarder::INCLUDES), &format!("{}/", self.at("includes")))
            .replace("/dev/stdout", &self.at("forwarder-access.log"));
        start("/healthz", &self.at("forwarder.log"), |port| {
            let path = self.at("nginx.conf");
            std::fs::write(&path, text.replace("listen 8080;", &format!("listen 127.0.0.1:{port};"))).unwrap();
            let mut command = tools.nginx.command();
            command.args(["-e", "stderr", "-p", &self.at(""), "-c", &path]);
            command
        })
    }

    /// Both replicas, each with the other as its peer.
    fn alertmanagers(&self, tools: &Tools, forwarder: u16) -> Vec<Running> {
        let text = self
            .read("dist/alertmanager/hq/alertmanager.yaml")
            .replace("alert-forwarder.monitoring.svc.cluster.local:8080", &format!("127.0.0.1:{forwarder}"))
            .replace(&format!("{}/", alertsmith::lower::alertmanager::SECRETS), &format!("{}/", self.at("secrets")));
        std::fs::write(self.at("alertmanager.yaml"), text).unwrap();
        let gossip = [free_port(), free_port()];
        let one = |replica: usize| {
            start("/-/ready", &self.at(&format!("alertmanager-{replica}.log")), |port| {
                let mut command = tools.alertmanager.command();
                for argument in self.arguments("alertmanager/statefulset.yaml", "alertmanager") {
                    let mut argument = argument
                        .replace("/etc/alertmanager/config", &self.at(""))
                        .replace("=/alertmanager", &format!("={}", self.at(&format!("alertmanager-{replica}"))))
                        .replace("=:9093", &format!("=127.0.0.1:{port}"))
                        .replace("$(POD_IP):9094", &format!("127.0.0.1:{}", gossip[replica]));
                    for (other, gossip) in gossip.iter().enumerate() {
                        let name = format!("alertmanager-{other}.alertmanager.monitoring.svc.cluster.local:9094");
                        argument = argument.replace(&name, &format!("127.0.0.1:{gossip}"));
                    }
                    command.arg(argument);
                }
                command.args([super::WAIT, "--log.level=warn"]);
                command
            })
        };
        vec![one(0), one(1)]
    }

    fn runner(&self) -> Runner {
        std::fs::create_dir_all(self.at("textfile")).unwrap();
        let mut command = Command::new("bash");
        command.arg(self.at("dist/checks/nodes/runner.sh")).args(["--textfile", &self.at("textfile")]);
        let said = std::fs::File::create(self.at("runner.log")).unwrap();
        Runner(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(said).spawn().unwrap())
    }

    fn exporter(&self, tools: &Tools) -> Running {
        start("/metrics", &self.at("node-exporter.log"), |port| {
            let mut command = tools.exporter.command();
            command.args(["--collector.disable-defaults", "--collector.textfile"]);
            command.arg(format!("--collector.textfile.directory={}", self.at("textfile")));
            command.arg(format!("--web.listen-address=127.0.0.1:{port}"));
            command
        })
    }

    fn prometheus(&self, tools: &Tools, exporter: u16, alertmanagers: &[Running]) -> Running {
        let targets = self.read("dist/prometheus/hq/targets/node.json");
        write(
            Path::new(&self.at("targets/node/node.json")),
            targets.replace("127.0.0.1:9100", &format!("127.0.0.1:{exporter}")).as_bytes(),
        );
        let mut text = self
            .read("dist/prometheus/hq/prometheus.yaml")
            .replace("/etc/prometheus/rules", &self.at("prometheus-rules"))
            .replace("/etc/prometheus/targets", &self.at("targets"));
        for (replica, running) in alertmanagers.iter().enumerate() {
            let name = format!("alertmanager-{replica}.alertmanager.monitoring.svc.cluster.local:9093");
            assert!(text.contains(&name), "{text}");
            text = text.replace(&name, &format!("127.0.0.1:{}", running.port));
        }
        std::fs::write(self.at("prometheus.yaml"), text).unwrap();
        start("/-/ready", &self.at("prometheus.log"), |port| {
            let mut command = tools.prometheus.command();
            for argument in self.arguments("prometheus/statefulset.yaml", "prometheus") {
                let argument = argument.replace("/etc/prometheus/config", &self.at(""));
                command.arg(argument.replace("=/prometheus", &format!("={}", self.at("tsdb"))));
            }
            command.arg(format!("--web.listen-address=127.0.0.1:{port}")).env("POD_NAME", "prometheus-0");
            command
        })
    }

    /// A part of Thanos with the arguments of its container; `replace` has what else is different on this machine.
    fn thanos(
        &self,
        tools: &Tools,
        file: &str,
        container: &str,
        grpc: u16,
        replace: &[(String, Vec<String>)],
    ) -> Running {
        start("/-/ready", &self.at(&format!("{container}.log")), |port| {
            let mut command = tools.thanos.command();
            for argument in self.arguments(file, container) {
                if let Some((_, others)) = replace.iter().find(|(known, _)| argument.contains(known.as_str())) {
                    command.args(others);
                    continue;
                }
                let argument = argument
                    .replace("$(POD_NAME)", &format!("{container}-0"))
                    .replace("/var/thanos", &self.at("thanos"))
                    .replace("/etc/thanos/rules", &self.at("ruler-rules"))
                    .replace("=/prometheus", &format!("={}", self.at("tsdb")));
                command.arg(match argument.split_once("=0.0.0.0:") {
                    Some(("--http-address", _)) => format!("--http-address=127.0.0.1:{port}"),
                    Some((flag, _)) => format!("{flag}=127.0.0.1:{grpc}"),
                    None => argument,
                });
            }
            command
        })
    }

    fn sidecar(&self, tools: &Tools, prometheus: u16, grpc: u16) -> Running {
        let url = vec![format!("--prometheus.url=http://127.0.0.1:{prometheus}")];
        self.thanos(
            tools,
            "prometheus/statefulset.yaml",
            "thanos-sidecar",
            grpc,
            &[("--prometheus.url=".to_owned(), url)],
        )
    }

    fn query(&self, tools: &Tools, [sidecar, ruler]: [u16; 2]) -> Running {
        let endpoint = |name: &str, port: u16| {
            (format!("--endpoint=dnssrv+_grpc._tcp.{name}."), vec![format!("--endpoint=127.0.0.1:{port}")])
        };
        let endpoints = [endpoint("thanos-sidecar", sidecar), endpoint("thanos-ruler", ruler)];
        self.thanos(tools, "thanos-query/deployment.yaml", "thanos-query", free_port(), &endpoints)
    }

    fn ruler(&self, tools: &Tools, query: u16, grpc: u16, alertmanagers: &[Running]) -> Running {
        let replicas = alertmanagers.iter().map(|one| format!("--alertmanagers.url=http://127.0.0.1:{}", one.port));
        let replace = [
            (
                "--alertmanagers.url=dns+http://alertmanager.monitoring.svc.cluster.local:9093".to_owned(),
                replicas.collect(),
            ),
            (
                "--query=http://thanos-query.monitoring.svc.cluster.local:9090".to_owned(),
                vec![format!("--query=http://127.0.0.1:{query}")],
            ),
        ];
        self.thanos(tools, "thanos-ruler/statefulset.yaml", "thanos-ruler", grpc, &replace)
    }
}

fn write(path: &Path, bytes: &[u8]) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}
