#!/usr/bin/env bash
# Builds the Dockerfile without a container engine and without a container registry, and runs the result read-only as
# its own user. The two base images are stand-ins of the same name, made of Debian packages and the Node of this
# machine: this checks the Dockerfile, it does not make the image that ships.
# Needs root, Debian, and: apt-get install buildah mmdebstrap
set -euo pipefail
cd "$(dirname "$0")/.."
# The machine's own way to its package registry, lent for the build and in no layer of the result. Asked for before
# the Node from node_modules comes first: npm finds its global settings beside the Node it runs on.
registry=$(npm config get registry 2>/dev/null)
user_settings=$(npm config get userconfig 2>/dev/null)
authorities=$(npm config get cafile 2>/dev/null)
[[ -f $authorities ]] || authorities=${NODE_EXTRA_CA_CERTS:-}

PATH=$PWD/node_modules/.bin:$PATH
[[ $(node --version) == v24.* ]] || { echo 'image-check: needs Node 24; run "npm ci" first' >&2; exit 1; }
work=$(mktemp -d)
server=''
cleanup() {
  [[ -z $server ]] || kill "$server" 2>/dev/null || true
  umount --quiet "$work/root/data" "$work/root" 2>/dev/null || true
  rm -rf --one-file-system "$work"
}
trap cleanup EXIT

buildah() { command buildah --root "$work/storage" --runroot "$work/run" --storage-driver vfs "$@"; }

stand_in() { # NAME ROOTFS
  local container
  container=$(buildah from scratch)
  buildah add -q "$container" "$2" / >/dev/null
  buildah config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
  buildah commit -q "$container" "docker.io/library/$1" >/dev/null
  buildah rm "$container" >/dev/null
}

mmdebstrap --quiet --variant=minbase --include=ca-certificates,binutils bookworm "$work/debian.tar"
stand_in debian:12-slim "$work/debian.tar"

mkdir -p "$work/node/usr/local/bin" "$work/node/usr/local/lib/node_modules"
tar -xf "$work/debian.tar" -C "$work/node"
cp "$(node -p process.execPath)" "$work/node/usr/local/bin/node"
npm_folder=$(dirname "$(dirname "$(readlink -f "$(type -aP npm | tail -1)")")")
cp -r "$npm_folder" "$work/node/usr/local/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$work/node/usr/local/bin/npm"
stand_in node:24 "$work/node"

lent=(--volume "$work/npmrc:/usr/local/etc/npmrc:ro")
[[ ! -f $user_settings ]] || cp "$user_settings" "$work/npmrc"
echo "registry=$registry" >>"$work/npmrc"
if [[ -f $authorities ]]; then
  echo 'cafile=/etc/lent-authorities' >>"$work/npmrc"
  lent+=(--volume "$authorities:/etc/lent-authorities:ro")
fi
buildah bud -q --isolation chroot --pull-never --format docker "${lent[@]}" -t signet:check . >/dev/null

container=$(buildah from --pull-never localhost/signet:check)
buildah inspect --type image localhost/signet:check | grep -A30 '"Docker"' | grep -q '"User": "10001:10001"' ||
  { echo 'image-check: the image does not run as 10001' >&2; exit 1; }
root=$(buildah mount "$container")
[[ $(stat -c '%u %a' "$root/data") == '10001 700' ]] || { echo 'image-check: /data is not 10001 0700' >&2; exit 1; }
# debian:12-slim unpacks to 75 MB, and the image shall stay under 200 MB.
base=$(buildah mount "$(buildah from --pull-never docker.io/library/debian:12-slim)")
added=$(($(du -sxB1 "$root" | cut -f1) - $(du -sxB1 "$base" | cut -f1)))
((added < 125000000)) || { echo "image-check: the image adds $added bytes to its base" >&2; exit 1; }

# Read-only root, a volume on /data, no rights: what `docker run --read-only --user 10001` gives.
mkdir "$work/root" "$work/volume"
chown 10001:10001 "$work/volume"
mount --bind "$root" "$work/root"
mount --bind "$work/volume" "$work/root/data"
mount -o remount,bind,ro "$work/root"
# An array, not a function: in the background its process is the server itself, which shall get the signal.
in_image=(chroot --userspec=10001:10001 "$work/root" env -i PATH=/usr/local/bin:/usr/bin:/bin SIGNET_DATA=/data)
"${in_image[@]}" signet version
"${in_image[@]}" SIGNET_HTTP_LISTEN=127.0.0.1:0 SIGNET_SMTP_LISTEN=127.0.0.1:0 signet serve >"$work/line" 2>"$work/log" &
server=$!
for _ in {1..100}; do
  [[ -s $work/line ]] && break
  sleep 0.1
done
cat "$work/line" "$work/log"
port=$(sed -n 's|.*http://[^ ]*:\([0-9]*\)/healthz.*|\1|p' "$work/line")
# The image's own health check, with the port that was really taken.
mapfile -t check < <(sed -n 's/^  "\(exec 3.*\)"\]$/\1/p' Dockerfile | sed 's/\\\\/\\/g')
"${in_image[@]}" SIGNET_HTTP_LISTEN="127.0.0.1:$port" bash -c "${check[0]}"
kill -TERM "$server"
wait "$server"
server=''
echo "image-check: 1 passed, 0 failed; the image adds $added bytes to its base"
