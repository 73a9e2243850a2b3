package site

import (
	"archive/zip"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/sunlot/sunlot/ledger"
)

// The ledger as archives: data/ledger-001.zip and so on, each of 4,096 entries
// with their proofs, openings and the files that they name, under the paths of
// the ledger folder (ledger.md). Unpacked over each other they are that folder.
// The last carries checkpoint, policy and the tiles that still grow; a small
// office has one, which is everything. Nothing is compressed and no time is
// kept, so that equal ledgers make equal archives whatever packed them.

// perArchive is how many entries an archive holds: sixteen tiles.
const perArchive = 16 * ledger.TileWidth

func archiveName(n int) string { return fmt.Sprintf("ledger-%03d.zip", n) }

// dataLedger writes the archives. One that is not the last depends on its own
// entries and their files (openings come later and may be taken down), never on
// the checkpoint. It depends on the program too, which orders what it packs.
func (m *maker) dataLedger(v *dataView, list *dataIndex) error {
	size := m.b.Checkpoint.Size
	n := int((size + perArchive - 1) / perArchive)
	bytes := make([]int, n)
	span := func(i int) (from, to uint64) { return uint64(i) * perArchive, min(uint64(i+1)*perArchive, size) }
	err := each(n, func(i int) (err error) {
		from, to := span(i)
		bytes[i], err = m.archiveFile("data/"+archiveName(i+1), from, to)
		return err
	})
	if err != nil {
		return err
	}
	for i, bytes := range bytes {
		from, to := span(i)
		name := archiveName(i + 1)
		list.Ledger = append(list.Ledger, indexArchive{File: name, From: int64(from), To: int64(to) - 1})
		v.Ledger = append(v.Ledger, *v.to("data/"+name, "第"+num(from)+"至"+num(to-1)+"条记录（"+sizeWords(bytes)+"）"))
	}
	v.Files = append(v.Files, *v.to("ledger/checkpoint", "账本快照 checkpoint"), *v.to("ledger/policy", "见证和账本公钥 policy"))
	return nil
}

// archiveFile writes an archive unless it stands there, and says how large it is.
func (m *maker) archiveFile(file string, from, to uint64) (size int, err error) {
	last := to == m.b.Checkpoint.Size
	h := newHasher().text("archive", archiveText, m.opt.Program).yes(last).num(int64(from), int64(to)).sum(m.keys.broken)
	if last {
		h.text(string(m.b.Signed))
	}
	for _, e := range m.b.Entries[from:to] {
		m.filesKey(h, e)
	}
	err = m.block(file, h.key(), func(m *maker) error {
		size, err = m.stream(file, func(w io.Writer) error { return m.archive(w, from, to, last) })
		return err
	})
	if err == nil && size == 0 { // it was kept
		size, err = m.dir.size(file)
	}
	return size, err
}

// archive packs entries from to before to; last says that the head of the
// ledger goes with them.
func (m *maker) archive(w io.Writer, from, to uint64, last bool) error {
	z := &packer{zip: zip.NewWriter(w)}
	z.add("README.txt", []byte(archiveText))
	if err := m.packEntries(z, from, to); err != nil {
		return err
	}
	if err := m.packTiles(z, from, to, last); err != nil {
		return err
	}
	if last {
		policy, err := m.b.Dir.Policy()
		if err != nil {
			return err
		}
		z.add("ledger/policy", policy)
		z.add("ledger/checkpoint", m.b.Signed)
	}
	if z.err == nil {
		z.err = z.zip.Close()
	}
	return z.err
}

// packEntries adds entries with all that hangs on them, and their bundles. A
// blob stands in every archive whose entries name it.
func (m *maker) packEntries(z *packer, from, to uint64) error {
	var row [][]byte
	var blobs []string
	err := m.b.Dir.Entries(from, to, func(i uint64, entry []byte) error {
		z.add("ledger/"+ledger.EntryPath(i), entry)
		if row = append(row, entry); len(row) == ledger.TileWidth || i+1 == to {
			data, err := ledger.FormatBundle(row)
			if err != nil {
				return err
			}
			z.add("ledger/"+ledger.BundlePath(i/ledger.TileWidth, len(row)), data)
			row = nil
		}
		if err := z.addIf(ledger.ProofPath(i), m.b.Dir.ProofIn, i); err != nil {
			return err
		}
		if m.mayOpen(i) {
			if err := z.addIf(ledger.OpeningPath(i), m.b.Dir.OpeningIn, i); err != nil {
				return err
			}
		}
		if e := m.b.Entries[i]; e.Record != nil {
			blobs = append(blobs, m.s.Needs(e.Record)...)
		}
		return z.err // what was to be compared may differ already
	})
	if err != nil {
		return err
	}
	slices.Sort(blobs)
	for _, sum := range slices.Compact(blobs) {
		switch data, err := m.b.Dir.BlobIn(z.room, sum, ledger.MaxBlob); {
		case err == nil:
			z.room = data
			z.add("ledger/"+ledger.BlobPath(sum), data)
		case unreachable(err):
			return err
		}
		if z.err != nil {
			break
		}
	}
	return z.err
}

// packTiles adds the tiles of hashes over the entries; those of the higher
// levels go with the head, since they still grow.
func (m *maker) packTiles(z *packer, from, to uint64, last bool) error {
	size := m.b.Checkpoint.Size
	r := m.b.Dir.HashReader(size)
	for _, t := range tlog.NewTiles(tileHeight, 0, int64(size)) {
		first := uint64(t.N) * ledger.TileWidth
		if t.L == 0 && (first < from || first >= to) || t.L > 0 && !last {
			continue
		}
		data, err := tlog.ReadTileData(t, r)
		if err != nil {
			return err
		}
		z.add("ledger/"+ledger.TilePath(t.L, uint64(t.N), t.W), data)
	}
	return nil
}

// packer writes a zip and keeps the first fault.
type packer struct {
	zip  *zip.Writer
	err  error
	room []byte // of what is read, one file after the other
}

// add stores a file as it is: length and sum stand before it, so that a reader
// needs neither to inflate nor to look ahead.
func (z *packer) add(name string, data []byte) {
	if z.err != nil {
		return
	}
	h := &zip.FileHeader{Name: name, Method: zip.Store, CRC32: crc32.ChecksumIEEE(data), CompressedSize64: uint64(len(data)), UncompressedSize64: uint64(len(data))}
	//lint:ignore SA1019 Modified would add an extra field; this is 1980-01-01 without one
	h.ModifiedDate = 0x21
	w, err := z.zip.CreateRaw(h)
	if err == nil {
		_, err = w.Write(data)
	}
	z.err = err
}

// addIf adds a file of the ledger where it is there.
func (z *packer) addIf(name string, read func([]byte, uint64) ([]byte, error), i uint64) error {
	data, err := read(z.room, i)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		z.room = data
		z.add("ledger/"+name, data)
	}
	return err
}

func sizeWords(n int) string {
	switch {
	case n >= 10<<20:
		return num(n>>20) + " MB"
	case n >= 1<<20:
		return num(n>>20) + "." + num(n%(1<<20)*10>>20) + " MB"
	}
	return num((n+1023)>>10) + " KB"
}

const archiveText = `公开账本的存档

解压以后，ledger 文件夹就是账本本身，格式见 ledger.md：
  ledger/checkpoint      账本快照（签名的总校验码），只在最后一个存档里
  ledger/policy          见证和账本公钥，只在最后一个存档里
  ledger/entry/N.txt     第 N 条记录
  ledger/proof/N.tlog-proof   入账证明
  ledger/opening/N.json  启封凭据
  ledger/blob/           记录所指的文件
  ledger/tile/           校验树

有几个存档的，全部解压到同一个文件夹。核验：

  sunlot-verify 这个文件夹

也可以打开离线核验页，选解压出来的 ledger 文件夹，不用安装程序。网上的账本是另外一份：
两份的同一条记录应当逐字节相同，不相同就说明有一份被改过。
`
