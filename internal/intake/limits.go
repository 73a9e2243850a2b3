package intake

// Sizes first: nothing from a file is kept before one of these has been
// checked. A sheet's XML is streamed row by row, so only the parts held in
// memory fall under the 64 MiB of security.md T13; 100,000 rows of 10 columns
// are 69 MB of sheet XML as excelize writes them, more as Excel does.
const (
	maxBook      = 64 << 20  // an .xlsx or .toml source as it stands on the disk
	maxText      = 4 << 30   // a .csv source; it is never held as a whole
	maxParts     = 4096      // members of the zip
	maxHeld      = 64 << 20  // unzipped bytes of all parts held in memory
	maxStreamed  = 256 << 20 // unzipped bytes of one sheet, streamed
	maxRatio     = 100       // unzipped : zipped of a part above ratioFrom; real sheets stay under 30
	ratioFrom    = 16 << 20
	maxDepth     = 32      // nesting of XML
	maxToken     = 1 << 20 // bytes of XML between two tags
	maxStrings   = 4 << 20 // shared strings
	maxSheets    = 64
	maxMerges    = 100_000
	maxRows      = 200_000 // rows with content in one sheet
	maxSheetRows = 1 << 20 // Excel's own, content or not
	maxColumns   = 256     // columns with content
	maxCell      = 32_767  // characters in a cell, Excel's own
	maxTextRows  = 20_000_000
	maxRecord    = 1 << 20 // bytes of one CSV record
	maxTOML      = 1 << 20
	maxTOMLDepth = 32
)
