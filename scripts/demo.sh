#!/usr/bin/env bash
# Builds the module for the first Lua it finds and runs a job of real work with it, split over threads.
set -euo pipefail
cd "$(dirname "$0")/.."

case "${1:-}" in -h | --help)
  echo "usage: scripts/demo.sh [LUA [THREADS [LIMIT]]]"
  echo "LUA: lua5.1 to lua5.4 or luajit; left out: the first of those that is installed. THREADS: one a processor."
  exit
  ;;
esac

lua=${1:-}
if [ -z "$lua" ]; then
  for lua in lua5.4 luajit lua5.3 lua5.2 lua5.1 ''; do
    command -v "$lua" >/dev/null && break
  done
fi
if [ -z "$lua" ] || ! command -v "$lua" >/dev/null; then
  echo "demo.sh: no ${lua:-Lua} here; install one of lua5.4, luajit, lua5.3, lua5.2, lua5.1 (Debian's names)," >&2
  echo "for example with: apt-get install lua5.4" >&2
  exit 1
fi

scripts/build.sh "$lua"
export LUA_CPATH="build/$lua/?.so;;" LUA_PATH="build/$lua/?.lua;;"
exec "$lua" scripts/demo.lua "${@:2}"
