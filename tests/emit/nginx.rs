//! The real nginx serves every nasty string from every place a value can stand in, and what comes back is what was put in.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use alertsmith::artifact::nginx::{Argument, Block, Directive};
use alertsmith::emit;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

use super::documents::text;
use crate::support::tools::{Generation, Tool, tool};

fn directive(name: &str, arguments: Vec<Argument>) -> Directive {
    Directive { name: name.to_owned(), arguments, block: None, comment: None, origin: None }
}

fn word(text: &str) -> Argument {
    Argument::Word(text.to_owned())
}

fn literal(text: &str) -> Argument {
    Argument::Literal(text.to_owned())
}

fn words(name: &str, arguments: &[&str]) -> Directive {
    directive(name, arguments.iter().map(|text| word(text)).collect())
}

fn block(name: &str, arguments: &[&str], directives: Vec<Directive>) -> Directive {
    Directive { block: Some(Block { directives }), ..words(name, arguments) }
}

/// Whether a header can carry the text: no line breaks, and blanks at its ends are not part of it.
fn fits_header(text: &str) -> bool {
    !text.is_empty() && text.trim() == text && !text.contains(['\n', '\r', '\t'])
}

/// A configuration that gives back each text at `/<place>/<index>`.
fn configuration(texts: &[String], folder: &Path, port: u16, upstream: u16) -> Block {
    let mut locations = vec![words("listen", &[&format!("127.0.0.1:{port}")])];
    let mut mapped = vec![words("default", &["none"])];
    for (index, text) in texts.iter().enumerate() {
        let mut location = |place: &str, directives| {
            locations.push(block("location", &["=", &format!("/{place}/{index}")], directives));
        };
        location("return", vec![directive("return", vec![word("200"), literal(text)])]);
        location(
            "set",
            vec![directive("set", vec![word("$value"), literal(text)]), words("return", &["200", "$value"])],
        );
        location("map", vec![words("return", &["200", "$mapped"])]);
        mapped.push(directive(&format!("/map/{index}"), vec![literal(text)]));
        if fits_header(text) {
            let set = directive("proxy_set_header", vec![word("X-Value"), literal(text)]);
            location("header", vec![set, words("proxy_pass", &[&format!("http://127.0.0.1:{upstream}")])]);
            let add = directive("add_header", vec![word("X-Value"), literal(text)]);
            location("answer", vec![add, words("return", &["200", "ok"])]);
        }
    }
    let echo = vec![words("listen", &[&format!("127.0.0.1:{upstream}")]), words("return", &["200", "$http_x_value"])];
    let place = |name: &str| folder.join(name).to_str().expect("a path in ASCII").to_owned();
    let mut http = vec![words("access_log", &["off"]), words("map_hash_bucket_size", &["4096"])];
    for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
        http.push(words(&format!("{kind}_temp_path"), &[&place(kind)]));
    }
    http.push(block("map", &["$uri", "$mapped"], mapped));
    http.push(block("server", &[], locations));
    http.push(block("server", &[], echo));
    Block {
        directives: vec![
            words("daemon", &["off"]),
            words("master_process", &["off"]),
            words("pid", &[&place("pid")]),
            block("events", &[], vec![words("worker_connections", &["64"])]),
            block("http", &[], http),
        ],
    }
}

/// A running nginx; it ends with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// Starts nginx and waits until it answers.
fn start(nginx: &Tool, folder: &Path, config: &str, port: u16) -> Server {
    let file = folder.join("nginx.conf");
    std::fs::write(&file, config).unwrap();
    let mut command = nginx.command();
    command.args(["-e", "stderr", "-p"]).arg(folder).arg("-c").arg(&file).stderr(Stdio::piped());
    let mut server = Server(command.spawn().expect("nginx starts"));
    let started = Instant::now();
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        if server.0.try_wait().unwrap().is_some() || started.elapsed() > Duration::from_secs(20) {
            let _ = server.0.kill();
            let mut said = String::new();
            server.0.stderr.take().unwrap().read_to_string(&mut said).unwrap();
            panic!("nginx {} did not start: {said}", nginx.version);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    server
}

/// The header `X-Value` and the body of an answer.
fn get(port: u16, path: &str) -> (String, String) {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{path}: {answer}"));
    assert!(head.starts_with("HTTP/1.1 200"), "{path}: {head}");
    let header = head.lines().find_map(|line| line.strip_prefix("X-Value: ")).unwrap_or_default();
    (header.to_owned(), body.to_owned())
}

fn nasty() -> Vec<String> {
    let mut texts: Vec<String> = [
        "",
        "plain",
        "$",
        "$$",
        "$host",
        "${host}",
        "$literal_dollar",
        "a$",
        "\\$host",
        "\"",
        "'",
        "\\",
        "\\\\",
        "\\n",
        "a\nb",
        "a\r\nb",
        "a\tb",
        ";",
        "}",
        "{",
        "; return 500;",
        "\"; return 500; #",
        "'; return 500; #",
        "\\\"; return 500; #",
        "}\nserver {",
        "# x",
        "a # b",
        " lead",
        "trail ",
        "~x",
        "default",
        "한국어",
        "é",
        "😀",
        "\u{85}",
        "\u{2028}",
        "$request_body",
        "{{ $labels.x }}",
        "{\"a\": \"$b\"}",
        "%20",
        "http://a/b?c=$d",
        "${",
        "$}",
        "\\x24host",
    ]
    .map(str::to_owned)
    .to_vec();
    texts.push("x".repeat(3900));
    let mut runner =
        TestRunner::new_with_rng(ProptestConfig::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let holds = |text: &String| !text.chars().any(|one| one.is_ascii_control() && !matches!(one, '\t' | '\n' | '\r'));
    texts.extend((0..300).map(|_| text().new_tree(&mut runner).unwrap().current()).filter(holds));
    texts
}

#[test]
fn nginx_gives_back_every_literal() {
    let texts = nasty();
    for generation in [Generation::Newest, Generation::Oldest] {
        let Some(nginx) = tool("nginx", generation) else { continue };
        let folder = tempfile::tempdir().unwrap();
        let (port, upstream) = (free_port(), free_port());
        let config = emit::nginx::print(&configuration(&texts, folder.path(), port, upstream), &[]).unwrap();
        let _server = start(&nginx, folder.path(), &config.text, port);
        for (index, text) in texts.iter().enumerate() {
            for place in ["return", "set", "map"] {
                assert_eq!(&get(port, &format!("/{place}/{index}")).1, text, "nginx {}: {place}", nginx.version);
            }
            if fits_header(text) {
                assert_eq!(
                    &get(port, &format!("/header/{index}")).1,
                    text,
                    "nginx {}: proxy_set_header",
                    nginx.version
                );
                assert_eq!(&get(port, &format!("/answer/{index}")).0, text, "nginx {}: add_header", nginx.version);
            }
        }
    }
}
