package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/config"
	"github.com/sigtune/sigtune/lint/revision"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/tuning/evidence"
	tests "github.com/sigtune/sigtune/tuning/replay"
)

// reviewBase is the revision that a review compares with, and what changed since.
type reviewBase struct {
	*basis
	fence   lint.Fence
	below   func(path string) bool
	changed []revision.File // of any kind
}

func (c *cli) reviewBase(ctx context.Context, f reviewFlags, args []string) (*reviewBase, error) {
	h, err := basisOf(ctx, f.since, args)
	if err != nil {
		return nil, err
	}
	b := &reviewBase{basis: h, fence: lint.FenceAround(h.repository.Root)}
	if b.below, err = h.repository.Below(h.paths); err != nil {
		return nil, err
	}
	if b.changed, err = h.repository.Changed(ctx, b.commit, func(string) bool { return true }); err != nil {
		return nil, failure{exitFailed, err}
	}
	return b, nil
}

// present are the changed files that are there, in full.
func (b *reviewBase) present() map[string]bool {
	out := map[string]bool{}
	for _, f := range b.changed {
		if f.Path != "" {
			out[absolute(userPath(b.repository.Root, f.Path))] = true
		}
	}
	return out
}

// configure chooses the configuration: one that was named counts as it is; else the nearest one upwards, as it was at the revision. What a
// reviewer has to know about it is returned.
func (b *reviewBase) configure(ctx context.Context, f reviewFlags, args []string, into *configFlags) (notes []string, err error) {
	if f.none || f.path != "" {
		return nil, nil
	}
	var touched []string
	for _, file := range b.changed {
		for _, path := range []string{file.Path, file.Was} {
			if filepath.Base(path) == config.Name && path != "" && (len(touched) == 0 || touched[len(touched)-1] != path) {
				touched = append(touched, path)
			}
		}
	}
	if f.configFrom == "working-tree" {
		if len(touched) > 0 {
			notes = append(notes, fmt.Sprintf("This change touches `%s`, and was reviewed with it.", strings.Join(touched, "`, `")))
		}
		return notes, nil
	}
	if len(touched) > 0 {
		notes = append(notes, fmt.Sprintf("This change touches `%s`. It was reviewed with the configuration of the base revision.", strings.Join(touched, "`, `")))
	}
	near := "."
	if len(args) > 0 {
		near = args[0]
	}
	file, err := b.configuration(ctx, near)
	if err != nil || file == nil {
		into.none = file == nil
		return notes, err
	}
	if err := b.inside(file); err != nil {
		return nil, err
	}
	into.read = file
	return notes, nil
}

// configuration is the nearest file upwards from a path, as it was at the revision; nil when there was none.
func (b *reviewBase) configuration(ctx context.Context, near string) (*source.File, error) {
	dir, err := filepath.Abs(near)
	if err == nil {
		dir, err = filepath.EvalSymlinks(deepest(dir))
	}
	if err != nil {
		return nil, failure{exitFailed, err}
	}
	was := map[string]*revision.File{} // changed configurations, by their old path; without one, they are new
	fresh := map[string]bool{}
	for i := range b.changed {
		file := &b.changed[i]
		if filepath.Base(file.Was) == config.Name {
			was[file.Was] = file
		}
		if filepath.Base(file.Path) == config.Name && file.Path != file.Was {
			fresh[file.Path] = true
		}
	}
	for {
		relative, err := filepath.Rel(b.repository.Root, dir)
		if err != nil || relative == ".." || strings.HasPrefix(relative, ".."+string(filepath.Separator)) {
			return nil, nil
		}
		place := filepath.ToSlash(filepath.Join(relative, config.Name))
		switch old := was[place]; {
		case old != nil:
			files, err := b.repository.Old(ctx, []revision.File{*old}, source.Limits{})
			if err != nil {
				return nil, failure{exitFailed, err}
			}
			if files[0] != nil {
				return source.Parse(userPath(b.repository.Root, place), files[0].Data, source.Limits{}), nil
			}
		case fresh[place]:
		default:
			full := filepath.Join(dir, config.Name)
			if info, err := os.Lstat(full); err == nil && info.Mode().IsRegular() {
				return source.Load(userPath(b.repository.Root, place), source.Limits{}), nil
			}
		}
		if dir == b.repository.Root {
			return nil, nil
		}
		dir = filepath.Dir(dir)
	}
}

// deepest is the nearest directory above a path that is there: a change may have removed what was named.
func deepest(path string) string {
	for {
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			return path
		}
		up := filepath.Dir(path)
		if up == path {
			return path
		}
		path = up
	}
}

// inside refuses a taxonomy outside the repository: a change could have made a link of it, and messages quote what they cannot read.
func (b *reviewBase) inside(file *source.File) error {
	if len(file.Documents) == 0 || file.Documents[0].Root == nil {
		return nil
	}
	n := file.Documents[0].Root.Find("taxonomy")
	if n == nil || n.Value == "" {
		return nil
	}
	path := filepath.FromSlash(n.Value)
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(file.Path), path)
	}
	if !b.holds(path) {
		return fmt.Errorf("%s: the taxonomy `%s` is not in this repository, or no longer; a review reads nothing else. Name a configuration with --config", file.Path, source.Shorten(n.Value))
	}
	return nil
}

// holds reports that a path leads to a file of the repository, with every link on the way followed.
func (b *reviewBase) holds(path string) bool {
	_, err := os.Stat(path)
	return err == nil && b.fence.Holds(path)
}

// suite is where tests of a change may stand: those that it touched, and what any test may say of changed rules.
type suite struct {
	changed   map[string]bool // files, by their absolute paths: one file can be typed in many ways
	paths     []string        // of changed tests and rules
	mentioned []revision.File // tests, and rules with a regression set that changed
	err       error           // of looking for them
}

// tests looks for the tests of a change, which takes git as long as reading the tree. A test that leads out of the repository is none: whoever wrote the
// change may have wanted to see what is there.
func (b *reviewBase) tests(ctx context.Context) *suite {
	s := &suite{changed: map[string]bool{}}
	var sets []string
	for _, f := range b.changed {
		path := userPath(b.repository.Root, f.Path)
		if f.Path == "" || !b.below(f.Path) {
			continue
		}
		s.changed[absolute(path)] = true
		if !isRuleFile(f.Path) || filepath.Base(f.Path) == config.Name || !b.holds(path) {
			continue
		}
		if filepath.Base(f.Path) == regressionName {
			sets = append(sets, "regression_tests_path.*"+regexp.QuoteMeta(f.Path))
			continue
		}
		s.paths = append(s.paths, path)
	}
	// Any test may name a changed rule, and any rule a changed regression set.
	s.mentioned, s.err = b.repository.Mentioning(ctx, []string{`^[[:space:]-]*["']?rule["']?[[:space:]]*:`}, isTestFile)
	if s.err == nil && len(sets) > 0 {
		var of []revision.File
		of, s.err = b.repository.Mentioning(ctx, sets, isRuleFile)
		s.mentioned = append(s.mentioned, of...)
	}
	return s
}

// replay runs the tests that concern the change.
func (b *reviewBase) replay(s *suite) (results []*tests.Result, problems []error) {
	if s.err != nil {
		return nil, []error{s.err}
	}
	paths := s.paths
	for _, f := range s.mentioned {
		if path := userPath(b.repository.Root, f.Path); !slices.Contains(paths, path) && b.holds(path) {
			paths = append(paths, path)
		}
	}
	if len(paths) == 0 {
		return nil, nil
	}
	found := tests.Find(paths, b.fence)
	for _, t := range found.Tests {
		if !concerned(t, s.changed) {
			continue
		}
		results = append(results, tests.Run(t, evidence.Limits{}))
	}
	return results, found.Problems
}

// concerned reports that a test, its rule or its events changed.
func concerned(t *tests.Test, changed map[string]bool) bool {
	files := append(filesOf(t), t.Path)
	if t.Rule != nil {
		files = append(files, t.Rule.Path)
	}
	return slices.ContainsFunc(files, func(path string) bool { return changed[absolute(path)] })
}

// absolute is the path in full, or as it is where the working directory is gone.
func absolute(path string) string {
	if full, err := filepath.Abs(path); err == nil {
		return full
	}
	return filepath.Clean(path)
}

// filesOf are the files that a test reads besides its own and that of the rule.
func filesOf(t *tests.Test) []string {
	var files []string
	for _, s := range t.Sets {
		files = append(files, s.Files...)
	}
	if t.Map != "" {
		files = append(files, t.Map)
	}
	return files
}

// regressionName is the name of SigmaHQ's descriptions of regression sets.
const regressionName = "info.yml"

// isTestFile goes by the name.
func isTestFile(path string) bool {
	name := filepath.Base(path)
	return name == tests.TestName || strings.HasSuffix(name, "."+tests.TestName)
}
