package durable

import (
	"errors"

	"golang.org/x/sys/unix"
)

// manyFiles is from where one syncfs is cheaper than an fsync a file.
const manyFiles = 2048

// syncAll flushes the whole file system that holds the tree: done is true when
// nothing is left to sync file by file.
func (d *Dir) syncAll() (done bool, err error) {
	err = d.do("sync", ".", func() error {
		f, err := d.root.Open(".")
		if err != nil {
			return err
		}
		return errors.Join(unix.Syncfs(int(f.Fd())), f.Close())
	})
	return err == nil, err
}
