package corpustest

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
)

// Environment names the variable that points at the corpus.
const Environment = "SIGTUNE_CORPUS"

// Off as the value of the variable leaves the corpus alone where it is there: .ci/run tests without it under the race detector.
const Off = "off"

// Corpus is an opened corpus directory.
type Corpus struct{ Dir string }

// File is one file of an archive, its path relative to the archive's root.
type File struct {
	Path string
	Data []byte
}

// Open finds the corpus or ends the test: a skip where nobody promised a corpus, a failure where
// SIGTUNE_CORPUS names a place that does not hold one.
func Open(t testing.TB) Corpus {
	t.Helper()
	if os.Getenv(Environment) == Off {
		t.Skipf("NOT MEASURED: %s needs the corpus, and %s is %s", t.Name(), Environment, Off)
	}
	if dir := os.Getenv(Environment); dir != "" {
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(moduleRoot(t), dir)
		}
		if _, err := os.Stat(filepath.Join(dir, "sigmahq")); err != nil {
			t.Fatalf("%s=%s does not hold the corpus: %v", Environment, dir, err)
		}
		return Corpus{Dir: dir}
	}
	dir := filepath.Join(moduleRoot(t), "..", "shared", "corpus")
	if _, err := os.Stat(filepath.Join(dir, "sigmahq")); err != nil {
		t.Skipf("NOT MEASURED: %s needs the corpus; set %s to its directory", t.Name(), Environment)
	}
	return Corpus{Dir: dir}
}

// moduleRoot walks up from the test's working directory to go.mod.
func moduleRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = parent
	}
}

// LiveRules are SigmaHQ's rule files below the rules* folders, sorted by path.
func (c Corpus) LiveRules(t testing.TB) []File {
	t.Helper()
	return c.Archive(t, "sigmahq/rules.tar.gz", func(path string) bool {
		return strings.HasPrefix(path, "rules") && strings.HasSuffix(path, ".yml")
	})
}

// LegacyRules are SigmaHQ's deprecated and unsupported rule files, sorted by path.
func (c Corpus) LegacyRules(t testing.TB) []File {
	t.Helper()
	return c.Archive(t, "sigmahq/rules.tar.gz", func(path string) bool {
		return (strings.HasPrefix(path, "deprecated") || strings.HasPrefix(path, "unsupported")) &&
			strings.HasSuffix(path, ".yml")
	})
}

// Archive reads the files of a .tar.gz for which keep is true, sorted by path.
func (c Corpus) Archive(t testing.TB, name string, keep func(path string) bool) []File {
	t.Helper()
	f, err := os.Open(filepath.Join(c.Dir, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	zipped, err := gzip.NewReader(f)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var files []File
	for tr := tar.NewReader(zipped); ; {
		header, err := tr.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		path := strings.TrimPrefix(header.Name, "./")
		if header.Typeflag != tar.TypeReg || !keep(path) {
			continue
		}
		data, err := io.ReadAll(tr)
		if err != nil {
			t.Fatalf("%s: %s: %v", name, path, err)
		}
		files = append(files, File{Path: path, Data: data})
	}
	sort.Slice(files, func(i, j int) bool { return files[i].Path < files[j].Path })
	return files
}

// Lines decodes a JSON-lines file, gzipped when its name ends in .gz, and hands each line to each.
func (c Corpus) Lines(t testing.TB, name string, each func(line json.RawMessage)) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(c.Dir, name))
	if err != nil {
		t.Fatal(err)
	}
	var r io.Reader = bytes.NewReader(data)
	if strings.HasSuffix(name, ".gz") {
		if r, err = gzip.NewReader(r); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		if line = bytes.TrimSpace(line); len(line) > 0 {
			each(line)
		}
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
}
