//! A real Alertmanager on loopback, for one test.

use super::http::{free_port, request};
use super::tools::Tool;
use serde_json::Value;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// A running Alertmanager; it is stopped when this is dropped.
pub struct Alertmanager {
    process: Child,
    folder: tempfile::TempDir,
    port: u16,
}

impl Alertmanager {
    /// Starts `tool` with a configuration, and waits until it answers. Fails with its log when it refuses to load.
    pub fn start(tool: &Tool, config: &str) -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let file = folder.path().join("alertmanager.yml");
        let log = folder.path().join("log");
        std::fs::write(&file, config).map_err(|error| error.to_string())?;
        let port = free_port();
        let output = std::fs::File::create(&log).map_err(|error| error.to_string())?;
        let process = tool
            .command()
            .arg(format!("--config.file={}", file.display()))
            .arg(format!("--storage.path={}", folder.path().join("data").display()))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .args(["--cluster.listen-address=", "--log.level=error"])
            .stdout(Stdio::null())
            .stderr(output)
            .spawn()
            .map_err(|error| error.to_string())?;
        let mut running = Self { process, folder, port };
        let started = Instant::now();
        while running.get("/-/ready").is_err() {
            let ended = running.process.try_wait().map_err(|error| error.to_string())?;
            if ended.is_some() || started.elapsed() > Duration::from_secs(30) {
                return Err(running.log());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(running)
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    fn get(&self, path: &str) -> Result<String, String> {
        request(self.port, "GET", path, "")
    }

    /// The JSON answer of its API.
    pub fn api(&self, path: &str) -> Value {
        serde_json::from_str(&self.get(&format!("/api/v2/{path}")).unwrap()).unwrap()
    }

    /// Gives it another configuration. Fails when it refuses to load that.
    pub fn reload(&self, config: &str) {
        std::fs::write(self.folder.path().join("alertmanager.yml"), config).unwrap();
        request(self.port, "POST", "/-/reload", "").unwrap();
    }

    /// Posts firing alerts, each a map of labels.
    pub fn fire(&self, alerts: &[std::collections::BTreeMap<String, String>]) {
        let alerts: Vec<Value> = alerts.iter().map(|labels| serde_json::json!({ "labels": labels })).collect();
        request(self.port, "POST", "/api/v2/alerts", &Value::from(alerts).to_string()).unwrap();
    }
}

impl Drop for Alertmanager {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
