package lint

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Fence is the directories that a run reads in, whatever the files of a tree name. The zero value holds nothing.
type Fence struct{ roots []string } // absolute, without links

// FenceAround is, for each path, the repository around it, or where there is none the directory: the path itself or that of a file.
func FenceAround(paths ...string) Fence {
	var f Fence
	for _, path := range paths {
		dir, err := filepath.Abs(path)
		if err != nil {
			continue
		}
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			dir = filepath.Dir(dir)
		}
		if real, err := filepath.EvalSymlinks(dir); err == nil {
			f.roots = append(f.roots, repository(real))
		}
	}
	return f
}

// Holds reports that a path leads into the fence, with every link on the way followed. A file that is not there yet is where its directory is; a
// link that leads nowhere is in no fence, and neither is what git keeps: it holds credentials of pipelines. The path
// counts as filepath.Clean leaves it, and has to be opened so.
func (f Fence) Holds(path string) bool {
	full, err := filepath.Abs(path)
	if err != nil {
		return false
	}
	if full, err = real(full); err != nil {
		return false
	}
	for _, root := range f.roots {
		relative, err := filepath.Rel(root, full)
		if err != nil || !filepath.IsLocal(relative) {
			continue
		}
		parts := strings.Split(relative, string(filepath.Separator))
		if !slices.ContainsFunc(parts, func(s string) bool { return strings.EqualFold(s, ".git") }) {
			return true
		}
	}
	return false
}

// real follows the links of an absolute path, as far as there is something.
func real(path string) (string, error) {
	full, err := filepath.EvalSymlinks(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return full, err
	}
	if _, there := os.Lstat(path); there == nil || filepath.Dir(path) == path {
		return "", err // a link to nothing
	}
	up, err := real(filepath.Dir(path))
	return filepath.Join(up, filepath.Base(path)), err
}
