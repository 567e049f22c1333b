#!/usr/bin/env bash
# Runs every fuzz target of the module for the given time each, two at a time.
set -euo pipefail
time=${1:?usage: fuzz.sh 60s}
cd "$(dirname "$0")/.."

fuzz() {
  local name dir out
  name=$(sed -E 's/.*func (Fuzz[A-Za-z0-9_]*)\(.*/\1/' <<<"$2")
  dir=./$(dirname "${2%%:*}")
  # The minimiser is bounded: coverage that varies with goroutines would keep it busy for ever.
  if out=$(go test -run '^$' -fuzz "^$name\$" -fuzztime "$1" -fuzzminimizetime 5s -parallel 1 "$dir" 2>&1); then
    echo "$dir $name: $(grep -oE 'execs: [0-9]+' <<<"$out" | tail -1), no find in $1"
  else
    echo "$dir $name:"; echo "$out"; return 1
  fi
}
export -f fuzz

mapfile -t targets < <(git grep -E '^func Fuzz' -- '*_test.go')
[ ${#targets[@]} -gt 0 ] || { echo "no fuzz target found" >&2; exit 1; }
printf '%s\0' "${targets[@]}" | xargs -0 -P 2 -I{} bash -c 'fuzz "$1" "$2"' _ "$time" {}
echo "${#targets[@]} fuzz targets ran"
