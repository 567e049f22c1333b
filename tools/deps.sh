#!/usr/bin/env bash
# Installs the Debian packages the checks need and this machine lacks.
set -euo pipefail
need=()
have() { command -v "$1" >/dev/null 2>&1 || need+=("$2"); }
have gcc gcc
have chromium chromium
have qemu-system-aarch64 qemu-system-arm
have mcopy mtools
have mkfs.ext4 e2fsprogs
have debugfs e2fsprogs
have zbarimg zbar-tools
have node nodejs
[ ${#need[@]} -eq 0 ] && exit 0
mapfile -t need < <(printf '%s\n' "${need[@]}" | sort -u)
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "Please install first: apt-get install ${need[*]}" >&2
  exit 1
fi
echo "installing ${need[*]}"
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${need[@]}" >/dev/null
