# Two commands for a reader: make demo, make test. Each sets up what it needs.
# Everything is built as it is shipped: without cgo, without paths of this machine.

export CGO_ENABLED = 0
export LC_ALL = C.UTF-8
FUZZTIME ?= 30s
BENCH ?= .
SEEDS ?= 100000
RESULTS ?= 100000
LEAVES ?= 200000
OUT ?= public
# Not in the source: the database's user, who is not root, must be able to enter.
CLUSTER ?= /var/tmp/sunlot-cluster

.PHONY: help demo test check lighthouse web attacks fuzz bench bench-site bench-cluster vectors clauses statistics cluster cluster-down faults release clean

help: ## this list
	@grep -E '^[a-z-]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 12

demo: ## two demonstration offices live through a year; their public sites in public/
	@sh tools/demo.sh "$(OUT)"

test: ## everything that must hold before a change lands
	@sh tools/test.sh

check: ## the quick part of test, for between two edits
	@sh tools/test.sh quick

web: ## the scripts of the pages from their TypeScript, into templates/script
	@sh tools/setup.sh web
	@npm --prefix templates/verify ci --silent
	@go -C tools run ./web

attacks: ## every attack of the suite made for real, and what catches it
	@sh tools/attacks.sh

fuzz: ## every fuzz target for FUZZTIME (30s) each
	@sh tools/fuzz.sh "$(FUZZTIME)"

bench: ## benchmarks, with machine, input and ratios; BENCH=regexp for some
	@sh tools/bench.sh "$(BENCH)"

lighthouse: ## Lighthouse over five kinds of pages of the demonstration
	@sh tools/lighthouse.sh

bench-site: ## the site of 100,000 results and Hugo's of the same beside it, with limits; RESULTS=n for another number
	@sh tools/bench-site.sh "$(RESULTS)"

bench-cluster: ## an office on Trillian's servers, beside the servers alone and Trillian's own client, with limits; LEAVES=n for a smaller tree
	@sh tools/bench-cluster.sh "$(LEAVES)"

vectors: ## the cases of spec/vectors, with our own judge
	@sh tools/setup.sh
	@go run ./cmd/sunlot-verify vectors spec/vectors

clauses: ## every clause of the two regulations: its home in the program, its test
	@go -C tools run ./clauses ../spec/clauses.csv

statistics: ## is the draw fair: chi-square over SEEDS (100,000) simulated seeds, p-values
	@sh tools/statistics.sh "$(SEEDS)"

cluster: ## PostgreSQL, etcd and Trillian's four servers on this machine, in CLUSTER
	@sh tools/setup.sh cluster
	@go run ./internal/cluster/run up "$(CLUSTER)"

cluster-down: ## ends them; the database stays in CLUSTER
	@go run ./internal/cluster/run down "$(CLUSTER)"

faults: ## servers and our own process killed, cut off, filled and lied to at every place, under the Trillian engine
	@sh tools/setup.sh cluster
	@go test ./ledger/trillian -count=1 -timeout 40m -v -long

release: ## programs for four platforms, built twice and compared, in dist/
	@sh tools/release.sh dist

clean: ## what the other targets made
	@rm -rf bin dist public demo-offices
