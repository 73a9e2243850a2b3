package demo

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/sunlot/sunlot/internal/portal"
	"github.com/sunlot/sunlot/internal/province"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/verify"
)

// Names of the demonstration offices.
var Names = []string{"gaoqing", "yanshi"}

// cities are the groups of the portal.
var cities = map[string]string{"gaoqing": "淄博市", "yanshi": "洛阳市"}

// Today is the day on which the demonstration ends.
const Today = "2024-07-31"

// Show lives both offices, builds public/gaoqing, public/yanshi and over both the
// portal public/index.html, verifies both sites as a citizen would, and says where to
// look. It takes work away first: it holds nothing but demonstration.
func Show(out, work string, w io.Writer) error {
	start := time.Now()
	if err := os.RemoveAll(work); err != nil {
		return err
	}
	if err := os.MkdirAll(work, 0o755); err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	var rows []portal.Row
	var bundles []*verify.Bundle
	for _, name := range Names {
		b, err := showOne(name, out, work, w)
		if err != nil {
			return err
		}
		rows = append(rows, portal.Of(portal.Place{ID: name, Group: cities[name], Href: name + "/"}, b, lastEvening))
		bundles = append(bundles, b)
	}
	if err := entrance(rows, out); err != nil {
		return err
	}
	if err := list(work); err != nil {
		return err
	}
	fmt.Fprintf(w, "\n演示用时 %.1f 秒（不含编译）。\n用浏览器打开 %s 查看；两个单位的文件夹在 %s，经办人口令都是 %s\n", time.Since(start).Seconds(),
		filepath.Join(out, "index.html"), work, passphrase)
	fmt.Fprintf(w, "核验：go run ./cmd/sunlot-verify %s --today %s\n", filepath.Join(out, "gaoqing"), Today)
	return graded(bundles, filepath.Join(work, gradesName), w)
}

const portalTitle = "双随机抽查公开账本（演示）"

// lastEvening is when the demonstration's sites are verified.
var lastEvening = time.Date(2024, 7, 31, 17, 30, 0, 0, record.Beijing).Unix()

// entrance makes the portal over the demonstration's offices, beside their sites.
func entrance(rows []portal.Row, out string) error {
	if _, err := os.Lstat(filepath.Join(out, ".sunlot-portal")); os.IsNotExist(err) {
		// An earlier program's entrance, which kept no list, would be taken for somebody else's.
		for _, name := range []string{"index.html", "style.css", "icon.svg", "script/site.js"} {
			if err := os.Remove(filepath.Join(out, name)); err != nil && !os.IsNotExist(err) {
				return err
			}
		}
	}
	folder, err := portal.OpenFolder(out, nil)
	if err != nil {
		return err
	}
	defer folder.Close()
	if err := portal.Build(rows, portal.Options{Title: portalTitle, At: lastEvening}, folder); err != nil {
		return err
	}
	return folder.Finish()
}

// list writes the cluster.toml of both offices' folders, by which sunlot cluster
// publishes them together: into a folder of its own, not over what Show builds.
func list(work string) error {
	var offices []province.Office
	for _, name := range Names {
		o, err := Load(name)
		if err != nil {
			return err
		}
		offices = append(offices, province.Office{ID: name, Name: o.Name, Group: cities[name], Folder: name})
	}
	return os.WriteFile(filepath.Join(work, province.Name), province.Format(portalTitle, offices), 0o644)
}

// graded prints the table of grades, and keeps it in a file.
func graded(bundles []*verify.Bundle, name string, w io.Writer) error {
	var table bytes.Buffer
	if err := Grades(&table, bundles); err != nil {
		return err
	}
	fmt.Fprintf(w, "\n每次抽取的等级，预告的时间区间，它比号码早多少秒：\n%s", table.Bytes())
	return os.WriteFile(name, table.Bytes(), 0o644)
}

// Build builds the office's site into a folder on the last day.
func (r *Run) Build(out string) error {
	r.at(Today+" 17:30:00", 0, "build", "-o", out)
	return r.err
}

func showOne(name, out, work string, w io.Writer) (*verify.Bundle, error) {
	start := time.Now()
	dir := filepath.Join(work, name)
	log, err := os.Create(filepath.Join(work, name+"-全过程.txt"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	r, err := NewRun(name, dir, log, w)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(w, "\n%s（2023年6月至2024年7月）\n", r.Office.Name)
	if err := r.Live(); err != nil {
		return nil, err
	}
	lived := time.Now()
	public := filepath.Join(out, name)
	if err := r.Build(public); err != nil {
		return nil, err
	}
	built := time.Now()
	b, err := verify.Open(os.DirFS(public), verify.Options{Today: Today})
	if err != nil {
		return nil, err
	}
	if b.Failed() {
		return nil, fmt.Errorf("demo: %s does not verify: %v", public, b.Parts()[1].Findings)
	}
	fmt.Fprintf(w, "  核验相符：%d 条记录。两年 %.1f 秒，生成网站 %.1f 秒，核验 %.1f 秒\n", b.Checkpoint.Size, lived.Sub(start).Seconds(),
		built.Sub(lived).Seconds(), time.Since(built).Seconds())
	for _, o := range b.Orders() {
		margin := "，先后以单位填报为准"
		if o.Margin != nil {
			margin = fmt.Sprintf("，%d 家见证，早 %d 秒", len(o.Witnesses), *o.Margin)
		}
		fmt.Fprintf(w, "  %s　%s%s\n", o.Draw, o.Name, margin)
	}
	return b, nil
}
