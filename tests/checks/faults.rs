//! Faults of the node itself: a disk that is full, a clock that jumps, output without end, and a second runner.

use std::path::Path;
use std::process::{Command, Stdio};

use super::bash;
use super::runner::{Node, Stopped, health, samples, wait_until};
use crate::support::run::run;
use crate::support::skip;

#[test]
fn a_hundred_megabytes_are_cut_off_whatever_the_script_does_about_it() {
    let ignores = "trap '' PIPE; yes 'value 1' 2>/dev/null | head -c 104857600; echo; sleep 0.1";
    let node = Node::new(&[
        bash("large", "yes 'value 1' | head -c 104857600"),
        bash("ignores", ignores),
        bash("one-line", "head -c 104857600 /dev/zero | tr '\\0' 'a'"),
        bash("good", "echo 'value 1'"),
    ]);
    let said = String::from_utf8_lossy(&node.once().stderr).into_owned();
    for name in ["large", "ignores", "one-line"] {
        let (success, _, rejected) = health(&node.prom(name));
        assert!(!success && rejected, "{name}: {said}");
        assert!(node.prom(name).len() < 4096, "{name}");
    }
    assert_eq!(samples(&node.prom("good")), ["value 1"]);
}

/// A limit on the size of files stands for a disk that is full: a write fails half-way, as it does there.
#[test]
fn a_full_disk_leaves_the_last_good_file() {
    let long = "for i in $(seq 200); do echo \"value{kind=\\\"$i\\\"} 1\"; done";
    let node = Node::new(&[bash("long", long)]);
    assert!(node.once().status.success());
    let before = node.prom("long");
    assert_eq!(samples(&before).len(), 200);
    let runner = node.bundle().join("runner.sh");
    let full = || {
        let mut command = Command::new("bash");
        command.args(["-c", "trap '' XFSZ; ulimit -f 1; exec bash \"$@\"", "bash"]).arg(&runner);
        command.args(["--once", "--textfile"]).arg(node.textfile()).env("TMPDIR", node.folder.path());
        command.stdin(Stdio::null()).output().unwrap()
    };
    let said = String::from_utf8_lossy(&full().stderr).into_owned();
    assert!(said.contains("long:"), "{said}");
    // Either nothing could be written, and the old file stands whole, or what could be written says that the run was no success.
    let after = node.prom("long");
    assert!(after == before || !health(&after).0 && samples(&after).is_empty(), "{after}");
    assert_eq!(node.names(), ["long.prom"], "nothing half written is left");
    assert!(node.once().status.success());
    assert_eq!(samples(&node.prom("long")).len(), 200);
}

/// Takes the place of the clock: what programs are told is what stands in a file.
const CLOCK: &str = r#"
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include <sys/syscall.h>
static long offset(void) {
    long seconds = 0;
    FILE *file = fopen(getenv("CLOCK_OFFSET"), "r");
    if (file) { if (fscanf(file, "%ld", &seconds) != 1) seconds = 0; fclose(file); }
    return seconds;
}
int clock_gettime(clockid_t id, struct timespec *out) {
    int answer = syscall(SYS_clock_gettime, id, out);
    if (answer == 0 && id == CLOCK_REALTIME) out->tv_sec += offset();
    return answer;
}
time_t time(time_t *out) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out) *out = now.tv_sec;
    return now.tv_sec;
}
int gettimeofday(struct timeval *out, void *zone) {
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    out->tv_sec = now.tv_sec;
    out->tv_usec = now.tv_nsec / 1000;
    return 0;
}
"#;

#[test]
fn a_clock_that_jumps_neither_stops_checks_nor_starts_them_all_at_once() {
    let node = Node::new(&[bash("a", "echo 'value 1'; echo run >>\"$TMPDIR/runs\"")]);
    let library = node.folder.path().join("clock.so");
    let source = node.folder.path().join("clock.c");
    std::fs::write(&source, CLOCK).unwrap();
    if run(Command::new("cc").args(["-shared", "-fPIC", "-o"]).args([&library, &source])).is_err() {
        skip::missing("cc");
        return;
    }
    let offset = node.folder.path().join("offset");
    let jump = |seconds: i64| {
        let next = node.folder.path().join("offset.next");
        std::fs::write(&next, seconds.to_string()).unwrap();
        std::fs::rename(next, &offset).unwrap();
    };
    jump(0);
    let list = node.bundle().join("checks.list");
    let faster = std::fs::read_to_string(&list).unwrap().replace("interval 60000", "interval 1000");
    std::fs::write(list, faster).unwrap();
    let mut command = node.runner();
    command.env("LD_PRELOAD", &library).env("CLOCK_OFFSET", &offset).stderr(Stdio::null());
    let mut running = Stopped(command.spawn().unwrap());
    let runs = || lines(&node.folder.path().join("runs"));
    let last = || {
        let prom = node.prom("a");
        let line = prom.lines().find(|line| line.starts_with("alertsmith_check_last_run_timestamp_seconds{"));
        line.and_then(|line| line.rsplit(' ').next()?.parse::<i64>().ok()).unwrap_or(0)
    };
    wait_until("the first run", || last() > 0);
    for day in [-1, 1] {
        let (before, begun) = (last(), std::time::Instant::now());
        let earlier = runs();
        jump(day * 86_400);
        let jumped = || (last() - before).abs() > 40_000;
        wait_until("a run with the clock elsewhere", jumped);
        let since = runs();
        wait_until("two more runs", || runs() >= since + 2);
        // One run a second, whatever the clock says, and one that was under way.
        let most = begun.elapsed().as_secs() as usize + 2;
        assert!(runs() - earlier <= most, "{} runs, at most {most} were due", runs() - earlier);
    }
    Command::new("kill").arg(running.0.id().to_string()).status().unwrap();
    assert!(running.0.wait().unwrap().success());
}

fn lines(path: &Path) -> usize {
    std::fs::read_to_string(path).unwrap_or_default().lines().count()
}
