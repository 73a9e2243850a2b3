// Command web makes the scripts of the site from their TypeScript:
//
//	web [-root DIR] [-out DIR]     templates/script/, or DIR: the bundles and the offline page
//	web [-root DIR] -tests DIR     the tests of the sources, for node --test
//	web [-root DIR] -bench FILE    the bench of a large draw, for node or templates/verify/bench/run.mjs
//
// The bundles are classic scripts (modules are blocked on file://), the same
// bytes on every machine, and committed; tools/web/check.sh makes them again
// and compares. The packages of npm must be installed: make web does it.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

func main() {
	root := flag.String("root", "..", "the project's top folder")
	out := flag.String("out", "", "where the bundles go; templates/script of the project if empty")
	tests := flag.String("tests", "", "bundle the tests into this folder, and nothing else")
	bench := flag.String("bench", "", "bundle the bench into this file, and nothing else")
	flag.Parse()
	if err := run(*root, *out, *tests, *bench); err != nil {
		fmt.Fprintln(os.Stderr, "web:", err)
		os.Exit(1)
	}
}

func run(root, out, tests, bench string) error {
	root, err := filepath.Abs(root)
	if err != nil {
		return err
	}
	if tests != "" {
		return bundleTests(root, tests)
	}
	if err := writeForms(root, out == ""); err != nil {
		return err
	}
	if bench != "" {
		code, err := bundle(root, "templates/verify/bench/draw.ts")
		if err != nil {
			return err
		}
		return os.WriteFile(bench, code, 0o644)
	}
	if out == "" {
		out = filepath.Join(root, "templates", "script")
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	for _, s := range scripts {
		code, err := bundle(root, s.source)
		if err != nil {
			return fmt.Errorf("%s: %w", s.source, err)
		}
		if err := os.WriteFile(filepath.Join(out, s.name), code, 0o644); err != nil {
			return err
		}
	}
	page, err := offline(root)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, "offline.html"), page, 0o644); err != nil {
		return err
	}
	terms, err := licenses(root)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, "licenses.txt"), terms, 0o644)
}

// licenses are the terms of the packages that the bundles hold parts of, which
// ask to stand beside them.
func licenses(root string) ([]byte, error) {
	var all bytes.Buffer
	for _, name := range []string{"@noble/curves", "@noble/hashes"} {
		terms, err := os.ReadFile(filepath.Join(root, "templates", "verify", "node_modules", filepath.FromSlash(name), "LICENSE"))
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&all, "%s\n\n%s\n\n", name, bytes.TrimSpace(bytes.ReplaceAll(terms, []byte("\r"), nil)))
	}
	return append(bytes.TrimSpace(all.Bytes()), '\n'), nil
}

// writeForms brings src/forms.ts to what spec/record.md says or, where nothing
// of the project may change, says that it is not.
func writeForms(root string, write bool) error {
	want, err := forms(root)
	if err != nil {
		return err
	}
	name := filepath.Join(root, "templates", "verify", "src", "forms.ts")
	if write {
		return os.WriteFile(name, want, 0o644)
	}
	got, err := os.ReadFile(name)
	if err == nil && !bytes.Equal(got, want) {
		err = fmt.Errorf("%s is not what spec/record.md says: run make web and commit it", name)
	}
	return err
}

// scripts are the files of templates/script and where each begins.
var scripts = []struct{ name, source string }{
	{"verify.js", "templates/verify/src/verify.ts"},
	{"bls.js", "templates/verify/src/bls.ts"},
	{"lookup.js", "templates/lookup/src/lookup.ts"},
	{"site.js", "templates/verify/src/site.ts"},
}

// bundle makes one classic script of everything that source imports.
func bundle(root, source string) ([]byte, error) {
	r := api.Build(api.BuildOptions{
		AbsWorkingDir:     root,
		EntryPoints:       []string{source},
		NodePaths:         []string{filepath.Join(root, "templates", "verify", "node_modules")},
		Bundle:            true,
		Format:            api.FormatIIFE,
		Platform:          api.PlatformBrowser,
		Target:            api.ES2020,
		Charset:           api.CharsetASCII, // whatever encoding a CMS serves it with
		LegalComments:     api.LegalCommentsEndOfFile,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		TreeShaking:       api.TreeShakingTrue,
		TsconfigRaw:       "{}", // nothing of the folder around changes the bytes
		LogLevel:          api.LogLevelSilent,
	})
	return output(r)
}

// output is the one file of a build, or its errors in one.
func output(r api.BuildResult) ([]byte, error) {
	if len(r.Errors) > 0 {
		return nil, errors.New(strings.Join(api.FormatMessages(r.Errors, api.FormatMessagesOptions{}), "\n"))
	}
	if len(r.OutputFiles) != 1 {
		return nil, fmt.Errorf("%d files of one bundle", len(r.OutputFiles))
	}
	return r.OutputFiles[0].Contents, nil
}

// bundleTests writes a module for node of every templates/*/test/*.test.ts.
func bundleTests(root, dir string) error {
	files, err := filepath.Glob(filepath.Join(root, "templates", "*", "test", "*.test.ts"))
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return errors.New("no tests in templates/*/test")
	}
	dir, err = filepath.Abs(dir)
	if err != nil {
		return err
	}
	r := api.Build(api.BuildOptions{
		AbsWorkingDir: root,
		EntryPoints:   files,
		NodePaths:     []string{filepath.Join(root, "templates", "verify", "node_modules")},
		Bundle:        true,
		Format:        api.FormatESModule,
		Platform:      api.PlatformNode,
		Target:        api.ES2020,
		Sourcemap:     api.SourceMapInline,
		Outdir:        dir,
		Outbase:       filepath.Join(root, "templates"),
		OutExtension:  map[string]string{".js": ".mjs"},
		TsconfigRaw:   "{}",
		Write:         true,
		LogLevel:      api.LogLevelSilent,
	})
	if len(r.Errors) > 0 {
		return errors.New(strings.Join(api.FormatMessages(r.Errors, api.FormatMessagesOptions{}), "\n"))
	}
	return nil
}
