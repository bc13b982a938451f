package editor

import (
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules/edit"
	"github.com/sigtune/sigtune/rules/source"
)

const twoSelections = head + `    selection_image:
        Image|endswith: '\lsof.exe'
    "selection_cli":
        CommandLine|contains: ' -i'
    filter_main_x:
        User: root
    condition: selection_image and selection_cli and not 1 of filter_main_*
`

func TestRename(t *testing.T) {
	for _, row := range []struct {
		what, text, at, name string
		want                 []string // texts of the result, or words of the refusal
		refused              bool
	}{
		{"from the key", twoSelections, "selection_image:", "selection_img", []string{"    selection_img:\n", "condition: selection_img and"}, false},
		{"from the condition", twoSelections, "selection_cli and", "selection_line", []string{"\"selection_line\":", "and selection_line and"}, false},
		{"within a pattern", twoSelections, "filter_main_x", "filter_main_root", []string{"    filter_main_root:", "1 of filter_main_*"}, false},
		{"out of a pattern", twoSelections, "filter_main_x", "filter_x", []string{"`1 of filter_main_*` selects `filter_main_x` and would not select"}, true},
		{"into a pattern", twoSelections, "selection_cli and", "filter_main_cli", []string{"would select `filter_main_cli`"}, true},
		{"to a name that is there", twoSelections, "selection_image:", "selection_cli", []string{"already"}, true},
		{"to a word of conditions", twoSelections, "selection_image:", "them", []string{"word of conditions"}, true},
		{"to something that no condition can name", twoSelections, "selection_image:", "a b", []string{"no name"}, true},
		{"beside a condition that does not parse", strings.Replace(twoSelections, "and not 1 of", "and and", 1), "selection_image:", "x", []string{"does not parse"}, true},
		{"with windows line ends", strings.ReplaceAll(twoSelections, "\n", "\r\n"), "selection_image:", "img", []string{"    img:\r\n", "condition: img and"}, false},
		{"several mentions", head + "    a:\n        A: b\n    b:\n        A: c\n    condition: a or (b and a)\n", "a:\n        A: b", "x", []string{"condition: x or (b and x)"}, false},
	} {
		f := parsed([]byte(row.text))
		id, ok := f.IdentifierAt(strings.Index(row.text, row.at) + 1)
		if !ok {
			t.Errorf("%s: nothing to rename", row.what)
			continue
		}
		edits, err := f.Rename(id, row.name)
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			out, err := edit.Apply(f.Data, edits)
			if err != nil {
				t.Fatal(err)
			}
			got = string(out)
		}
		if (err != nil) != row.refused {
			t.Errorf("%s: %s", row.what, got)
		}
		for _, want := range row.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: %q is not in %s", row.what, want, got)
			}
		}
	}
}

func TestDefinitionsAndReferences(t *testing.T) {
	f := parsed([]byte(twoSelections))
	texts := func(spans []source.Span) string {
		var out []string
		for _, s := range spans {
			out = append(out, f.Text(s))
		}
		return strings.Join(out, " ")
	}
	at := func(words string) int { return strings.Index(twoSelections, words) + 1 }
	if got := texts(f.Definitions(at("filter_main_*"))); got != "filter_main_x" {
		t.Errorf("a pattern is defined by %q", got)
	}
	if got := texts(f.Definitions(at("selection_cli and"))); got != `"selection_cli"` {
		t.Errorf("a name is defined by %q", got)
	}
	if got := texts(f.References(at("filter_main_x"), true)); got != "filter_main_x filter_main_*" {
		t.Errorf("an identifier is mentioned by %q", got)
	}
	if got := f.Definitions(at("CommandLine")); got != nil {
		t.Errorf("a field is defined by %q", texts(got))
	}
}
