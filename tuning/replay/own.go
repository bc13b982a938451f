package replay

import (
	"path/filepath"

	"github.com/sigtune/sigtune/rules/source"
)

// own reads a test file of ours: a mapping, or a list of them,
//
//	name: what it shows            # optional
//	rule: ../rules/rule.yml        # or a list; relative to this file
//	kept: attack.ndjson            # or a list: every event must match
//	excluded: [monit.evtx]         # no event may match
//	map: names.yml                 # optional: their name: Sigma name
func (s *Suite) own(f *source.File) {
	if err := broken(f); err != nil {
		s.Problems = append(s.Problems, err)
		return
	}
	for _, d := range f.Documents {
		items := []*source.Node{d.Root}
		if d.Root != nil && d.Root.Kind == source.List {
			items = d.Root.Items
		}
		for _, n := range items {
			if n == nil || n.Kind != source.Map {
				s.Problems = append(s.Problems, problemAt(f, source.Span{}, "a test is a mapping with `rule`, and `kept` or `excluded`"))
				continue
			}
			s.Tests = append(s.Tests, s.ownTest(f, n)...)
		}
	}
}

// reads are the keys that name files besides the rule.
var reads = map[string]bool{"kept": true, "excluded": true, "map": true}

// ownTest is a test for each rule that it names.
func (s *Suite) ownTest(f *source.File, n *source.Node) []*Test {
	base := Test{Name: filepath.Base(filepath.Dir(f.Path)), Kind: Own, Path: f.Path, Line: f.Pos(n.Span.Start).Line}
	fail := func(at source.Span, message string, args ...any) {
		if base.Err == nil {
			base.Err = problemAt(f, at, message, args...)
		}
	}
	var ruleNodes []*source.Node
	for _, e := range n.Entries {
		list := scalars(e.Value)
		if list == nil {
			fail(e.Value.Span, "`%s` is a name of a file, or a list of them", e.Key.Value)
			continue
		}
		if reads[e.Key.Value] {
			for i, path := range s.beside(f, list) {
				if base.Err == nil && !s.fence.Holds(path) {
					base.Err = outside(f, list[i])
				}
			}
		}
		switch e.Key.Value {
		case "name":
			base.Name = e.Value.Value
		case "rule":
			ruleNodes = list
		case "kept":
			base.Sets = append(base.Sets, Set{Expect: Every, Files: s.beside(f, list)})
		case "excluded":
			base.Sets = append(base.Sets, Set{Expect: None, Files: s.beside(f, list)})
		case "map":
			base.Map = s.beside(f, list)[0]
		default:
			fail(e.Key.Span, "`%s` is no key of a test; the keys are name, rule, kept, excluded and map", e.Key.Value)
		}
	}
	switch {
	case ruleNodes == nil:
		fail(n.Span, "the test names no `rule`")
	case base.Sets == nil:
		fail(n.Span, "the test has neither `kept` nor `excluded` events")
	}
	if base.Err != nil && ruleNodes == nil {
		return []*Test{&base}
	}
	var out []*Test
	for i, path := range s.beside(f, ruleNodes) {
		if !s.fence.Holds(path) {
			t := base
			t.Err = outside(f, ruleNodes[i])
			out = append(out, &t)
			continue
		}
		found := s.rules(path, nil)
		if len(found) == 0 {
			t := base
			t.Err = problemAt(f, ruleNodes[i].Span, "`%s` holds no rule", ruleNodes[i].Value)
			out = append(out, &t)
		}
		for _, r := range found {
			t := base
			t.Rule = r
			s.tested[r.Rule] = true
			out = append(out, &t)
		}
	}
	return out
}

// scalars are a scalar or the scalars of a list; nil when there is anything else or nothing.
func scalars(n *source.Node) []*source.Node {
	list := []*source.Node{n}
	if n.Kind == source.List {
		list = n.Items
	}
	for _, x := range list {
		if x.Kind != source.Scalar || x.Value == "" {
			return nil
		}
	}
	if len(list) == 0 {
		return nil
	}
	return list
}

// beside are paths relative to a file.
func (s *Suite) beside(f *source.File, nodes []*source.Node) []string {
	var out []string
	for _, n := range nodes {
		path := filepath.FromSlash(n.Value)
		if !filepath.IsAbs(path) {
			path = filepath.Join(filepath.Dir(f.Path), path)
		}
		out = append(out, filepath.Clean(path)) // as the fence looks at it: a link and a `..` behind it would lead elsewhere
	}
	return out
}
