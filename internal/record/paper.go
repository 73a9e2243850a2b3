package record

// Paper (纸面见证) is a printed notice (抽取预告) that somebody outside the
// office signed before the lots were cast, ledger.md "Witnesses". It proves no
// more than the paper does: who doubts it asks that body for its copy.
type Paper struct {
	Notice   int64  `json:"notice"`
	Body     string `json:"body" form:"name"` // who signed: 司法局, 档案馆 …; never the office itself
	Person   Sealed `json:"person"`
	Signed   string `json:"signed" form:"time"`    // day and time as written on the sheet, a claim
	Checksum string `json:"checksum" form:"hex64"` // 校验码 C as printed on it, all 64 characters: a short form can be met twice
	Scan     string `json:"scan" form:"hex64"`     // digest of the scanned sheet
}
