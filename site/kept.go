package site

import "github.com/sunlot/sunlot/internal/fault"

// What a build keeps of the list that it found. The names of kept blocks are
// not gone through one by one as they are kept: they are a hundred times as many
// as those that are put. A build that has ended goes through them once (settle).

// keep counts the files of a block or a run as put if they stand there under that
// key.
func (d *Dir) keep(id uint64, key digest) bool {
	if d.old == nil {
		return false
	}
	r := d.old.find(id)
	if r == nil || r.key != key {
		return false
	}
	d.next.keep(r)
	d.mu.Lock()
	defer d.mu.Unlock()
	r.kept = true
	d.Same += r.files
	return true
}

// again begins a run that is made again.
func (d *Dir) again(id uint64) *run {
	made := new(run)
	if d.old == nil {
		return made
	}
	if r := d.old.find(id); r != nil && r.isRun {
		made.stood = d.old.inRun(r)
		d.mu.Lock()
		r.kept, r.named = true, true // its blocks are counted one by one
		d.mu.Unlock()
	}
	return made
}

// keepIn is keep for a block of a run that is made again.
func (d *Dir) keepIn(made *run, id uint64, key digest) bool {
	r := findBlock(made.stood, id)
	if r == nil || r.key != key || r.kept {
		return false
	}
	r.kept = true
	head := len(made.data)
	made.data = append(made.data, d.old.data[r.head:r.to]...)
	made.part(id, head, r.files)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.held = append(d.held, *r)
	d.Same += r.files
	return true
}

// made ends a run that was made again.
func (d *Dir) made(id uint64, key digest, r *run) {
	d.next.put(id, key, len(r.parts)+1, r.files, r.body())
	d.mu.Lock()
	defer d.mu.Unlock()
	for i := range r.stood {
		if !r.stood[i].kept {
			d.left = append(d.left, r.stood[i])
		}
	}
}

// name puts the names of a block among those of the folder, if it was kept.
func (d *Dir) name(id uint64) {
	if d.old == nil {
		return
	}
	r := d.old.find(id)
	d.mu.Lock()
	defer d.mu.Unlock()
	if r == nil || !r.kept || r.named {
		return
	}
	r.named = true
	d.old.names(r, func(name []byte) {
		if !d.names.addBytes(name) {
			d.twice = string(name)
		}
	})
}

// settle goes through the names of all kept blocks that were not named: none of
// them was put besides, and stands is told of each that was asked for.
func (d *Dir) settle(asked *nameSet, stands func(name string)) error {
	list := d.unnamed()
	err := each((len(list)+chunk-1)/chunk, func(c int) error {
		var l listReader
		for _, r := range list[c*chunk : min(len(list), (c+1)*chunk)] {
			d.old.namesBy(&l, r, func(name []byte) {
				h := hashBytes(name)
				put, wanted := d.names.hasHash(h), asked.hasHash(h)
				if !put && !wanted {
					return
				}
				d.mu.Lock()
				defer d.mu.Unlock()
				if put {
					d.twice = string(name)
				}
				if wanted {
					stands(string(name))
				}
			})
		}
		return nil
	})
	if err == nil && d.twice != "" {
		err = fault.New("site.twice", d.twice, "two files of one name", "one")
	}
	return err
}

// unnamed are the kept blocks whose names are not among those of the folder.
func (d *Dir) unnamed() []*blockRef {
	list := make([]*blockRef, 0, len(d.held)+len(d.next.blocks))
	for i := range d.held {
		list = append(list, &d.held[i])
	}
	if d.old != nil {
		for i := range d.old.blocks {
			if r := &d.old.blocks[i]; r.kept && !r.named {
				list = append(list, r)
			}
		}
	}
	return list
}

// leftBehind gives the names of the last build's blocks that were not kept.
func (d *Dir) leftBehind(yield func(name []byte)) {
	for i := range d.left {
		d.old.names(&d.left[i], yield)
	}
	for i := range d.old.blocks {
		if r := &d.old.blocks[i]; !r.kept {
			d.old.names(r, yield)
		}
	}
}

// files is how many files were put or kept so far.
func (d *Dir) files() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.Written + d.Same
}
