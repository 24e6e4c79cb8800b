#!/usr/bin/env bash
# The rocks, for each Lua: made into an empty tree, used from there alone, removed without a trace.
set -euo pipefail
cd "$(dirname "$0")/.."

usage="usage: scripts/rocks-test.sh [LUA...]
LUA: lua5.1, lua5.2, lua5.3, lua5.4 or luajit; without any: all five. The last line says N passed, N failed."
[ $# -gt 0 ] || set -- lua5.1 lua5.2 lua5.3 lua5.4 luajit
packages=(luarocks "$@") # and each lua.h, which LuaRocks insists on
for lua in "$@"; do
  case "$lua" in
  -h | --help) echo "$usage" && exit ;;
  lua5.1) packages+=(liblua5.1-0-dev) ;;
  lua5.[2-4]) packages+=("lib$lua-dev") ;;
  luajit) packages+=(libluajit-5.1-dev) ;;
  *) echo "$usage" >&2 && exit 2 ;;
  esac
done
scripts/setup.sh "${packages[@]}"

tmp=$(mktemp -d) passed=0 failed=0
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/bin" # all commands but cargo
for dir in ${PATH//:/ }; do ln -s "$dir"/* "$tmp/bin" 2>/dev/null || true; done
rm -f "$tmp/bin/cargo"
awk '/^```lua/ { on = 1; next } on && /^```/ { exit } on' README.md >"$tmp/example.lua"
prints=$(sed -n 's/.*--> //; T; s/    /\t/gp' "$tmp/example.lua")
echo 'local threads, ex = require(arg[1]), require(arg[1] .. ".ex")
print(select(2, assert(threads.new("return ... + 2", 40):start():join())),
  select(2, assert(ex.new(function(a, b) return a + b end, 40, 2):start():join())))' >"$tmp/threads.lua"

check() {
  if "${@:2}" </dev/null >"$tmp/log" 2>&1; then passed=$((passed + 1)) && echo "ok      $lua: $1"
  else failed=$((failed + 1)) && echo "FAILED  $lua: $1" && cat "$tmp/log"; fi
}
is() { echo "is $1, not $2" && [ "$1" = "$2" ]; }
rocks() { luarocks --lua-version="$v" --tree "$tree" "$@" "${variables[@]}"; }
refused() { ! PATH=$tmp/bin rocks make LUA_INCDIR="$headers" && grep -q 'cargo is missing: install Rust' "$tmp/log"; }
modules() { find "$tree" -type f -path '*/lua/*' -printf '%P\n' | sed "s,.*lua/$v/,," | LC_ALL=C sort | xargs; }
run() (cd "$tree" && env -i LUA_PATH="share/lua/$v/?.lua" LUA_CPATH="lib/lua/$v/?.so" "$program" "../$1" "${@:2}" 2>&1)

for lua in "$@"; do
  program=$(command -v "$lua") v=${lua#lua} tree=$tmp/$lua headers=/usr/include/$lua variables=()
  [ "$lua" != luajit ] || v=5.1 headers=/usr/include/luajit-2.1 variables=(LUA="$program" LUA_INCDIR="$headers")
  mkdir "$tree"
  check "without cargo the build fails and says why" refused
  check "lua-llthreads2 is made" rocks make
  check "it has llthreads2 and llthreads2.ex" is "$(modules)" "llthreads2.so llthreads2/ex.lua"
  check "they run threads" is "$(run threads.lua llthreads2)" $'42\t42'
  check "the README's first example prints what it says" is "$(run example.lua)" "$prints"
  check "lua-llthreads2-compat is made" rocks make compat/lua-llthreads2-compat-scm-0.rockspec
  check "lua-llthreads2 is removed" rocks remove lua-llthreads2
  check "what is left is llthreads and llthreads.ex" is "$(modules)" "llthreads.so llthreads/ex.lua"
  check "they run threads" is "$(run threads.lua llthreads)" $'42\t42'
  check "lua-llthreads2-compat is removed" rocks remove lua-llthreads2-compat
  check "nothing is left" is "$(find "$tree" -name '*llthreads*')" ""
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
