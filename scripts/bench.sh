#!/usr/bin/env bash
# Times our build, side by side with another build of the module and with other thread libraries that are installed.
set -euo pipefail
cd "$(dirname "$0")/.."

usage="usage: scripts/bench.sh [--reference DIR] [--json | --svg] [LUA...]
DIR: as for scripts/compare.sh: where another build's llthreads2.so is, for instance the C original's; or the file.
LUA: lua5.1 to lua5.4 or luajit; without any: all five.
Prints medians of 11 rounds (or \$BENCH_ROUNDS) of the same work, done in turn in one process, in ms, and ours divided by the
reference. --json: one object for each LUA and work. --svg: a picture of the ratios."

reference='' format=table
while [ $# -gt 0 ]; do
  case "$1" in
  -h | --help) echo "$usage" && exit ;;
  --reference) reference=$(realpath "${2:?$usage}") && shift ;;
  --json | --svg) format=${1#--} ;;
  -*) echo "$usage" >&2 && exit 2 ;;
  *) break ;;
  esac
  shift
done
[ $# -gt 0 ] || set -- lua5.1 lua5.2 lua5.3 lua5.4 luajit

scripts/setup.sh "$@" lua-socket lua-luv >&2
scripts/build.sh "$@" >&2
results=$(mktemp)
trap 'rm -f "$results"' EXIT

for lua in "$@"; do
  version=${lua#lua}
  [ "$lua" = luajit ] && version=5.1
  ours=build/$lua/llthreads2.so theirs=''
  for file in "$reference/lib/lua/$version" "$reference/$lua" "$reference" "${reference%/*}"; do
    [ -n "$reference" ] && [ -f "$file/llthreads2.so" ] && theirs=$file/llthreads2.so && break
  done
  echo "$lua: $("$lua" -v 2>&1 | head -n 1); ours: $ours $(git describe --always --dirty 2>/dev/null); reference: ${theirs:-none}" >&2
  # shellcheck disable=SC2086 # no reference, no argument
  "$lua" compat/bench.lua "$ours" $theirs | sed "s/^/$lua\t/" >>"$results"
  if [ -e /proc/self/status ]; then
    for file in "$ours" $theirs; do
      "$lua" compat/bench.lua --idle "$file" | sed "s/^/$lua\tidle\t/" >>"$results"
    done
  fi
done
"$1" compat/bench-report.lua "$format" <"$results"
