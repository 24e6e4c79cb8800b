#!/usr/bin/env bash
# Formatting and lints: rustfmt, clippy for each Lua, luacheck, shellcheck, the workflows against GitHub's schema.
# Warnings are errors.
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
luacheck --quiet src spec scripts compat
shellcheck scripts/*.sh .ci/run

check=target/lint-venv/bin/check-jsonschema
if [ ! -x "$check" ]; then
  python3 -c 'import ensurepip' 2>/dev/null || scripts/setup.sh python3 python3-venv
  python3 -m venv --clear target/lint-venv
  target/lint-venv/bin/pip install --quiet --disable-pip-version-check check-jsonschema==0.39.0
fi
"$check" --builtin-schema vendor.github-workflows .github/workflows/*.yml
if grep -HnE '^[ -]*uses:' .github/workflows/*.yml | grep -vE '@[0-9a-f]{40} # '; then
  echo "lint.sh: these actions are not pinned by a full commit hash with the version in a comment" >&2
  exit 1
fi
echo "lint: clean"
