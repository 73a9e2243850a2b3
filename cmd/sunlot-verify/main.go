// Command sunlot-verify checks a published ledger: for a citizen, an
// enterprise, an auditor, offline or over the web. It links only what checking
// needs.
package main

import (
	"os"
	"time"
)

func main() {
	c := Command{Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Now: time.Now}
	c.Self, _ = os.Executable()
	os.Exit(c.Run())
}
