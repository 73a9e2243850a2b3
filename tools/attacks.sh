#!/bin/sh
# make attacks: every attack of the suite, made for real with the office's own
# keys, and the sentence that catches it. Closes with `N of N caught`.
set -eu
cd "$(dirname "$0")/.."
sh tools/setup.sh
out=$(mktemp)
trap 'rm -f "$out"' EXIT
status=0
go test ./cmd/sunlot-verify -run '^TestAttacks$' -count=1 -v >"$out" 2>&1 || status=1
for script in cmd/sunlot-verify/testdata/attacks/*.txtar; do
	name=$(basename "$script" .txtar)
	if grep -q -- "--- PASS: TestAttacks/scripts/$name " "$out"; then word=ok; else word=MISSED; fi
	printf '%-7s %-28s %s\n' "$word" "$name" "$(sed -n '1s/^# //p' "$script")"
done
[ "$status" = 0 ] || grep -E 'FAIL|want' "$out" || cat "$out"
grep -E '^[0-9]+ of [0-9]+ caught$' "$out"
exit "$status"
