#!/usr/bin/env bash
# Soaks the module: random operations on threads for a time, with every result checked and the memory watched.
set -euo pipefail
cd "$(dirname "$0")/.."

case "${1:-}" in -h | --help)
  echo "usage: scripts/soak.sh [SECONDS [LUA...]]"
  echo "SECONDS: for each Lua; 600 if left out. LUA: lua5.1, lua5.2, lua5.3, lua5.4 or luajit; without any: all five."
  echo "LLTHREADS_SEED in the environment: the seed that a run before has told. Needs /proc, so Linux."
  echo "The last line says N passed, N failed: a Lua fails if a result is wrong, if it crashes or hangs, or if the"
  echo "memory used at the end is more than in the middle."
  exit
  ;;
esac
time=${1:-600} passed=0 failed=0
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- lua5.1 lua5.2 lua5.3 lua5.4 luajit

scripts/setup.sh "$@" lua-socket
scripts/build.sh "$@" >/dev/null
export MALLOC_ARENA_MAX=1 # one heap for all threads: what malloc keeps back for each would hide what leaks
for lua in "$@"; do
  status=0
  # What goes to stderr are the errors of children that were interrupted before they had a logger.
  LUA_CPATH="build/$lua/?.so;;" LUA_PATH="build/$lua/?.lua;./?.lua;;" \
    timeout $((time + 120)) "$lua" scripts/soak.lua "$time" 2>/dev/null || status=$?
  if [ "$status" = 0 ]; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    echo "FAILED: the soak under $lua, exit status $status"
  fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
