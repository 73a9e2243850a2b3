#!/bin/sh
# run.sh SITE [TEST…]: the finished demonstration site in a real browser, under
# the Nu HTML checker and a link checker. Pictures of every kind of page go to
# screens/ (SUNLOT_SCREENS). Installs Chromium, fonts and Java where they are
# missing and it may; anywhere else it says so and stops.
set -eu

cd "$(dirname "$0")/../.."
site=$(cd "$1" && pwd)
shift
root=$(pwd)
. ./tools/node.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM

missing=''
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
command -v java >/dev/null 2>&1 || missing="$missing default-jre-headless"
ls /usr/share/fonts/opentype/noto/NotoSansCJK* >/dev/null 2>&1 || missing="$missing fonts-noto-cjk"
. ./tools/missing.sh

# A site whose every text is every payload, made of the same verified ledger.
SUNLOT_POISON="$site/gaoqing=$tmp/poisoned" go test -count=1 -run '^TestPoison$' ./site

npm --prefix tools/browser ci --silent
cd tools/browser
export SUNLOT_SITE="$site" SUNLOT_POISONED="$tmp/poisoned" SUNLOT_SCREENS="${SUNLOT_SCREENS:-$root/screens}"
[ $# -gt 0 ] || set -- ./*.test.mjs
status=0
node --test --test-reporter=spec "$@" >"$tmp/report" 2>&1 || status=$?
[ "$status" -eq 0 ] || cat "$tmp/report"
grep -E '^(✔|✖|ℹ)|^ *[✔✖]' "$tmp/report" | sort -u | head -n 80
if ! grep -qE '^ℹ skipped 0$' "$tmp/report"; then
	say 'tests were skipped: nothing is left out'
	status=1
fi
[ "$status" -ne 0 ] || printf 'pictures: %s\n' "$(find "$SUNLOT_SCREENS" -name '*.png' | wc -l)"
exit "$status"
