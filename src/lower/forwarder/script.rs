//! The script that turns mounted secrets into lines of nginx configuration.
//!
//! It is plain POSIX shell, because the images of nginx have nothing else. Tokens pass through variables and pipes only:
//! never through arguments of programs, which other users of the machine could see, and never to the log.

use super::configuration::resolver_address;
use super::problems::is_host;
use super::{CALLER_FILE, INCLUDES, SECRETS, UPSTREAM_FILE};
use crate::model::{Field, Forwarder, Model};

const HEAD: &str = r"#!/bin/sh
# Turns the mounted secrets into the files that nginx.conf includes. It never prints a token.
set -eu
set +x
umask 077
LC_ALL=C
export LC_ALL
";

/// Where mounted secrets are; only for a forwarder that has some.
const SECRETS_FOLDER: &str = "secrets=${FORWARDER_SECRETS:-@SECRETS@}\n";

const FAIL: &str = r#"includes=${FORWARDER_INCLUDES:-@INCLUDES@}

fail() {
    printf '%s\n' "10-secrets.sh: $1" >&2
    exit 1
}
"#;

const READ_TOKEN: &str = r#"
# Reads a token into $token. Whatever could end the quotes around it, or begin a variable, is refused.
read_token() {
    [ -r "$1" ] || fail "$1 cannot be read"
    token=$(cat "$1")
    case $token in
        '') fail "$1 is empty" ;;
        *[!A-Za-z0-9._~+/=-]*) fail "$1 holds more than a token: only letters, digits and . _ ~ + / = - are allowed" ;;
    esac
    [ "${#token}" -le 3000 ] || fail "$1 is longer than 3000 bytes"
}
"#;

const PUT: &str = r#"
# Writes standard input to a file, whole or not at all.
put() {
    cat >"$includes/$1.new"
    mv -f "$includes/$1.new" "$includes/$1"
}
"#;

const CALLER: &str = r#"pattern=$(printf '%s' "$token" | sed 's/[.+]/[&]/g')
printf '"~^Bearer %s$" 1;\n' "$pattern" | put @FILE@
"#;

const UPSTREAM: &str = r#"printf 'proxy_set_header Authorization "@SCHEME@ %s";\n' "$token" | put @FILE@
"#;

const RESOLVER: &str = r#"
# nginx asks a DNS server by its address.
address=
@LOOK_UP@if [ -z "$address" ]; then
    address=$(awk '$1 == "nameserver" { print $2; exit }' /etc/resolv.conf)
fi
case $address in
    '' | *[!0-9A-Fa-f:.]*) fail "no DNS server found" ;;
    *:*) printf 'resolver [%s] valid=5s;\n' "$address" | put resolver.conf ;;
    *) printf 'resolver %s valid=5s ipv6=off;\n' "$address" | put resolver.conf ;;
esac
"#;

/// The script for a forwarder.
pub(super) fn script(model: &Model, forwarder: &Forwarder) -> String {
    let mut text = String::new();
    let read = |name: &Field<String>| {
        let path = model.secrets.get(&name.value).map(|secret| secret.path(""));
        format!("read_token \"$secrets\"{}\n", quote(&path.unwrap_or_default()))
    };
    if let Some(caller) = &forwarder.caller {
        text.push_str(
            "\n# The caller's token. A regular expression, because nginx compares other keys without regard to case.\n",
        );
        text.push_str(&read(caller));
        text.push_str(&CALLER.replace("@FILE@", CALLER_FILE));
    }
    let upstream = forwarder.bearer.as_ref().map(|secret| (secret, "Bearer"));
    if let Some((secret, scheme)) = upstream.or(forwarder.basic.as_ref().map(|secret| (secret, "Basic"))) {
        text.push_str("\n# The upstream's credentials.\n");
        text.push_str(&read(secret));
        text.push_str(&UPSTREAM.replace("@SCHEME@", scheme).replace("@FILE@", UPSTREAM_FILE));
    }
    if resolver_address(forwarder).is_none() {
        let name = &forwarder.resolver.value;
        let look_up = if is_host(name) {
            format!("address=$(getent hosts {} | awk 'NR == 1 {{ print $1 }}')\n", quote(name))
        } else {
            String::new()
        };
        text.push_str(&RESOLVER.replace("@LOOK_UP@", &look_up));
    }
    with_head(&text)
}

/// Puts in front what the lines need, and nothing that they do not: what a script does not use makes its reader wonder.
fn with_head(lines: &str) -> String {
    let mut text = HEAD.to_owned();
    if lines.is_empty() {
        return text;
    }
    let reads = lines.contains("read_token ");
    text.push('\n');
    if reads {
        text.push_str(&SECRETS_FOLDER.replace("@SECRETS@", SECRETS));
    }
    text.push_str(&FAIL.replace("@INCLUDES@", INCLUDES));
    if reads {
        text.push_str(READ_TOKEN);
    }
    text.push_str(PUT);
    text.push_str(lines);
    text
}

/// A text as one word of the shell, in which nothing has a meaning.
fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
