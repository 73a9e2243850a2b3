// Package intake reads what an office hands in: spreadsheets, CSV files and
// TOML, as county offices really make them, and turns them into plain rows
// that the rooms above can record. It also writes the empty Excel forms, the
// prefilled result form and the marked copy of a refused file.
//
// Three steps, each usable alone:
//
//	wb, err := intake.Open("名录库.xlsx")               // what kind of file, which sheets
//	tables, err := wb.Tables(intake.Options{})         // which sheet is what, which column is which
//	firms, report := tables[0].Firms()                 // typed rows, and everything wrong with them
//
// Nothing is mended in silence and nothing is dropped in silence: a change of
// what stood in a cell, or a row that was passed over, is a Repair; what a
// person must look at is listed in Report.Confirm; what cannot be read is a
// Problem with file, sheet, row, column and heading. All problems of a file are
// collected, so that an officer mends it once.
//
// # What is read
//
//	.xlsx   through archive/zip and encoding/xml, one row at a time, because the
//	        kind of each cell (number, date, text, merged, formula, error) must be
//	        known to judge it; excelize writes
//	.csv    comma, tab or semicolon; UTF-8 with or without BOM, UTF-16 with BOM,
//	        otherwise GB18030
//	.toml   `kind = "名录库"` and `[[row]]` tables with the English field names
//
// Everything else (.xls, .et, .wps, HTML or XML named .xls, .ods, .pdf …) is
// recognised by its content and refused with a code whose remedy tells how to
// save it as .xlsx.
//
// # Limits
//
// Files are hostile: every size is capped before anything is kept (limits.go).
package intake

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
)

// Kind is the kind of a form; its value is the word that people use for it.
type Kind string

// The kinds of forms.
const (
	KindFirms       Kind = "名录库"   // roster of objects 检查对象名录库
	KindInspectors  Kind = "人员库"   // inspectors 执法检查人员名录库
	KindItems       Kind = "清单"    // checklist 随机抽查事项清单
	KindPlan        Kind = "计划"    // annual plan 年度抽查工作计划
	KindTask        Kind = "任务"    // one or more draws to announce 抽查任务
	KindResults     Kind = "结果"    // results, also the dispatch list 抽查结果
	KindCorrections Kind = "更正"    // corrections 更正
	KindFeedback    Kind = "反馈"    // each enterprise is told its result 逐户反馈
	KindObjections  Kind = "异议"    // objections to results 异议
	KindReviews     Kind = "复核"    // reviews of objections 复核
	KindArchive     Kind = "归档"    // what is put into the archive 归档
	KindHistory     Kind = "开账前历史" // inspections before the ledger's first day
	KindCalendar    Kind = "工作日补充" // days on which the office is closed, a year's arrangement
	KindExperts     Kind = "专家库"   // experts 专家名录
	KindRecusals    Kind = "回避申报"  // declarations of inspectors before a draw 回避申报表
)

// Kinds lists all kinds in the order in which an office needs them.
func Kinds() []Kind {
	return []Kind{KindItems, KindFirms, KindInspectors, KindPlan, KindTask, KindResults, KindCorrections, KindFeedback, KindObjections, KindReviews, KindArchive, KindHistory, KindCalendar, KindRecusals, KindExperts,
		KindPartners, KindAgreement, KindPartnerTeam, KindLeadList}
}

// KindOf reads a kind as people or machines write it: 名录库, firms …; ok is
// false for any other word.
func KindOf(word string) (k Kind, ok bool) {
	w := headKey(word)
	for k, f := range forms {
		if w == headKey(string(k)) || w == f.alias || w == headKey(f.title) {
			return k, true
		}
	}
	return "", false
}

// Options tell what the file itself cannot.
type Options struct {
	As       Kind     // the kind, where the header row leaves it open; "" = by header row
	Sheet    string   // read only this sheet (also a hidden one); "" = every visible sheet that matches
	Year     int      // the year of times written without one ("1月—12月"); 0 = every time must name its year
	Required []string // further required columns, by any of their Chinese names: a rule pack's required_fields
	Codes    []Code   // result codes; nil = DefaultCodes
}

// Code is one result code of a rule pack: its letter or number and its exact
// wording (Gaoqing 8.3: a 未发现问题 …). Alone says that it excludes all others.
type Code struct {
	Code, Text string
	Alone      bool
}

// Place is where something stands in a file, as Excel shows it: rows count from
// 1, Column is its letter, "" where a whole row is meant.
type Place struct {
	File, Sheet string
	Row         int
	Column      string
}

// String gives "名录库.xlsx Sheet1!C14", "firms.csv!C14" or "firms.csv!14".
func (p Place) String() string {
	s := strings.TrimSpace(p.File + " " + p.Sheet)
	if p.Row > 0 {
		s += "!" + p.Column + strconv.Itoa(p.Row)
	}
	return s
}

// Problem is one thing that a person must mend (Report.Problems) or look at
// (Report.Confirm). Got and Want are plain Chinese or the text of the cell; an
// identity number in Got is masked.
type Problem struct {
	File, Sheet string
	Row         int    // 1-based; 0 = the sheet as a whole
	Column      string // letter; "" = the row as a whole
	Header      string // heading as written in the file
	Code        string // intake.kebab-case
	Got, Want   string
}

// Place gives file, sheet, row and column.
func (p Problem) Place() Place { return Place{p.File, p.Sheet, p.Row, p.Column} }

// Fault turns the problem into the error shape that the doors put into words.
func (p Problem) Fault() *fault.Error {
	place := p.Place().String()
	if p.Header != "" {
		place = strings.TrimSpace(place + " " + p.Header)
	}
	return &fault.Error{Code: p.Code, Place: place, Got: p.Got, Want: p.Want}
}

// Repair is one visible change: what stood there, what is taken, and why (a code
// intake.fixed-… or intake.skipped-…). To is "" for a row that was passed over.
type Repair struct {
	Place    Place
	Header   string
	From, To string
	Why      string
}

// Report is everything to tell about the reading of one table. The lists hold at
// most 1000 entries each, of one kind of repair 200; the counts go on. Rows with
// a problem are not among the rows returned.
type Report struct {
	Rows         int            // rows read as data, good or bad
	Problems     []Problem      // the file is refused while there are any
	ProblemCount int            // all of them, also beyond the list
	Confirm      []Problem      // odd but possible (a failed check digit): a person says yes
	ConfirmCount int            //
	Repairs      []Repair       // what was changed or passed over
	RepairCounts map[string]int // all of them by Why
	Unused       []string       // headings of recognised columns that are filled and that nothing acts on in this version
}

// reportCap is how many problems and repairs are listed.
const reportCap = 1000

func (r *Report) problem(p Problem) {
	p.Got = shorten(p.Got)
	r.ProblemCount++
	if len(r.Problems) < reportCap {
		r.Problems = append(r.Problems, p)
	}
}

func (r *Report) confirm(p Problem) {
	p.Got = shorten(p.Got)
	r.ConfirmCount++
	if len(r.Confirm) < reportCap {
		r.Confirm = append(r.Confirm, p)
	}
}

func (r *Report) repair(x Repair) {
	if r.RepairCounts == nil {
		r.RepairCounts = map[string]int{}
	}
	r.RepairCounts[x.Why]++
	if len(r.Repairs) < reportCap && r.RepairCounts[x.Why] <= reportCap/5 { // one kind must not hide the others
		x.From, x.To = shorten(x.From), shorten(x.To)
		r.Repairs = append(r.Repairs, x)
	}
}

// Err is nil if the table may be recorded, otherwise the first problem as a
// fault, with the number of all of them.
func (r *Report) Err() error {
	if r.ProblemCount == 0 {
		return nil
	}
	first := r.Problems[0].Fault()
	if r.ProblemCount == 1 {
		return first
	}
	return &fault.Error{Code: "intake.problems", Place: r.Problems[0].File, Got: fmt.Sprint(r.ProblemCount), Err: first}
}

// shorten keeps messages readable: at most 60 characters of a cell.
func shorten(s string) string {
	n := 0
	for i := range s {
		if n == 60 {
			return s[:i] + "…"
		}
		n++
	}
	return s
}

// letter names a 0-based column as Excel does: 0 A, 25 Z, 26 AA.
func letter(i int) string {
	s := ""
	for i++; i > 0; i = (i - 1) / 26 {
		s = string(rune('A'+(i-1)%26)) + s
	}
	return s
}

func contains(list []string, s string) bool { return slices.Contains(list, s) }

func itoa(n int) string { return strconv.Itoa(n) }

func joinWords(words []string) string { return strings.Join(words, "、") }

// fromFault turns a fault met while rows were being read into a problem.
func fromFault(err error, file, sheet string) Problem {
	p := Problem{File: file, Sheet: sheet, Code: fault.Code(err)}
	if e, ok := err.(*fault.Error); ok {
		p.Got, p.Want = e.Got, e.Want
		if p.Got == "" && e.Err != nil {
			p.Got = e.Err.Error()
		}
		// the place ends in !C14 or !14
		if _, at, ok := strings.Cut(e.Place, "!"); ok {
			i := 0
			for i < len(at) && at[i] >= 'A' && at[i] <= 'Z' {
				i++
			}
			p.Column = at[:i]
			p.Row, _ = strconv.Atoi(at[i:])
		}
	}
	return p
}
