//! The list of bad input of the command contract: each ends in a finding with a place or in artifacts that the real tools accept, and
//! never in a panic, a hang or a half-written tree. The program itself is run, so that a crash is seen as one.

mod names;

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::judges::{self, Generation};

/// Far more than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// A spec that builds, apart from what a test puts behind it.
const SPEC: &str = r#"project shop
cluster main role=standalone { prometheus; alertmanager }
group web id=g-1 { target web-01 address="10.0.0.1" { exporters node } }
channel team { webhook url="http://team.example/" }
routing { default team }
alert Down { query "up{job=\"node\"} == 0"; level critical }
"#;

const YAML: &str = "project: { name: shop }\nclusters: { main: { role: standalone, prometheus: {}, alertmanager: {} } }\n\
                    channels: { team: { webhook: { url: 'http://team.example/' } } }\nrouting: { default: team }\n";

/// What came of a build.
enum End {
    /// The codes of the findings at error level, each with its place, `file:byte`.
    Refused(Vec<(String, String)>),
    Built(tempfile::TempDir),
}

/// Builds a spec folder with the program, within a bounded time.
#[track_caller]
fn build(spec: &Path) -> End {
    let work = tempfile::tempdir().unwrap();
    let (out, said, err) = (work.path().join("out"), work.path().join("said"), work.path().join("err"));
    let mut child = Command::new(env!("CARGO_BIN_EXE_alertsmith"))
        .args(["build", "--format", "json"])
        .arg(spec)
        .arg("-o")
        .arg(&out)
        .stdin(Stdio::null())
        .stdout(File::create(&said).unwrap())
        .stderr(File::create(&err).unwrap())
        .spawn()
        .unwrap();
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if start.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("it hangs");
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let err = String::from_utf8_lossy(&fs::read(err).unwrap()).into_owned();
    match status.code() {
        Some(0) => End::Built(work),
        Some(1 | 2) => {
            assert!(!out.exists(), "a refused spec leaves files behind");
            let said: Value =
                serde_json::from_slice(&fs::read(said).unwrap()).unwrap_or_else(|why| panic!("{why}: {err}"));
            let errors = said["findings"].as_array().unwrap().iter().filter(|finding| finding["level"] == "error");
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            End::Refused(
                errors
                    .map(|finding| {
                        let message = text(&finding["message"]);
                        let place = match finding["file"].as_str() {
                            Some(file) => format!("{file}:{}", finding["range"]["start"]),
                            // A file that could not be read has no bytes to point at; the headline names it.
                            None => message.clone(),
                        };
                        (text(&finding["code"]), place)
                    })
                    .collect(),
            )
        }
        _ => panic!("{status}\n{err}"),
    }
}

/// Files in a folder of their own.
fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

/// Fails unless the spec is refused with this code first, at a place that begins or (for files without bytes) speaks like this.
#[track_caller]
fn refused(files: &[(&str, &[u8])], code: &str, place: &str) {
    refused_folder(folder(files).path(), code, place);
}

#[track_caller]
fn refused_folder(spec: &Path, code: &str, place: &str) {
    match build(spec) {
        End::Built(_) => panic!("it builds"),
        End::Refused(findings) => {
            assert!(
                findings.iter().any(|(found, at)| found.starts_with(code) && at.contains(place)),
                "`{code}` at `{place}` is not among {findings:?}"
            );
            assert!(findings.iter().all(|(_, at)| !at.is_empty()), "a finding has no place: {findings:?}");
        }
    }
}

/// Builds, and gives every file but the manifest without its header.
#[track_caller]
fn built(files: &[(&str, &[u8])]) -> Vec<(String, String)> {
    let folder = folder(files);
    match build(folder.path()) {
        End::Refused(findings) => panic!("{findings:?}"),
        End::Built(work) => {
            judges::accepted(&work.path().join("out"), &[Generation::Newest]);
            let out = work.path().join("out");
            let walk = walkdir::WalkDir::new(&out).sort_by_file_name().into_iter().map(Result::unwrap);
            walk.filter(|entry| entry.file_type().is_file() && entry.file_name() != "manifest.json")
                .map(|entry| {
                    let text = fs::read_to_string(entry.path()).unwrap();
                    let body = text.lines().filter(|line| !line.starts_with("# Generated by")).collect::<Vec<_>>();
                    (entry.path().strip_prefix(&out).unwrap().display().to_string(), body.join("\n"))
                })
                .collect()
        }
    }
}

const ROOT: &str = "alertsmith.kdl";

fn with(more: &str) -> Vec<u8> {
    format!("{SPEC}{more}").into_bytes()
}

#[test]
fn text_that_is_not_utf8() {
    refused(&[(ROOT, b"project shop\n\xff\xfe\n")], "source/encoding", "alertsmith.kdl:13");
    refused(&[(ROOT, SPEC.as_bytes()), ("more.kdl", b"\x80")], "source/encoding", "more.kdl:0");
    refused(&[("alertsmith.yaml", b"project: { name: \xe9 }\n")], "source/encoding", "alertsmith.yaml:17");
    let check = with("check c language=bash version=\"1\" { script \"s.sh\"; metric m }\npolicy c\n");
    refused(&[(ROOT, &check), ("s.sh", b"echo \xff\n")], "check/definition", "alertsmith.kdl:");
    let rules = with("rules r { file \"r.yaml\" }\n");
    refused(&[(ROOT, &rules), ("r.yaml", b"groups: \xff\n")], "source/encoding", "r.yaml:8");
}

#[test]
fn a_byte_order_mark() {
    let expected = built(&[(ROOT, SPEC.as_bytes())]);
    assert_eq!(built(&[(ROOT, format!("\u{feff}{SPEC}").as_bytes())]), expected);
    let expected = built(&[("alertsmith.yaml", YAML.as_bytes())]);
    assert_eq!(built(&[("alertsmith.yaml", format!("\u{feff}{YAML}").as_bytes())]), expected);
}

#[test]
fn line_breaks_of_another_system() {
    let query = "alert Long { query \"\"\"\n    sum(up)\n      > 1\n    \"\"\"; level info }\n";
    let spec = format!("{SPEC}{query}// end\n");
    let expected = built(&[(ROOT, spec.as_bytes())]);
    assert_eq!(built(&[(ROOT, spec.replace('\n', "\r\n").as_bytes())]), expected);
    let query = "alerts:\n  Long:\n    query: |\n      sum(up)\n        > 1\n    levels: { info: {} }\n";
    let spec = format!("{YAML}{query}");
    let expected = built(&[("alertsmith.yaml", spec.as_bytes())]);
    assert_eq!(built(&[("alertsmith.yaml", spec.replace('\n', "\r\n").as_bytes())]), expected);
}

#[test]
fn an_empty_file() {
    for root in [ROOT, "alertsmith.yaml"] {
        for text in ["", "\n", "\u{feff}"] {
            refused(&[(root, text.as_bytes())], "project/missing", "project");
        }
    }
    // Beside a whole spec it says nothing, and nothing is wrong with that.
    let expected = built(&[(ROOT, SPEC.as_bytes())]);
    assert_eq!(built(&[(ROOT, SPEC.as_bytes()), ("empty.kdl", b""), ("empty.spec.yaml", b"")]), expected);
}

#[test]
fn nesting_without_end() {
    let many = |open: &str| open.repeat(100_000);
    for text in [many("a{"), many("a {\n"), many("/-a{"), many("/*"), many("(a)"), many("[")] {
        refused(&[(ROOT, text.as_bytes())], "syntax/", ROOT);
    }
    for text in [many("["), many("{a: "), many("- "), many("? "), many("[{a: "), many("!a "), many("&a ")] {
        refused(&[("alertsmith.yaml", text.as_bytes())], "syntax/", "alertsmith.yaml");
    }
    let closed = format!("{}{}", many("group g id=i {"), many("}"));
    refused(&[(ROOT, with(&closed).as_slice())], "syntax/", ROOT);
    for query in
        [many("("), many("-"), format!("{}up{}", many("("), many(")")), many("up+"), format!("up{}", many("[5m:]"))]
    {
        let spec = with(&format!("alert Deep {{ query {query:?}; level info }}\n"));
        refused(&[(ROOT, &spec)], "alert/query", ROOT);
    }
    for text in [many("{{ if true }}"), format!("{{{{ {}1 }}}}", many("(")), many("${"), many("{{")] {
        let spec = with(&format!("alert Deep {{ query \"up == 0\"; level info; summary {text:?} }}\n"));
        assert!(matches!(build(folder(&[(ROOT, &spec)]).path()), End::Refused(_)));
    }
    let rules = with("rules r { file \"r.yaml\" }\n");
    refused(&[(ROOT, &rules), ("r.yaml", many("[").as_bytes())], "syntax/", "r.yaml");
}

#[test]
fn aliases_that_multiply() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let before = format!("*a{}", level - 1);
        let _ = writeln!(bomb, "a{level}: &a{level} [{}]", [before.as_str(); 9].join(", "));
    }
    refused(&[("alertsmith.yaml", bomb.as_bytes())], "syntax/yaml-alias", "alertsmith.yaml");
    // One that contains itself.
    refused(&[("alertsmith.yaml", b"project: &a { name: *a }\n")], "syntax/yaml-alias", "alertsmith.yaml");
    let rules = with("rules r { file \"r.yaml\" }\n");
    let used = format!("{bomb}groups: *a11\n");
    for text in [&bomb, &used] {
        refused(&[(ROOT, &rules), ("r.yaml", text.as_bytes())], "rules/file", "r.yaml");
    }
}

#[test]
fn keys_written_twice() {
    refused(&[(ROOT, b"project a\nproject b\n")], "spec/duplicate-key", "alertsmith.kdl:10");
    refused(&[(ROOT, &with("record r { query \"up\"; query \"up\" }\n"))], "spec/duplicate-key", ROOT);
    refused(&[(ROOT, &with("calendar c timezone=UTC timezone=UTC { weekdays monday }\n"))], "spec/duplicate-key", ROOT);
    refused(&[(ROOT, &with("alert Down { query \"up\"; level info }\n"))], "name/duplicate", ROOT);
    let twice = "clusters: { a: { role: edge }, a: { role: edge } }\n";
    refused(&[("alertsmith.yaml", twice.as_bytes())], "name/duplicate", "alertsmith.yaml:31");
    for (text, at) in [
        ("project: { name: a }\nproject: { name: b }\n", "alertsmith.yaml:21"),
        ("project: { name: a, name: b }\n", "alertsmith.yaml:20"),
        ("routing: { default: x, routes: [{ when: { a: b, a: c } }] }\n", "alertsmith.yaml:48"),
        ("alerts: { A: { query: up, labels: { a: b, a: c } } }\n", "alertsmith.yaml:42"),
    ] {
        refused(&[("alertsmith.yaml", text.as_bytes())], "spec/duplicate-key", at);
    }
}

#[test]
fn parents_in_a_circle() {
    let two = "group a id=1 parent=b\ngroup b id=2 parent=a\n";
    refused(&[(ROOT, &with(two))], "group/cycle", ROOT);
    refused(&[(ROOT, &with("group a id=1 parent=a\n"))], "group/cycle", ROOT);
    refused(&[(ROOT, &with("group a id=1 parent=b { group b id=2 }\n"))], "group/cycle", ROOT);
}

/// Includes cannot form a circle: only the root file includes, by globs over the spec folder; elsewhere it is an error.
#[test]
fn includes_in_a_circle() {
    let files: [(&str, &[u8]); 2] =
        [(ROOT, &with("include \"**/*.kdl\"\n")), ("a.kdl", b"include \"alertsmith.kdl\"\n")];
    refused(&files, "spec/misplaced-key", "a.kdl:");
    // The root naming itself is read once.
    let expected = built(&[(ROOT, SPEC.as_bytes())]);
    assert_eq!(built(&[(ROOT, &with("include \"alertsmith.kdl\" \"**/*\"\n"))]), expected);
}

#[test]
fn paths_that_leave_the_spec_folder() {
    let outside = folder(&[("s.sh", b"#!/bin/bash\n"), ("r.yaml", b"groups: []\n")]);
    let absolute = outside.path().join("s.sh").display().to_string();
    for path in ["../s.sh", "a/../../s.sh", "/etc/passwd", absolute.as_str(), "..", "", "a\u{0}b"] {
        let spec = with(
            &format!("check c language=bash version=\"1\" {{ script {path:?}; metric m }}\n").replace("\\0", "\\u{0}"),
        );
        refused(&[(ROOT, &spec)], "check/definition", ROOT);
        let spec = with(&format!("secret s {{ sops file={path:?} }}\n").replace("\\0", "\\u{0}"));
        refused(&[(ROOT, &spec)], "secret/source", ROOT);
        let spec = with(&format!("rules r {{ file {path:?} }}\n").replace("\\0", "\\u{0}"));
        refused(&[(ROOT, &spec)], "rules/file", ROOT);
    }
}

#[cfg(unix)]
#[test]
fn links_that_leave_the_spec_folder() {
    use std::os::unix::fs::symlink;
    let outside = folder(&[("s.sh", b"#!/bin/bash\n"), ("more.kdl", b"// nothing\n")]);
    let spec = with("check c language=bash version=\"1\" { script \"s.sh\"; metric m }\n");
    let inside = folder(&[(ROOT, &spec)]);
    symlink(outside.path().join("s.sh"), inside.path().join("s.sh")).unwrap();
    refused_folder(inside.path(), "check/definition", ROOT);
    let inside = folder(&[(ROOT, SPEC.as_bytes())]);
    symlink(outside.path().join("more.kdl"), inside.path().join("more.kdl")).unwrap();
    refused_folder(inside.path(), "source/unreadable", "more.kdl");
    // A linked folder is not entered, and a link in a circle is no file.
    let inside = folder(&[(ROOT, SPEC.as_bytes())]);
    symlink(inside.path(), inside.path().join("again")).unwrap();
    assert!(matches!(build(inside.path()), End::Built(_)));
    symlink("loop.kdl", inside.path().join("loop.kdl")).unwrap();
    refused_folder(inside.path(), "source/unreadable", "loop.kdl");
}

#[test]
fn a_file_of_one_gib() {
    let huge = |name: &str, spec: &[u8]| {
        let folder = folder(&[(ROOT, spec)]);
        File::create(folder.path().join(name)).unwrap().set_len(1 << 30).unwrap();
        folder
    };
    refused_folder(huge(ROOT, b"").path(), "source/unreadable", "the limit is 16 MiB");
    refused_folder(huge("more.kdl", SPEC.as_bytes()).path(), "source/unreadable", "`more.kdl` cannot be read");
    let spec = with("check c language=bash version=\"1\" { script \"s.sh\"; metric m }\n");
    refused_folder(huge("s.sh", &spec).path(), "check/definition", ROOT);
    let spec = with("rules r { file \"r.yaml\" }\n");
    refused_folder(huge("r.yaml", &spec).path(), "source/unreadable", "r.yaml");
    // What the spec does not name is not looked at.
    assert!(matches!(build(huge("core.dump", SPEC.as_bytes()).path()), End::Built(_)));
}
