//! Bundles that are fetched: over HTTP with conditional requests, and from a folder.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use super::{Script, bash, build, model, write};
use crate::e2e::http::Message;
use crate::support::skip;

/// Serves a folder, with an `ETag` for every file, and remembers what it was asked and what it answered.
struct Server {
    port: u16,
    asked: Arc<Mutex<Vec<(String, u16)>>>,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    fn start(folder: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (asked, stopped) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (own, end) = (Arc::clone(&asked), Arc::clone(&stopped));
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if end.load(Ordering::SeqCst) {
                    break;
                }
                own.lock().unwrap().extend(answer(&folder, stream));
            }
        });
        Self { port, asked, stopped, thread: Some(thread) }
    }

    /// What was asked since the last time.
    fn asked(&self) -> Vec<(String, u16)> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn answer(folder: &Path, mut stream: TcpStream) -> Option<(String, u16)> {
    let request = Message::read(&stream)?;
    let path = request.first.split(' ').nth(1)?.trim_start_matches('/').to_owned();
    let (status, tag, body) = match std::fs::read(folder.join(&path)) {
        Err(_) => (404, String::new(), Vec::new()),
        Ok(bytes) => {
            let sum = bytes.iter().fold(7_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte)));
            let tag = format!("\"{sum:x}\"");
            if request.header("if-none-match") == Some(&tag) { (304, tag, Vec::new()) } else { (200, tag, bytes) }
        }
    };
    let head =
        format!("HTTP/1.1 {status} Said\r\nContent-Length: {}\r\nETag: {tag}\r\nConnection: close\r\n\r\n", body.len());
    let _ = stream.write_all(&[head.as_bytes(), &body].concat());
    Some((path, status))
}

/// A place from which bundles are served, and a node.
struct Site {
    folder: tempfile::TempDir,
}

impl Site {
    fn new(scripts: &[Script<'_>]) -> Self {
        let site = Self { folder: tempfile::tempdir().unwrap() };
        site.publish(scripts);
        site
    }

    fn publish(&self, scripts: &[Script<'_>]) {
        let _ = std::fs::remove_dir_all(self.at("checks"));
        write(&build(&model(scripts)), self.folder.path());
    }

    fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn served(&self) -> PathBuf {
        self.at("checks/ml-training")
    }

    fn update(&self, url: &str) -> Output {
        let script = include_str!("../../src/lower/checks/update.sh");
        std::fs::write(self.at("update.sh"), script).unwrap();
        let mut command = Command::new("bash");
        command.arg(self.at("update.sh")).arg(url).arg(self.at("node")).stdin(Stdio::null());
        command.output().unwrap()
    }

    fn installed(&self, path: &str) -> String {
        std::fs::read_to_string(self.at("node").join(path)).unwrap_or_default()
    }
}

fn has_curl() -> bool {
    let found =
        Command::new("curl").arg("--version").stdout(Stdio::null()).status().is_ok_and(|status| status.success());
    if !found {
        skip::missing("curl");
    }
    found
}

#[test]
fn only_what_has_changed_is_fetched_and_only_when_it_has() {
    if !has_curl() {
        return;
    }
    let site = Site::new(&[bash("a", "echo 'value 1'"), bash("b", "echo 'value 2'")]);
    let server = Server::start(site.served());
    let url = format!("http://127.0.0.1:{}/", server.port);

    let first = site.update(&url);
    assert!(first.status.success(), "{first:?}");
    assert_eq!(site.installed("scripts/a.sh"), "echo 'value 1'");
    assert!(site.at("node").is_symlink());
    assert!(server.asked().len() > 5);

    let again = site.update(&url);
    assert!(again.status.success(), "{again:?}");
    assert_eq!(server.asked(), [("SHA256SUMS".to_owned(), 304)]);

    site.publish(&[bash("a", "echo 'value 3'"), bash("b", "echo 'value 2'")]);
    assert!(site.update(&url).status.success());
    let asked: Vec<String> = server.asked().into_iter().map(|(path, _)| path).collect();
    assert_eq!(asked, ["SHA256SUMS", "checks.list", "scripts/a.sh"]);
    assert_eq!(site.installed("scripts/a.sh"), "echo 'value 3'");
    let versions =
        std::fs::read_dir(site.at("node.d")).unwrap().map_while(Result::ok).filter(|one| one.path().is_dir());
    assert_eq!(versions.count(), 1, "old versions are removed");
}

/// Breaks what is served.
type Break<'a> = &'a dyn Fn();

#[test]
fn a_bundle_that_is_not_whole_changes_nothing() {
    let site = Site::new(&[bash("a", "echo 'value 1'")]);
    let url = format!("file://{}", site.served().display());
    assert!(site.update(&url).status.success());
    site.publish(&[bash("a", "echo 'value 2'")]);
    let sums = site.served().join("SHA256SUMS");
    let good = std::fs::read_to_string(&sums).unwrap();
    let cases: [(&str, Break<'_>); 6] = [
        ("is not what SHA256SUMS says", &|| {
            std::fs::write(site.served().join("scripts/a.sh"), "echo 'value 9'").unwrap();
        }),
        ("cannot fetch", &|| std::fs::remove_file(site.served().join("scripts/a.sh")).unwrap()),
        ("cannot be read", &|| std::fs::write(&sums, good.replace("scripts/a.sh", "../../evil.sh")).unwrap()),
        ("cannot be read", &|| std::fs::write(&sums, good.replace("scripts/a.sh", "scripts/.evil")).unwrap()),
        ("cannot be read", &|| std::fs::write(&sums, "<html>not here</html>\n").unwrap()),
        ("has no checks.list", &|| {
            let lines: Vec<&str> = good.lines().filter(|line| !line.ends_with("checks.list")).collect();
            std::fs::write(&sums, lines.join("\n") + "\n").unwrap();
        }),
    ];
    for (reason, make) in cases {
        site.publish(&[bash("a", "echo 'value 2'")]);
        make();
        let output = site.update(&url);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(reason), "{reason}: {said}");
        assert_eq!(site.installed("scripts/a.sh"), "echo 'value 1'", "{reason}");
    }
    site.publish(&[bash("a", "echo 'value 2'")]);
    assert!(site.update(&url).status.success(), "the next one that is whole is taken");
    assert_eq!(site.installed("scripts/a.sh"), "echo 'value 2'");
}

#[test]
fn a_folder_that_was_copied_by_hand_makes_room_and_the_runner_takes_up_the_new_one() {
    let site = Site::new(&[bash("a", "echo 'value 1'")]);
    let copied = Command::new("cp").arg("-r").arg(site.served()).arg(site.at("node")).status().unwrap();
    assert!(copied.success());
    site.publish(&[bash("a", "echo 'value 2'")]);
    assert!(site.update(&format!("file://{}", site.served().display())).status.success());
    assert!(site.at("node").is_symlink());
    std::fs::create_dir(site.at("textfile")).unwrap();
    let mut runner = Command::new("bash");
    runner.arg(site.at("node").join("runner.sh")).args(["--once", "--textfile"]).arg(site.at("textfile"));
    assert!(runner.stdin(Stdio::null()).status().unwrap().success());
    let prom = std::fs::read_to_string(site.at("textfile/a.prom")).unwrap();
    assert!(prom.contains("value 2\n"), "{prom}");
}

#[test]
fn two_updates_do_not_run_at_once() {
    let site = Site::new(&[bash("a", "echo 'value 1'")]);
    std::fs::create_dir(site.at("node.d")).unwrap();
    let mut holder = Command::new("flock");
    holder.arg(site.at("node.d/.lock")).args(["sleep", "60"]);
    let mut holder = holder.stdin(Stdio::null()).spawn().unwrap();
    let is_held = || {
        Command::new("flock")
            .arg("--nonblock")
            .arg(site.at("node.d/.lock"))
            .arg("true")
            .status()
            .is_ok_and(|status| !status.success())
    };
    super::runner::wait_until("the lock", is_held);
    let output = site.update(&format!("file://{}", site.served().display()));
    let _ = holder.kill();
    let _ = holder.wait();
    assert!(String::from_utf8_lossy(&output.stderr).contains("another update is running"), "{output:?}");
    assert!(!site.at("node").exists());
}
