module github.com/sunlot/sunlot

go 1.26.0

require (
	// keys at rest: signing keys, keys of draws, witnesses and guests, encrypted to their holders
	filippo.io/age v1.3.2
	// point arithmetic to refuse public keys that are no points or of small order
	filippo.io/edwards25519 v1.2.0
	// office.toml, rule packs and machine-written input, with line numbers in errors
	github.com/BurntSushi/toml v1.6.0
	// BLS12-381 pairing to verify drand rounds; ML-DSA-44 of a witness's second line
	github.com/cloudflare/circl v1.6.5
	// client of the log servers that keep the order of many offices' ledgers: messages, root verifier
	github.com/google/trillian v1.8.0
	// tests: an independent RFC 8785 against which our canonical JSON is held
	github.com/gowebpki/jcs v1.0.2
	// tests: outside reader of the QR codes on printed pages
	github.com/makiuchi-d/gozxing v0.1.1
	// tests: testscript, the transcripts of every command
	github.com/rogpeppe/go-internal v1.16.0
	// commands, flags and help of the office's door
	github.com/spf13/cobra v1.10.2
	// tests: outside judge of checkpoint and proof files, cosignatures and the witness protocol
	github.com/transparency-dev/formats v0.1.1
	// RFC 6962 hashes for the client of Trillian; in tests outside judge of every proof
	github.com/transparency-dev/merkle v0.0.2
	// tests: outside judge of whole ledgers (fsck, client), its witness client, and the driver that benchmarks compare with
	github.com/transparency-dev/tessera v1.0.4
	// spreadsheets: reading what offices have, writing forms with drop-downs
	github.com/xuri/excelize/v2 v2.11.0
	// Markdown of the hand-written pages
	github.com/yuin/goldmark v1.8.7
	// signing keys that live in an ssh-agent instead of files
	golang.org/x/crypto v0.57.0
	// sumdb/tlog and sumdb/note: tree hashes, tiles and signed notes as Go's checksum database has them
	golang.org/x/mod v0.42.0
	// tests: names of calls on the wire (HPACK), to lose one call of gRPC between client and server
	golang.org/x/net v0.59.0
	// fsync of folders, file locks and console modes that package os does not offer
	golang.org/x/sys v0.49.0
	// passphrases typed without echo
	golang.org/x/term v0.47.0
	// GB18030 input, Unicode normal forms and widths of names
	golang.org/x/text v0.43.0
	// the connection to the log servers: TLS, deadlines, status codes
	google.golang.org/grpc v1.83.2
	// field masks and durations in requests that make and change trees
	google.golang.org/protobuf v1.36.12
	// QR codes of printed pages
	rsc.io/qr v0.2.0
)

require (
	filippo.io/hpke v0.4.0 // indirect
	filippo.io/mldsa v0.0.0-20260215214346-43d0283efc3e // indirect
	github.com/cenkalti/backoff/v5 v5.0.3 // indirect
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/go-logr/logr v1.4.4 // indirect
	github.com/go-logr/stdr v1.2.2 // indirect
	github.com/hashicorp/golang-lru/v2 v2.0.7 // indirect
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/richardlehane/mscfb v1.0.7 // indirect
	github.com/richardlehane/msoleps v1.0.6 // indirect
	github.com/spf13/pflag v1.0.10 // indirect
	github.com/tiendc/go-deepcopy v1.7.2 // indirect
	github.com/xuri/efp v0.0.1 // indirect
	github.com/xuri/nfp v0.0.2-0.20250530014748-2ddeb826f9a9 // indirect
	go.opentelemetry.io/auto/sdk v1.2.1 // indirect
	go.opentelemetry.io/otel v1.45.0 // indirect
	go.opentelemetry.io/otel/metric v1.45.0 // indirect
	go.opentelemetry.io/otel/trace v1.45.0 // indirect
	golang.org/x/exp v0.0.0-20260508232706-74f9aab9d74a // indirect
	golang.org/x/sync v0.24.0 // indirect
	golang.org/x/tools v0.51.0 // indirect
	golang.org/x/xerrors v0.0.0-20200804184101-5ec99f83aff1 // indirect
	google.golang.org/genproto/googleapis/rpc v0.0.0-20260825221802-da73d73af1c5 // indirect
	k8s.io/klog/v2 v2.140.0 // indirect
)
