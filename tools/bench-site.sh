#!/bin/sh
# bench-site.sh [RESULTS]: the site of a large office, ours and Hugo's in one run:
# the ledger is made (not timed), verified, built cold, built again with nothing
# changed and with one more result; Hugo builds as many pages of 42 lines, then
# one more. At the end every number with its limit beside it: one that is above
# is shown, not failed, for a busy machine is no fault of the source.
set -eu

cd "$(dirname "$0")/.."
results=${1:-100000}
sh tools/setup.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM

hugo=v0.165.0
export GOBIN="${XDG_CACHE_HOME:-$HOME/.cache}/sunlot-bench"
[ -x "$GOBIN/hugo" ] && "$GOBIN/hugo" version | grep -q "$hugo" || go install "github.com/gohugoio/hugo@$hugo"

echo "machine: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -n 1), $(nproc 2>/dev/null || echo '?') cores, $(awk '/^MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo 2>/dev/null), load $(cut -d' ' -f1 /proc/loadavg 2>/dev/null)"
echo "system:  $(uname -sr), $(go env GOVERSION), disk of $tmp: $(df -T "$tmp" 2>/dev/null | awk 'NR == 2 { print $2 }')"
echo "source:  $(git describe --always --dirty 2>/dev/null || echo 'no git'), beside $("$GOBIN/hugo" version | cut -d' ' -f1-2)"
echo "input:   $results results with real signatures, one publication for each sheet of 500; for Hugo $results pages of 42 lines"

go test -trimpath -c -o "$tmp/site.test" ./site
phase() { # phase NAME LABEL: one process; its numbers go into the table under the label
	"$tmp/site.test" -test.run '^$' -test.bench '^BenchmarkCity$' -test.benchtime 1x -test.timeout 60m \
		-city "$1" -city-dir "$tmp" -city-results "$results" -city-hugo "$GOBIN/hugo" >"$tmp/one" 2>&1 || {
		cat "$tmp/one"
		exit 1
	}
	sed -n "s|^City/|$2/|p" "$tmp/one" >>"$tmp/all"
	echo "done:    $2, load now $(cut -d' ' -f1 /proc/loadavg 2>/dev/null)"
}
: >"$tmp/all"
phase lay lay
phase build cold
phase build again
cp -R "$tmp/more/." "$tmp/ledger/"
phase build more
rm -rf "$tmp/public" "$tmp/ledger" "$tmp/more"
phase hugo hugo

printf '\n%-64s %12s %14s\n' 'measured' 'value' 'limit'
awk '
	{ value[$1] = $3 }
	function show(text, v, unit, sign, limit,    ok) {
		if (sign == "") {
			printf "%-64s %10.4g %s\n", text, v, unit
			return
		}
		ok = sign == "<" ? v <= limit : v >= limit
		printf "%-64s %10.4g %-8s %s %g%s\n", text, v, unit, sign == "<" ? "≤" : "≥", limit, ok ? "" : "   not met"
	}
	END {
		show("records in the ledger", value["cold/records"], "")
		show("a result page", value["cold/result-page"], "KiB", "<", 50)
		show("cold: verify", value["cold/verify"], "s")
		show("cold: copies of the ledger", value["cold/ledger"], "s")
		cold = value["cold/index"] + value["cold/pages"] + value["cold/finish"]
		show("cold: pages, from the open bundle, synced", cold, "s")
		show("cold: files written", value["cold/written"], "")
		show("cold: all together", value["cold/verify"] + value["cold/build"], "s", "<", 60)
		show("cold: memory of all", value["cold/peak"] > value["cold/verify-peak"] ? value["cold/peak"] : value["cold/verify-peak"], "MiB", "<", 1024)
		show("cold: memory of the open bundle", value["cold/bundle"], "MiB")
		show("cold: memory above the bundle", value["cold/above"], "MiB", "<", 256)
		show("cold: of it the set of names", value["cold/names"], "B/file")
		show("cold: of it the list of what was built", value["cold/list"], "B/file")
		show("Hugo cold", value["hugo/hugo"], "s")
		show("Hugo cold: processor time", value["hugo/hugo-cpu"], "s")
		show("Hugo cold: memory", value["hugo/hugo-peak"], "MiB")
		show("cold: times faster than Hugo", value["hugo/hugo"] / cold, "times", ">", 5)
		show("nothing changed: verify", value["again/verify"], "s")
		show("nothing changed: build", value["again/build"], "s")
		show("nothing changed: files written", value["again/written"], "", "<", 0)
		show("one more result: verify", value["more/verify"], "s")
		show("one more result: build, from the open bundle, synced", value["more/build"], "s", "<", 1)
		show("one more result: files written", value["more/written"], "")
		show("Hugo, one more page", value["hugo/hugo-more"], "s")
		show("one more: times faster than Hugo", value["hugo/hugo-more"] / value["more/build"], "times", ">", 50)
	}' "$tmp/all"
