package lsp

import (
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/baseline"
	"github.com/sigtune/sigtune/lint/checks"
	"github.com/sigtune/sigtune/lint/config"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/domain"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// settings are what a configuration file says, ready for use. They never change: a changed file gives new ones.
type settings struct {
	config   *config.Config
	all      []*lint.Check
	chosen   []*lint.Check // everything that the configuration chooses
	document []*lint.Check // of those, what needs nothing but the document
	quick    []*lint.Check // of those, what needs no solver
	closer   []*lint.Check
	profile  lint.Profile
	baseline *baseline.Baseline // nil when there is none
	taxonomy *taxonomy.Table
	domains  *domain.Table

	file     *source.File // of the configuration; nil when there is none
	problems []source.Problem
}

// solved are the checks that ask the solver: the logic family, the check that says what it left open, and the check of field domains, which takes a
// quarter of the time of a list of thousands of values. On the slowest published rules they take nearly all of the time, up to a quarter of a second.
func solved(c *lint.Check) bool {
	return c.Family() == "08" || c.Code == "SIG0004" || c.Name == "value-outside-field-domain"
}

// closerFamily are the checks that every filter document gets, as `sigtune lint` has it.
const closerFamily = "10"

// allChecks is the catalogue: rendering its examples is not free.
var allChecks = sync.OnceValue(checks.All)

// readSettings reads the configuration for files in a directory. One that cannot be used counts as none, and its problems are kept.
func readSettings(dir string) *settings {
	s := &settings{config: config.Default(), all: allChecks(), profile: lint.Recommended}
	if path := config.Find(dir); path != "" {
		s.file = config.Open(path)
		read, problems := config.Read(s.file, s.all)
		if s.problems = problems; len(problems) == 0 {
			s.config = read
		}
	}
	s.choose()
	return s
}

// choose selects the checks. What the configuration says wrongly is a problem of its file.
func (s *settings) choose() {
	if name := s.config.Profile; name != "" {
		if profile, err := lint.ParseProfile(name); err == nil {
			s.profile = profile
		}
	}
	chosen, err := lint.Selection{Profile: s.profile, Select: s.config.Select, Ignore: s.config.Ignore}.Apply(s.all)
	if err != nil {
		s.problems = append(s.problems, source.Problem{Message: err.Error()})
		chosen, _ = lint.Selection{Profile: s.profile}.Apply(s.all)
	}
	s.chosen = chosen
	slow := map[string]bool{}
	for _, c := range chosen {
		slow[c.Name] = solved(c)
	}
	for _, c := range chosen {
		if c.Tree != nil || c.Change != nil {
			continue
		}
		s.document = append(s.document, c)
		// A check that gives way to a proof has to wait for it, or its finding would come and go.
		if !slow[c.Name] && !slices.ContainsFunc(c.YieldsTo, func(name string) bool { return slow[name] }) {
			s.quick = append(s.quick, c)
		}
	}
	if s.profile != lint.SigmaHQ {
		closer, _ := lint.Selection{Profile: lint.None, Select: []string{closerFamily}, Ignore: s.config.Ignore}.Apply(s.all)
		s.closer = slices.DeleteFunc(closer, func(c *lint.Check) bool { return c.Family() != closerFamily })
	}
	if path := s.config.BaselinePath(); path != "" {
		b, err := baseline.Load(path)
		if err != nil {
			s.problems = append(s.problems, source.Problem{Message: fmt.Sprintf("the baseline cannot be used: %v", err)})
		}
		s.baseline = b
	}
	s.taxonomy = s.config.Learned.Table()
	var facts lint.Facts
	s.config.Facts(&facts)
	s.domains = facts.Domains
}

// engine runs some of the checks. An engine is for one run: what decides about findings remembers paths.
func (s *settings) engine(chosen []*lint.Check, today time.Time) lint.Engine {
	facts := lint.Facts{Today: today, Profile: s.profile}
	s.config.Facts(&facts)
	e := lint.Engine{
		Checks: chosen, All: s.all, Reporters: checks.Reporters(), Facts: facts, Limits: s.config.Limits,
		Policy: s.config.Comments(s.all), Closer: s.closer,
	}
	if adjust, err := s.config.Adjuster(s.all, today); err == nil {
		e.Adjust = adjust
	}
	return e
}

// fresh leaves out the findings that the baseline holds.
func (s *settings) fresh(found []lint.Finding) []lint.Finding {
	if s.baseline == nil {
		return found
	}
	fresh, _, _ := s.baseline.Apply(found, baseline.Run{Checks: s.chosen})
	return fresh
}

// leftOut reports a file that is not linted.
func (s *settings) leftOut(path string) bool {
	return filepath.Base(path) == config.Name || s.config.Excluded(path)
}

// settingsOf remembers the settings of directories until a configuration changes.
type settingsOf struct {
	mu    sync.Mutex
	byDir map[string]*settings
	files map[string]*settings // by path of the configuration, so that directories share them
}

func (c *settingsOf) of(path string) *settings {
	dir := "."
	if path != "" {
		dir = filepath.Dir(path)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if s := c.byDir[dir]; s != nil {
		return s
	}
	if c.byDir == nil {
		c.byDir, c.files = map[string]*settings{}, map[string]*settings{}
	}
	file := config.Find(dir)
	s := c.files[file]
	if s == nil {
		s = readSettings(dir)
		c.files[file] = s
	}
	c.byDir[dir] = s
	return s
}

// forget makes everything be read again.
func (c *settingsOf) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.byDir, c.files = nil, nil
}
