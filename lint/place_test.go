package lint

import (
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// The place of the part of a rule that begins and ends with the given words.
func TestPlaces(t *testing.T) {
	const text = `title: A rule
tags:
    - attack.t1049
    - attack.discovery
detection:
    sel:
        Image|endswith:
            - '/a'
            - "/b"
        User: root   # a comment
    other:
        - Image: '/c'
          User: 'root'
    condition: sel or
        other
`
	for _, c := range []struct{ name, from, to, message, path, value string }{
		{"a value", "'/a'", "'/a'", "", "detection/sel/Image|endswith", "/a"},
		{"a value in other quotes", `"/b"`, `"/b"`, "", "detection/sel/Image|endswith", "/b"},
		{"part of a value", "1049", "1049", "", "tags", "1049"},
		{"an item, in any order and spelling", "Image|endswith", `"/b"`, "", "detection/sel/Image|endswith", "/a /b"},
		{"an item of one value", "User: root", "root", "", "detection/sel/User", "root"},
		{"the key of an item", "Image|endswith", "Image|endswith", "", "detection/sel/Image|endswith", "Image|endswith"},
		{"a map in a list", "Image: '/c'", "'root'", "", "detection/other", "/c Image User root"},
		{"a condition over two lines", "sel or", "other", "", "detection/condition", "sel or other"},
		{"what is missing, marked at the first key", "title", "title", "the rule has no `id`", "", ""},
		{"what is missing, marked at an attribute", "tags", "tags", "no technique is tagged", "", ""},
		{"an attribute", "tags", "tags", "`tags` is wrong", "tags", "tags"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := source.Parse("rule.yml", []byte(text), source.Limits{})
			documents, _ := rules.Parse(f)
			start := strings.Index(text, c.from)
			span := source.Span{Start: start, End: start + strings.Index(text[start:], c.to) + len(c.to)}
			findings := []Finding{{File: f, Span: span, Message: c.message}}
			settle(findings, documents)
			if got := findings[0].Place; got.Path != c.path || got.Value != c.value {
				t.Errorf("got %+v, want {%s %s}", got, c.path, c.value)
			}
			if findings[0].Subject.Title != "A rule" || findings[0].Subject.Document != 1 {
				t.Errorf("%+v", findings[0].Subject)
			}
			again := findings[0].Place
			findings[0].File = source.Bare("rule.yml", f.Data)
			if settle(findings, nil); findings[0].Place != again {
				t.Error("a place was lost in a file that is not parsed")
			}
		})
	}
}

// Of several values the place is the one that comes first by its text, in whatever order they stand.
func TestPlaceOfSeveralValues(t *testing.T) {
	for _, values := range [][]string{{"'/b'", "'/a'", "'/c'"}, {"'/c'", `"/a"`, "'/b'"}} {
		f := source.Parse("rule.yml", []byte("title: A rule\ndetection:\n    sel:\n        Image|endswith: ["+strings.Join(values, ", ")+"]\n    condition: sel\n"), source.Limits{})
		documents, _ := rules.Parse(f)
		var spans []source.Span
		for _, item := range documents[0].(*rules.Rule).Detection.Named[0].Block.Items[0].Node.Items {
			spans = append(spans, item.Span)
		}
		if got, want := LeastPlace(documents[0], spans...), (Place{"detection/sel/Image|endswith", "/a"}); got != want {
			t.Errorf("%q: %+v, want %+v", values, got, want)
		}
	}
}

func TestLongValuesEndInAChecksum(t *testing.T) {
	long := strings.Repeat("ä", 200)
	a, b := shortened(long+"a"), shortened(long+"b")
	if a == b || len(a) > longestPlaceValue+len("…")+8 || shortened("short") != "short" {
		t.Errorf("%q %q", a, b)
	}
}

// A text block reaches behind its last line break, which the maps around it do not.
func TestPlaceOfATextBlock(t *testing.T) {
	f := source.Parse("rule.yml", []byte("title: A rule\ndetection:\n    sel:\n        Query: |\n            a\n            b\n    condition: sel\n"), source.Limits{})
	documents, _ := rules.Parse(f)
	rule := documents[0].(*rules.Rule)
	findings := []Finding{{File: f, Span: rule.Detection.Named[0].Block.Items[0].Node.Span}}
	settle(findings, documents)
	if got, want := findings[0].Place, (Place{"detection/sel/Query", "a\nb\n"}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}
