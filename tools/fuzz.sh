#!/bin/sh
# fuzz.sh TIME: every fuzz target of the module, one after the other.
set -eu

cd "$(dirname "$0")/.."
time=$1
sh tools/setup.sh
grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u | while read -r package; do
	go test -list '^Fuzz' "$package" </dev/null | grep '^Fuzz' | while read -r target; do
		printf '\n== %s %s\n' "$package" "$target"
		go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" "$package" </dev/null
	done
done
