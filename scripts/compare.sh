#!/usr/bin/env bash
# Runs the spec suite under another build of the module, such as the C original: what is tagged as a departure has to
# fail there, all else has to pass. So the suite tests the contract, and not our habits.
set -euo pipefail
cd "$(dirname "$0")/.."

usage="usage: scripts/compare.sh --reference DIR [LUA]
DIR: where that build's llthreads2.so is, with its Lua files in DIR too or on LUA_PATH. LUA: what it is built for,
lua5.1, lua5.2, lua5.3, lua5.4 (if left out) or luajit. The last line says N passed, N failed."
case "${1:-}" in
-h | --help) echo "$usage" && exit ;;
--reference) ;;
*) echo "$usage" >&2 && exit 2 ;;
esac
reference=$(cd "$2" && pwd) lua=${3:-lua5.4} # a link keeps its name, by which specs know a Lua

scripts/setup.sh "$lua" lua-busted lua-socket lua-filesystem
export LUA_CPATH="$reference/?.so;;" LUA_PATH="$reference/?.lua;./?.lua;${LUA_PATH:-;}"
log=$(mktemp) passed=0 failed=0
trap 'rm -f "$log"' EXIT

# Limits in seconds: an original may also hang.
suite() {
  timeout "$limit" "$lua" "$(command -v busted)" "$@" </dev/null >"$log" 2>&1
}

# Each departure by itself, as it may well crash. One that is pending is for other Luas; one that neither failed nor
# ran has not shown.
departures=0 limit=15
while IFS= read -r name; do
  pattern=${name#* }
  pattern=${pattern//[^[:alnum:]]/.}
  if ! suite --filter="^$pattern\$"; then
    departures=$((departures + 1)) passed=$((passed + 1))
  elif ! grep -qE '^0 successes .* [1-9][0-9]* pending' "$log"; then
    departures=$((departures + 1)) failed=$((failed + 1))
    echo "not different there: $name"
  fi
done < <("$lua" "$(command -v busted)" --list 2>/dev/null | grep -E '#(D[0-9]+|host)' | sed 's/\r$//')
echo "$departures departures: $passed show"

# All else, a file at a time.
limit=120
for file in spec/*_spec.lua; do
  status=0
  suite --exclude-tags="$(printf 'D%s,' {1..15})host" "$file" || status=$?
  good=$(sed -nE 's/^([0-9]+) success.*/\1/p' "$log")
  bad=$(sed -nE 's|.* / ([0-9]+) failures? / ([0-9]+) errors?.*|\1 + \2|p' "$log")
  bad=$((${bad:-0}))
  [ "$status" = 0 ] || [ "$bad" -gt 0 ] || bad=1
  [ "$bad" = 0 ] || { echo "$file:" && cat "$log"; }
  passed=$((passed + ${good:-0})) failed=$((failed + bad))
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
