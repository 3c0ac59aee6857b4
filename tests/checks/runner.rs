//! The runner as it is emitted, with good, bad and hostile scripts; node_exporter reads what it leaves.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use alertsmith::ast::check::ScriptLanguage;
use tempfile::TempDir;

use super::{Script, bash, build, model, write};
use crate::support::tools::{Generation, tool};

/// A node: a bundle, and the folder that node_exporter reads.
pub(super) struct Node {
    pub(super) folder: TempDir,
}

impl Node {
    pub(super) fn new(scripts: &[Script<'_>]) -> Self {
        let node = Self { folder: tempfile::tempdir().unwrap() };
        std::fs::create_dir(node.textfile()).unwrap();
        node.install(scripts);
        node
    }

    pub(super) fn install(&self, scripts: &[Script<'_>]) {
        write(&build(&model(scripts)), self.folder.path());
    }

    pub(super) fn bundle(&self) -> PathBuf {
        self.folder.path().join("checks/ml-training")
    }

    pub(super) fn textfile(&self) -> PathBuf {
        self.folder.path().join("textfile")
    }

    pub(super) fn runner(&self) -> Command {
        let mut command = Command::new("bash");
        command.arg(self.bundle().join("runner.sh")).arg("--textfile").arg(self.textfile());
        command.env("TMPDIR", self.folder.path()).current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }

    /// Runs every check once; nothing but the bundle and the `.prom` files is left behind.
    pub(super) fn once(&self) -> Output {
        let before = self.beside();
        let output = self.runner().arg("--once").output().unwrap();
        assert_eq!(self.beside(), before);
        output
    }

    fn beside(&self) -> Vec<String> {
        sorted_names(self.folder.path())
    }

    pub(super) fn prom(&self, check: &str) -> String {
        std::fs::read_to_string(self.textfile().join(format!("{check}.prom"))).unwrap_or_default()
    }

    pub(super) fn names(&self) -> Vec<String> {
        sorted_names(&self.textfile()).into_iter().filter(|name| name != ".alertsmith.lock").collect()
    }
}

fn sorted_names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Every metric of our own in a `.prom` file that does not change from run to run.
pub(super) fn health(prom: &str) -> (bool, i64, bool) {
    let value = |name: &str| {
        let line = prom.lines().find(|line| line.starts_with(&format!("alertsmith_check_{name}{{")));
        line.unwrap_or_else(|| panic!("no {name} in {prom}")).rsplit(' ').next().unwrap().parse::<i64>().unwrap()
    };
    (value("success") == 1, value("exit_status"), value("output_rejected") == 1)
}

/// The samples that the check itself printed.
pub(super) fn samples(prom: &str) -> Vec<&str> {
    prom.lines().filter(|line| !line.starts_with('#') && !line.starts_with("alertsmith_check_")).collect()
}

#[test]
fn good_scripts_are_published_with_the_declared_help_and_type() {
    let mut shell = bash(
        "mount-check",
        "IFS=, read -ra all <<<\"$CHECK_PATHS\"\nfor one in \"${all[@]}\"; do\n  echo \"mount_status{path=\\\"$one\\\"} 1\"\ndone\n",
    );
    shell.params = &[("paths", "/data,/mnt/models")];
    shell.metrics = &[("mount_status", &["path"])];
    let python = Script {
        name: "gpu 온도",
        language: ScriptLanguage::Python,
        text: "import json, os, sys\nconfig = json.load(sys.stdin)\nassert os.environ['CHECK_TEXT'] == config['text']\n\
               print('# HELP gpu_temp mine')\nprint('# TYPE gpu_temp counter')\n\
               print('gpu_temp{b=\"x\", a=\"%s\",} %s' % (config['text'].encode('unicode_escape').decode().replace('\\\\', '/').replace('\"', ''), config['limit']))\n",
        timeout: 20,
        params: &[("limit", "2.50"), ("text", "a b\"'$(touch pwned)`touch pwned`\\n\n\\\\é ;\t*")],
        metrics: &[("gpu_temp", &["a", "b"])],
    };
    let node = Node::new(&[shell, python]);
    let output = node.once();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let mount = node.prom("mount-check");
    assert_eq!(samples(&mount), ["mount_status{path=\"/data\"} 1", "mount_status{path=\"/mnt/models\"} 1"]);
    assert!(mount.contains("# HELP mount_status A metric of a node check.\n# TYPE mount_status gauge\nmount_status{"));
    assert!(mount.ends_with('\n'));
    let gpu = node.prom("gpu-uc628-ub3c4");
    assert_eq!(samples(&gpu), ["gpu_temp{a=\"a b'$(touch pwned)`touch pwned`//n/n/////xe9 ;/t*\",b=\"x\"} 2.5"]);
    assert!(gpu.contains("# TYPE gpu_temp gauge") && !gpu.contains("counter"));
    assert!(gpu.contains("alertsmith_check_success{check=\"gpu 온도\"} 1"));
    assert_eq!(node.names(), ["gpu-uc628-ub3c4.prom", "mount-check.prom"]);
}

#[test]
fn output_is_published_as_a_whole_or_not_at_all() {
    let cases: &[(&str, &str, &str)] = &[
        ("no-value", "echo 'value 1'; echo 'value{kind=\"a\"}'", "line 2 is not a sample"),
        ("stamp", "echo 'value 1 1700000000000'", "not a sample"),
        ("words", "echo 'disk is fine'", "not a sample"),
        ("number", "echo 'value 1,5'", "not a number"),
        ("hex", "echo 'value 0x10'", "not a number"),
        ("other", "echo 'value 1'; echo 'node_load1 3'", "node_load1, which the check does not declare"),
        ("own", "echo 'alertsmith_check_success 1'", "which the check does not declare"),
        ("label", "echo 'value{host=\"a\"} 1'", "label host, which the check does not declare"),
        ("quote", "echo 'value{kind=\"a} 1'", "labels that cannot be read"),
        ("escape", "echo 'value{kind=\"a\\d\"} 1'", "labels that cannot be read"),
        ("twice", "echo 'value{kind=\"a\",kind=\"b\"} 1'", "label kind twice"),
        ("series", "echo 'value{kind=\"a\"} 1'; echo 'value{kind=\"a\",} 2'", "repeats the series of line 1"),
        ("nul", "printf 'value 1\\n\\0'", "NUL byte"),
        ("latin", "printf 'value{kind=\"\\xe9\"} 1\\n'", "not UTF-8"),
        ("surrogate", "printf 'value{kind=\"\\xed\\xa0\\x80\"} 1\\n'", "not UTF-8"),
        ("long", "printf 'value{kind=\"%010000d\"} 1\\n' 0", "longer than 8192 bytes"),
        ("endless", "while :; do echo 'value 1'; done", "longer than 262144 bytes"),
    ];
    let scripts: Vec<Script<'_>> = cases.iter().map(|(name, text, _)| bash(name, text)).collect();
    let node = Node::new(&scripts);
    let said = String::from_utf8_lossy(&node.once().stderr).into_owned();
    for (name, _, reason) in cases {
        let line = said.lines().find(|line| line.starts_with(&format!("{name}: "))).unwrap_or_else(|| panic!("{said}"));
        assert!(line.contains("not accepted") && line.contains(reason), "{line}");
        let prom = node.prom(name);
        assert_eq!(samples(&prom), [""; 0], "{name}");
        let (success, _, rejected) = health(&prom);
        assert!(!success && rejected, "{prom}");
    }
}

#[test]
fn unusual_but_right_output_is_published() {
    let cases: &[(&str, &str, &[&str])] = &[
        ("no-break", "printf 'value 1'", &["value 1"]),
        ("windows", "printf 'value 1\\r\\n'", &["value 1"]),
        ("nothing", "true", &[]),
        ("comments", "echo; echo '# value x'; echo '  '", &[]),
        (
            "numbers",
            "echo 'value{kind=\"a\"} +Inf'; echo 'value{kind=\"b\"} -1.5e-3'; echo 'value NaN'",
            &["value{kind=\"a\"} +Inf", "value{kind=\"b\"} -1.5e-3", "value NaN"],
        ),
        ("braces", "echo 'value { kind = \"a} b=\\\"{\\\\ \" } 1'", &["value{kind=\"a} b=\\\"{\\\\ \"} 1"]),
        ("shell", "echo 'value{kind=\"]$(touch pwned)${IFS}\"} 1'", &["value{kind=\"]$(touch pwned)${IFS}\"} 1"]),
        ("messages", "head -c 200000 /dev/zero >&2; echo 'value 1'", &["value 1"]),
        ("korean", "echo 'value{kind=\"온도\"} 1'", &["value{kind=\"온도\"} 1"]),
    ];
    let scripts: Vec<Script<'_>> = cases.iter().map(|(name, text, _)| bash(name, text)).collect();
    let node = Node::new(&scripts);
    let said = String::from_utf8_lossy(&node.once().stderr).into_owned();
    assert_eq!(said, "");
    for (name, _, published) in cases {
        assert_eq!(samples(&node.prom(name)), *published, "{name}");
    }
}

#[test]
fn scripts_that_fail_or_hang_are_ended_and_harm_nobody_else() {
    // Numbers by which the processes of this very test are found again.
    let [slow_sleep, hang_sleep, child_sleep] = [5, 6, 7].map(|last| format!("sleep {}{last}", std::process::id()));
    let child = format!("{child_sleep} & echo 'value 1'");
    let hang = format!("trap '' TERM; {hang_sleep} & while :; do sleep 1; done");
    let mut hanging = bash("hanging", &hang);
    hanging.timeout = 1;
    let slow_text = format!("echo 'value 1'; {slow_sleep}");
    let mut slow = bash("slow", &slow_text);
    slow.timeout = 1;
    let node = Node::new(&[
        hanging,
        slow,
        bash("leaves-child", &child),
        bash("fails", "echo 'value 1'; echo 'no such device' >&2; exit 3"),
        bash("killed", "echo 'value 1'; kill -KILL $$"),
        bash("syntax", "if then"),
        bash("good", "echo 'value 1'"),
    ]);
    let begun = Instant::now();
    let said = String::from_utf8_lossy(&node.once().stderr).into_owned();
    assert!(begun.elapsed() < Duration::from_secs(30), "took {:?}", begun.elapsed());
    let of = |name: &str| health(&node.prom(name));
    assert_eq!(of("hanging"), (false, 137, false));
    assert_eq!(of("slow"), (false, 124, false));
    assert_eq!(of("leaves-child"), (true, 0, false));
    assert_eq!(of("fails"), (false, 3, false));
    assert_eq!(of("killed"), (false, 137, false));
    assert_eq!(of("syntax"), (false, 2, false));
    assert_eq!(of("good"), (true, 0, false));
    assert_eq!(samples(&node.prom("fails")), [""; 0]);
    assert!(said.contains("hanging: stopped after 1.000 s"), "{said}");
    assert!(said.contains("killed: ended with status 137"), "{said}");
    assert!(said.contains("fails: ended with status 3: no such device"), "{said}");
    let processes = Command::new("ps").args(["-eo", "args"]).output().unwrap().stdout;
    let processes = String::from_utf8_lossy(&processes).into_owned();
    for left in [slow_sleep, hang_sleep, child_sleep] {
        assert!(!processes.contains(&left), "{left} is still there");
    }
}

#[test]
fn a_changed_script_is_not_run() {
    let node = Node::new(&[bash("a", "echo 'value 1'")]);
    std::fs::write(node.bundle().join("scripts/a.sh"), "echo 'value 2'").unwrap();
    let said = node.once().stderr;
    assert_eq!(health(&node.prom("a")), (false, 126, false));
    assert!(String::from_utf8_lossy(&said).contains("not the file that the bundle was made with"));
}

#[test]
fn files_of_checks_that_left_are_removed_and_those_of_others_stay() {
    let node = Node::new(&[bash("a", "echo 'value 1'"), bash("b", "echo 'value{kind=\"b\"} 1'")]);
    std::fs::write(node.textfile().join("other.prom"), "other 1\n").unwrap();
    std::fs::write(node.textfile().join(".alertsmith.a.part"), "half").unwrap();
    node.once();
    assert_eq!(node.names(), ["a.prom", "b.prom", "other.prom"]);
    node.install(&[bash("b", "echo 'value 1'")]);
    node.once();
    assert_eq!(node.names(), ["b.prom", "other.prom"]);
}

#[test]
fn one_folder_has_one_runner_which_repeats_checks_until_it_is_stopped() {
    let node = Node::new(&[bash("a", "echo 'value 1'; echo run >>\"$TMPDIR/runs\"")]);
    let list = node.bundle().join("checks.list");
    let faster = std::fs::read_to_string(&list).unwrap().replace("interval 60000", "interval 1000");
    std::fs::write(list, faster).unwrap();
    let mut first = Stopped(node.runner().stderr(Stdio::null()).spawn().unwrap());
    let runs = || std::fs::read_to_string(node.folder.path().join("runs")).unwrap_or_default().lines().count();
    wait_until("two runs", || runs() >= 2);
    let second = node.once();
    assert_eq!(second.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&second.stderr).contains("another runner"));
    Command::new("kill").arg(first.0.id().to_string()).status().unwrap();
    assert!(first.0.wait().unwrap().success());
    assert!(node.once().status.success());
}

#[test]
fn node_exporter_reads_every_file() {
    let Some(exporter) = tool("node_exporter", Generation::Oldest) else { return };
    let node = Node::new(&[
        bash("good", "echo 'value{kind=\"a\"} 1'; printf 'value{kind=\"온도 \\\\\\\\ \\\\\"\"} +Inf'"),
        bash("shares", "echo '# HELP value other words'; echo 'value{kind=\"b\"} 2'"),
        bash("broken", "echo 'value{kind=\"c\" 3'"),
        bash("fails", "exit 1"),
    ]);
    node.once();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = exporter.command();
    command.args(["--collector.disable-defaults", "--collector.textfile"]);
    command.arg(format!("--collector.textfile.directory={}", node.textfile().display()));
    command.arg(format!("--web.listen-address=127.0.0.1:{port}")).stderr(Stdio::null()).stdout(Stdio::null());
    let _exporter = Stopped(command.spawn().unwrap());
    wait_until("node_exporter to listen", || TcpStream::connect(("127.0.0.1", port)).is_ok());
    let metrics = scrape(port);
    assert!(metrics.contains("\nnode_textfile_scrape_error 0\n"), "{metrics}");
    for expected in [
        "value{kind=\"a\"} 1",
        "value{kind=\"온도 \\\\ \\\"\"} +Inf",
        "value{kind=\"b\"} 2",
        "alertsmith_check_success{check=\"good\"} 1",
        "alertsmith_check_success{check=\"shares\"} 1",
        "alertsmith_check_success{check=\"broken\"} 0",
        "alertsmith_check_success{check=\"fails\"} 0",
        "alertsmith_check_exit_status{check=\"fails\"} 1",
    ] {
        assert!(metrics.lines().any(|line| line == expected), "no {expected} in {metrics}");
    }
    assert!(!metrics.contains("kind=\"c\""));
}

fn scrape(port: u16) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// Waits for at most a minute.
#[track_caller]
pub(super) fn wait_until(what: &str, mut happened: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !happened() {
        assert!(begun.elapsed() < Duration::from_mins(1), "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A process that does not outlive its test.
pub(super) struct Stopped(pub(super) Child);

impl Drop for Stopped {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
