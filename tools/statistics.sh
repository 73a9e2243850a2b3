#!/bin/sh
# statistics.sh SEEDS: the statistical test of the draw (internal/draw), every
# p-value printed. Lines "must fail" are controls: draws that favour somebody.
set -eu

cd "$(dirname "$0")/.."
sh tools/setup.sh
tmp=$(mktemp)
trap 'rm -f "$tmp"' EXIT
trap 'exit 130' INT TERM
printf '%s simulated seeds; laid down beforehand: every p above 0.0001, controls below 1e-12\n' "$1"
go test -count=1 -v -timeout 60m -run '^TestStatistics' ./internal/draw -seeds "$1" >"$tmp" 2>&1 || {
	cat "$tmp"
	exit 1
}
sed -n 's/^ *[a-z_]*\.go:[0-9]*: //p' "$tmp"
printf '%s p-values above 0.0001, %s biased draws detected\n' "$(grep ' p [01]\.' "$tmp" | grep -vc 'must fail')" "$(grep -c 'must fail' "$tmp")"
