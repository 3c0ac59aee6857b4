//! nginx.conf: `nginx -t`, in a copy that needs nothing of the machine it will run on.
//!
//! A forwarder names absolute paths (its pid, its temporary files, the files its secrets come from) and host names that exist only
//! where it runs. The copy has those words, and only those, replaced: paths move below a temporary folder where stand-ins are put,
//! names of upstreams become the loopback address. Everything else nginx reads exactly as it was emitted.

use std::{ops::Range, path::Path, process::Command};

use super::{Generation, Outcome, Verdict, below, files, fits};
use crate::support::{
    run::{run, said},
    skip,
    tools::{Tool, tool},
};

pub(super) fn judge(dir: &Path, generation: Generation) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for file in files(dir, |path| fits(path, "forwarder/*/nginx.conf")) {
        let (version, outcome) = match tool("nginx", generation) {
            None => (String::new(), Outcome::Skipped),
            Some(tool) => (tool.version.clone(), test(&tool, &file)),
        };
        // What nginx does not read, gixy guesses at.
        let is_read = outcome == Outcome::Accepted;
        verdicts.push(Verdict { judge: "nginx -t", version, subject: below(dir, &file), outcome });
        if is_read {
            verdicts.push(gixy(dir, &file, generation));
        }
    }
    verdicts
}

/// Looks for what nginx accepts and an attacker likes. It sees the configuration as it was emitted, without what that
/// includes. Transport security for browsers is none of its business here: no browser visits a forwarder.
fn gixy(dir: &Path, file: &Path, generation: Generation) -> Verdict {
    let (version, outcome) = match tool("gixy", generation) {
        None => (String::new(), Outcome::Skipped),
        Some(tool) => {
            let answer =
                run(tool.command().args(["--disable-includes", "--skips=hsts_header", "-f", "text"]).arg(file));
            (tool.version, super::outcome(answer))
        }
    };
    Verdict { judge: "gixy", version, subject: below(dir, file), outcome }
}

/// Warnings count as rejections, save the one that nginx has for whoever is not root.
fn test(nginx: &Tool, file: &Path) -> Outcome {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => return Outcome::Rejected(error.to_string()),
    };
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let Some(config) = stage(&text, file.parent().unwrap_or(file), scratch.path()) else { return Outcome::Skipped };
    let prefix = format!("{}/", scratch.path().display());
    let mut command = nginx.command();
    command.args(["-t", "-q", "-e", "stderr", "-p", &prefix, "-c"]).arg(&config);
    match run(&mut command) {
        Err(said) => Outcome::Rejected(said),
        Ok(output) => {
            let warnings: Vec<String> = said(&output)
                .lines()
                .filter(|line| line.contains("[warn]") && !line.contains("super-user privileges"))
                .map(str::to_owned)
                .collect();
            if warnings.is_empty() { Outcome::Accepted } else { Outcome::Rejected(warnings.join("\n")) }
        }
    }
}

/// Writes the copy of a configuration, with all it refers to, below `root`; nothing if a stand-in cannot be made here.
fn stage(text: &str, beside: &Path, root: &Path) -> Option<std::path::PathBuf> {
    let config_folder = root.join("configuration");
    copy(beside, &config_folder);
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    let mut blocks: Vec<String> = Vec::new();
    for directive in directives(text) {
        match directive {
            Directive::Close => {
                blocks.pop();
            }
            Directive::Open(words) => blocks.push(words.first().map_or(String::new(), |word| word.text.clone())),
            Directive::Simple(words) => {
                let [name, rest @ ..] = words.as_slice() else { continue };
                let block = blocks.last().map_or("", String::as_str);
                for word in rest {
                    if let Some(replacement) = replacement(&name.text, &word.text, block, root, &config_folder).ok()? {
                        edits.push((word.range.clone(), format!("\"{replacement}\"")));
                    }
                }
            }
        }
    }
    let mut copy = text.to_owned();
    for (range, replacement) in edits.into_iter().rev() {
        copy.replace_range(range, &replacement);
    }
    let config = config_folder.join("nginx.conf");
    std::fs::write(&config, copy).expect("a file in a temporary folder");
    Some(config)
}

/// What a stand-in would need is not on this machine.
struct NoStandIn;

/// What a word of a directive is to be replaced by; nothing if it stays.
fn replacement(
    directive: &str,
    word: &str,
    block: &str,
    root: &Path,
    beside: &Path,
) -> Result<Option<String>, NoStandIn> {
    let moved = || format!("{}{word}", root.display());
    let make = |path: &str, content: &str| {
        let path = Path::new(path);
        std::fs::create_dir_all(path.parent().unwrap_or(path)).expect("a temporary folder");
        if !path.exists() {
            std::fs::write(path, content).expect("a file in a temporary folder");
        }
    };
    let is_absolute = word.starts_with('/');
    Ok(match directive {
        "pid" | "error_log" | "access_log" | "lock_file" if is_absolute => {
            make(&moved(), "");
            Some(moved())
        }
        _ if directive.ends_with("_temp_path") && is_absolute => {
            std::fs::create_dir_all(moved()).expect("a temporary folder");
            Some(moved())
        }
        "include" => {
            let content = match block {
                "map" | "geo" => "\"Bearer stand-in\" 1;\n",
                _ => "proxy_set_header Authorization \"Basic c3RhbmQtaW46c3RhbmQtaW4=\";\n",
            };
            let path = if is_absolute { moved() } else { format!("{}/{word}", beside.display()) };
            if !word.contains('*') {
                make(&path, content);
            }
            is_absolute.then_some(path)
        }
        "auth_basic_user_file" if is_absolute => {
            make(&moved(), "stand-in:{PLAIN}stand-in\n");
            Some(moved())
        }
        "ssl_certificate"
        | "ssl_client_certificate"
        | "ssl_trusted_certificate"
        | "proxy_ssl_certificate"
        | "proxy_ssl_trusted_certificate"
        | "ssl_certificate_key"
        | "proxy_ssl_certificate_key"
            if is_absolute =>
        {
            let part = if directive.ends_with("_key") { "key.pem" } else { "certificate.pem" };
            make(
                &moved(),
                &std::fs::read_to_string(certificate(root).ok_or(NoStandIn)?.join(part)).expect("what openssl wrote"),
            );
            Some(moved())
        }
        "server" if block == "upstream" => loopback(word),
        "proxy_pass" => {
            let (scheme, rest) = word.split_once("://").unwrap_or(("", word));
            let end = rest.find('/').unwrap_or(rest.len());
            let (host, path) = rest.split_at(end);
            // A host with no port may be the name of an upstream block, and one with a `$` is looked up when it is used.
            if host.contains('$') || !host.contains(':') {
                None
            } else {
                loopback(host).map(|host| format!("{scheme}://{host}{path}"))
            }
        }
        "listen" => word.strip_prefix("unix:/").map(|path| {
            make(&format!("{}/{path}.folder", root.display()), "");
            format!("unix:{}/{path}", root.display())
        }),
        _ => None,
    })
}

/// A host and port with the name replaced; nothing if the host is an address already, or the word is a parameter.
fn loopback(word: &str) -> Option<String> {
    let (host, port) = word.rsplit_once(':').unwrap_or((word, ""));
    let is_name =
        !word.contains('=') && host.contains(|letter: char| letter.is_ascii_alphabetic()) && !host.contains('[');
    let is_parameter = port.is_empty() && ["backup", "down", "resolve"].contains(&word);
    (is_name && !is_parameter && host != "unix").then(|| match port {
        "" => "127.0.0.1".to_owned(),
        port => format!("127.0.0.1:{port}"),
    })
}

/// A folder with a self-signed certificate and its key, made once for each configuration.
fn certificate(root: &Path) -> Option<std::path::PathBuf> {
    let folder = root.join("certificate");
    if folder.is_dir() {
        return Some(folder);
    }
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]);
    openssl.arg("-keyout").arg(folder.join("key.pem")).arg("-out").arg(folder.join("certificate.pem"));
    if run(&mut openssl).is_err() {
        skip::missing("openssl");
        return None;
    }
    Some(folder)
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a temporary folder");
    for entry in
        walkdir::WalkDir::new(from).into_iter().filter_map(Result::ok).filter(|entry| entry.file_type().is_file())
    {
        let path = to.join(entry.path().strip_prefix(from).unwrap_or(entry.path()));
        std::fs::create_dir_all(path.parent().unwrap_or(to)).expect("a temporary folder");
        std::fs::copy(entry.path(), path).expect("a file in a temporary folder");
    }
}

/// A word of a configuration: its text without quotes, and where it stands with them.
struct Word {
    text: String,
    range: Range<usize>,
}

enum Directive {
    Simple(Vec<Word>),
    Open(Vec<Word>),
    Close,
}

/// Splits a configuration into directives, as far as is needed to find the words of each.
fn directives(text: &str) -> Vec<Directive> {
    let bytes = text.as_bytes();
    let (mut at, mut found, mut words) = (0, Vec::new(), Vec::new());
    while at < bytes.len() {
        match bytes[at] {
            b'#' => at += text[at..].find('\n').unwrap_or(text.len() - at),
            b';' => {
                found.push(Directive::Simple(std::mem::take(&mut words)));
                at += 1;
            }
            b'{' => {
                found.push(Directive::Open(std::mem::take(&mut words)));
                at += 1;
            }
            b'}' => {
                found.push(Directive::Close);
                at += 1;
            }
            byte if byte.is_ascii_whitespace() => at += 1,
            quote @ (b'"' | b'\'') => {
                let start = at;
                at += 1;
                while at < bytes.len() && bytes[at] != quote {
                    at += 1 + usize::from(bytes[at] == b'\\');
                }
                at = (at + 1).min(bytes.len());
                let inner = text.get(start + 1..at.saturating_sub(1)).unwrap_or_default();
                words.push(Word { text: inner.to_owned(), range: start..at });
            }
            _ => {
                let start = at;
                while at < bytes.len() && !bytes[at].is_ascii_whitespace() && !matches!(bytes[at], b';' | b'{') {
                    // `${name}` is part of the word.
                    at += if text[at..].starts_with("${") { text[at..].find('}').map_or(1, |end| end + 1) } else { 1 };
                }
                words.push(Word { text: text[start..at].to_owned(), range: start..at });
            }
        }
    }
    found
}
