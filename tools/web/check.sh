#!/bin/sh
# check.sh: what pages load is what its source says, and does what the pages of
# spec/ say. Installs the packages of the lock file, checks types, makes the
# scripts again and compares them with those committed, runs the tests in node.
set -eu

cd "$(dirname "$0")/../.."
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM
. ./tools/node.sh
project=templates/verify

npm --prefix "$project" ci --silent
for config in "$project" "$project/test"; do
	"$project/node_modules/.bin/tsc" -p "$config"
done

go -C tools run ./web -out "$tmp/script"
if ! diff -rq "$tmp/script" templates/script; then
	echo 'templates/script is not what its source gives: run make web and commit it' >&2
	exit 1
fi
for script in "$tmp"/script/*; do
	printf '%-14s %7d bytes, %6d gzip\n' "$(basename "$script")" "$(wc -c <"$script")" "$(gzip -9c "$script" | wc -c)"
done

# random cases, always the same ones, and what the Go program makes of them
mkdir "$tmp/cases"
go test ./ledger ./internal/record ./internal/draw ./internal/beacon -count=1 -run 'TestRandom.*Cases' -args -cases "$tmp/cases" >"$tmp/report" || {
	cat "$tmp/report"
	exit 1
}

go -C tools run ./web -tests "$tmp/tests"
SUNLOT_ROOT=$(pwd) SUNLOT_CASES=$tmp/cases node --test --test-reporter=spec "$tmp"/tests >"$tmp/report" 2>&1 || {
	cat "$tmp/report"
	exit 1
}
grep -E '^ℹ ([a-z0-9]+[:.]|tests|pass|fail|skipped)' "$tmp/report" | grep -v ' 0$' || true
