#!/usr/bin/env bash
# All tests: sets up what is missing, builds, lints, runs cargo test, and for each Lua the specs and a short soak.
set -euo pipefail
cd "$(dirname "$0")/.."

case "${1:-}" in -h | --help)
  echo "usage: scripts/test.sh [LUA...]"
  echo "LUA: lua5.1, lua5.2, lua5.3, lua5.4 or luajit; without any: all five. The last line says N passed, N failed."
  exit
  ;;
esac
[ $# -gt 0 ] || set -- lua5.1 lua5.2 lua5.3 lua5.4 luajit

scripts/setup.sh "$@" liblua5.4-dev lua-busted lua-socket lua-filesystem
log=$(mktemp)
trap 'rm -f "$log"' EXIT
passed=0 failed=0

# Adds up the numbers before these words, over the whole log.
count() {
  { grep -oE "[0-9]+ ($1)" "$log" || true; } | awk '{ n += $1 } END { print n + 0 }'
}

# Runs a step and counts its tests. One that ends with an error has failed at least once.
step() {
  local name=$1 status=0 bad
  shift
  echo "== $name"
  "$@" </dev/null >"$log" 2>&1 || status=$?
  cat "$log"
  bad=$(count 'failed|failures?|errors?')
  [ "$status" = 0 ] || [ "$bad" -gt 0 ] || bad=1
  passed=$((passed + $(count 'passed|success(es)?')))
  failed=$((failed + bad))
}

step build scripts/build.sh "$@"
# One of cargo's tests is a C program that has Lua 5.4 in it.
[[ " $* " == *" lua5.4 "* ]] || step "build for cargo test" scripts/build.sh lua5.4
step lint scripts/lint.sh
step "cargo test" cargo test --quiet --features lua54 --lib --bins --test features --test hosts --test model
built_in=(--quiet --no-default-features --features "vendored,lua54")
step "doc tests with Lua built in" cargo test "${built_in[@]}" --doc
step "tests with Lua built in" cargo test "${built_in[@]}" --lib
for lua in "$@"; do
  export LUA_CPATH="build/$lua/?.so;;" LUA_PATH="build/$lua/?.lua;./?.lua;;"
  step "the suite under $lua" "$lua" "$(command -v busted)"
  step "the cases under $lua" cargo test --quiet --features lua54 --test cases -- "${lua//./_}"
done
step "the cases under the built-in Lua 5.5" cargo test --quiet --features lua54 --test cases -- lua5_5

step "a short soak" scripts/soak.sh 8 "$@"
step "the rocks" scripts/rocks-test.sh "$@"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
