#!/bin/sh
# demo.sh DIR [short]: builds the programs, lets two demonstration offices live
# through their year, and checks both sites with the citizen's own program.
# short is for make test: no set-up, folders of its own, only the last lines.
set -eu

cd "$(dirname "$0")/.."
out=$1
short=${2:-}
today=2024-07-31 # the day on which the demonstration ends

now() { date +%s%N; }
seconds() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.1f", (b - a) / 1e9 }'; }

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM

work=demo-offices
if [ -n "$short" ]; then work=$tmp/offices; else sh tools/setup.sh; fi

# quietly runs a command; in short form only what matters is shown, unless it fails.
quietly() {
	if [ -z "$short" ]; then
		"$@" </dev/null
	elif "$@" </dev/null >"$tmp/output" 2>&1; then
		grep -E '核验相符：|用时|结论' "$tmp/output" || true
	else
		code=$?
		cat "$tmp/output"
		return "$code"
	fi
}

start=$(now)
go build -trimpath -o "$tmp/" ./cmd/sunlot ./cmd/sunlot-verify ./cmd/sunlot-demo
built=$(now)
quietly "$tmp/sunlot-demo" -out "$out" -work "$work"
ran=$(now)
for office in gaoqing yanshi; do
	printf '\nsunlot-verify %s --today %s\n' "$out/$office" "$today"
	quietly "$tmp/sunlot-verify" "$out/$office" --today "$today"
done
checked=$(now)

printf '\n每次抽取的等级，预告的时间区间，它比号码早多少秒（由核验过的账本算出）：\n'
cat "$work/等级.txt"
printf '\n编译 %s 秒，演示 %s 秒，核验 %s 秒。\n' \
	"$(seconds "$start" "$built")" "$(seconds "$built" "$ran")" "$(seconds "$ran" "$checked")"
[ -n "$short" ] || printf '请用浏览器打开 %s/index.html\n' "$out"
