#!/usr/bin/env bash
# `npm run proof`: what takes too long for every change, and what needs more than a checkout has: the corpus beside it,
# other parsers, long fuzzing, the full benchmark, the image. What is missing is said and left out; the first failure
# ends it.
# usage: scripts/proof.sh [SECONDS_OF_FUZZING]
set -euo pipefail
cd "$(dirname "$0")/.."
PATH=$PWD/node_modules/.bin:$PATH
corpus=../shared/corpus
passed=0

step() {
  echo "proof: $1"
  shift
  "$@"
  passed=$((passed + 1))
}
skip() { echo "proof: $1: skipped, $2"; }

if [[ ! -d $corpus ]]; then
  skip 'the corpus' "there is no $corpus"
elif ! command -v python3 >/dev/null; then
  skip 'the corpus' 'python3 is not installed'
else
  step 'the corpus' python3 scripts/corpus-check.py 'node --import tsx src/main.ts' "$corpus"
fi
step 'a kill at every statement of the migrations' env EVERY_STATEMENT=yes node --import tsx --test test/store/upgrade.test.ts
step 'other parsers' node --import tsx scripts/proof/parsers.ts
step 'fuzzing' node --import tsx scripts/proof/fuzz.ts --seconds "${1:-300}"
step 'the fault matrix' node --expose-gc --import tsx scripts/proof/faults.ts
# Debian's own Python sees Debian's aiosmtpd (package python3-aiosmtpd).
if ! /usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null; then
  skip 'the relay under faults and attacks' 'python3-aiosmtpd is not installed'
else
  [[ -d $corpus ]] && step 'the corpus through the relay' /usr/bin/python3 scripts/proof/corpus-relay.py "$corpus"
  step 'kill -9' /usr/bin/python3 scripts/proof/kill.py
  step 'faults of the machine' /usr/bin/python3 scripts/proof/faults-of-the-machine.py
  step 'smuggling' /usr/bin/python3 scripts/proof/smuggling.py
  step 'Postfix before us' /usr/bin/python3 scripts/proof/postfix-before.py
  step 'open relay' /usr/bin/python3 scripts/proof/open-relay.py
  step 'bad clients' /usr/bin/python3 scripts/proof/bad-clients.py
  step 'a soak' /usr/bin/python3 scripts/proof/soak.py
fi
step 'a large directory' node --expose-gc --max-semi-space-size=4 --import tsx scripts/proof/directory-load.ts
step 'the benchmark' npm run -s bench -- stamp
if command -v buildah >/dev/null; then
  step 'the image' bash scripts/image-check.sh
else
  skip 'the image' 'buildah is not installed'
fi
echo "proof: $passed passed, 0 failed"
