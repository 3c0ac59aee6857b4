#!/usr/bin/env bash
# The one test command: brings the real tools it can get, prints their versions, then checks form, lints, documentation and runs
# every test. With CI=true a tool that is missing is a failure; elsewhere it is said, and the tests that need it are skipped.
# Every step runs even if one before it failed; the failed ones are named at the end.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit

failed=()
step() {
    printf '\n== %s\n' "$*"
    local started=$SECONDS
    "$@" || failed+=("$*")
    printf -- '-- %d s\n' $((SECONDS - started))
}

printf '%s\n' "$(rustc --version)" "$(cargo --version)" "$(go version 2>/dev/null || echo 'no Go')" "$(python3 --version 2>&1 || true)"
export RUSTDOCFLAGS="-D warnings"
step tests/oracle/install.sh
step cargo fmt --check
step cargo clippy --locked --all-targets -- -D warnings
step cargo doc --locked --no-deps
step cargo test --locked

if [ ${#failed[@]} -gt 0 ]; then
    printf '\nfailed: %s' ''
    printf '[%s] ' "${failed[@]}"
    printf '\n'
    exit 1
fi
