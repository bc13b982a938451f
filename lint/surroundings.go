package lint

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Surroundings are the files around those that are linted, for what documents say about each other.
type Surroundings struct {
	Root     string   // the repository, or the common parent of the directories that were named; empty for lone files
	Context  []string // files below the root that are not linted, as paths like those of the others
	Complete bool     // the linted files and the context are everything there is
}

// maxContext is how many files are looked at besides the linted ones. Above it a repository is something else than a collection of rules.
const maxContext = 20_000

// Surround finds what belongs to the linted files. The index is complete only when a directory was named: who lints a lone file wants no word
// about files that he did not mention.
func Surround(args, linted []string) Surroundings { return LookAround(args).Besides(linted) }

// Around is what stands around the paths that a user named.
type Around struct {
	root    string // empty for lone files
	working string
	found   []string // every rule file below the root, by absolute path
}

// LookAround walks the repository of the directories that were named, or their common parent. It takes as long as finding the linted files, and can
// be done meanwhile.
func LookAround(args []string) Around {
	var dirs []string
	for _, a := range args {
		if info, err := os.Stat(a); err == nil && info.IsDir() {
			absolute, err := filepath.Abs(a)
			if err != nil {
				return Around{}
			}
			dirs = append(dirs, absolute)
		}
	}
	working, err := os.Getwd()
	if len(dirs) == 0 || err != nil {
		return Around{}
	}
	root := repository(commonParent(dirs))
	found, _ := Walk([]string{root})
	return Around{root, working, found}
}

// Besides are the surroundings of the linted files.
func (a Around) Besides(linted []string) Surroundings {
	if a.root == "" {
		return Surroundings{}
	}
	known := map[string]bool{}
	for _, f := range linted {
		if absolute, err := filepath.Abs(f); err == nil {
			known[absolute] = true
		}
	}
	out := Surroundings{Root: a.root, Complete: true}
	for _, path := range a.found {
		if known[path] {
			continue
		}
		if relative, err := filepath.Rel(a.working, path); err == nil && !strings.HasPrefix(relative, "..") {
			path = relative
		}
		out.Context = append(out.Context, path)
	}
	if len(out.Context) > maxContext {
		out.Context, out.Complete = nil, false
	}
	return out
}

// Repository is the root of the git repository around a path, or empty.
func Repository(path string) string {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return ""
	}
	for {
		if _, err := os.Stat(filepath.Join(absolute, ".git")); err == nil {
			return absolute
		}
		up := filepath.Dir(absolute)
		if up == absolute {
			return ""
		}
		absolute = up
	}
}

// repository is the root of the repository around a directory, or the directory itself.
func repository(dir string) string {
	if root := Repository(dir); root != "" {
		return root
	}
	return dir
}

func commonParent(dirs []string) string {
	parts := strings.Split(dirs[0], string(filepath.Separator))
	for _, d := range dirs[1:] {
		other := strings.Split(d, string(filepath.Separator))
		n := 0
		for n < len(parts) && n < len(other) && parts[n] == other[n] {
			n++
		}
		parts = slices.Clone(parts[:n])
	}
	if joined := strings.Join(parts, string(filepath.Separator)); joined != "" {
		return joined
	}
	return string(filepath.Separator)
}
