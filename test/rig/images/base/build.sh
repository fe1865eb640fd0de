#!/usr/bin/env bash
# Writes a minimal Debian as a tar to stdout, from the mirror this machine's own apt uses.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. /etc/os-release
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' \
  | sort -u | awk '$4 == "main"' >"$work/sources.list"
[ -s "$work/sources.list" ] || { echo 'base image: apt knows no Debian mirror; run apt-get update first' >&2; exit 1; }
# Only what reaching that mirror needs: proxies, and how strictly dates are looked at.
apt-config dump --no-empty --format '%f "%v";%n' Acquire \
  | grep -E '^Acquire::(https?::Proxy|Check-Date|Check-Valid-Until|Retries)' >"$work/apt.conf" || true
[ -s "$work/apt.conf" ] || echo 'Acquire::Retries "3";' >"$work/apt.conf"

mmdebstrap --quiet --variant=apt --include="$(paste -sd, "$here/packages")" \
  --dpkgopt=force-unsafe-io --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
  --aptopt='Apt::Install-Recommends "false"' --aptopt="$work/apt.conf" \
  --customize-hook='copy-in /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs' \
  "$VERSION_CODENAME" - "$work/sources.list"
