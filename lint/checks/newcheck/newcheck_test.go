package main

import (
	"bytes"
	"go/format"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint/checks"
)

// copied is a repository with a copy of the checks as they are.
func copied(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	from, to := "..", filepath.Join(root, checksDir)
	paths, err := filepath.Glob(filepath.Join(from, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	paths = append(paths, filepath.Join(from, "testdata", "codes.golden"))
	if err := os.MkdirAll(filepath.Join(to, "testdata"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		short, _ := filepath.Rel(from, path)
		if err := os.WriteFile(filepath.Join(to, short), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// In every family a check can be begun, once: it parses, is formatted, stands behind the codes below its own, and has its page.
func TestBeginningACheckInEveryFamily(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT TESTED under -short: the beginning of a check in every family, which runs for long with the race detector and shares nothing. Run without -short.")
	}
	for _, c := range []struct {
		family string
		args   []string
		sees   string
	}{
		{"00", nil, "document"}, {"02", []string{"-sees", "nothing"}, "nothing"}, {"03", nil, "document"}, {"05", nil, "document"}, {"06", nil, "document"},
		{"08", []string{"-sees", "document"}, "document"}, {"10", nil, "document"}, {"12", nil, "tree"}, {"13", []string{"-sees", "tree"}, "tree"}, {"13", nil, "change"}, {"15", nil, "document"},
	} {
		t.Run(c.family+" "+c.sees, func(t *testing.T) {
			root := copied(t)
			before, err := readChecks(filepath.Join(root, checksDir))
			if err != nil {
				t.Fatal(err)
			}
			code, name := before.nextFree("SIG"+c.family+"89"), "unlikely-name-of-check"
			args := append([]string{"-root", root}, c.args...)
			var out, errs bytes.Buffer
			if exit := run(append(args, code, name), &out, &errs); exit != 0 {
				t.Fatalf("exit %d: %s", exit, errs.String())
			}
			after, err := readChecks(filepath.Join(root, checksDir))
			if err != nil {
				t.Fatal(err)
			}
			found := false
			for _, l := range after.lists {
				i := slices.IndexFunc(l.checks, func(d declared) bool { return d.code == code })
				if i < 0 {
					continue
				}
				found = true
				if l.checks[i].sees != c.sees || (l.checks[i].function == "") != (c.sees == "nothing") {
					t.Errorf("it sees %s by %q", l.checks[i].sees, l.checks[i].function)
				}
				if i > 0 && l.checks[i-1].code[:5] == code[:5] && l.checks[i-1].code > code {
					t.Errorf("it stands behind %s", l.checks[i-1].code)
				}
				if f := l.checks[i].function; f != "" && !after.idents[f] {
					t.Errorf("there is no function %s", f)
				}
			}
			if !found || !after.idents["TestUnlikelyNameOfCheck"] {
				t.Errorf("declaration: %v, test: %v", found, after.idents["TestUnlikelyNameOfCheck"])
			}
			for _, f := range after.files {
				if tidy, err := format.Source(f.data); err != nil || !bytes.Equal(tidy, f.data) {
					t.Errorf("%s is not formatted (%v)", f.name, err)
				}
			}
			page, err := os.ReadFile(filepath.Join(root, pagesDir, code+"-"+name+".md"))
			if err != nil || !strings.Contains(string(page), "TODO:") {
				t.Errorf("no page: %v", err)
			}
			if !strings.Contains(out.String(), "Next:") {
				t.Error(out.String())
			}
			errs.Reset()
			if exit := run(append(args, code, "another-name"), &out, &errs); exit != 1 || !strings.Contains(errs.String(), "taken by `"+name+"`") {
				t.Errorf("the same code again: exit %d: %s", exit, errs.String())
			}
			errs.Reset()
			if exit := run(append(args, after.nextFree(code), name), &out, &errs); exit != 1 || !strings.Contains(errs.String(), "is that of "+code) {
				t.Errorf("the same name again: exit %d: %s", exit, errs.String())
			}
		})
	}
}

func TestWhatIsRefusedAndWhatToWriteInstead(t *testing.T) {
	root := copied(t)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"SIG0602", "fresh-name"}, "the next free code is SIG06"},
		{[]string{"SIG0690", "modifier-order"}, "is that of SIG0602"},
		{[]string{"SIG1790", "fresh-name"}, "there is no family 17"},
		{[]string{"SIG0600", "fresh-name"}, "the codes of a family begin with SIG0601"},
		{[]string{"sig690", "fresh-name"}, "write SIG0690"},
		{[]string{"X", "fresh-name"}, "06  detection items"},
		{[]string{"SIG0690", "FreshName_ofCheck"}, "write `fresh-name-of-check`"},
		{[]string{"SIG0690", "9lives"}, "write words of lower-case letters"},
		{[]string{"-sees", "events", "SIG0690", "fresh-name"}, "document, tree, change, nothing"},
		{[]string{"-file", "redo.go", "SIG0690", "fresh-name"}, "redos.go"},
	} {
		var out, errs bytes.Buffer
		if exit := run(append([]string{"-root", root}, c.args...), &out, &errs); exit != 1 || !strings.Contains(errs.String(), c.want) {
			t.Errorf("%q: exit %d, %s\nwant %s", c.args, exit, errs.String(), c.want)
		}
	}
	if found, _ := filepath.Glob(filepath.Join(root, pagesDir, "*")); len(found) > 0 {
		t.Errorf("what was refused was written: %q", found)
	}
}

// What newcheck leaves to write is written before a check is committed.
func TestNothingIsLeftToWrite(t *testing.T) {
	for _, c := range checks.All() {
		for _, text := range append([]string{c.Doc.Title, c.Doc.What, c.Doc.Why, c.Doc.Fix, c.Doc.Assumes}, c.Doc.References...) {
			if strings.HasPrefix(text, "TODO:") {
				t.Errorf("%s %s: %s", c.Code, c.Name, text)
			}
		}
	}
}
