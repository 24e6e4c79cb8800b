#!/usr/bin/env bash
# Runs the spec suite under valgrind's memcheck: any error fails it.
set -euo pipefail
cd "$(dirname "$0")/.."

case "${1:-}" in -h | --help)
  echo "usage: scripts/sanitize.sh [LUA [BUSTED-ARGUMENT...]]"
  echo "LUA: lua5.1 to lua5.4; lua5.4 if left out."
  exit
  ;;
esac
lua=${1:-lua5.4}

scripts/setup.sh "$lua" valgrind lua-busted lua-socket lua-filesystem
scripts/build.sh "$lua"
export LUA_CPATH="build/$lua/?.so;;" LUA_PATH="build/$lua/?.lua;./?.lua;;"
valgrind --quiet --error-exitcode=1 "$lua" "$(command -v busted)" "${@:2}"
echo "memcheck under $lua: clean"
