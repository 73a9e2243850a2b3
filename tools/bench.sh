#!/bin/sh
# bench.sh REGEXP: the machine, the benchmarks, the demonstration as processes,
# and at the end every number that has a limit beside its limit. A number above
# its limit is shown, not failed: a busy machine is no fault of the source.
set -eu

cd "$(dirname "$0")/.."
pattern=$1
sh tools/setup.sh cluster
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM

echo "machine: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -n 1), $(nproc 2>/dev/null || echo '?') cores, $(awk '/^MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo 2>/dev/null), load $(cut -d' ' -f1 /proc/loadavg 2>/dev/null)"
echo "system:  $(uname -sr), $(go env GOVERSION), disk of $tmp: $(df -T "$tmp" 2>/dev/null | awk 'NR == 2 { print $2 }')"
echo "source:  $(git describe --always --dirty 2>/dev/null || echo 'no git')"
echo "inputs:  made by the benchmarks from fixed seeds; each says its size in its name or comment"

for package in $(grep -rl --include='*_test.go' '^func Benchmark' . | xargs -n1 dirname | sort -u); do
	printf '\n== %s\n' "$package"
	go test -run '^$' -bench "$pattern" -benchmem -timeout 60m "$package" </dev/null >"$tmp/one" || {
		cat "$tmp/one"
		exit 1
	}
	grep -E '^Benchmark|^PASS|^ok' "$tmp/one" || true
	cat "$tmp/one" >>"$tmp/all"
done

# The citizen's program as a process on the demonstration offices, five times.
if [ "$pattern" = . ]; then
	printf '\n== sunlot-verify as a process on the demonstration offices\n'
	sh tools/demo.sh "$tmp/public" short >"$tmp/demo"
	go build -trimpath -o "$tmp/" ./cmd/sunlot-verify
	for office in gaoqing yanshi; do
		for _ in 1 2 3 4 5; do
			start=$(date +%s%N)
			"$tmp/sunlot-verify" "$tmp/public/$office" --today 2024-07-31 >"$tmp/report" </dev/null
			echo "$(($(date +%s%N) - start))"
		done | sort -n | awk -v office="$office" 'NR == 3 { printf "Process/verify=%s 5 %d ns/op\n", office, $1 }' | tee -a "$tmp/all"
	done
fi

printf '\n%-52s %14s %14s\n' 'measured' 'value' 'limit'
awk '
	/^(Benchmark|Process)/ {
		name = $1; sub(/-[0-9]+$/, "", name)
		for (i = 3; i < NF; i += 2) value[name, $(i + 1)] = $i
	}
	function show(name, unit, scale, shown, sign, limit,    v) {
		if (!((name, unit) in value)) return
		v = value[name, unit] / scale
		if (sign == "") { # no limit: to be read beside its neighbours
			printf "%-52s %10.3g %s\n", name, v, shown
			return
		}
		ok = sign == "<" ? v <= limit : v > limit
		printf "%-52s %10.3g %-8s %s %g%s\n", name, v, shown, sign == "<" ? "≤" : ">", limit, ok ? "" : "   not met"
	}
	END {
		show("BenchmarkProcessAppend", "median-ms", 1, "ms", "<", 20)
		show("BenchmarkProcessAppendBackToBack", "median-ms", 1, "ms", "<", 20)
		show("BenchmarkResultOfOneLine", "median-ms", 1, "ms", "<", 400)
		show("BenchmarkAppend100kBesideTessera", "times-faster", 1, "times", ">", 1)
		show("BenchmarkCast1M/parsed", "ns/handle", 1, "ns", "<", 250)
		show("BenchmarkReplayCity", "replay-s", 1, "s", "<", 10)
		show("BenchmarkReplayCity", "peak-MiB", 1, "MiB", "<", 1024)
		show("BenchmarkNextEntry/entries=1000/saved=true", "ns/op", 1e6, "ms", "", 0)
		show("BenchmarkNextEntry/entries=20000/saved=true", "ns/op", 1e6, "ms", "", 0)
		show("BenchmarkNextEntry/entries=20000/saved=true", "times-faster", 1, "times", ">", 1)
		show("BenchmarkOpenWitnessed", "witnessed-ms", 1, "ms", "", 0)
		show("BenchmarkOpenWitnessed", "times-slower", 1, "times", "", 0)
		show("BenchmarkMillion", "ns/op", 1e9, "s", "<", 30)
		show("BenchmarkMillion", "peak-MiB", 1, "MiB", "<", 256)
		show("BenchmarkMillion", "most-bytes/answer", 1000, "kB", "<", 100)
		show("BenchmarkMillion", "mean-bytes/answer", 1000, "kB", "<", 100)
		show("BenchmarkMillionMore/results=1", "files-rewritten", 1, "files", "", 0)
		show("BenchmarkMillionMore/results=1", "kB-rewritten", 1, "kB", "", 0)
		show("BenchmarkMillionMore/results=300", "files-rewritten", 1, "files", "", 0)
		show("BenchmarkMillionMore/results=300", "kB-rewritten", 1, "kB", "", 0)
		show("BenchmarkNames", "median-bytes/answer", 1000, "kB", "<", 100)
		show("BenchmarkNames", "p95-bytes/answer", 1000, "kB", "<", 100)
		show("BenchmarkNames", "most-bytes/answer", 1000, "kB", "<", 100)
		show("BenchmarkVerifyOffice", "ns/op", 1e9, "s", "<", 2)
		show("Process/verify=gaoqing", "ns/op", 1e9, "s", "<", 2)
		show("Process/verify=yanshi", "ns/op", 1e9, "s", "<", 2)
	}' "$tmp/all"
