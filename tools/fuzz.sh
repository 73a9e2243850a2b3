#!/bin/sh
# fuzz.sh TIME: every fuzz target of the module, one after the other.
set -eu

cd "$(dirname "$0")/.."
time=$1
sh tools/setup.sh
for package in $(grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u); do
	targets=$(go test -list '^Fuzz' "$package")
	for target in $(printf '%s\n' "$targets" | grep '^Fuzz'); do
		printf '\n== %s %s\n' "$package" "$target"
		go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" "$package" </dev/null
	done
done
