#!/usr/bin/env bash
# Runs every fuzz target of the module for the given time each.
set -euo pipefail
time=${1:?usage: fuzz.sh 60s}
count=0
while IFS=: read -r file line; do
  name=$(sed -E 's/^func (Fuzz[A-Za-z0-9_]*)\(.*/\1/' <<<"$line")
  dir=./$(dirname "$file")
  echo "fuzz $dir $name for $time"
  go test -run '^$' -fuzz "^$name\$" -fuzztime "$time" -parallel 2 "$dir" | tail -1
  count=$((count + 1))
done < <(git grep -E '^func Fuzz' -- '*_test.go')
[ "$count" -gt 0 ] || { echo "no fuzz target found" >&2; exit 1; }
echo "$count fuzz targets ran"
