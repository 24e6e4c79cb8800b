#!/usr/bin/env bash
# Compares our build with another build of the module, such as the C original: by the cases, or by the spec suite.
set -euo pipefail
cd "$(dirname "$0")/.."

usage="usage: scripts/compare.sh --reference DIR [--module llthreads|llthreads2] [--record|--suite] [LUA...]
Runs compat/cases under both builds; differences other than compat/departures lists are shown.
DIR: the tree of LuaRocks where the other build is, or a directory that has MODULE.so and its Lua files, by itself or in
  a subdirectory for each LUA. LUA: lua5.1 to lua5.4 or luajit; without any: all five. MODULE: llthreads2 if left out.
--record: writes what the other build does to compat/observed.
--suite: instead, runs the specs under the other build: what is tagged as a departure has to fail there, all else has
  to pass. So the suite tests the contract, and not our habits. Counts the processes that crash or hang.
The last line says N passed, N failed."

reference='' module=llthreads2 mode=''
while [ $# -gt 0 ]; do
  case "$1" in
  -h | --help) echo "$usage" && exit ;;
  --reference) reference=$(cd "${2:?$usage}" && pwd) && shift ;; # a link keeps its name, by which specs know a Lua
  --module) module=${2:?$usage} && shift ;;
  --record | --suite) mode=${1#--} ;;
  -*) echo "$usage" >&2 && exit 2 ;;
  *) break ;;
  esac
  shift
done
[[ -d $reference && $module =~ ^llthreads2?$ ]] || { echo "$usage" >&2 && exit 2; }
[ $# -gt 0 ] || set -- lua5.1 lua5.2 lua5.3 lua5.4 luajit

scripts/setup.sh "$@" lua-busted lua-socket lua-filesystem
log=$(mktemp) list=$(mktemp) passed=0 failed=0
trap 'rm -f "$log" "$list"' EXIT

# Some, with a time limit. Counts processes that crash or hang: this one, and those that a spec tells of.
specs() {
  local status=0
  timeout "$limit" "$lua" "$(command -v busted)" "$@" </dev/null >"$log" 2>&1 || status=$?
  if [ "$status" = 124 ]; then
    echo "hang: busted" >>"$log"
  elif [ "$status" -gt 128 ] || tail -n 1 "$log" | grep -q '^PANIC: '; then
    echo "crash: busted" >>"$log"
  fi
  crashes=$((crashes + $(grep -c '^crash: ' "$log")))
  hangs=$((hangs + $(grep -c '^hang: ' "$log")))
  return "$status"
}

suite() {
  # Each departure by itself, as it may well crash. One that is pending is for other Luas; one that neither failed nor
  # ran has not shown.
  local tags name pattern departures=0 shown=0 good bad status limit=45 crashes=0 hangs=0
  export LLTHREADS_LIMIT=40
  tags=$(printf 'D%s,' {1..15})host
  specs --list --tags="$tags" || true
  sed 's/\r$//' "$log" >"$list"
  while IFS= read -r name; do
    pattern=${name#* }
    pattern=${pattern//[^[:alnum:]]/.}
    if ! specs --filter="^$pattern\$"; then
      departures=$((departures + 1)) shown=$((shown + 1))
    elif ! grep -qE '^0 successes .* [1-9][0-9]* pending' "$log"; then
      departures=$((departures + 1))
      echo "not different there: $name"
    fi
  done <"$list"
  # All else, a file at a time.
  local others=0 wrong=0
  limit=900 LLTHREADS_LIMIT=120
  for file in spec/*_spec.lua; do
    status=0
    specs --exclude-tags="$tags" "$file" || status=$?
    good=$(sed -nE 's/^([0-9]+) success.*/\1/p' "$log")
    bad=$(sed -nE 's|.* / ([0-9]+) failures? / ([0-9]+) errors?.*|\1 + \2|p' "$log")
    bad=$((${bad:-0}))
    [ "$status" = 0 ] || [ "$bad" -gt 0 ] || bad=1
    [ "$bad" = 0 ] || { echo "$file:" && cat "$log"; }
    others=$((others + ${good:-0})) wrong=$((wrong + bad))
  done
  echo "$lua: $shown of $departures departures show, $others others pass, $wrong fail; $crashes crashes, $hangs hangs"
  passed=$((passed + shown + others)) failed=$((failed + departures - shown + wrong))
}

for lua in "$@"; do
  version=${lua#lua}
  [ "$lua" = luajit ] && version=5.1
  for libraries in "$reference/lib/lua/$version" "$reference/$lua" "$reference"; do
    [ -e "$libraries/$module.so" ] && break
  done
  sources=$libraries
  [ "$libraries" = "$reference/lib/lua/$version" ] && sources=$reference/share/lua/$version
  export COMPARE_LIBRARIES=$libraries COMPARE_SOURCES=$sources COMPARE_MODULE=$module LLTHREADS=$module
  if [ "$mode" = suite ]; then
    LUA_CPATH="$libraries/?.so;;" LUA_PATH="$sources/?.lua;./?.lua;;" suite
  else
    [ "$mode" != record ] || export COMPARE_RECORD=1
    scripts/build.sh "$lua"
    if cargo test --quiet --features lua54 --test cases -- "${lua//./_}"; then
      passed=$((passed + 1))
    else
      failed=$((failed + 1))
    fi
  fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
