package replay

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/sigtune/sigtune/rules/source"
)

// regression reads the set that a rule names in `regression_tests_path`. The path counts from the root of the repository: the nearest
// directory above the rule that has it.
func (s *Suite) regression(r *Rule) {
	entry := r.Attribute("regression_tests_path")
	if entry == nil || entry.Value.Kind != source.Scalar || entry.Value.Value == "" {
		return
	}
	path := filepath.FromSlash(entry.Value.Value)
	fail := func(err error) {
		s.tested[r.Rule] = true
		s.Tests = append(s.Tests, &Test{Name: r.Title.Value, Kind: SigmaHQ, Path: r.Path, Line: r.File.Pos(entry.Key.Span.Start).Line, Rule: r, Err: err})
	}
	info, root := s.above(r.Path, path)
	switch {
	case !filepath.IsLocal(path):
		fail(outside(r.File, entry.Value))
		return
	case info == "":
		fail(problemAt(r.File, entry.Value.Span, "`%s` is in no directory above the rule", source.Shorten(entry.Value.Value)))
		return
	}
	s.info(source.Load(info, source.Limits{}), root, r)
}

// above finds a relative path in the nearest directory above a file, as far as the fence holds what is found.
func (s *Suite) above(file, path string) (found, root string) {
	dir, err := filepath.Abs(filepath.Dir(file))
	if err != nil {
		return "", ""
	}
	start := dir
	for {
		if full := filepath.Join(dir, path); exists(full) && s.fence.Holds(full) {
			return shorter(filepath.Dir(file), start, full), dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", ""
		}
		dir = parent
	}
}

// shorter writes an absolute path as the user would: relative when he named the rule so.
func shorter(given, absolute, full string) string {
	if filepath.IsAbs(given) {
		return full
	}
	if relative, err := filepath.Rel(absolute, full); err == nil {
		return filepath.Join(given, relative)
	}
	return full
}

// info reads an info.yml. The rule is the one that named it, else the given one with the id in rule_metadata.
func (s *Suite) info(f *source.File, root string, r *Rule) {
	key, err := filepath.Abs(f.Path)
	if err != nil {
		key = f.Path
	}
	if r == nil && s.infos[key] {
		return
	}
	s.infos[key] = true
	if r != nil {
		s.tested[r.Rule] = true
	}
	if err := broken(f); err != nil || len(f.Documents) == 0 || f.Documents[0].Root == nil {
		if err == nil {
			err = fmt.Errorf("%s: is empty", f.Path)
		}
		s.Tests = append(s.Tests, &Test{Name: f.Path, Kind: SigmaHQ, Path: f.Path, Line: 1, Rule: r, Err: err})
		return
	}
	top := f.Documents[0].Root
	if r == nil {
		r = s.ruleOf(top)
	}
	list := top.Find("regression_tests_info")
	if list == nil || len(list.Items) == 0 {
		s.Tests = append(s.Tests, &Test{Name: f.Path, Kind: SigmaHQ, Path: f.Path, Line: 1, Rule: r, Err: fmt.Errorf("%s: `regression_tests_info` lists no test", f.Path)})
		return
	}
	for _, n := range list.Items {
		t := &Test{Name: "regression test", Kind: SigmaHQ, Path: f.Path, Line: f.Pos(n.Span.Start).Line, Rule: r}
		if r != nil {
			s.tested[r.Rule] = true
			t.Name = r.Title.Value
		}
		s.infoTest(t, f, n, root)
		s.Tests = append(s.Tests, t)
	}
}

// ruleOf finds the rule by the ids of an info.yml.
func (s *Suite) ruleOf(top *source.Node) *Rule {
	metadata := top.Find("rule_metadata")
	if metadata == nil {
		return nil
	}
	for _, n := range metadata.Items {
		if id := n.Find("id"); id != nil {
			if r := s.byID[strings.ToLower(id.Value)]; r != nil {
				return r
			}
		}
	}
	return nil
}

// infoTest fills a test from one entry: `path`, and `match_count`, 1 where it is left out. More matches than that are a note and no failure:
// SigmaHQ's own runner does not read `match_count`, and four of its 202 sets hold more matches than it says.
func (s *Suite) infoTest(t *Test, f *source.File, n *source.Node, root string) {
	if name := n.Find("name"); name != nil && name.Value != "" {
		t.Name += ": " + name.Value
	}
	path := n.Find("path")
	switch {
	case t.Rule == nil:
		t.Err = problemAt(f, n.Span, "no given rule has an id of `rule_metadata`; name the rules too")
		return
	case path == nil || path.Kind != source.Scalar || path.Value == "":
		t.Err = problemAt(f, n.Span, "the test names no `path`")
		return
	}
	events := s.eventFile(f.Path, root, filepath.FromSlash(path.Value))
	if !s.fence.Holds(events) {
		t.Err = outside(f, path)
		return
	}
	set := Set{Expect: AtLeast, Count: 1, Files: []string{events}}
	if count := n.Find("match_count"); count != nil {
		number, err := strconv.Atoi(count.Value)
		if err != nil || number < 0 {
			t.Err = problemAt(f, count.Span, "`match_count` is a number, `%s` is none", count.Value)
			return
		}
		set.Count = number
	}
	t.Sets = []Set{set}
}

// eventFile finds the events: from the root of the repository, or beside the info.yml.
func (s *Suite) eventFile(info, root, path string) string {
	if beside := filepath.Join(filepath.Dir(info), filepath.Base(path)); exists(beside) {
		return beside
	}
	if found, _ := s.above(info, path); found != "" {
		return found
	}
	return filepath.Join(root, path)
}
