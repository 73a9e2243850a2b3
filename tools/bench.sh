#!/bin/sh
# bench.sh REGEXP: the benchmarks, after the machine that they ran on. Where a
# benchmark has sub-benchmarks that end in =sunlot and =OTHER, their ratio too.
set -eu

cd "$(dirname "$0")/.."
pattern=$1
sh tools/setup.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM

echo "machine: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -n 1), $(nproc 2>/dev/null || echo '?') cores, $(awk '/^MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo 2>/dev/null)"
echo "system:  $(uname -sr), $(go env GOVERSION), disk of $tmp: $(df -T "$tmp" 2>/dev/null | awk 'NR == 2 { print $2 }')"
echo "source:  $(git describe --always --dirty 2>/dev/null || echo 'no git')"

grep -rl --include='*_test.go' '^func Benchmark' . | xargs -n1 dirname | sort -u | while read -r package; do
	printf '\n== %s\n' "$package"
	go test -run '^$' -bench "$pattern" -benchmem -timeout 60m "$package" </dev/null | tee -a "$tmp/out"
done

awk '
	/^Benchmark/ && match($1, /=[a-z]+(-[0-9]+)?$/) {
		who = substr($1, RSTART + 1); sub(/-[0-9]+$/, "", who)
		base = substr($1, 1, RSTART - 1)
		ns[base, who] = $3
		if (who == "sunlot") ours[++n] = base; else { bases[++m] = base; whos[m] = who }
	}
	END {
		if (m) print "\nratios (time of the other / time of sunlot; above 1 sunlot is faster)"
		for (i = 1; i <= m; i++) if (ns[bases[i], "sunlot"] > 0)
			printf "  %s: %s/sunlot %.2f\n", bases[i], whos[i], ns[bases[i], whos[i]] / ns[bases[i], "sunlot"]
	}' "$tmp/out"
