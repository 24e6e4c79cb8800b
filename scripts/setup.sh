#!/usr/bin/env bash
# Installs what the other scripts need and this machine lacks, on Debian and its kin.
set -euo pipefail
cd "$(dirname "$0")/.."

case "${1:-}" in -h | --help)
  echo "usage: scripts/setup.sh PACKAGE..."
  echo "Installs those Debian packages that are missing; elsewhere it says which to install by hand."
  exit
  ;;
esac

missing=()
for package in "$@"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

command -v apt-get >/dev/null || {
  echo "setup.sh: please install what Debian calls: ${missing[*]}" >&2
  exit 1
}
sudo=()
[ "$(id -u)" = 0 ] || sudo=(sudo)
export DEBIAN_FRONTEND=noninteractive
echo "installing: ${missing[*]}"
{
  "${sudo[@]}" apt-get update -qq
  "${sudo[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"
} >/dev/null
