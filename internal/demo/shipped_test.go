package demo

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/rules"
)

// TestShippedPacks: the list by which sunlot-verify tells a pack of ours from
// an office's own is that of the packs as they stand.
func TestShippedPacks(t *testing.T) {
	const name = "../verify/packs.txt"
	var want strings.Builder
	for _, pack := range []string{"gaoqing", "yanshi"} {
		p, err := office.Pack(pack)
		if err != nil {
			t.Fatal(err)
		}
		data, err := rules.FormatPack(p)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&want, "%s %s\n", rules.FileOf(data).SHA256, p.ID)
	}
	if *update {
		if err := os.WriteFile(name, []byte(want.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(name)
	if err != nil || string(got) != want.String() {
		t.Errorf("%s is not that of content/packs (%v): go test ./internal/demo -run Shipped -update", name, err)
	}
}

// TestShipped: the demonstration offices keep the packs of the program; one
// changed letter is the office's own.
func TestShipped(t *testing.T) {
	for _, name := range Names {
		b := judged(t, name)
		if !b.Shipped() && !*update {
			t.Errorf("%s: the pack is not ours", name)
		}
		b.State.Charter().Pack.File.SHA256 = strings.Repeat("0", 64)
		if b.Shipped() {
			t.Errorf("%s: any pack is ours", name)
		}
	}
}
