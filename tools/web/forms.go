package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// forms is templates/verify/src/forms.ts: the tables of spec/record.md, so that
// the page that people read is the one that the browser checks by.
func forms(root string) ([]byte, error) {
	page, err := os.ReadFile(filepath.Join(root, "spec", "record.md"))
	if err != nil {
		return nil, err
	}
	types, titles, err := typeTable(string(page))
	if err != nil {
		return nil, err
	}
	tables, err := memberTables(string(page))
	if err != nil {
		return nil, err
	}
	for _, t := range types {
		if !strings.Contains("\n"+strings.Join(tables, "\n"), "\n"+strings.Fields(t)[1]+" ") {
			return nil, fmt.Errorf("spec/record.md: no table of members for %s", t)
		}
	}
	var b bytes.Buffer
	b.WriteString("// Made from the tables of spec/record.md by make web; never edited by hand.\n\n")
	write := func(doc, name string, rows []string) {
		fmt.Fprintf(&b, "/** %s */\nexport const %s = `\n%s\n`;\n", doc, name, strings.Join(rows, "\n"))
	}
	write("A type and the table of its body a line.", "typeRows", types)
	b.WriteByte('\n')
	write("A type and its Chinese name a line.", "titleRows", titles)
	b.WriteByte('\n')
	write("A table a line: its name, then each member, `!` if required, `:` and its value; `[]` a list of it, `{}` an object of it.", "tableRows", tables)
	return b.Bytes(), nil
}

var (
	typeRow   = regexp.MustCompile("^\\| `([a-z-]+)` \\| \\[([A-Za-z]+)\\]\\(#[a-z]+\\) \\| ([^|]+) \\| [^|]+ \\|$")
	memberRow = regexp.MustCompile("^\\| `([A-Za-z0-9_]+)` \\| ([^|]+) \\| (yes|no) \\| ")
	reference = regexp.MustCompile(`^(list of |object of |)(?:\[([A-Za-z]+)\]\(#[a-z]+\)|([a-z][a-z0-9]*))$`)
)

// typeTable reads the table of "## Types".
func typeTable(page string) (types, titles []string, err error) {
	_, section, ok := strings.Cut(page, "\n## Types\n")
	if !ok {
		return nil, nil, fmt.Errorf("spec/record.md: no table of types")
	}
	section, _, _ = strings.Cut(section, "\n## ")
	for line := range strings.Lines(section) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "| `") {
			continue
		}
		m := typeRow.FindStringSubmatch(line)
		if m == nil {
			return nil, nil, fmt.Errorf("spec/record.md: a type that cannot be read: %s", line)
		}
		types = append(types, m[1]+" "+m[2])
		titles = append(titles, m[1]+" "+m[3])
	}
	return types, titles, nil
}

// memberTables reads every table between "members" and "end".
func memberTables(page string) ([]string, error) {
	var tables []string
	for i, part := range strings.Split(page, "\n<!-- members ") {
		if i == 0 {
			continue
		}
		name, rows, _ := strings.Cut(part, " -->\n")
		rows, _, ok := strings.Cut(rows, "\n<!-- end -->")
		if !ok {
			return nil, fmt.Errorf("spec/record.md: the table of %s does not end", name)
		}
		table := []string{name}
		for _, line := range strings.Split(rows, "\n")[2:] {
			m := memberRow.FindStringSubmatch(line)
			if m == nil {
				return nil, fmt.Errorf("spec/record.md: a member of %s that cannot be read: %s", name, line)
			}
			r := reference.FindStringSubmatch(m[2])
			if r == nil {
				return nil, fmt.Errorf("spec/record.md: %s.%s has a value that cannot be read: %s", name, m[1], m[2])
			}
			required := map[string]string{"yes": "!", "no": ""}[m[3]]
			many := map[string]string{"": "", "list of ": "[]", "object of ": "{}"}[r[1]]
			table = append(table, m[1]+required+":"+r[2]+r[3]+many)
		}
		tables = append(tables, strings.Join(table, " "))
	}
	return tables, nil
}
