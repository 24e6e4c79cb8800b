#!/usr/bin/env bash
# Makes what a release is made of: archives of the built module, and rocks.
set -euo pipefail
cd "$(dirname "$0")/.."

usage="usage: scripts/package.sh [LUA...]
       scripts/package.sh rocks
LUA: lua5.1, lua5.2, lua5.3, lua5.4 or luajit; without any: all five.
Result: dist/llthreads2-VERSION-PLATFORM-LUA.tar.gz for each Lua, or, with rocks, a rockspec of this version and its
source rock for each rockspec here; for that the tag vVERSION has to be where the rockspec's URL points.
If RELEASE_TAG is set, it has to be vVERSION, with the version in Cargo.toml."

case "${1:-}" in -h | --help) echo "$usage" && exit ;; esac
[ $# -gt 0 ] || set -- lua5.1 lua5.2 lua5.3 lua5.4 luajit

version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
if [ "${RELEASE_TAG:-v$version}" != "v$version" ]; then
  echo "package.sh: the tag is $RELEASE_TAG, the version in Cargo.toml $version" >&2
  exit 1
fi
mkdir -p dist

if [ "$1" = rocks ]; then
  scripts/setup.sh git luarocks
  for spec in *-scm-*.rockspec; do
    [ -f "$spec" ] || { echo "package.sh: no rockspec here" >&2 && exit 1; }
    luarocks new_version --dir dist --tag "v$version" "$spec" "$version-1"
    (cd dist && luarocks pack "${spec%-scm-*}-$version-1.rockspec")
  done
  exit
fi

case "$(uname -s)" in
Darwin) system=macos ;;
MINGW* | MSYS* | CYGWIN*) system=windows ;;
*) system=$(uname -s | tr '[:upper:]' '[:lower:]') ;;
esac
machine=$(uname -m)
[ "$machine" != arm64 ] || machine=aarch64

scripts/build.sh "$@"
for lua in "$@"; do
  name=llthreads2-$version-$system-$machine-$lua
  rm -rf "dist/$name"
  cp -R "build/$lua" "dist/$name"
  cp LICENSE README.md CHANGELOG.md "dist/$name"
  # COPYFILE_DISABLE: without macOS's extra files.
  COPYFILE_DISABLE=1 tar -czf "dist/$name.tar.gz" -C dist "$name"
  rm -r "dist/$name"
  echo "packed dist/$name.tar.gz"
done
