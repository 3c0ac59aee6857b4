//! What a spec can say of a forwarder and nginx, HTTP or Alertmanager cannot do. Checks turn these into findings; the
//! backend leaves out what would otherwise reach the configuration.

use std::net::IpAddr;

use crate::lower::alertmanager::kafka;
use crate::model::{Forwarder, Model};
use crate::provenance::Origin;

/// The longest header value; nginx reads its configuration through a buffer of 4 KiB.
const LONGEST_HEADER: usize = 2000;

/// Headers that nginx makes of the request itself. Another value would break the request or let one request look like two.
const MADE_BY_NGINX: [&str; 6] = ["connection", "content-length", "expect", "te", "transfer-encoding", "upgrade"];

/// What a problem is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProblemKind {
    /// A setting that nginx or HTTP cannot carry out.
    Setting,
    /// A notification can be larger than the forwarder takes.
    BodyLimit,
    /// The forwarder may take longer than Alertmanager waits.
    Timeout,
}

/// One thing that cannot work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What it is about.
    pub kind: ProblemKind,
    /// Where the spec says it.
    pub origin: Origin,
    /// A second place that has to do with it.
    pub also: Option<Origin>,
    /// What is wrong, as a headline without a full stop.
    pub what: String,
    /// Why, as full sentences.
    pub why: &'static str,
    /// What to do, as full sentences.
    pub help: String,
}

/// Everything about the forwarders that cannot work, by forwarder.
pub fn problems(model: &Model) -> Vec<Problem> {
    let mut found = Vec::new();
    for forwarder in model.forwarders.values() {
        headers(forwarder, &mut found);
        upstreams(forwarder, &mut found);
        sizes_and_times(model, forwarder, &mut found);
        if let (Some(_), Some(basic)) = (&forwarder.bearer, &forwarder.basic) {
            found.push(Problem {
                kind: ProblemKind::Setting,
                origin: basic.origin,
                also: None,
                what: format!("forwarder `{}` has both `bearer` and `basic`", forwarder.name.value),
                why: "A request has one `Authorization` header. The bearer token would be sent, and `basic` ignored.",
                help: "Keep the one that the upstream asks for.".to_owned(),
            });
        }
    }
    found
}

fn headers(forwarder: &Forwarder, found: &mut Vec<Problem>) {
    for (name, value) in &forwarder.headers {
        let mut add = |origin, what: String, why, help: &str| {
            found.push(Problem { kind: ProblemKind::Setting, origin, also: None, what, why, help: help.to_owned() });
        };
        if !is_token(&name.value) {
            add(
                name.origin,
                format!("{:?} cannot be the name of a header", name.value),
                "A header's name has letters, digits and a few signs such as `-`, and no blanks.",
                "Write it as the upstream's documentation does.",
            );
        } else if MADE_BY_NGINX.contains(&name.value.to_ascii_lowercase().as_str()) {
            add(
                name.origin,
                format!("the header `{}` cannot be set", name.value),
                "nginx makes this header from the request that it sends. Another value would break the request.",
                "Leave it out.",
            );
        } else if name.value.eq_ignore_ascii_case("authorization") {
            add(
                name.origin,
                "credentials stand in clear text in `headers`".to_owned(),
                "A spec is read by everybody who can read the repository.",
                "Declare the secret, and refer to it with `bearer` or `basic`.",
            );
        } else if value.value.chars().any(char::is_control) {
            add(
                value.origin,
                format!("the value of the header `{}` holds a control character", name.value),
                "A line break in a header would begin another one, and the upstream would take it for ours.",
                "Write the value on one line.",
            );
        } else if value.value.len() > LONGEST_HEADER {
            add(
                value.origin,
                format!("the value of the header `{}` is too long", name.value),
                "nginx reads its configuration through a buffer of 4 KiB, and half of that is for the value.",
                "Write at most 2000 bytes.",
            );
        }
    }
}

fn upstreams(forwarder: &Forwarder, found: &mut Vec<Problem>) {
    for upstream in &forwarder.upstreams {
        let host = upstream.host.trim_start_matches('[').trim_end_matches(']');
        if upstream.https && host.parse::<IpAddr>().is_ok() && forwarder.tls.server_name.is_none() {
            found.push(Problem {
                kind: ProblemKind::Setting,
                origin: upstream.url.origin,
                also: None,
                what: format!("nothing can prove that {host} is the right upstream"),
                why: "nginx compares the certificate with a name, never with an address, so every connection would be refused.",
                help: "Write the name in the upstream's certificate: `tls server-name=…`.".to_owned(),
            });
        }
    }
    if let Some(name) = forwarder.tls.server_name.as_ref().filter(|name| !is_host(&name.value)) {
        found.push(Problem {
            kind: ProblemKind::Setting,
            origin: name.origin,
            also: None,
            what: format!("{:?} is no host name", name.value),
            why: "It is compared with the names in the upstream's certificate, and those are host names.",
            help: "Write letters, digits, `-` and `.`.".to_owned(),
        });
    }
    if let (Some(one), None) | (None, Some(one)) = (&forwarder.tls.cert, &forwarder.tls.key) {
        found.push(Problem {
            kind: ProblemKind::Setting,
            origin: one.origin,
            also: None,
            what: format!("forwarder `{}` has half of a client certificate", forwarder.name.value),
            why: "A certificate is presented together with its key, so without the other half none is presented at all.",
            help: "Write both `cert` and `key`.".to_owned(),
        });
    }
}

fn sizes_and_times(model: &Model, forwarder: &Forwarder, found: &mut Vec<Problem>) {
    let fits = kafka::max_alerts(model, forwarder);
    for channel in model.channels.values() {
        for topic in channel.kafka.iter().filter(|topic| topic.via.value == forwarder.name.value) {
            if let Some(most) = &topic.max_alerts
                && (most.value == 0 || u64::from(most.value) > fits)
            {
                let body = forwarder.body_kib.value;
                found.push(Problem {
                    kind: ProblemKind::BodyLimit,
                    origin: most.origin,
                    also: Some(forwarder.body_kib.origin),
                    what: format!("notifications for `{}` can outgrow the forwarder's limit", topic.topic.value),
                    why: "The forwarder answers 413 to a body beyond its limit, and Alertmanager does not try again: as long as the \
                          group is that large, nobody is told.",
                    help: format!("{fits} alerts surely fit {body} KiB: write that, or raise `limits body-kib`."),
                });
            }
            let interval =
                model.routing.as_ref().and_then(|routing| kafka::shortest_interval(routing, &channel.name.value));
            if let Some(interval) = interval
                && forwarder.total.value >= interval.value
            {
                found.push(Problem {
                    kind: ProblemKind::Timeout,
                    origin: forwarder.total.origin,
                    also: Some(interval.origin),
                    what: format!(
                        "forwarder `{}` may take {}, but channel `{}` has a group interval of {}",
                        forwarder.name.value, forwarder.total.value, channel.name.value, interval.value
                    ),
                    why: "Alertmanager gives up on a notification when its group interval is over, so a try that hangs is the \
                          only one.",
                    help: "Lower `timeouts total`, or raise the interval.".to_owned(),
                });
                break;
            }
        }
    }
}

/// Whether a header of the spec is written; [`headers`] names the others.
pub(super) fn is_own_header(name: &str, value: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    is_token(name)
        && lower != "authorization"
        && !MADE_BY_NGINX.contains(&lower.as_str())
        && !value.chars().any(char::is_control)
        && value.len() <= LONGEST_HEADER
}

/// A name that RFC 9110 and nginx both take as it is.
fn is_token(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 200
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

/// Whether a text can be a host name or an address.
pub(super) fn is_host(host: &str) -> bool {
    let name = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'));
    host.parse::<IpAddr>().is_ok() || name && !host.is_empty() && host.len() <= 253 && !host.starts_with(['-', '.'])
}
