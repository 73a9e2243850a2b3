#!/bin/sh
# make test: everything that must hold; `test.sh quick` is make check. Each step
# prints its name and how long it took; the first that fails ends the run.
set -eu

cd "$(dirname "$0")/.."
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM

step() {
	printf '\n== %s\n' "$1"
	name=$1
	shift
	begin=$(date +%s)
	"$@" </dev/null
	printf '   %s: %s s\n' "$name" "$(($(date +%s) - begin))"
}

formatted() {
	unformatted=$(find . -name '*.go' -not -path './.git/*' -exec gofmt -l {} +)
	[ -z "$unformatted" ] || {
		printf 'not formatted (gofmt -w):\n%s\n' "$unformatted"
		return 1
	}
}

linter() {
	go mod download -modfile=tools/go.mod
	go tool -modfile=tools/go.mod staticcheck ./...
	(cd tools && go vet ./... && go test ./...)
	(cd tools/witness && go vet ./...)
}

# unit counts the tests: `go test` alone prints packages.
unit() {
	{
		go test -json -timeout 20m "$@" || echo go test >"$tmp/failed"
	} | {
		go -C tools run ./testsum "$tmp/passed" || echo testsum >"$tmp/failed"
	} | tee "$tmp/tests"
	[ ! -e "$tmp/failed" ]
}

# whole is unit with nothing left out: a test that skips itself is not passed.
whole() {
	unit "$@"
	tail -n 1 "$tmp/tests" | grep -q ' 0 skipped$' || {
		printf 'tests were skipped: make test leaves nothing out\n'
		return 1
	}
}

vectors() { go run ./cmd/sunlot-verify vectors spec/vectors; }

if [ "${1:-}" = quick ]; then
	step 'set-up' sh tools/setup.sh
	step gofmt formatted
	step vet go vet ./...
	step staticcheck linter
	step 'rooms and words' go test ./internal/house ./internal/words
	step 'quick tests' unit -short ./internal/... ./ledger/... ./content/... ./site/... ./templates/...
	printf '\nleft out: what the tests above skipped, among them every test of the many-office engine\nover real servers (PostgreSQL, etcd, Trillian); make test runs them\n'
	exit
fi

started=$(date +%s)
step 'set-up' sh tools/setup.sh web cluster nginx
step gofmt formatted
step vet go vet ./...
step staticcheck linter
step 'tests and transcripts' whole ./...
step 'clauses' go -C tools run ./clauses -ran "$tmp/passed" ../spec/clauses.csv
step 'vectors' vectors
step 'scripts of the pages' sh tools/web/check.sh
step 'programs for every platform' sh tools/build.sh "$tmp/bin"
step 'demo' sh tools/demo.sh "$tmp/public" short
step 'demo in a browser' sh tools/browser/run.sh "$tmp/public"
printf '\n== all of it: %s s\n' "$(($(date +%s) - started))"
tail -n 1 "$tmp/tests"
