package rules

import (
	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/record"
)

// FileOf describes a blob that is not made of lines.
func FileOf(data []byte) record.File {
	return record.File{SHA256: Hash(data), Bytes: int64(len(data))}
}

// LinesOf describes a file of lines, each ending in a line feed: its digest,
// its count, and the RFC 6962 §2.1 root over the lines without line feeds.
func LinesOf(data []byte) record.File {
	digest, root, lines := draw.FileSum(data)
	return record.File{SHA256: digest, Bytes: int64(len(data)), Lines: int64(lines), Root: root}
}
