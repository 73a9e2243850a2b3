package durable

import "os"

// syncHandle does nothing: Windows has no fsync of a directory, and NTFS
// journals names itself.
func syncHandle(*os.File) error { return nil }
