#!/bin/sh
# lighthouse.sh: Lighthouse over five kinds of pages of a demonstration office.
# For the bench: a score below its limit is shown, not failed.
set -eu

cd "$(dirname "$0")/.."
sh tools/setup.sh web
. ./tools/node.sh
command -v chromium >/dev/null 2>&1 || {
	echo 'chromium is missing: run make test once as root, or install it' >&2
	exit 3
}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM
sh tools/demo.sh "$tmp/public" short >"$tmp/demo"
npm --prefix tools/browser ci --silent
npm --prefix tools/lighthouse ci --silent
CHROME_PATH=$(command -v chromium) node tools/lighthouse/run.mjs "$tmp/public" gaoqing
