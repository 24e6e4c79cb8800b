#!/usr/bin/env bash
# Formatting and lints: rustfmt, clippy for each Lua, luacheck, shellcheck. Warnings are errors.
set -euo pipefail
cd "$(dirname "$0")/.."

case "${1:-}" in -h | --help) echo "usage: scripts/lint.sh" && exit ;; esac
scripts/setup.sh lua-check shellcheck

cargo fmt --check
for lua in lua51 lua52 lua53 lua54 lua55 luajit; do
  cargo clippy --quiet --all-targets --features "$lua" -- -D warnings
done
cargo clippy --quiet --all-targets --no-default-features --features vendored,lua54 -- -D warnings
RUSTDOCFLAGS="-D warnings" cargo doc --quiet --no-deps --document-private-items --features lua54
luacheck --quiet src spec scripts
shellcheck scripts/*.sh .ci/run
echo "lint: clean"
