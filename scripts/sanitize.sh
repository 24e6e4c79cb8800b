#!/usr/bin/env bash
# Runs the tests under tools that watch memory and threads, in all processes that the tests start: any finding fails.
set -euo pipefail
cd "$(dirname "$0")/.."

usage="usage: scripts/sanitize.sh [TOOL [LUA [BUSTED-ARGUMENT...]]]
TOOL: memcheck, the specs under valgrind; helgrind, those about the life cycle; address or thread, the compiler's
  sanitizers in std, in the crate and in a Lua built in: unit tests and specs. Without any: all four.
LUA: lua5.1 to lua5.4; lua5.4 if left out. With BUSTED-ARGUMENTs nothing but specs is run."
case "${1:-}" in
-h | --help) echo "$usage" && exit ;;
'') for tool in memcheck helgrind address thread; do "$0" "$tool"; done && exit ;;
esac
tool=$1 lua=${2:-lua5.4} built=$PWD/target/$1 reports=$PWD/target/$1/reports
[[ "$tool $lua" =~ ^(memcheck|helgrind|address|thread)\ lua5\.[1-4]$ ]] || { echo "$usage" >&2 && exit 2; }
scripts/setup.sh "$lua" valgrind gcc libc6-dev lua-busted lua-socket lua-filesystem
scripts/build.sh "$lua"
rm -rf "$reports" && mkdir -p "$reports"
trap 'find "$reports" -type f -size +0 -exec cat {} + >&2' EXIT
LUA_PATH="build/$lua/?.lua;./?.lua;$("$lua" -e 'io.write(package.path)')"
LUA_CPATH="build/$lua/?.so;$("$lua" -e 'io.write(package.cpath)')"
export LUA_PATH LUA_CPATH LLTHREADS_SECONDS=0 LLTHREADS_LIMIT=300
# Left out is what limits or measures a process's memory, which a tool multiplies, and thousands of threads.
specs=(--filter-out={leaves.nothing.behind.after,from.the.OS,the.reason.of.the.OS,that.nobody.reads.are.let.go}
  --filter-out={closes.its.state.when.it.is.collected,^no.memory,^threads.are})
# In the end valgrind would free glibc's memory, though threads still run.
host=(valgrind --tool="$tool" --quiet --trace-children=yes --trace-children-skip="*/cc" --fair-sched=yes --max-threads=1000
  --run-libc-freeres=no --error-exitcode=99 --log-file="$reports/%p" "$lua")
[[ ! $tool =~ memcheck|helgrind ]] || specs+=(--filter-out={^a.storm,^threads.by}) # too long: one thread runs at a time
if [ "$tool" != memcheck ]; then # std is built as well: the tool has to see its locks
  rustup --quiet component add rust-src
  CARGO_BUILD_TARGET=$(rustc -vV | sed -n 's/^host: //p')
  export CARGO_BUILD_TARGET RUSTC_BOOTSTRAP=1 CARGO_UNSTABLE_BUILD_STD=std CARGO_TARGET_DIR=$built
fi
if [ "$tool" = helgrind ]; then
  cargo build --quiet --lib --features "${lua//./}"
  for name in llthreads2 llthreads; do ln -f "$built/$CARGO_BUILD_TARGET/debug/libllthreads2.so" "$built/$name.so"; done
  cc -Wall -shared -fPIC -o "$built/helgrind.so" scripts/helgrind.c
  # Atomics are made to be used by several threads at once.
  printf '{\natomics\nHelgrind:Race\nfun:*4core4sync6atomic*\n}\n' >"$built/suppressions"
  export LUA_CPATH="$built/?.so;$LUA_CPATH" VALGRIND_OPTS="--suppressions=$built/suppressions"
  host=(env LD_PRELOAD="$built/helgrind.so" "${host[@]}")
  [ $# -gt 2 ] || set -- "$tool" "$lua" spec/{01,02,03,04,05,10,12}-*
elif [ "$tool" != memcheck ]; then
  # C modules get Lua's functions from the host. The runtime for threads does not know _longjmp, and loses its stack.
  export RUSTFLAGS="-Zsanitizer=$tool -Clink-arg=-Wl,--export-dynamic" CFLAGS="-fsanitize=$tool -g -D_longjmp=longjmp"
  # Lua never collects what finalizers make while their state is closed, and what ends by os.exit joins no threads.
  echo "leak:lua_close" >"$built/suppressions"
  export LSAN_OPTIONS="suppressions=$built/suppressions:print_suppressions=0" ASAN_OPTIONS="log_path=$reports/r"
  export TSAN_OPTIONS="log_path=$reports/r:report_thread_leaks=0"
  # There a signal waits for the next call out of the code, which never comes.
  [ "$tool" = address ] || specs+=(--filter-out=reaches.a.loop.that.calls.nothing)
  [ $# -gt 2 ] || cargo test --quiet --no-default-features --features "vendored,${lua//./}" --lib
  cargo build --quiet --no-default-features --features "vendored,${lua//./}" --bins
  host=("$built/$CARGO_BUILD_TARGET/debug/llthreads2-lua")
fi
"${host[@]}" "$(command -v busted)" "${specs[@]}" "${@:3}"
[ -z "$(find "$reports" -type f -size +0)" ]
echo "$tool under $lua: clean"
