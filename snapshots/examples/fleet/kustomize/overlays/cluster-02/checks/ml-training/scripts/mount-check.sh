#!/usr/bin/env bash
# Writes whether each path of CHECK_PATHS (with commas between them) is a mount point that answers.
set -eu

echo '# HELP mount_status 1 if the path is a mount point that answers, 0 if not'
echo '# TYPE mount_status gauge'
IFS=',' read -r -a paths <<<"${CHECK_PATHS}"
for path in "${paths[@]}"; do
    status=0
    # A hanging network mount must not hang the check: `stat` gets two seconds.
    if timeout 2 mountpoint -q -- "$path" && timeout 2 stat -t -- "$path" >/dev/null 2>&1; then
        status=1
    fi
    printf 'mount_status{path="%s"} %d\n' "$path" "$status"
done
