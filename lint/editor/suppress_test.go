package editor

import (
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/checks"
	"github.com/sigtune/sigtune/rules/edit"
	"github.com/sigtune/sigtune/rules/source"
)

func lintText(text string) (File, []lint.Finding) {
	f := parsed([]byte(text))
	engine := lint.Engine{Checks: checks.All(), All: checks.All(), Reporters: checks.Reporters()}
	return f, engine.Files(f.File).Findings
}

func TestACommentSilencesOneFinding(t *testing.T) {
	const unused = head + "    selection:\n        Image: 'a'\n    other:\n        Image: 'b'\n    condition: selection\n"
	const folded = "title: x\ndescription: |\n    a\u200bb\n    c\n" + "logsource:\n    product: windows\ndetection:\n    s:\n        A: b\n    condition: s\n"
	for name, row := range map[string]struct{ text, code, want string }{
		"at the end of the line":          {unused, "SIG0704", "    other: # sigtune:ignore SIG0704 -- say why\n"},
		"with windows line ends":          {strings.ReplaceAll(unused, "\n", "\r\n"), "SIG0704", "    other: # sigtune:ignore SIG0704 -- say why\r\n"},
		"beside a comment that is there":  {strings.Replace(unused, "other:\n", "other: # sigtune:ignore SIG0101 -- because\n", 1), "SIG0704", "SIG0101,SIG0704 -- because"},
		"behind another comment":          {strings.Replace(unused, "other:\n", "other: # a word\n", 1), "SIG0704", "other: # a word # sigtune:ignore SIG0704 -- say why"},
		"above a text over several lines": {folded, "SIG0107", "# sigtune:ignore SIG0107"},
	} {
		f, found := lintText(row.text)
		tried := false
		for i := range found {
			if found[i].Check.Code != row.code {
				continue
			}
			tried = true
			e, ok := world.Suppress(f, &found[i])
			if !ok {
				t.Errorf("%s: no comment", name)
				break
			}
			out, _ := edit.Apply(f.Data, []source.Edit{e})
			if !strings.Contains(string(out), row.want) {
				t.Errorf("%s: %s", name, out)
			}
			_, after := lintText(string(out))
			for _, left := range after {
				if left.Check.Code == row.code {
					t.Errorf("%s: still there: %s", name, left.Message)
				}
			}
			break
		}
		if !tried {
			t.Errorf("%s: no finding of %s", name, row.code)
		}
	}
}

func TestWhatCannotBeSilencedGetsNoComment(t *testing.T) {
	f, found := lintText("title: [\n")
	for i := range found {
		if found[i].Check.Code == "SIG0101" {
			if e, ok := world.Suppress(f, &found[i]); ok {
				t.Errorf("a syntax error gets %+v", e)
			}
		}
	}
}
