#!/usr/bin/env bash
# What the rockspecs call: builds the module for LuaRocks' Lua, and puts it where LuaRocks collects a rock's files.
set -euo pipefail
cd "$(dirname "$0")/.."

usage="usage: scripts/rock.sh build LUA
       scripts/rock.sh install LUA MODULE LIBDIR LUADIR EXTENSION
LUA: the interpreter to build for, as a path. MODULE: llthreads2 or llthreads. LIBDIR, LUADIR, EXTENSION: as LuaRocks
names them. By hand, use 'luarocks make', or scripts/build.sh without LuaRocks."

case "${1:-} $#" in
-h\ * | --help\ *) echo "$usage" && exit ;;
build\ 2 | install\ 6) ;;
*) echo "$usage" >&2 && exit 2 ;;
esac

# LuaRocks does not say whether its Lua is LuaJIT, so that Lua is asked. Its name is build.sh's.
lua=$("$2" -e 'print(jit and "luajit" or "lua" .. _VERSION:match("%d+%.%d+"))') || {
  echo "rock.sh: can't run the Lua to build for, $2: tell luarocks which it is, with LUA=/path/to/lua" >&2
  exit 1
}

if [ "$1" = build ]; then
  exec scripts/build.sh "$lua"
fi
module=$3 libdir=$4 luadir=$5 extension=$6
mkdir -p "$libdir" "$luadir/$module"
cp "build/$lua/$module.$extension" "$libdir/"
cp "build/$lua/$module/ex.lua" "$luadir/$module/"
