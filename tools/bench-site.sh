#!/bin/sh
# bench-site.sh [RESULTS]: the site of a large office, ours and Hugo's in one run:
# the ledger is made (not timed), verified, built cold, built again with nothing
# changed and with one more result; Hugo builds the same result pages, then one
# more, and beside that as many light pages. At the end every number with its
# limit beside it: one that is above is shown, not failed, for a busy machine is
# no fault of the source.
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
echo "input:   $results results with real signatures, one publication for each sheet of 500"
echo "Hugo:    equivalent: the same results in front matter, layouts that make our elements and words, our lists, enterprises and drawn lists;"
echo "         light: $results pages of 42 lines of Markdown, one list, nothing else"

go test -trimpath -c -o "$tmp/site.test" ./site
phase() { # phase NAME LABEL: one process; its numbers go into the table under the label
	sync # what the phase before has written is not this one's to wait for
	"$tmp/site.test" -test.run '^$' -test.bench '^BenchmarkCity$' -test.benchtime 1x -test.timeout 60m \
		-city "$1" -city-dir "$tmp" -city-results "$results" -city-hugo "$GOBIN/hugo" >"$tmp/one" 2>&1 || {
		cat "$tmp/one"
		exit 1
	}
	sed -n "s|^City/|$2/|p" "$tmp/one" >>"$tmp/all"
	echo "done:    $1 ($2), load now $(cut -d' ' -f1 /proc/loadavg 2>/dev/null)"
}
: >"$tmp/all"
phase lay lay
phase build cold
phase build again
cp -R "$tmp/more/." "$tmp/ledger/"
phase build more
phase hugo-lay hugo
rm -rf "$tmp/public" "$tmp/ledger" "$tmp/more"
phase hugo hugo
rm -rf "$tmp/hugo"
phase hugo-light hugo

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
		used = value["cold/index-cpu"] + value["cold/pages-cpu"] + value["cold/finish-cpu"]
		show("cold: processor time of the pages", used, "s")
		show("cold: pages (HTML) among the files", value["hugo/ours-pages"], "")
		show("Hugo, equivalent: cold", value["hugo/hugo"], "s")
		show("Hugo, equivalent: processor time", value["hugo/hugo-cpu"], "s")
		show("Hugo, equivalent: memory", value["hugo/hugo-peak"], "MiB")
		show("Hugo, equivalent: pages (HTML)", value["hugo/hugo-pages"], "")
		show("Hugo, equivalent: files written", value["hugo/hugo-files"], "")
		show("Hugo, equivalent: a result page", value["hugo/hugo-result-page"], "KiB")
		show("Hugo, light: cold", value["hugo/light"], "s")
		show("Hugo, light: processor time", value["hugo/light-cpu"], "s")
		show("Hugo, light: memory", value["hugo/light-peak"], "MiB")
		show("Hugo, light: pages (HTML)", value["hugo/light-pages"], "")
		show("Hugo, light: a result page", value["hugo/light-result-page"], "KiB")
		show("cold: times faster than Hugo, equivalent", value["hugo/hugo"] / cold, "times", ">", 5)
		show("cold: times less processor time than Hugo, equivalent", value["hugo/hugo-cpu"] / used, "times")
		show("cold: times faster than Hugo, light (the least it could do)", value["hugo/light"] / cold, "times")
		show("nothing changed: verify", value["again/verify"], "s")
		show("nothing changed: build", value["again/build"], "s")
		show("nothing changed: files written", value["again/written"], "", "<", 0)
		show("one more result: verify", value["more/verify"], "s")
		show("one more result: build, from the open bundle, synced", value["more/build"], "s", "<", 1)
		show("one more result: files written", value["more/written"], "")
		show("one more result: Hugo, equivalent", value["hugo/hugo-more"], "s")
		show("one more result: Hugo, light", value["hugo/light-more"], "s")
		show("one more result: times faster than Hugo, equivalent", value["hugo/hugo-more"] / value["more/build"], "times", ">", 50)
		show("one more result: times faster than Hugo, light", value["hugo/light-more"] / value["more/build"], "times")
		printf "\nPages laid beside each other: the same words in the same order, the same elements%28s %9s\n", "ours", "Hugo"
		split("result enterprise drawn list", kinds, " ")
		split("a result, whole page but its QR code|an enterprise, whole page|the rest of a drawn list, its row|a full page of the list of results, its rows", names, "|")
		for (i = 1; i <= 4; i++)
			printf "%-80s %5d elements %8.1f %9.1f KiB\n", names[i], value["hugo/beside-" kinds[i] "-elements"], value["hugo/beside-" kinds[i] "-ours"], value["hugo/beside-" kinds[i] "-hugo"]
	}' "$tmp/all"
cat <<'END'

Hugo, equivalent: a page for every result and every enterprise, the drawn lists by thirty, lists by fifty of all results, by year,
outcome, draw, month and clause, of the ledger and of the enterprises, a site map, feeds of fifty: the pages that are many with us.
By year, outcome, draw and enterprise it is asked by taxonomies, by month and clause by sections with a cached selection, which costs
it less. Values are front matter in JSON, words are in the layouts, header and footer are cached, no Markdown, one file a page.
Not asked of Hugo, and part of our time: QR codes, tables as CSV and JSON, archives, the shards of the search, the check of every
link, pages of records that are not results, facts noted about draws, the story of a draw, statistics with charts, calendar, rules,
the list by which the next build knows what changed, and that everything is on the disk before it says done. Copies of the ledger are printed apart.
Hugo, light: less than one page of ours says, one list, one site map, no enterprises, no draws.
END
