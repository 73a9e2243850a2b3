// A witness of somebody else, in a module of its own: tests build it, run it on
// the loopback and let it cosign our logs. What the programs link is no part
// of it, and its versions move without touching go.sum.
module github.com/sunlot/sunlot/tools/witness

go 1.26.0

tool filippo.io/torchwood/cmd/litewitness

require (
	// litewitness: the witness
	filippo.io/torchwood v0.7.0
	// the root of an empty log, for a line of litewitness's database
	golang.org/x/mod v0.29.0
	// the database of litewitness
	zombiezen.com/go/sqlite v1.4.2
)

require (
	github.com/dustin/go-humanize v1.0.1 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/mattn/go-isatty v0.0.20 // indirect
	github.com/ncruces/go-strftime v0.1.9 // indirect
	github.com/remyoudompheng/bigfft v0.0.0-20230129092748-24d4a6f8daec // indirect
	golang.org/x/crypto v0.44.0 // indirect
	golang.org/x/exp v0.0.0-20250408133849-7e4ce0ab07d0 // indirect
	golang.org/x/net v0.46.0 // indirect
	golang.org/x/sync v0.18.0 // indirect
	golang.org/x/sys v0.38.0 // indirect
	golang.org/x/text v0.31.0 // indirect
	modernc.org/libc v1.65.7 // indirect
	modernc.org/mathutil v1.7.1 // indirect
	modernc.org/memory v1.11.0 // indirect
	modernc.org/sqlite v1.37.1 // indirect
)
