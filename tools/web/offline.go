package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"
)

// offline is the check page in one file: the skeleton
// templates/verify/offline.html with its style and its script inside. The
// policy of the page names both by their digests, so that nothing else runs.
func offline(root string) ([]byte, error) {
	page, err := os.ReadFile(filepath.Join(root, "templates", "verify", "offline.html"))
	if err != nil {
		return nil, err
	}
	script, err := bundle(root, "templates/verify/src/offline.ts")
	if err != nil {
		return nil, err
	}
	style, err := joinedStyle(filepath.Join(root, "templates", "verify", "check.css"), filepath.Join(root, "templates", "verify", "offline.css"))
	if err != nil {
		return nil, err
	}
	for _, part := range []struct {
		mark, digest, end string
		content           []byte
	}{
		{"/*style*/", "sha256-style", "</style", style},
		{"/*script*/", "sha256-script", "</script", script},
	} {
		for _, end := range []string{part.end, "<!--"} {
			if bytes.Contains(bytes.ToLower(part.content), []byte(end)) {
				return nil, fmt.Errorf("offline.html: %s holds %s, which would end its element", part.mark, end)
			}
		}
		for _, place := range []string{part.mark, part.digest} {
			if n := bytes.Count(page, []byte(place)); n != 1 {
				return nil, fmt.Errorf("offline.html: %s stands there %d times, want once", place, n)
			}
		}
		sum := sha256.Sum256(part.content)
		page = bytes.Replace(page, []byte(part.digest), []byte("sha256-"+base64.StdEncoding.EncodeToString(sum[:])), 1)
		page = bytes.Replace(page, []byte(part.mark), part.content, 1)
	}
	return page, nil
}

// joinedStyle is the sheets, one behind the other and minified: the panel looks as it does
// on the site's pages, and has beside it what the site's own sheet gives there.
func joinedStyle(names ...string) ([]byte, error) {
	var sheet []byte
	for _, name := range names {
		part, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		sheet = append(sheet, part...)
	}
	// Without the site's frame around it the page is as wide as the window.
	sheet = bytes.ReplaceAll(sheet, []byte("@container ("), []byte("@media ("))
	r := api.Transform(string(sheet), api.TransformOptions{
		Loader: api.LoaderCSS, MinifyWhitespace: true, MinifySyntax: true, Target: api.ES2020, LogLevel: api.LogLevelSilent,
	})
	if len(r.Errors) > 0 {
		return nil, fmt.Errorf("%s: %s", names, r.Errors[0].Text)
	}
	return bytes.TrimSpace(r.Code), nil
}
