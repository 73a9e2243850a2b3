package site

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// Hugo beside our build, in two forms of the same number of result pages.

const hugoPage = `{{ define "main" }}<h1>{{ .Title }}</h1><p>{{ .Date.Format "2006-01-02" }}</p>{{ .Content }}<nav>{{ with .PrevInSection }}<a href="{{ .RelPermalink }}">上一条</a>{{ end }}{{ with .NextInSection }}<a href="{{ .RelPermalink }}">下一条</a>{{ end }}</nav>{{ end }}`

const hugoList = `{{ define "main" }}<h1>{{ .Title }}</h1><table>{{ range (.Paginate .Pages 50).Pages }}<tr><td><a href="{{ .RelPermalink }}">{{ .Title }}</a></td><td>{{ .Date.Format "2006-01-02" }}</td></tr>{{ end }}</table>{{ template "_internal/pagination.html" . }}{{ end }}`

const hugoBase = `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{{ .Title }}</title><link rel="stylesheet" href="/style.css"></head><body><header><nav><a href="/">首页</a> <a href="/results/">抽查结果</a></nav></header><main>{{ block "main" . }}{{ end }}</main><footer>主办单位：演示县应急管理局</footer></body></html>`

// lightHugo: pages of 42 lines of Markdown, lists of 50, a site map and a feed:
// less than a page of ours says, and no other page of ours. No site could ask
// less of Hugo.
func lightHugo(b *testing.B, dir string, n int) {
	h := &hugoSite{b: b, dir: dir, made: map[string]bool{}}
	put := func(name, text string) { h.put(name, []byte(text)) }
	put("hugo.toml", "baseURL = \"https://www.example.gov.cn/sunlot/\"\ntitle = \"双随机抽查公开账本\"\nlanguageCode = \"zh-CN\"\ndisableKinds = [\"taxonomy\", \"term\"]\n[pagination]\npagerSize = 50\n")
	put("layouts/_default/baseof.html", hugoBase)
	put("layouts/_default/single.html", hugoPage)
	put("layouts/_default/list.html", hugoList)
	put("layouts/index.html", `{{ define "main" }}<h1>{{ .Title }}</h1>{{ range first 20 .Site.RegularPages }}<p><a href="{{ .RelPermalink }}">{{ .Title }}</a></p>{{ end }}{{ end }}`)
	page := func(i int) {
		var t strings.Builder
		fmt.Fprintf(&t, "---\ntitle: 演示县第%d号机械厂的抽查结果\ndate: 2023-10-%02dT10:00:00+08:00\n---\n", i, i%28+1)
		for k := range 38 {
			fmt.Fprintf(&t, "- **第%d项**：第%d号企业的抽查事项，结果代码 a，未发现问题，签值 %064x\n", k, i, i*38+k)
		}
		put("content/results/"+num(i)+".md", t.String())
	}
	for i := range n {
		page(i)
	}
	runHugo(b, dir, "light")
	countFiles(b, filepath.Join(dir, "public"), "light")
	page(n)
	runHugo(b, dir, "light-more")
}

// wholeHugo builds what layHugo laid, looks whether its pages say what ours do,
// and builds again with one more.
func wholeHugo(b *testing.B, dir string) {
	folder := filepath.Join(dir, "hugo")
	runHugo(b, folder, "hugo")
	countFiles(b, filepath.Join(folder, "public"), "hugo")
	layBeside(b, filepath.Join(dir, "ours"), filepath.Join(folder, "public"))
	if err := os.CopyFS(folder, os.DirFS(filepath.Join(dir, "hugo-more"))); err != nil {
		b.Fatal(err)
	}
	runHugo(b, folder, "hugo-more")
}

func runHugo(b *testing.B, dir, what string) {
	b.Helper()
	cmd := exec.Command(*cityHugo)
	cmd.Dir = dir
	start := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	measured(what, time.Since(start).Seconds(), "s")
	measured(what+"-cpu", (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(), "s")
	measured(what+"-peak", peakOf(cmd.ProcessState), "MiB")
}

var resultFile = regexp.MustCompile(`^results/[0-9]+(/index)?\.html$`)

// countFiles counts files and pages, and the mean size of a result.
func countFiles(b *testing.B, public, what string) {
	b.Helper()
	files, pages, results, bytes := 0, 0, 0, int64(0)
	err := fs.WalkDir(os.DirFS(public), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if files++; strings.HasSuffix(name, ".html") {
			pages++
		}
		if resultFile.MatchString(name) {
			info, err := d.Info()
			if err != nil {
				return err
			}
			results, bytes = results+1, bytes+info.Size()
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	measured(what+"-files", float64(files), "files")
	measured(what+"-pages", float64(pages), "pages")
	measured(what+"-result-page", float64(bytes)/1024/float64(max(results, 1)), "KiB")
}

// layBeside compares pages of ours with those that Hugo made of the same: a size
// within a tenth, and the same words and elements in the same order. What Hugo is
// not asked for is taken out of ours first: the QR code. Of lists, which have
// other titles and turn in other ways, rows are compared.
func layBeside(b *testing.B, ours, his string) {
	b.Helper()
	var list []beside
	if err := json.Unmarshal([]byte(readPage(b, filepath.Join(ours, "list.json"))), &list); err != nil || len(list) == 0 {
		b.Fatal(err, list)
	}
	for _, p := range list {
		mine, other := readPage(b, filepath.Join(ours, p.Kind+".html")), readPage(b, filepath.Join(his, filepath.FromSlash(p.Hugo)))
		measured("beside-"+p.Kind+"-ours", float64(len(mine))/1024, "KiB")
		measured("beside-"+p.Kind+"-hugo", float64(len(other))/1024, "KiB")
		if size := float64(len(other)) / float64(len(mine)); size < 0.9 || size > 1.1 {
			b.Errorf("%s: %d bytes, ours %d", p.Hugo, len(other), len(mine))
		}
		mine = qrElement.ReplaceAllString(mine, "")
		if p.Part != "" {
			part := regexp.MustCompile(p.Part)
			mine, other = part.FindString(mine), part.FindString(other)
		}
		elements, words := inPage(b, mine)
		hisElements, hisWords := inPage(b, other)
		measured("beside-"+p.Kind+"-elements", float64(len(elements)), "elements")
		same(b, p.Hugo+": element", elements, hisElements)
		same(b, p.Hugo+": word", words, hisWords)
	}
}

// same fails where two lists are empty or differ, and says where.
func same(b *testing.B, what string, ours, his []string) {
	b.Helper()
	if len(ours) == 0 || len(ours) != len(his) {
		b.Errorf("%s: %d, ours %d", what, len(his), len(ours))
	}
	for i := range min(len(ours), len(his)) {
		if ours[i] != his[i] {
			b.Errorf("%s %d: %q, ours %q", what, i, his[i:min(i+5, len(his))], ours[i:min(i+5, len(ours))])
			return
		}
	}
}

var qrElement = regexp.MustCompile(`<img class="qr"[^>]*>`)

func readPage(b *testing.B, file string) string {
	b.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		b.Fatal(err)
	}
	return string(data)
}

// inPage is the names of the start tags in order, and the words.
func inPage(b *testing.B, page string) (elements, words []string) {
	b.Helper()
	if !strings.HasPrefix(page, "<!doctype") {
		page = "<!doctype html>\n" + page
	}
	list, text, err := tokenize(page)
	if err != nil {
		b.Fatal(err)
	}
	for _, e := range list {
		elements = append(elements, e.name)
	}
	return elements, strings.Fields(text)
}
