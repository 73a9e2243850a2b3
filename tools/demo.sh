#!/bin/sh
# demo.sh DIR [short]: builds the programs, lets two demonstration offices live
# through their year, and checks both sites with the citizen's own program.
set -eu

cd "$(dirname "$0")/.."
out=$1
work=demo-offices
[ "${2:-}" = short ] || sh tools/setup.sh

now() { date +%s%N; }
seconds() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.1f", (b - a) / 1e9 }'; }

bin=$(mktemp -d)
trap 'rm -rf "$bin"' EXIT
trap 'exit 130' INT TERM
start=$(now)
go build -trimpath -o "$bin/" ./cmd/sunlot ./cmd/sunlot-verify ./cmd/sunlot-demo
built=$(now)
[ "${2:-}" != short ] || work=$bin/offices
"$bin/sunlot-demo" -out "$out" -work "$work" </dev/null
ran=$(now)
for office in gaoqing yanshi; do
	printf '\nsunlot-verify %s\n' "$out/$office"
	"$bin/sunlot-verify" "$out/$office" </dev/null
done
checked=$(now)

printf '\n编译用时 %s 秒，演示用时 %s 秒，核验用时 %s 秒。\n' \
	"$(seconds "$start" "$built")" "$(seconds "$built" "$ran")" "$(seconds "$ran" "$checked")"
[ "${2:-}" = short ] || printf '请用浏览器打开 %s/index.html 。\n' "$out"
