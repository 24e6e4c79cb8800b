#!/usr/bin/env bash
# Builds the module: build/LUA/{llthreads2,llthreads}.so with their ex files, for LUA_CPATH and LUA_PATH.
set -euo pipefail
cd "$(dirname "$0")/.."

usage="usage: scripts/build.sh [LUA...]
LUA: lua5.1, lua5.2, lua5.3, lua5.4 or luajit; without any: all five.
Result: build/LUA/ with llthreads2.so, llthreads.so, llthreads2/ex.lua and llthreads/ex.lua. To use it:
  export LUA_CPATH='build/LUA/?.so;;' LUA_PATH='build/LUA/?.lua;;'"

case "${1:-}" in -h | --help) echo "$usage" && exit ;; esac
[ $# -gt 0 ] || set -- lua5.1 lua5.2 lua5.3 lua5.4 luajit

command -v cargo >/dev/null || {
  echo "build.sh: cargo is missing: install Rust 1.88 or newer, see https://rustup.rs" >&2
  exit 1
}

case "$(uname -s)" in
Darwin) library=libllthreads2.dylib suffix=so ;;
MINGW* | MSYS* | CYGWIN*) library=llthreads2.dll suffix=dll ;;
*) library=libllthreads2.so suffix=so ;;
esac

for lua in "$@"; do
  case "$lua" in
  lua5.[1-5] | luajit) ;;
  *) echo "$usage" >&2 && exit 2 ;;
  esac
  cargo build --quiet --release --lib --features "${lua//./}"
  out=build/$lua
  mkdir -p "$out/llthreads2" "$out/llthreads"
  # A new file, not new contents: a program may have the old one loaded.
  rm -f "$out"/llthreads*."$suffix"
  cp "${CARGO_TARGET_DIR:-target}/release/$library" "$out/llthreads2.$suffix"
  ln "$out/llthreads2.$suffix" "$out/llthreads.$suffix"
  cp src/lua/llthreads2/ex.lua "$out/llthreads2/ex.lua"
  cp src/lua/llthreads2/ex.lua "$out/llthreads/ex.lua"
  echo "built $out"
done
