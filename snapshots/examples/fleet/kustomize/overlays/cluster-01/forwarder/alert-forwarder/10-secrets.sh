#!/bin/sh
# Turns the mounted secrets into the files that nginx.conf includes. It never prints a token.
set -eu
set +x
umask 077
LC_ALL=C
export LC_ALL

secrets=${FORWARDER_SECRETS:-/etc/forwarder/secrets}
includes=${FORWARDER_INCLUDES:-/run/forwarder}

fail() {
    printf '%s\n' "10-secrets.sh: $1" >&2
    exit 1
}

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

# Writes standard input to a file, whole or not at all.
put() {
    cat >"$includes/$1.new"
    mv -f "$includes/$1.new" "$includes/$1"
}

# The caller's token. A regular expression, because nginx compares other keys without regard to case.
read_token "$secrets"'/forwarder-token/value'
pattern=$(printf '%s' "$token" | sed 's/[.+]/[&]/g')
printf '"~^Bearer %s$" 1;\n' "$pattern" | put caller.conf

# The upstream's credentials.
read_token "$secrets"'/kafka-rest-credentials/value'
printf 'proxy_set_header Authorization "Basic %s";\n' "$token" | put upstream.conf

# nginx asks a DNS server by its address.
address=
address=$(getent hosts 'kube-dns.kube-system.svc.cluster.local' | awk 'NR == 1 { print $1 }')
if [ -z "$address" ]; then
    address=$(awk '$1 == "nameserver" { print $2; exit }' /etc/resolv.conf)
fi
case $address in
    '' | *[!0-9A-Fa-f:.]*) fail "no DNS server found" ;;
    *:*) printf 'resolver [%s] valid=5s;\n' "$address" | put resolver.conf ;;
    *) printf 'resolver %s valid=5s ipv6=off;\n' "$address" | put resolver.conf ;;
esac
