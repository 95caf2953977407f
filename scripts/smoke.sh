#!/usr/bin/env bash
# The binary as an operator's machine has it: an empty folder, no PATH, no environment, no node_modules in reach.
# usage: scripts/smoke.sh [BINARY]
set -euo pipefail
cd "$(dirname "$0")/.."
binary=$(realpath "${1:-$(ls build/signet-linux-*)}")
folder=$(mktemp -d)
server='' sink=''
support=$PWD/test/support
trap 'for one in $server $sink; do kill "$one" 2>/dev/null || true; done; rm -rf "$folder"' EXIT
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

python3 "$support/sink.py" >taken &
sink=$!
for _ in {1..100}; do
  [[ -s taken ]] && break
  sleep 0.1
done
[[ $(<taken) =~ \"port\":\ ([0-9]+) ]] || fail 'the next hop did not start'
cat >bundle.yaml <<YAML
version: 1
tenants:
  - name: smoke
    domains: [example.com]
    peers: [127.0.0.1]
    nextHop: {host: 127.0.0.1, port: ${BASH_REMATCH[1]}, tls: 'off'}
    signatures: [{name: All, textFile: signature.txt}]
    rules: [{name: All, signatures: [All]}]
    preferences: {unknownSenders: from-message}
YAML

env -i PATH= SIGNET_BUNDLE=bundle.yaml SIGNET_HTTP_LISTEN=127.0.0.1:0 SIGNET_SMTP_LISTEN=127.0.0.1:0 "$binary" serve >line 2>log &
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
web=/dev/tcp/127.0.0.1/${BASH_REMATCH[1]}
exec 3<>"$web"
printf 'GET /first-run HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' >&3
page=$(cat <&3)
exec 3>&-
[[ $page =~ href=\"(/assets/[0-9a-f]+/tabler\.css)\" ]] || fail 'the first page of an empty appliance is not shown'
exec 3<>"$web"
printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' "${BASH_REMATCH[1]}" >&3
grep -aq '200 OK' <&3 || fail 'the style sheet is not in the binary'
exec 3>&-

[[ $(<line) =~ relays\ mail\ on\ 127\.0\.0\.1:([0-9]+), ]] || fail "serve said \"$(<line)\""
mail=$(printf 'From: ada@example.com\r\nSubject: x\r\n\r\nHello\r\n' | base64 -w0)
printf '{"port": %s, "from": "ada@example.com", "to": ["bob@example.org"], "data": "%s"}\n' "${BASH_REMATCH[1]}" "$mail" |
  python3 "$support/send.py" | grep -q '"code": 250' || fail "the relay took no mail: $(<log)"
sed -n 's/.*"data": "\([^"]*\)".*/\1/p' taken | base64 -d | grep -q 'Ada Lovelace' || fail 'the relayed message has no signature'

kill -TERM "$server"
wait "$server" || fail "serve ended with $? after SIGTERM"
server=''
echo "smoke: $version answers, stamps, relays and leaves, $(stat -c %s "$binary") bytes"
