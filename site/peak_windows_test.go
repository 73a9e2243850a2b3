package site

import "os"

// peakOf: not asked there.
func peakOf(*os.ProcessState) float64 { return 0 }
