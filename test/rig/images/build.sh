#!/usr/bin/env bash
# The images of the test rig. A tag is the hash of what an image is made of, so a kept engine is never stale.
#   build.sh tags    prints `name tag` lines        build.sh build   builds what is absent
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
docker=/usr/bin/docker
[ -x "$docker" ] || docker=docker
codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-unknown}")
node_version=$(sed -n 's/^ *"node": "\([0-9.]*\)".*/\1/p' "$root/package.json" | head -1)
npm_major=11

# content and modes of the given files and folders, and whatever words come on stdin
digest() {
  { cat; find "$@" -type f -printf '%P %m\n' | LC_ALL=C sort; find "$@" -type f -print0 | LC_ALL=C sort -z | xargs -0 cat; } \
    | sha256sum | cut -c1-12
}
registry() { npm config get registry --workspaces=false 2>/dev/null; }

base=botswain-rig/base:$(echo "$codename $(uname -m)" | digest "$here/base")
host=botswain-rig/host:$(echo "$base" | digest "$here/host")
tiny=botswain-rig/tiny:$(echo "$host" | digest "$here/tiny")
# The certificates are of the machine: a changed bundle makes a new stand-in, from cached layers.
node=botswain-rig/node:$(echo "$base $node_version $npm_major $(registry)" \
  | digest "$here/node" /etc/ssl/certs/ca-certificates.crt)

has() { "$docker" image inspect "$1" >/dev/null 2>&1; }

build_image() { # context, tag, build arguments…
  local context=$1 tag=$2
  shift 2
  local log
  log=$(mktemp)
  # A client without buildx cannot ask for BuildKit, except Debian's 20.10, which needs none.
  local buildkit=0
  case $("$docker" version --format '{{.Client.Version}}') in 2[0-2].*) buildkit=1 ;; esac
  "$docker" buildx version >/dev/null 2>&1 && buildkit=1
  if ! DOCKER_BUILDKIT=$buildkit "$docker" build --force-rm --network host --label "botswain-rig=${tag%%:*}" \
    "$@" -t "$tag" "$context" >"$log" 2>&1; then
    tail -60 "$log" >&2
    echo "rig: could not build $tag (whole log: $log)" >&2
    exit 1
  fi
  rm -f "$log"
}

# Of every image the newest two are kept: one for this checkout, one for another.
drop_old() {
  "$docker" image ls "$1" --format '{{.Repository}}:{{.Tag}}' | tail -n +3 | xargs -r "$docker" image rm >/dev/null 2>&1 || true
}

step() { # name, tag, function
  if has "$2"; then
    echo "rig: $2 is there"
    return
  fi
  local start=$SECONDS
  "$3"
  drop_old "${2%%:*}"
  echo "rig: $2 built in $((SECONDS - start)) s"
}

make_base() {
  "$here/base/build.sh" | "$docker" import -c 'LABEL botswain-rig=botswain-rig/base' - "$base" >/dev/null
}
make_host() { build_image "$here/host" "$host" --build-arg "BASE=$base"; }
make_tiny() { build_image "$here/tiny" "$tiny" --build-arg "HOST=$host"; }
make_node() {
  local context
  context=$(mktemp -d)
  cp "$here/node/Dockerfile" /etc/ssl/certs/ca-certificates.crt "$context"
  echo "registry=$(registry)" >"$context/npmrc"
  local arch
  case $(uname -m) in x86_64) arch=x64 ;; aarch64) arch=arm64 ;; *) arch=$(uname -m) ;; esac
  (
    cd "$context"
    npm pack --silent "node-linux-$arch@$node_version" >/dev/null
    tar -xzf node-linux-*.tgz package/bin/node && mv package/bin/node node && rm -rf package node-linux-*.tgz
    npm pack --silent "npm@$npm_major" >/dev/null
    tar -xzf npm-*.tgz && rm npm-*.tgz
  )
  chmod -R a+rX "$context"
  chmod 0755 "$context/node" "$context"/package/bin/*.js
  build_image "$context" "$node" --build-arg "BASE=$base"
  rm -rf "$context"
}

# A real node:24-slim is left alone.
tag_node() {
  if has node:24-slim && [ -z "$("$docker" image inspect -f '{{index .Config.Labels "botswain-rig"}}' node:24-slim)" ]; then
    echo 'rig: node:24-slim is not our stand-in and stays as it is'
  else
    "$docker" tag "$node" node:24-slim
  fi
}

case ${1:-} in
  tags) printf 'host %s\ntiny %s\nnode %s\n' "$host" "$tiny" "$node" ;;
  build)
    exec 9>"${TMPDIR:-/tmp}/botswain-rig-build.lock"
    flock 9
    has "$host" || step base "$base" make_base
    step host "$host" make_host
    step tiny "$tiny" make_tiny
    has "$node" || step base "$base" make_base
    step node "$node" make_node
    tag_node
    "$docker" builder prune --force --keep-storage 5GB >/dev/null 2>&1 || true
    ;;
  *)
    echo 'usage: build.sh tags | build' >&2
    exit 2
    ;;
esac
