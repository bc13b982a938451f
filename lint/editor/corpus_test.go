package editor

import (
	"testing"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/edit"
)

// every is which published rules are looked at: one in so many, as each is asked at many places.
const every = 7

// selections are which identifiers, by their position, the words of the conditions stand for.
func selections(all *rules.Detections) (out [][]int) {
	for _, c := range all.Conditions {
		c.Each(func(e *rules.Expr, _ bool) {
			var picked []int
			for i, d := range all.Named {
				for _, s := range e.Selected {
					if s == d {
						picked = append(picked, i)
					}
				}
			}
			out = append(out, picked)
		})
	}
	return out
}

func same(a, b [][]int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if len(a[i]) != len(b[i]) {
			return false
		}
		for j := range a[i] {
			if a[i][j] != b[i][j] {
				return false
			}
		}
	}
	return true
}

// TestARenameKeepsWhatConditionsSelect renames every identifier of published rules: what is not refused selects what it selected.
func TestARenameKeepsWhatConditionsSelect(t *testing.T) {
	renamed, refused := 0, 0
	for i, file := range corpustest.Open(t).LiveRules(t) {
		if i%every != 0 {
			continue
		}
		f := parsed(file.Data)
		for _, d := range f.Rules {
			all := detections(d)
			if all == nil {
				continue
			}
			for _, named := range all.Named {
				id, ok := f.IdentifierAt(named.Key.Span.Start + 1)
				if !ok || id.Detection != named {
					t.Fatalf("%s: `%s` is not found at its key", file.Path, named.Name)
				}
				edits, err := f.Rename(id, named.Name+"_renamed")
				if err != nil {
					refused++
					continue
				}
				renamed++
				data, err := edit.Apply(f.Data, edits)
				if err != nil {
					t.Fatalf("%s: %v", file.Path, err)
				}
				after := parsed(data)
				if len(after.Rules) != len(f.Rules) {
					t.Fatalf("%s: renaming `%s` leaves %d documents", file.Path, named.Name, len(after.Rules))
				}
				if now := detections(after.Rules[d.Base().Index]); now == nil || !same(selections(all), selections(now)) {
					t.Errorf("%s: renaming `%s` changes what the condition selects", file.Path, named.Name)
				}
			}
		}
	}
	t.Logf("%d renamed, %d refused", renamed, refused)
	if renamed == 0 || refused > renamed/20 {
		t.Errorf("%d of %d renames are refused", refused, renamed+refused)
	}
}

// TestEveryPlaceCanBeAskedAbout asks at many places of published rules, whole and cut off there, as if they were being typed.
func TestEveryPlaceCanBeAskedAbout(t *testing.T) {
	const stride = 61 // bytes between two places; a prime, so that columns vary
	notes := 0
	for i, file := range corpustest.Open(t).LiveRules(t) {
		if i%(every*5) != 0 || len(file.Data) > 20_000 {
			continue
		}
		f := parsed(file.Data)
		for at := i % stride; at < len(f.Data); at += stride {
			note, ok := world.Hover(f, nil, at)
			if ok {
				notes++
				if note.Span.Start > at || note.Span.End < at || note.Markdown == "" {
					t.Errorf("%s at %d: %+v", file.Path, at, note)
				}
			}
			for _, p := range world.Complete(f.Data[:at], at) {
				if p.Span.Start > at || p.Span.End > at {
					t.Fatalf("%s at %d: %+v", file.Path, at, p)
				}
			}
			f.References(at, true)
			f.Definitions(at)
		}
		f.Symbols()
	}
	if notes == 0 {
		t.Error("nothing is known of any place")
	}
}
