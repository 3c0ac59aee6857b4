//! `nginx.conf`.
//!
//! What all locations share stands once in the `server` block, which nginx lets them inherit. A topic's location checks the
//! request and tries the first upstream; `error_page` leads from one upstream to the next, with method and body kept. Names
//! of upstreams are held in variables, which makes nginx look them up again while it runs instead of once at its start.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::problems::{is_host, is_own_header};
use super::{CALLER_FILE, HEALTH, INCLUDES, RUN, SECRETS, UPSTREAM_FILE, encode, location};
use crate::artifact::nginx::{Argument, Block, Directive};
use crate::ast::Duration;
use crate::ast::forwarder::Envelope;
use crate::model::forwarder::Upstream;
use crate::model::{Field, Forwarder, Model};
use crate::provenance::Origin;

/// The authorities that the usual images trust, for upstreams whose spec names none.
const SYSTEM_AUTHORITIES: &str = "/etc/ssl/certs/ca-certificates.crt";

/// What nginx logs of each notification: no header, no body, no query string, so that no secret can be in it.
const LOG: &str = concat!(
    r#"{"time":"$time_iso8601","method":"$request_method","path":"$uri","status":$status,"in_bytes":$request_length,"#,
    r#""seconds":$request_time,"upstream":"$upstream_addr","upstream_status":"$upstream_status","#,
    r#""upstream_seconds":"$upstream_response_time"}"#
);

/// The whole configuration.
pub(super) fn configuration(model: &Model, forwarder: &Forwarder) -> Block {
    Block {
        directives: vec![
            word("daemon", "off"),
            word("worker_processes", "1"),
            word("worker_rlimit_nofile", "4096"),
            word("pid", &format!("{RUN}/nginx.pid")),
            words("error_log", &["stderr", "warn"]),
            commented(
                word("worker_shutdown_timeout", "20s"),
                "How long a worker may finish its requests when it is told to stop.",
            ),
            block("events", Vec::new(), vec![word("worker_connections", "1024")]),
            block("http", Vec::new(), http(model, forwarder)),
        ],
    }
}

fn http(model: &Model, forwarder: &Forwarder) -> Vec<Directive> {
    let mut all = vec![
        word("default_type", "application/json"),
        word("server_tokens", "off"),
        word("access_log", "off"),
        directive("log_format", vec![plain("forwarded"), plain("escape=json"), template(LOG)]),
    ];
    for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
        all.push(word(&format!("{kind}_temp_path"), &format!("{RUN}/{kind}")));
    }
    all.push(resolver(forwarder));
    all.push(word("resolver_timeout", &time(per_try(forwarder, forwarder.connect.value))));
    let method = vec![word("default", "1"), word("POST", "0")];
    all.push(block("map", vec![plain("$request_method"), plain("$wrong_method")], method));
    if let Some(caller) = &forwarder.caller {
        let known = vec![word("default", "0"), word("include", &format!("{INCLUDES}/{CALLER_FILE}"))];
        let map = block("map", vec![plain("$http_authorization"), plain("$known_caller")], known);
        all.push(made_from(map, caller.origin));
    }
    all.push(block("server", Vec::new(), server(model, forwarder)));
    all
}

/// The address of the DNS server in most clusters; only what the script finds out is sure.
const USUAL_RESOLVER: &str = "10.96.0.10";

/// nginx takes a DNS server by its address only, unless it may ask another one first. For a server with a name, the script
/// finds the address when the pod starts, and its file overrules this line.
fn resolver(forwarder: &Forwarder) -> Directive {
    let address = resolver_address(forwarder);
    let made = match &address {
        Some(address) if address.starts_with('[') => words("resolver", &[address, "valid=5s"]),
        Some(address) => words("resolver", &[address, "valid=5s", "ipv6=off"]),
        None => commented(
            words("resolver", &[USUAL_RESOLVER, "valid=5s", "ipv6=off"]),
            "The usual address of a cluster's DNS server. The server below includes the real one, found out when the pod starts.",
        ),
    };
    made_from(made, forwarder.resolver.origin)
}

/// The DNS server as nginx wants it, if it is an address: `10.96.0.10`, `[fd00::a]`, perhaps with a port.
pub(super) fn resolver_address(forwarder: &Forwarder) -> Option<String> {
    let text = forwarder.resolver.value.as_str();
    if let Ok(address) = text.parse::<Ipv6Addr>() {
        return Some(format!("[{address}]"));
    }
    let (address, port) = match text.rsplit_once(':') {
        Some((address, port)) => (address, Some(port)),
        None => (text, None),
    };
    if port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return None;
    }
    let bracketed = address.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let good = address.parse::<Ipv4Addr>().is_ok() || bracketed.is_some_and(|inner| inner.parse::<Ipv6Addr>().is_ok());
    good.then(|| text.to_owned())
}

fn server(model: &Model, forwarder: &Forwarder) -> Vec<Directive> {
    let limit = format!("{}k", forwarder.body_kib.value);
    let mut all = Vec::new();
    if resolver_address(forwarder).is_none() {
        // The star lets nginx read its configuration where the script has not run.
        all.push(made_from(word("include", &format!("{INCLUDES}/resolver*.conf")), forwarder.resolver.origin));
    }
    all.extend([
        made_from(word("listen", &forwarder.listen.value.to_string()), forwarder.listen.origin),
        word("server_name", "_"),
        made_from(word("client_max_body_size", &limit), forwarder.body_kib.origin),
        commented(
            word("client_body_buffer_size", &limit),
            "No smaller than the largest body: nginx knows only what is in memory as $request_body, and would send an empty \
             one otherwise.",
        ),
        word("client_body_in_single_buffer", "on"),
        word("client_body_timeout", "10s"),
        word("client_header_timeout", "10s"),
        word("send_timeout", "10s"),
        commented(word("proxy_http_version", "1.1"), "What holds for every upstream."),
        word("proxy_method", "POST"),
        commented(word("proxy_pass_request_headers", "off"), "Nothing of the caller's headers goes on."),
    ]);
    all.extend(headers(forwarder));
    match forwarder.envelope.value {
        Envelope::ConfluentV2 | Envelope::Strimzi => {
            all.push(body(forwarder, r#"{"records":[{"value":$request_body}]}"#));
        }
        Envelope::ConfluentV3 => all.push(body(forwarder, r#"{"value":{"type":"JSON","data":$request_body}}"#)),
        Envelope::Raw => {}
    }
    all.extend(times(forwarder));
    all.push(word("proxy_max_temp_file_size", "0"));
    if forwarder.upstreams.iter().any(|upstream| upstream.https) {
        all.extend(tls(model, forwarder));
    }
    if forwarder.upstreams.len() > 2 {
        all.push(word("recursive_error_pages", "on"));
    }
    let health = vec![word("default_type", "text/plain"), directive("return", vec![plain("200"), template("ok\n")])];
    all.push(block("location", vec![plain("="), plain(HEALTH)], health));
    for topic in &forwarder.topics {
        all.push(topic_location(forwarder, topic));
    }
    for index in 1..forwarder.upstreams.len() {
        let mut inner = vec![words("access_log", &["/dev/stdout", "forwarded"])];
        inner.extend(attempt(forwarder, index));
        let mut fallback = block("location", vec![plain(&upstream_location(index))], inner);
        fallback.origin = forwarder.upstreams.get(index).map(|upstream| upstream.url.origin);
        all.push(fallback);
    }
    all.push(block("location", vec![plain("/")], vec![word("return", "404")]));
    all
}

fn body(forwarder: &Forwarder, envelope: &str) -> Directive {
    made_from(directive("proxy_set_body", vec![template(envelope)]), forwarder.envelope.origin)
}

/// The headers for the upstream. A header of the spec replaces one of ours with the same name.
fn headers(forwarder: &Forwarder) -> Vec<Directive> {
    let own = forwarder.headers.iter().filter(|(name, value)| is_own_header(&name.value, &value.value));
    let has = |wanted: &str| own.clone().any(|(name, _)| name.value.eq_ignore_ascii_case(wanted));
    let (content, accept) = match forwarder.envelope.value {
        Envelope::ConfluentV2 | Envelope::Strimzi => {
            ("application/vnd.kafka.json.v2+json", "application/vnd.kafka.v2+json")
        }
        Envelope::ConfluentV3 | Envelope::Raw => ("application/json", "application/json"),
    };
    let mut all = Vec::new();
    for (name, value) in [("Host", "$kafka_host"), ("Content-Type", content), ("Accept", accept)] {
        if !has(name) {
            all.push(words("proxy_set_header", &[name, value]));
        }
    }
    all.push(directive("proxy_set_header", vec![plain("Connection"), template("")]));
    for (name, value) in own {
        let arguments = vec![plain(&name.value), Argument::Literal(value.value.clone())];
        all.push(made_from(directive("proxy_set_header", arguments), value.origin));
    }
    if let Some(secret) = forwarder.bearer.as_ref().or(forwarder.basic.as_ref()) {
        let include = word("include", &format!("{INCLUDES}/{UPSTREAM_FILE}"));
        all.push(made_from(commented(include, "The Authorization header."), secret.origin));
    }
    all
}

/// The time for all tries is shared out evenly among the upstreams, so that the last one still has its part when the first ones
/// hang, and Alertmanager need not wait longer than the spec says.
fn times(forwarder: &Forwarder) -> Vec<Directive> {
    let one = |name: &str, time_of: &Field<Duration>| {
        made_from(word(name, &time(per_try(forwarder, time_of.value))), time_of.origin)
    };
    vec![
        one("proxy_connect_timeout", &forwarder.connect),
        one("proxy_send_timeout", &forwarder.read),
        one("proxy_read_timeout", &forwarder.read),
        commented(
            words("proxy_next_upstream", &["error", "timeout", "http_502", "http_503", "http_504", "non_idempotent"]),
            "When a name has several addresses, the next one is tried; a notification may then arrive twice, but never not at all.",
        ),
        word("proxy_next_upstream_tries", "2"),
        one("proxy_next_upstream_timeout", &forwarder.total),
    ]
}

/// A time, but no more than one upstream's part of the time for all of them.
fn per_try(forwarder: &Forwarder, limit: Duration) -> Duration {
    let upstreams = forwarder.upstreams.len().max(1) as u64;
    Duration::from_milliseconds(limit.milliseconds().min(forwarder.total.value.milliseconds() / upstreams).max(1))
}

fn tls(model: &Model, forwarder: &Forwarder) -> Vec<Directive> {
    let tls = &forwarder.tls;
    let path = |field: &Option<Field<String>>| {
        let field = field.as_ref()?;
        let path = model.secrets.get(&field.value)?.path(SECRETS);
        // Other keys than these cannot be in a Kubernetes Secret.
        let good = path.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.'));
        good.then_some((path, field.origin))
    };
    let file = |name: &str, (path, origin): (String, Origin)| made_from(word(name, &path), origin);
    let mut all = vec![
        commented(word("proxy_ssl_verify", "on"), "nginx would accept any certificate without this."),
        word("proxy_ssl_verify_depth", "3"),
        word("proxy_ssl_server_name", "on"),
        words("proxy_ssl_protocols", &["TLSv1.2", "TLSv1.3"]),
    ];
    all.push(match path(&tls.ca) {
        Some(own) => file("proxy_ssl_trusted_certificate", own),
        None => word("proxy_ssl_trusted_certificate", SYSTEM_AUTHORITIES),
    });
    // nginx wants both or none.
    if let (Some(cert), Some(key)) = (path(&tls.cert), path(&tls.key)) {
        all.extend([file("proxy_ssl_certificate", cert), file("proxy_ssl_certificate_key", key)]);
    }
    all
}

fn topic_location(forwarder: &Forwarder, topic: &Field<String>) -> Directive {
    let status = |condition: &[&str], code| {
        block("if", condition.iter().map(|word| plain(word)).collect(), vec![word("return", code)])
    };
    let mut inner = vec![words("access_log", &["/dev/stdout", "forwarded"])];
    if forwarder.caller.is_some() {
        inner.push(status(&["($known_caller", "=", "0)"], "401"));
    }
    inner.extend([
        status(&["($wrong_method)"], "405"),
        status(&["($http_content_encoding)"], "415"),
        commented(
            status(&["($http_transfer_encoding)"], "411"),
            "A body in chunks would outgrow the buffer before it is too large.",
        ),
        status(&["($content_length", "~", "^0*$)"], "411"),
        made_from(
            directive("set", vec![plain("$kafka_path"), Argument::Literal(topic_path(forwarder, &topic.value))]),
            topic.origin,
        ),
    ]);
    inner.extend(attempt(forwarder, 0));
    made_from(block("location", vec![plain("="), Argument::Word(location(&topic.value))], inner), topic.origin)
}

/// The path of a topic behind the upstream's own path.
fn topic_path(forwarder: &Forwarder, topic: &str) -> String {
    let topic = encode(topic, '%');
    match (forwarder.envelope.value, &forwarder.cluster_id) {
        (Envelope::ConfluentV3, Some(id)) => {
            format!("/v3/clusters/{}/topics/{topic}/records", encode(&id.value, '%'))
        }
        (Envelope::ConfluentV2 | Envelope::ConfluentV3 | Envelope::Strimzi | Envelope::Raw, _) => {
            format!("/topics/{topic}")
        }
    }
}

/// The directives that try one upstream, and lead to the next one if there is one.
fn attempt(forwarder: &Forwarder, index: usize) -> Vec<Directive> {
    let Some(upstream) = forwarder.upstreams.get(index) else { return Vec::new() };
    let mut all = Vec::new();
    if index + 1 < forwarder.upstreams.len() {
        all.push(word("proxy_intercept_errors", "on"));
        all.push(words("error_page", &["502", "503", "504", "=", &upstream_location(index + 1)]));
    }
    let scheme = if upstream.https { "https" } else { "http" };
    let host = directive("set", vec![plain("$kafka_host"), Argument::Literal(authority(upstream))]);
    all.push(made_from(host, upstream.url.origin));
    if upstream.https {
        let written = forwarder.tls.server_name.as_ref().filter(|name| is_host(&name.value));
        let (name, origin) = written.map_or((&upstream.host, upstream.url.origin), |name| (&name.value, name.origin));
        if is_host(name) {
            all.push(made_from(word("proxy_ssl_name", name), origin));
        }
    }
    let path = path(&upstream.path);
    let pass = format!("{scheme}://$kafka_host{path}$kafka_path");
    all.push(made_from(word("proxy_pass", &pass), upstream.url.origin));
    all
}

/// Host and port as they stand in a URL; the port only where it is not the scheme's own.
fn authority(upstream: &Upstream) -> String {
    let bare = upstream.host.contains(':') && !upstream.host.starts_with('[');
    let host = if bare { format!("[{}]", upstream.host) } else { upstream.host.clone() };
    let usual = if upstream.https { 443 } else { 80 };
    if upstream.port == usual { host } else { format!("{host}:{}", upstream.port) }
}

/// The upstream's own path with everything encoded that nginx could take for something else.
fn path(path: &str) -> String {
    let parts: Vec<String> = path.split('/').map(encode_again).collect();
    parts.join("/")
}

/// Encodes a part of a path in which `%` may already stand for an encoding.
fn encode_again(part: &str) -> String {
    part.split('%').map(|piece| encode(piece, '%')).collect::<Vec<_>>().join("%")
}

fn upstream_location(index: usize) -> String {
    format!("@upstream_{}", index + 1)
}

/// A time in nginx's notation.
fn time(duration: Duration) -> String {
    let millis = duration.milliseconds();
    if millis.is_multiple_of(1000) { format!("{}s", millis / 1000) } else { format!("{millis}ms") }
}

fn plain(text: &str) -> Argument {
    Argument::Word(text.to_owned())
}

fn template(text: &str) -> Argument {
    Argument::Template(text.to_owned())
}

fn word(name: &str, argument: &str) -> Directive {
    words(name, &[argument])
}

fn words(name: &str, arguments: &[&str]) -> Directive {
    directive(name, arguments.iter().map(|argument| plain(argument)).collect())
}

fn directive(name: &str, arguments: Vec<Argument>) -> Directive {
    Directive { name: name.to_owned(), arguments, block: None, comment: None, origin: None }
}

fn block(name: &str, arguments: Vec<Argument>, directives: Vec<Directive>) -> Directive {
    Directive { block: Some(Block { directives }), ..directive(name, arguments) }
}

fn commented(directive: Directive, comment: &str) -> Directive {
    Directive { comment: Some(comment.to_owned()), ..directive }
}

fn made_from(directive: Directive, origin: Origin) -> Directive {
    Directive { origin: Some(origin), ..directive }
}
