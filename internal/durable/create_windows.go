package durable

import (
	"errors"
	"io/fs"
	"os"
)

// create is one file of a name without a slash.
func (f folder) create(base string, mode os.FileMode, data []byte) (created bool, err error) {
	file, err := f.OpenFile(base, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	_, err = file.Write(data)
	return true, errors.Join(err, file.Close())
}
