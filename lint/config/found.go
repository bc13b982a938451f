package config

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/source"
)

// Open reads a configuration that Find found. It may have come with the rules of a stranger, and messages quote what they read: a link out of the
// repository, and what is no file, is a problem of a File without text.
func Open(path string) *source.File {
	refuse := func(message string) *source.File {
		file := source.Bare(path, nil)
		file.Problems = []source.Problem{{Kind: source.KindUnreadable, Message: message}}
		return file
	}
	info, err := os.Lstat(path)
	if err == nil && info.Mode()&os.ModeSymlink != 0 {
		if !lint.FenceAround(filepath.Dir(path)).Holds(path) {
			return refuse("it is a link that leads out of " + around(path) + ", and is not read; name the file with --config, or run with --no-config")
		}
		info, err = os.Stat(path)
	}
	if err == nil && !info.Mode().IsRegular() {
		return refuse("it is no regular file")
	}
	return source.Load(path, source.Limits{})
}

// reaches reports that a file which the configuration names may be read: any, where the user named the configuration. Else it is a problem.
func (r *reader) reaches(n *source.Node, c *Config, path string) bool {
	if r.named || lint.FenceAround(c.Directory()).Holds(path) {
		return true
	}
	r.report(n, fmt.Sprintf("`%s` leads out of %s, and is not read", source.Shorten(n.Value), around(c.File.Path)),
		"move it there; a configuration that is named with --config may name any file")
	return false
}

// around says in messages what a configuration that was found may read from.
func around(path string) string {
	if lint.Repository(filepath.Dir(path)) != "" {
		return "this repository"
	}
	return "the directory of the configuration"
}

// BaselinePath is the baseline that the configuration names, or empty.
func (c *Config) BaselinePath() string { return c.beside(c.Baseline) }

// beside is a path of the configuration, from its directory, or empty.
func (c *Config) beside(path string) string {
	if path == "" {
		return ""
	}
	path = filepath.FromSlash(path)
	if filepath.IsAbs(path) {
		return filepath.Clean(path) // as the fence looks at it: a link and a `..` behind it would lead elsewhere
	}
	return filepath.Join(c.Directory(), path)
}
