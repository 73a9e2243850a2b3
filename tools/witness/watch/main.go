// Command watch lets litewitness watch a log: it adds the log's key to the
// database as torchwood's witnessctl does, whose other dependencies are not to
// be had everywhere. litewitness makes the tables when it starts.
//
//	watch DATABASE VKEY
package main

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: watch DATABASE VKEY")
		os.Exit(2)
	}
	if err := watch(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func watch(database, vkey string) error {
	origin, _, _ := strings.Cut(vkey, "+")
	db, err := sqlite.OpenConn(database, sqlite.OpenReadWrite)
	if err != nil {
		return err
	}
	defer db.Close()
	empty, err := tlog.TreeHash(0, nil)
	if err != nil {
		return err
	}
	for _, step := range []struct {
		query string
		args  []any
	}{
		{"INSERT INTO log (origin, tree_size, tree_hash) VALUES (?, 0, ?)", []any{origin, empty.String()}},
		{"INSERT INTO key (origin, key) VALUES (?, ?)", []any{origin, vkey}},
	} {
		if err := sqlitex.Execute(db, step.query, &sqlitex.ExecOptions{Args: step.args}); err != nil {
			return err
		}
	}
	return nil
}
