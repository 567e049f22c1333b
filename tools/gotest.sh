#!/usr/bin/env bash
# Runs go test with the given arguments, shows each package as it ends, and at
# the end what was skipped and why. What failed is shown whole.
set -uo pipefail
log=$(mktemp)
trap 'rm -f "$log"' EXIT
"${GO:-go}" test -v "$@" 2>&1 | tee "$log" | grep --line-buffered -E '^(ok|FAIL|panic:)|^ *--- FAIL'
status=${PIPESTATUS[0]}
if [ "$status" -ne 0 ]; then
  echo "--- the log without what passed:"
  grep -vE '^=== |^ *--- PASS|^PASS$|^ok |^\?' "$log"
  exit "$status"
fi
# The reason stands on the line before.
if grep -B1 -E '^ *--- SKIP' "$log" | grep -v '^--$' | sed 's/^ */  /' | grep -v '=== ' >"$log.skips"; then
  echo "skipped:"
  cat "$log.skips"
else
  echo "nothing was skipped"
fi
rm -f "$log.skips"
