// Command sunlot-demo lives two demonstration offices through June 2023 to
// July 2024 with the product's own commands, builds their sites and verifies
// them. It is no part of the product.
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/sunlot/sunlot/internal/demo"
)

func main() {
	out := flag.String("out", "public", "where the sites are built")
	work := flag.String("work", "demo-offices", "where the two offices' folders are made anew")
	flag.Parse()
	if err := demo.Show(*out, *work, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
