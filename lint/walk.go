package lint

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// Walk finds the rule files behind the paths a user named: files as they are, directories with every .yml and .yaml below
// them, sorted. Hidden directories are left out and symbolic links found on the way are not followed, so a link can neither loop nor
// lead out of the tree. Tests of rules found on the way are no rules and are left out; those that a path names are not. A path that does not
// exist, and a directory without rules, gives an error; the other paths are still walked.
func Walk(paths []string) (files []string, problems []error) {
	files, _, problems = WalkCounting(paths)
	return files, problems
}

// WalkCounting is Walk, and says how many files it left out as tests.
func WalkCounting(paths []string) (files []string, tests int, problems []error) {
	left := map[string]bool{}
	files, problems = walk(paths, func(path string) bool {
		test := IsTest(path, func() ([]byte, error) { return os.ReadFile(path) })
		left[path] = left[path] || test
		return test
	})
	for _, path := range files {
		left[path] = false // it was named as well
	}
	for _, out := range left {
		if out {
			tests++
		}
	}
	return files, tests, problems
}

// WalkTests is Walk with the tests of rules.
func WalkTests(paths []string) (files []string, problems []error) {
	return walk(paths, func(string) bool { return false })
}

func walk(paths []string, leaveOut func(path string) bool) (files []string, problems []error) {
	seen := map[string]bool{}
	add := func(path string) {
		if !seen[path] {
			seen[path] = true
			files = append(files, path)
		}
	}
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %s", path, statReason(err)))
			continue
		}
		if !info.IsDir() {
			add(path)
			continue
		}
		found := 0
		// The trailing separator makes a link that the user named himself be followed.
		err = filepath.WalkDir(path+string(filepath.Separator), func(name string, entry fs.DirEntry, err error) error {
			name = filepath.Clean(name)
			if err != nil {
				add(name) // reading it will say what is wrong
				if entry != nil && entry.IsDir() {
					return fs.SkipDir
				}
				return nil
			}
			if entry.IsDir() {
				if strings.HasPrefix(entry.Name(), ".") && name != filepath.Clean(path) {
					return fs.SkipDir
				}
				return nil
			}
			if !isRuleName(entry.Name()) {
				return nil
			}
			if entry.Type()&fs.ModeSymlink != 0 {
				if _, err := os.Stat(name); err != nil {
					add(name) // broken or looping: reading it will say so
				}
				return nil
			}
			if entry.Type().IsRegular() {
				found++
				if !leaveOut(name) {
					add(name)
				}
			}
			return nil
		})
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", path, err))
		}
		if found == 0 {
			problems = append(problems, fmt.Errorf("%s: no .yml or .yaml file below this directory", path))
		}
	}
	sort.Strings(files)
	return files, problems
}

func isRuleName(name string) bool {
	ext := strings.ToLower(filepath.Ext(name))
	return ext == ".yml" || ext == ".yaml"
}

// IsTest reports a file that says what a rule has to do: ours by its name, SigmaHQ's info.yml by its keys too, since anybody may call a rule that.
// Only then it is read.
func IsTest(path string, read func() ([]byte, error)) bool {
	name := strings.ToLower(filepath.Base(path))
	if name == testName || strings.HasSuffix(name, "."+testName) {
		return true
	}
	if name != regressionName {
		return false
	}
	data, err := read()
	return err == nil && hasKey(data, "rule_metadata", "regression_tests_info") && !hasKey(data, "detection", "correlation", "filter")
}

const (
	testName       = "sigtune-test.yml" // package tuning/replay
	regressionName = "info.yml"         // SigmaHQ, folder regression_data
)

// hasKey reports that a line begins with one of the keys.
func hasKey(data []byte, keys ...string) bool {
	for line := range bytes.Lines(data) {
		for _, key := range keys {
			if bytes.HasPrefix(line, []byte(key+":")) {
				return true
			}
		}
	}
	return false
}

func statReason(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "no such file or directory"
	}
	if e := (*fs.PathError)(nil); errors.As(err, &e) {
		return e.Err.Error()
	}
	return err.Error()
}
