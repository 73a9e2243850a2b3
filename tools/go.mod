// The linters and the bundler, in a module of their own: what checks the code
// and what makes the scripts is no part of what the programs link, and its
// versions move without touching go.sum.
module github.com/sunlot/sunlot/tools

go 1.26.0

tool honnef.co/go/tools/cmd/staticcheck

require (
	// makes the scripts of the site from TypeScript (tools/web): one program of
	// Go, so that no npm package runs while they are built
	github.com/evanw/esbuild v0.28.2

	// staticcheck finds what go vet does not: dead code, misused standard library.
	honnef.co/go/tools v0.8.2 // indirect
)

require (
	github.com/BurntSushi/toml v1.4.1-0.20240526193622-a339e1f7089c // indirect
	golang.org/x/exp/typeparams v0.0.0-20231108232855-2478ac86f678 // indirect
	golang.org/x/mod v0.41.0 // indirect
	golang.org/x/sync v0.23.0 // indirect
	golang.org/x/sys v0.48.0 // indirect
	golang.org/x/tools v0.51.0 // indirect
)
