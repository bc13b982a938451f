package config

import (
	"os"
	"path/filepath"
	"time"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/domain"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// Name is the name of the configuration file, looked for from the rules upwards.
const Name = ".sigtune.yml"

// Config is what a configuration file says. The zero value says nothing.
type Config struct {
	File *source.File // nil when there is none

	Profile  string // empty: not said
	Select   []string
	Ignore   []string
	FailOn   string                   // empty: not said
	Severity map[string]lint.Severity // by name of the check
	Exclude  []string                 // patterns of files that are not linted
	Baseline string                   // path of a baseline, relative to the directory of the file
	Limits   source.Limits

	Overrides  []Override
	Exclusions []*Exclusion
	Policy     Suppressions

	Namespaces []string
	Logsources []taxonomy.Key
	Attributes []string
	Options    map[string]map[string]any // by names of check and option
	Fields     domain.Settings
	Taxonomy   string            // path of what `sigtune learn` wrote, relative to the directory of the file
	Learned    *taxonomy.Learned // what it says

	// Notes are things that are read and have no effect here, with their place: what pySigma can be told and sigtune cannot.
	Notes []source.Problem

	pySigma bool
}

// Override changes what is said about the files below some directories. The last one that fits wins.
type Override struct {
	Paths    []string
	Ignore   []string
	Severity map[string]lint.Severity // by name of the check
}

// Exclusion silences checks for one rule.
type Exclusion struct {
	Rule   string   // its id
	Checks []string // names
	Reason string
	Until  time.Time // the last day; zero for ever
	Span   source.Span

	used    map[string]bool // names of the checks that it silenced
	unclear bool            // it may be needed where the rules are checked by what the configuration is for
}

// Suppressions says what comments in rules may do.
type Suppressions struct {
	Inline        bool     // they count at all
	Forbid        []string // names of checks that they may not silence
	RequireReason bool
}

// Default is the configuration of those who have none.
func Default() *Config { return &Config{Policy: Suppressions{Inline: true}} }

// Find is the configuration file for a path: the nearest one in its directory or above, not above the root of a repository. Empty when there is
// none. What is found there can be a link, or no file at all: Open says so.
func Find(path string) string {
	dir, err := filepath.Abs(path)
	if err != nil {
		return ""
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		dir = filepath.Dir(dir)
	}
	for {
		if info, err := os.Lstat(filepath.Join(dir, Name)); err == nil && !info.IsDir() {
			return filepath.Join(dir, Name)
		}
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			return ""
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}

// Directory is where the patterns and paths of the configuration start: the directory of its file, or the working directory.
func (c *Config) Directory() string {
	if c.File == nil {
		return "."
	}
	return filepath.Dir(c.File.Path)
}
