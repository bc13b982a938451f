package kql

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/corpustest"
)

var (
	huntID    = regexp.MustCompile(`(?m)^id: ([0-9a-f-]{36})$`)
	huntQuery = regexp.MustCompile(`(?m)^(?:im[A-Z]\w+|Device\w+)\n(?:\|.*\n)+`)
)

// Every hunt document that shows a query next to its rule shows the rule's own query.
func TestHuntDocumentsShowTheirRulesQuery(t *testing.T) {
	corpus := corpustest.Open(t)
	byID := map[string]*rules.Rule{}
	for _, r := range corpusRules(t, corpus) {
		byID[r.ID.Value] = r
	}
	data, err := os.ReadFile(filepath.Join(corpus.Dir, "hunt/documents.tar.gz"))
	if err != nil {
		t.Fatal(err)
	}
	zipped, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	documents, compared := 0, map[Answer]int{}
	for archive := tar.NewReader(zipped); ; {
		header, err := archive.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(archive)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(header.Name, ".txt") {
			continue
		}
		documents++
		id, query := huntID.FindSubmatch(text), huntQuery.Find(text)
		if id == nil || query == nil {
			continue
		}
		r := byID[string(id[1])]
		if r == nil {
			t.Logf("%s: rule %s is not in the corpus", header.Name, id[1])
			continue
		}
		c := Compare(r, string(query))
		compared[c.Equivalent]++
		if !c.Exact {
			t.Errorf("%s: %s: %s\n%s\n%s", header.Name, c.Equivalent, c.Statement, c.Difference, c.Translation.Text)
		}
	}
	t.Logf("%d documents, equivalent: %d yes, %d no, %d unknown", documents, compared[Yes], compared[No], compared[Unknown])
}
