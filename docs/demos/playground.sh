#!/usr/bin/env bash
# Builds the playground and drives it in a headless Chromium: typing, findings, tuning, sharing, keyboard, accessibility basics, no network.
# Needs Go, Node.js with npm, and Chromium (CHROMIUM=/path, default `chromium`); playwright-core is fetched into a temporary directory.
#
#   docs/demos/playground.sh [SCREENSHOT-DIRECTORY]
set -euo pipefail
checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
shots=${1:+$(cd "$1" && pwd)}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$checkout"
go run ./cmd/playground/pack -o "$scratch/playground.html"
cp docs/demos/playground.mjs "$scratch"
cd "$scratch"
npm install --silent --no-audit --no-fund playwright-core@1 >/dev/null
node playground.mjs "$scratch/playground.html" "$(command -v "${CHROMIUM:-chromium}")" $shots
