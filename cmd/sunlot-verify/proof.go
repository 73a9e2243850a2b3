package main

import (
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/ledger"
)

// proof checks one entry's proof file offline: no server, no other file than
// the three.
func (c *Command) proof(opt *options) error {
	if opt.policy == "" || len(opt.paths) > 0 {
		return fault.New("verify.bad-usage", "--proof", "", "--policy").Of(fault.Usage)
	}
	data, err := readFile(opt.proof, 1<<20)
	if err != nil {
		return err
	}
	p, err := ledger.ParseProof(data)
	if err != nil {
		return err
	}
	text, err := readPolicy(opt.policy)
	if err != nil {
		return err
	}
	policy, err := ledger.ParsePolicy(text)
	if err != nil {
		return err
	}
	name := opt.entry
	if name == "" {
		name = filepath.Join(filepath.Dir(opt.proof), "..", filepath.FromSlash(ledger.EntryPath(p.Index)))
		if _, err := os.Stat(name); err != nil {
			return fault.New("verify.no-entry", opt.proof, "", "--entry").Of(fault.Usage)
		}
	}
	entry, err := readFile(name, ledger.MaxEntry)
	if err != nil {
		return err
	}
	cp, err := p.Check(entry, policy)
	if err != nil {
		return err
	}
	kind := "（不是本程序认识的记录）"
	if note, err := ledger.ParseNote(entry); err == nil {
		if e, err := record.Parse(note.Text); err == nil {
			kind = e.Type
		}
	}
	if opt.json {
		fmt.Fprintf(c.Stdout, "{\n  \"verdict\": \"sound\",\n  \"origin\": %q,\n  \"index\": %d,\n  \"type\": %q,\n  \"size\": %d,\n  \"root\": %q\n}\n",
			cp.Origin, p.Index, kind, cp.Size, hex.EncodeToString(cp.Root[:]))
		return nil
	}
	fmt.Fprintf(c.Stdout, "相符：第%d条记录（%s）在账本 %s 中，快照 %d 条，总校验码 %s\n", p.Index, kind, cp.Origin, cp.Size, hex.EncodeToString(cp.Root[:]))
	return nil
}
