package schema

import (
	"reflect"
	"slices"
	"testing"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// FuzzValidate: whatever stands in a file, nothing panics, every mark and edit lies inside the file, every mark shows
// something, and a second look gives the same answer.
func FuzzValidate(f *testing.F) {
	for _, text := range []string{cleanRule, cleanCorrelation, cleanFilter} {
		f.Add([]byte(text))
	}
	for _, c := range changes {
		if len(c.new) < 1000 {
			f.Add([]byte(replaceOnce(f, c.document, c.old, c.new)))
		}
	}
	f.Add([]byte("action: global\ntitle: [\n---\ntitle: A\nlevel: &x Hihg\nstatus: *x\n"))
	f.Add([]byte("action: global\ntitle: 5\nlevel: Low\n---\ndetection: {}\n---\ndetection: 5\n"))
	f.Add([]byte("base: &b {tags: , level: LOW}\n<<: *b\ndetection:\n"))
	f.Add([]byte("? [a]\n: b\n1: 2\nrelated:\n -\n -\n - {}\n - []\ncorrelation: {condition: {? a : b}}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file := source.Parse("fuzz.yml", data, source.Limits{Nodes: 2000})
		documents, _ := rules.Parse(file)
		for _, d := range documents {
			problems := Validate(d)
			for _, p := range problems {
				if p.Span.Start < 0 || p.Span.End > len(data) || p.Span.Start >= p.Span.End {
					t.Errorf("%s at %v of %d bytes", p.Kind, p.Span, len(data))
				}
				if p.Message == "" || p.Help == "" || !slices.Contains(Kinds(), p.Kind) {
					t.Errorf("%+v", p)
				}
				if n := len([]rune(p.Message)); n > 240 {
					t.Errorf("%d characters: %s", n, p.Message)
				}
				for _, r := range p.Related {
					if r.Span.Start < 0 || r.Span.End > len(data) || r.Span.Start > r.Span.End {
						t.Errorf("related %v of %d bytes", r.Span, len(data))
					}
				}
				if p.Fix == nil {
					continue
				}
				for _, e := range p.Fix.Edits {
					if e.Span.Start < 0 || e.Span.End > len(data) || e.Span.Start > e.Span.End {
						t.Errorf("edit %v of %d bytes", e.Span, len(data))
					}
				}
			}
			if again := Validate(d); !reflect.DeepEqual(again, problems) {
				t.Errorf("two answers:\n%v\n%v", problems, again)
			}
		}
	})
}
