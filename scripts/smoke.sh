#!/usr/bin/env bash
# The binary as an operator's machine has it: an empty folder, no PATH, no environment, no node_modules in reach.
# usage: scripts/smoke.sh [BINARY]
set -euo pipefail
cd "$(dirname "$0")/.."
binary=$(realpath "${1:-$(ls build/signet-linux-*)}")
folder=$(mktemp -d)
server=''
trap '[[ -z $server ]] || kill "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"

fail() {
  echo "smoke: $1" >&2
  exit 1
}

version=$(env -i PATH= "$binary" version)
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || fail "version said \"$version\""

echo 'Ada Lovelace' >signature.txt
printf 'From: ada@example.com\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nHello\r\n' |
  env -i PATH= "$binary" stamp --text signature.txt >stamped.eml
grep -q 'Ada Lovelace' stamped.eml || fail 'the stamped message has no signature'
[[ $(ls) == $'signature.txt\nstamped.eml' ]] || fail 'stamp left something in its folder'

env -i PATH= SIGNET_HTTP_LISTEN=127.0.0.1:0 "$binary" serve >line 2>log &
server=$!
for _ in {1..100}; do
  [[ -s line ]] && break
  sleep 0.1
done
[[ $(<line) =~ http://127\.0\.0\.1:([0-9]+)/healthz ]] || fail "serve said \"$(<line)\", and in its log: $(<log)"
exec 3<>"/dev/tcp/127.0.0.1/${BASH_REMATCH[1]}"
printf 'GET /healthz HTTP/1.0\r\n\r\n' >&3
grep -q '200 OK' <&3 || fail '/healthz did not answer 200'
exec 3>&-

kill -TERM "$server"
wait "$server" || fail "serve ended with $? after SIGTERM"
server=''
echo "smoke: $version answers, stamps and leaves, $(stat -c %s "$binary") bytes"
