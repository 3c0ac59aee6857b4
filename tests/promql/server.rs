//! Evaluating queries with a running Prometheus, for what `promtool test rules` has no flag for.
//!
//! All blocks stand in one database, one behind the other in time: a query is asked for the time of its block, and sees
//! nothing of the others.

use super::evaluate::{Answer, Series};
use super::generate::{Block, MINUTE, Sample};
use crate::support::http::{free_port, request};
use crate::support::tools::{Generation, tool};
use alertsmith::promql::Feature;
use serde_json::Value;
use std::fmt::Write;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// When the first block begins, in seconds since 1970.
const BEGIN: usize = 1_700_000_000;
/// From one block to the next, in seconds: longer than a query looks back.
const APART: usize = 3600;

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Asks a Prometheus, run with these flags, about all queries of all blocks.
pub fn answers(blocks: &[Block], flags: &[Feature]) -> Option<Vec<Vec<Answer>>> {
    let (prometheus, promtool) = (tool("prometheus", Generation::Newest)?, tool("promtool", Generation::Newest)?);
    let folder = tempfile::tempdir().unwrap();
    let (data, text, config) =
        (folder.path().join("data"), folder.path().join("series.txt"), folder.path().join("prometheus.yml"));
    std::fs::write(&text, open_metrics(blocks)).unwrap();
    std::fs::write(&config, "").unwrap();
    let made =
        promtool.command().args(["tsdb", "create-blocks-from", "openmetrics"]).args([&text, &data]).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    let port = free_port();
    let words: Vec<&str> = flags.iter().map(|flag| flag.flag()).collect();
    let child = prometheus
        .command()
        .arg(format!("--config.file={}", config.display()))
        .arg(format!("--storage.tsdb.path={}", data.display()))
        .arg(format!("--web.listen-address=127.0.0.1:{port}"))
        .arg(format!("--enable-feature={}", words.join(",")))
        .arg("--storage.tsdb.retention.time=99y")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let _running = Running(child);
    let deadline = Instant::now() + Duration::from_mins(1);
    while request(port, "GET", "/-/ready", "").is_err() {
        assert!(Instant::now() < deadline, "Prometheus does not get ready");
        std::thread::sleep(Duration::from_millis(50));
    }
    let asked = |(number, block): (usize, &Block)| {
        let time = BEGIN + number * APART + MINUTE * 60;
        block.queries.iter().map(|query| ask(port, query, time)).collect()
    };
    Some(blocks.iter().enumerate().map(asked).collect())
}

/// The samples of all blocks; of marks of staleness, which the format does not have, only the gap is left.
fn open_metrics(blocks: &[Block]) -> String {
    let mut text = String::new();
    for (number, block) in blocks.iter().enumerate() {
        for (series, samples) in &block.series {
            for (minute, sample) in samples.iter().enumerate() {
                if let Sample::Number(value) = sample {
                    writeln!(text, "{series} {value} {}", BEGIN + number * APART + minute * 60).unwrap();
                }
            }
        }
    }
    text + "# EOF\n"
}

fn ask(port: u16, query: &str, time: usize) -> Answer {
    let escaped: String = query.bytes().fold(String::new(), |text, byte| text + &format!("%{byte:02X}"));
    let Ok(answer) = request(port, "GET", &format!("/api/v1/query?time={time}&query={escaped}"), "") else {
        return Answer::Failed;
    };
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let data = &answer["data"];
    let result = data["result"].as_array().unwrap();
    if data["resultType"] != "vector" {
        return Answer::Results(vec![(Series::new(), result[1].as_str().unwrap().to_owned())]);
    }
    let series = result.iter().map(|series| {
        let labels = series["metric"].as_object().unwrap().iter();
        let labels = labels.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()));
        (labels.collect(), series["value"][1].as_str().unwrap_or_default().to_owned())
    });
    Answer::Results(series.collect())
}
