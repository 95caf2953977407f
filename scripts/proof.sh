#!/usr/bin/env bash
# `npm run proof`: what takes too long for every change. Runs each scripts/proof/* in order; the first failure ends it.
set -euo pipefail
cd "$(dirname "$0")/.."
shopt -s nullglob
steps=(scripts/proof/*)
for step in "${steps[@]}"; do
  echo "proof: $step"
  case $step in
    *.sh) bash "$step" ;;
    *.mjs) node "$step" ;;
    *.ts) tsx "$step" ;;
    *) continue ;;
  esac
done
echo "proof: ${#steps[@]} passed, 0 failed"
