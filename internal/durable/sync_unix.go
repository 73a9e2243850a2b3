//go:build !windows

package durable

import "os"

// syncHandle makes the names in an opened directory durable.
func syncHandle(dir *os.File) error { return dir.Sync() }
