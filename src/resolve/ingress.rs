//! Resolving the hosts of a cluster.

use super::Context;
use crate::ast::ingress as written;
use crate::model::ingress::{Ingress, IngressHost};

pub(super) fn build(context: &mut Context<'_>, written: &written::Ingress) -> Ingress {
    let mut hosts = Vec::new();
    for host in written.hosts.iter() {
        let name = host.name.as_str();
        let fits = is_host(name.strip_prefix("*.").unwrap_or(name)) && name.parse::<std::net::IpAddr>().is_err();
        let why = "An Ingress tells requests apart by the host that they ask for, which is a name in lower case without a port.";
        context.expect(fits, "a host of an Ingress", host.name.span, "a host name", why);
        let tls = host.tls.as_ref().or(written.tls.as_ref());
        hosts.push(IngressHost {
            name: context.name(&host.name),
            to: context.field(&host.to),
            tls: tls.map(|secret| context.name(&secret.name)),
        });
    }
    hosts.sort_by(|one, other| one.name.value.cmp(&other.name.value));
    Ingress {
        class: written.class.as_ref().map(|class| context.name(class)),
        annotations: context.labels(&written.annotations),
        hosts,
    }
}

/// Whether a text is a name or address of a host in lower case, without a port.
pub(super) fn is_host(text: &str) -> bool {
    let is_part = |part: &str| {
        let fine = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        (1..=63).contains(&part.len()) && part.bytes().all(fine) && !part.starts_with('-') && !part.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(is_part)
}
