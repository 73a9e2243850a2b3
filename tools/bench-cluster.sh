#!/bin/sh
# bench-cluster.sh [LEAVES]: an office on Trillian's servers, beside what the
# servers and Trillian's own client reach in the same run. At the end every
# number with its limit beside it: one that is not met is shown, not failed, for
# a busy machine is no fault of the source.
set -eu

cd "$(dirname "$0")/.."
leaves=${1:-200000}
sh tools/setup.sh cluster
# The database and the ledgers: a temporary folder may be memory, where nothing
# is waited for.
TMPDIR=${TMPDIR:-/var/tmp}
export TMPDIR
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM
chmod 755 "$tmp" # for the user of the servers, whose folder goes with it
disk=$(df -T "$tmp" 2>/dev/null | awk 'NR == 2 { print $2 }')

echo "machine: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -n 1), $(nproc 2>/dev/null || echo '?') cores, $(awk '/^MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo 2>/dev/null), load $(cut -d' ' -f1 /proc/loadavg 2>/dev/null)"
echo "system:  $(uname -sr), $(go env GOVERSION), disk of $tmp: $disk"
echo "source:  $(git describe --always --dirty 2>/dev/null || echo 'no git'), beside Trillian $(go list -m -f '{{.Version}}' github.com/google/trillian)"
echo "servers: 2 log servers, 2 signers (sequencer interval 100 ms) under etcd, PostgreSQL with fsync, all on this machine"
echo "input:   random entries of 600 bytes; an append is whole: queued, integrated, proved, read back, tiles, guard,"
echo "         signature, entry copy and proof file, checkpoint, every file on the disk"
case $disk in tmpfs | ramfs) echo "$tmp is memory, not a disk: set TMPDIR" ;; esac

go test -trimpath -c -o "$tmp/trillian.test" ./ledger/trillian
: >"$tmp/all"
for part in serial offices large; do # each with servers of its own: what one leaves behind is not the next one's
	mkdir "$tmp/$part"
	sync
	(cd ledger/trillian && TMPDIR=$tmp "$tmp/trillian.test" -test.run '^$' -test.bench '^BenchmarkCluster$' -test.benchtime 1x -test.timeout 20m \
		-cluster "$part" -cluster-dir "$tmp/$part" -cluster-leaves "$leaves") >"$tmp/one" 2>&1 </dev/null || {
		cat "$tmp/one"
		exit 1
	}
	grep '^Cluster/' "$tmp/one" >>"$tmp/all"
	rm -rf "$tmp/${part:?}"
	echo "done:    $part, $(sed -n "s|^Cluster/$part/all 1 \([0-9]*\).*|\1|p" "$tmp/one") s, load now $(cut -d' ' -f1 /proc/loadavg 2>/dev/null)"
done

printf '\n%-70s %12s %14s\n' 'measured' 'value' 'limit'
awk '
	{ value[substr($1, 9)] = $3 }
	function show(text, v, unit, sign, limit,    ok) {
		if (sign == "") {
			printf "%-70s %10.4g %s\n", text, v, unit
			return
		}
		ok = sign == "<" ? v <= limit : v >= limit
		printf "%-70s %10.4g %-8s %s %g%s\n", text, v, unit, sign == "<" ? "≤" : "≥", limit, ok ? "" : "   not met"
	}
	function ratio(a, b) { return value[b] > 0 ? value[a] / value[b] : 0 }
	function median(name,    i, j, n, t, v) {
		for (n = 0; (name "/" n) in value; n++) v[n] = value[name "/" n]
		for (i = 0; i < n; i++) for (j = i + 1; j < n; j++) if (v[j] < v[i]) { t = v[i]; v[i] = v[j]; v[j] = t }
		return n ? v[int((n - 1) / 2)] : 0
	}
	END {
		show("one office: append to published checkpoint, mean", value["serial/ours/mean"], "ms", "<", 150)
		show("one office: median", value["serial/ours/median"], "ms", "<", 150)
		show("one office: 95 of 100", value["serial/ours/p95"], "ms", "<", 150)
		show("one office: appends", value["serial/ours/steps"], "")
		show("servers alone (queue, ask each ms, no proof, no file): mean", value["serial/bare/mean"], "ms")
		show("servers alone: median", value["serial/bare/median"], "ms")
		show("servers alone: 95 of 100", value["serial/bare/p95"], "ms")
		show("AddLeaf of the client of Trillian (no file): mean", value["serial/client/mean"], "ms")
		show("AddLeaf: median", value["serial/client/median"], "ms")
		show("AddLeaf: 95 of 100", value["serial/client/p95"], "ms")
		show("100 offices, 8 writers: ours, one entry a checkpoint", value["offices/ours/rate"], "leaves/s")
		show("100 trees, 8 writers: AddLeaf", value["offices/client/rate"], "leaves/s")
		show("100 offices, 8 writers: ours of AddLeaf", 100 * ratio("offices/ours/rate", "offices/client/rate"), "%", ">", 70)
		show("100 trees, 8 writers: servers alone (queue, ask each ms)", value["offices/bare/rate"], "leaves/s")
		show("100 offices, 8 writers: ours of servers alone", 100 * ratio("offices/ours/rate", "offices/bare/rate"), "%")
		show("100 offices, 8 writers: an append, median", value["offices/ours/step-median"], "ms")
		show("100 trees, 8 writers: an AddLeaf, median", value["offices/client/step-median"], "ms")
		show("100 offices, 80 writers: ours, one entry a checkpoint", value["offices/ours-eighty/rate"], "leaves/s")
		show("100 trees, 80 writers: AddLeaf", value["offices/client-eighty/rate"], "leaves/s")
		show("100 offices, 80 writers: ours of AddLeaf", 100 * ratio("offices/ours-eighty/rate", "offices/client-eighty/rate"), "%")
		show("100 offices, 8 writers: ours, ten entries a checkpoint", value["offices/ours-ten/rate"], "leaves/s")
		show("100 trees, 8 writers: queued, nobody waits", value["offices/queued"], "leaves/s")
		show("100 trees, 8 writers: queued and integrated, nobody waits", value["offices/integrated"], "leaves/s")
		show("rendering a tree of " int(value["large/size"]) ", on the disk, after ANALYZE", median("large/render"), "leaves/s", ">", 20000)
		show("rendering: processor time of ours", median("large/render-cpu"), "s")
		show("rows by ranges of 256 before ANALYZE", value["large/before-analyze"], "leaves/s")
		show("rows by ranges of 256 after ANALYZE", value["large/after-analyze"], "leaves/s")
		show("comparing every row with the folder", value["large/compare"], "leaves/s")
		show("loading a folder into a tree, until integrated", value["large/load"], "leaves/s")
		show("PostgreSQL after loading, all", value["large/bytes/all"], "B/leaf")
		show("of it LeafData", value["large/bytes/LeafData"], "B/leaf")
		show("of it SequencedLeafData", value["large/bytes/SequencedLeafData"], "B/leaf")
		show("of it Subtree", value["large/bytes/Subtree"], "B/leaf")
		s = int(value["append/small/size"]); l = int(value["append/large/size"])
		show("append at " s " entries, but for the wait for the sequencer, median", value["append/small/own/median"], "ms")
		show("append at " l " entries, but for the wait, median", value["append/large/own/median"], "ms")
		show("append, but for the wait: " l " to " s, ratio("append/large/own/median", "append/small/own/median"), "times", "<", 1.2)
		show("append at " s " entries, our processor time, median", value["append/small/cpu/median"], "ms")
		show("append at " l " entries, our processor time, median", value["append/large/cpu/median"], "ms")
		show("append, our processor time: " l " to " s, ratio("append/large/cpu/median", "append/small/cpu/median"), "times", "<", 1.2)
		show("append at " s " entries, processor time of all servers, mean", value["append/small/servers/mean"], "ms")
		show("append at " l " entries, processor time of all servers, mean", value["append/large/servers/mean"], "ms")
		show("opening and comparing at " s ", median", value["append/small/open/median"], "ms")
		show("opening and comparing at " l ", median", value["append/large/open/median"], "ms")
		show("opening and comparing: " l " to " s, ratio("append/large/open/median", "append/small/open/median"), "times")
		show("append at " s ": calls, but for the root", value["append/small/calls"], "")
		show("append at " l ": calls, but for the root", value["append/large/calls"], "", "<", value["append/small/calls"])
		show("append at " s ": calls for the root", value["append/small/polls"], "")
		show("append at " l ": calls for the root", value["append/large/polls"], "")
		show("append at " s ": read from the servers", value["append/small/read"], "kB")
		show("append at " l ": read from the servers", value["append/large/read"], "kB")
		show("append at " s ": files written", value["append/small/files"], "")
		show("append at " l ": files written", value["append/large/files"], "")
		show("append at " l ": waits for the disk", value["append/large/syncs"], "")
	}' "$tmp/all"
cat <<'END'

Trillian's own client waits 100 to 200 ms, at random, between two looks at the root, and writes nothing; what it takes is mostly that wait. Servers alone
is the least that anybody can take: a leaf is queued and the root asked for each millisecond, nothing is proved, read back or written.
How long an append waits for the sequencer at both sizes is no matter of size: either tree has a signer of its own, with a moment of its own.
With 80 writers ours wait for the disk, which is the database's too: every append is durable files of its own, AddLeaf writes none.
Ours and theirs take turns, three times; the trees of whoever is not at work are frozen, so that the sequencers go through a hundred, not two hundred.
END
