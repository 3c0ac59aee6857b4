#!/usr/bin/env bash
# The one test command: brings the real tools it can get, prints their versions, then checks form, lints, documentation and runs
# every test. With CI=true a tool that is missing is a failure; elsewhere it is said, and the tests that need it are skipped.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

step() { printf '\n== %s\n' "$*" && "$@"; }

printf '%s\n' "$(rustc --version)" "$(cargo --version)" "$(go version 2>/dev/null || echo 'no Go')" "$(python3 --version 2>&1 || true)"
step tests/oracle/install.sh
step cargo fmt --check
step cargo clippy --locked --all-targets -- -D warnings
RUSTDOCFLAGS="-D warnings" step cargo doc --locked --no-deps
step cargo test --locked
