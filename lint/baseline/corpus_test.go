package baseline

import (
	"bytes"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/checks"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/source"
)

// aboutLayout are the families whose findings are about the order and the layout of a document, so that another order makes other findings: what
// stands in the wrong order, which line ends where, how deep a list is indented.
var aboutLayout = map[string]bool{"14": true, "15": true}

// A legacy folder is what a baseline is for: many findings that nobody will repair today.
func TestBaselineOfALegacyFolder(t *testing.T) {
	files := corpustest.Open(t).LegacyRules(t)
	var chosen []*lint.Check
	for _, c := range checks.All() {
		if c.Profiles&(lint.Recommended|lint.Strict) != 0 {
			chosen = append(chosen, c)
		}
	}
	root := t.TempDir()
	lintAll := func(files []corpustest.File) ([]lint.Finding, Run) {
		t.Helper()
		dir := filepath.Join(root, "rules")
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		run := Run{Checks: chosen, Complete: true}
		for _, f := range files {
			path := filepath.Join(dir, filepath.FromSlash(f.Path))
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, f.Data, 0o644); err != nil {
				t.Fatal(err)
			}
			run.Paths = append(run.Paths, path)
		}
		engine := lint.Engine{Checks: chosen, All: checks.All(), Reporters: checks.Reporters(), Facts: lint.Facts{Today: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), Complete: true}}
		return engine.Paths(run.Paths).Findings, run
	}
	first, run := lintAll(files)
	var text bytes.Buffer
	if err := Record(first, root).Write(&text); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(text.String(), root) {
		t.Error("the baseline holds the path of a temporary directory")
	}
	path := filepath.Join(root, "baseline.json")
	if err := os.WriteFile(path, text.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	load := func() *Baseline {
		t.Helper()
		b, err := Load(path)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	t.Logf("%d files, %d findings, %d entries, %d bytes", len(files), len(first), len(load().Entries), text.Len())

	quiet := func(t *testing.T, files []corpustest.File) {
		t.Helper()
		findings, run := lintAll(files)
		fresh, _, stale := load().Apply(findings, run)
		for i, f := range fresh {
			if i == 10 {
				break
			}
			t.Errorf("new: %s:%d %s %+v %s", f.File.Path, f.File.Pos(f.Span.Start).Line, f.Check.Name, f.Place, f.Message)
		}
		for i, e := range stale {
			if i == 10 {
				break
			}
			t.Errorf("stale: %+v", e)
		}
		if len(fresh)+len(stale) > 0 {
			t.Errorf("%d new, %d stale of %d findings", len(fresh), len(stale), len(findings))
		}
	}
	t.Run("a second run", func(t *testing.T) {
		fresh, known, stale := load().Apply(first, run)
		for _, f := range fresh {
			t.Errorf("new: %s %s", f.File.Path, f.Check.Name)
		}
		if len(stale) > 0 || len(known) == 0 {
			t.Errorf("%d known, %d stale", len(known), len(stale))
		}
	})
	t.Run("50 rules moved and 10 lines above each finding", func(t *testing.T) {
		lines := map[string]map[int]bool{}
		for _, f := range first {
			if lines[f.File.Path] == nil {
				lines[f.File.Path] = map[int]bool{}
			}
			if f.Subject.Document > 0 {
				lines[f.File.Path][f.File.LineAt(f.Span.Start)] = true
			}
		}
		var changed []corpustest.File
		for i, f := range files {
			f.Data = padded(source.Parse(f.Path, f.Data, source.Limits{}), lines[f.Path])
			if i%5 == 0 && i < 250 {
				f.Path = "moved/" + f.Path
			}
			changed = append(changed, f)
		}
		quiet(t, changed)
	})
	t.Run("keys and lists in another order", func(t *testing.T) {
		random := rand.New(rand.NewSource(1))
		var changed []corpustest.File
		for _, f := range files {
			f.Data = shuffled(source.Parse(f.Path, f.Data, source.Limits{}), random)
			changed = append(changed, f)
		}
		findings, run := lintAll(changed)
		fresh, known, stale := load().Apply(findings, run)
		fresh = slices.DeleteFunc(fresh, func(f lint.Finding) bool { return aboutLayout[f.Check.Family()] })
		stale = slices.DeleteFunc(stale, func(e Entry) bool { return aboutLayout[e.Code[3:5]] })
		// A check that marks one of several values takes the first, unless it gives the place itself (lint.LeastPlace). Measured: 9 of 1,588.
		for _, f := range fresh {
			t.Logf("new: %s:%d %s %+v %s", f.File.Path, f.File.Pos(f.Span.Start).Line, f.Check.Name, f.Place, f.Message)
		}
		if most := len(findings) / 100; len(fresh) > most || len(stale) > most {
			t.Errorf("%d known, %d new, %d stale; at most %d may be", len(known), len(fresh), len(stale), most)
		}
	})
	t.Run("5 findings repaired", func(t *testing.T) {
		repaired := map[string]bool{}
		var changed []corpustest.File
		for _, f := range files {
			for i := range first {
				finding := &first[i]
				if strings.HasSuffix(filepath.ToSlash(finding.File.Path), "/"+f.Path) && finding.Fix != nil && finding.Fix.Safe && len(repaired) < 5 && !repaired[f.Path] {
					repaired[f.Path] = true
					for _, e := range slices.Backward(finding.Fix.Edits) {
						f.Data = slices.Concat(f.Data[:e.Span.Start], []byte(e.New), f.Data[e.Span.End:])
					}
				}
			}
			changed = append(changed, f)
		}
		findings, run := lintAll(changed)
		b := load()
		fresh, _, stale := b.Apply(findings, run)
		if len(fresh) != 0 || len(stale) != 5 {
			t.Errorf("%d new, %d stale: %+v %+v", len(fresh), len(stale), fresh, stale)
		}
		for _, e := range stale {
			if !repaired[strings.TrimPrefix(e.Path, "rules/")] {
				t.Errorf("stale: %+v", e)
			}
		}
		b.Prune(stale)
		if _, _, again := b.Apply(findings, run); len(again) != 0 {
			t.Errorf("after pruning %d are stale", len(again))
		}
	})
	t.Run("every rule in another directory", func(t *testing.T) {
		var changed []corpustest.File
		for i, f := range files {
			f.Path = filepath.Join("elsewhere", fmt.Sprint(i%7), filepath.Base(f.Path))
			changed = append(changed, f)
		}
		quiet(t, changed)
	})
}

// padded puts ten lines of comment above the given lines, where a comment can stand.
func padded(f *source.File, lines map[int]bool) []byte {
	inText := map[int]bool{}
	for _, d := range f.Documents {
		if d.Root == nil {
			return f.Data
		}
		d.Root.Walk(func(_ string, n *source.Node) bool {
			if n.Kind == source.Scalar {
				for l := f.LineAt(n.Span.Start) + 1; l <= f.LineAt(max(n.Span.Start, n.Span.End-1)); l++ {
					inText[l] = true
				}
			}
			return true
		})
	}
	var out bytes.Buffer
	at := 0
	for n := 1; n <= f.Lines(); n++ {
		line := f.LineSpan(n)
		if lines[n] && !inText[n] {
			out.Write(f.Data[at:line.Start])
			out.WriteString(strings.Repeat("# one of ten lines more\n", 10))
			at = line.Start
		}
	}
	out.Write(f.Data[at:])
	return out.Bytes()
}
