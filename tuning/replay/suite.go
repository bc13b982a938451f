package replay

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// TestName is the name of a test file; `anything.sigtune-test.yml` is one too.
const TestName = "sigtune-test.yml"

// Kinds of tests.
const (
	Own     = "sigtune" // ours
	SigmaHQ = "sigmahq" // a regression set of SigmaHQ
)

// Set are event files with one expectation.
type Set struct {
	Expect Expectation
	Files  []string
	Count  int // for AtLeast
}

// Expectation is what a test expects of the events of a set.
type Expectation uint8

// The expectations.
const (
	Every   Expectation = iota // every event matches: `kept`
	None                       // no event matches: `excluded`
	AtLeast                    // Count events match, or more
)

// Test is one rule with the events it is held against.
type Test struct {
	Name string
	Kind string
	Path string // of the file that describes it
	Line int    // where in it the test begins
	Rule *Rule  // nil when Err says why
	Map  string // of names, or empty
	Sets []Set
	Err  error // the test cannot be run
}

// Rule is a rule document and its file.
type Rule struct {
	Path string
	*rules.Rule
}

// Suite are the tests behind some paths.
type Suite struct {
	Tests    []*Test
	Untested []*Rule // given rules that no test names, sorted by path
	Problems []error // paths that do not exist, files that cannot be read
	fence    lint.Fence
	byPath   map[string][]*Rule
	byID     map[string]*Rule
	tested   map[*rules.Rule]bool
	infos    map[string]bool // those that were read
}

// Find reads the tests behind paths: rule files, test files, and directories with either. A test may have been written by a stranger: one that
// names a file which the fence does not hold cannot be run, and the file is not read.
func Find(paths []string, fence lint.Fence) *Suite {
	s := &Suite{fence: fence, byPath: map[string][]*Rule{}, byID: map[string]*Rule{}, tested: map[*rules.Rule]bool{}, infos: map[string]bool{}}
	files, problems := lint.WalkTests(paths)
	s.Problems = problems
	var given []*Rule
	var tests, infos []*source.File
	for _, path := range files {
		file := source.Load(path, source.Limits{})
		switch {
		case isTest(path):
			tests = append(tests, file)
		case isInfo(file):
			infos = append(infos, file)
		default:
			given = append(given, s.rules(path, file)...)
		}
	}
	for _, f := range tests {
		s.own(f)
	}
	for _, r := range given {
		s.regression(r)
	}
	for _, f := range infos {
		s.info(f, filepath.Dir(f.Path), nil)
	}
	for _, r := range given {
		if !s.tested[r.Rule] {
			s.Untested = append(s.Untested, r)
		}
	}
	return s
}

func isTest(path string) bool {
	name := strings.TrimSuffix(strings.TrimSuffix(filepath.Base(path), ".yaml"), ".yml")
	return name == "sigtune-test" || strings.HasSuffix(name, ".sigtune-test")
}

func isInfo(f *source.File) bool {
	return len(f.Documents) > 0 && f.Documents[0].Root != nil && f.Documents[0].Root.Find("regression_tests_info") != nil
}

// rules are the rules of a file, read once.
func (s *Suite) rules(path string, file *source.File) []*Rule {
	key := filepath.Clean(path)
	if known, ok := s.byPath[key]; ok {
		return known
	}
	if file == nil {
		file = source.Load(path, source.Limits{})
	}
	if err := broken(file); err != nil {
		s.Problems = append(s.Problems, err)
	}
	documents, _ := rules.Parse(file)
	out := []*Rule{}
	for _, d := range documents {
		if r, ok := d.(*rules.Rule); ok {
			rule := &Rule{path, r}
			out = append(out, rule)
			if id := strings.ToLower(r.ID.Value); id != "" && s.byID[id] == nil {
				s.byID[id] = rule
			}
		}
	}
	s.byPath[key] = out
	return out
}

// broken is the problem that costs a file, with its place, or nil.
func broken(f *source.File) error {
	for _, p := range f.Problems {
		switch p.Kind {
		case source.KindUnreadable, source.KindLimit, source.KindEncoding, source.KindSyntax:
			if len(f.Data) == 0 {
				return fmt.Errorf("%s: %s", f.Path, p.Message)
			}
			return problemAt(f, p.Span, "%s", p.Message)
		}
	}
	return nil
}

func problemAt(f *source.File, span source.Span, message string, args ...any) error {
	pos := f.Pos(span.Start)
	return fmt.Errorf("%s:%d:%d: %s", f.Path, pos.Line, pos.Column, fmt.Sprintf(message, args...))
}

// outside refuses a file that the fence does not hold: to have it quoted in a message would be enough for whoever named it.
func outside(f *source.File, n *source.Node) error {
	return problemAt(f, n.Span, "`%s` leads out of the repository, or without one out of the directories that were named, and is not read; name the directory that it lies in, too", source.Shorten(n.Value))
}

func exists(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
