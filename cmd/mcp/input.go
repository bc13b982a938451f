package mcp

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/config"
	"github.com/sigtune/sigtune/rules/source"
)

// text is one rule text of a call: in the call, or in a file.
type text struct {
	field string // of the call, for messages
	given string
	path  string // below the root
	name  string // that answers carry
}

// reader reads what calls name. Without a root it reads no file.
type reader struct {
	root   *os.Root
	bounds Bounds
}

// openRoot opens a directory. A path that leads out of it, through a symbolic link as well, is refused by the operating system's own lookup
// (os.Root), not by comparing names.
func openRoot(dir string, b Bounds) (reader, error) {
	if dir == "" {
		return reader{bounds: b}, nil
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return reader{}, fmt.Errorf("--root: %s: %s", dir, cause(err))
	}
	return reader{root, b}, nil
}

// read gives the one text of a call.
func (r reader) read(t text) (string, []byte, error) {
	switch {
	case t.given != "" && t.path != "":
		return "", nil, fmt.Errorf("send `%s` or `%s`, not both", t.field, t.pathField())
	case t.path != "":
		data, err := r.file(t.path)
		return t.path, data, err
	case t.given == "" && r.root != nil:
		return "", nil, fmt.Errorf("send the rule in `%s`, or its path in `%s`", t.field, t.pathField())
	case t.given == "":
		return "", nil, fmt.Errorf("send the rule in `%s`: it is empty", t.field)
	case len(t.given) > r.bounds.Text:
		return "", nil, fmt.Errorf("`%s` has %d bytes, more than the %d of this server; send one rule at a time", t.field, len(t.given), r.bounds.Text)
	}
	name := t.name
	if name == "" {
		name = "rule.yml"
	}
	return name, []byte(t.given), nil
}

// source is read, parsed.
func (r reader) source(t text, limits source.Limits) (*source.File, error) {
	name, data, err := r.read(t)
	if err != nil {
		return nil, err
	}
	return source.Parse(name, data, limits), nil
}

// readable is source for tools that need a rule: what costs a document is an error.
func (r reader) readable(t text) (*source.File, error) {
	file, err := r.source(t, source.Limits{})
	if err != nil {
		return nil, err
	}
	for _, p := range file.Problems {
		switch p.Kind {
		case source.KindUnreadable, source.KindLimit, source.KindEncoding, source.KindSyntax:
			pos := file.Pos(p.Span.Start)
			message := fmt.Sprintf("%s:%d:%d: %s", file.Path, pos.Line, pos.Column, p.Message)
			if p.Help != "" {
				message += "; " + p.Help
			}
			return nil, errors.New(message)
		}
	}
	return file, nil
}

func (t text) pathField() string {
	if t.field == "text" {
		return "path"
	}
	return t.field + "_path"
}

// file reads a regular file below the root.
func (r reader) file(name string) ([]byte, error) {
	if r.root == nil {
		return nil, fmt.Errorf("`%s` cannot be read: this server opened no directory; send the text, or start it with --root", source.Shorten(name))
	}
	local := filepath.FromSlash(name)
	// Looked at before it is opened: opening a named pipe waits for somebody to write.
	info, err := r.root.Stat(local)
	if err != nil {
		return nil, r.refused(name, err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("`%s` is no regular file", source.Shorten(name))
	}
	f, err := r.root.Open(local)
	if err != nil {
		return nil, r.refused(name, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, int64(r.bounds.Text)+1))
	if err != nil {
		return nil, r.refused(name, err)
	}
	if len(data) > r.bounds.Text {
		return nil, fmt.Errorf("`%s` has more than %d bytes, the limit of this server", source.Shorten(name), r.bounds.Text)
	}
	return data, nil
}

func (r reader) refused(name string, err error) error {
	return fmt.Errorf("`%s`: %s (paths are looked up below the directory of --root)", source.Shorten(name), cause(err))
}

// directory reports that a path of a call names a directory.
func (r reader) directory(name string) bool {
	if r.root == nil || name == "" {
		return false
	}
	info, err := r.root.Stat(filepath.FromSlash(name))
	return err == nil && info.IsDir()
}

// below reads the rule files below a directory, in the order of their paths. Links are not followed, hidden directories are left out, and so are
// files that the configuration excludes and tests of rules, as lint.Walk has it.
func (r reader) below(dir string, excluded func(path string) bool, limits source.Limits) ([]*source.File, error) {
	var out []*source.File
	tests := 0
	start := path.Clean(filepath.ToSlash(dir))
	err := fs.WalkDir(r.root.FS(), start, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			if strings.HasPrefix(entry.Name(), ".") && name != start {
				return fs.SkipDir
			}
			return nil
		}
		ext := strings.ToLower(path.Ext(name))
		if !entry.Type().IsRegular() || ext != ".yml" && ext != ".yaml" || entry.Name() == config.Name || excluded(name) {
			return nil
		}
		if lint.IsTest(name, func() ([]byte, error) { return r.file(name) }) {
			tests++
			return nil
		}
		if len(out) == r.bounds.Files {
			return fmt.Errorf("more than %d files; name a directory further down", r.bounds.Files)
		}
		data, err := r.file(name)
		if err != nil {
			return err
		}
		out = append(out, source.Parse(name, data, limits))
		return nil
	})
	if err != nil {
		return nil, r.refused(dir, err)
	}
	if len(out)+tests == 0 {
		return nil, fmt.Errorf("`%s`: no .yml or .yaml file below this directory", source.Shorten(dir))
	}
	return out, nil
}

// cause leaves the path out of an error of the file system.
func cause(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "no such file or directory"
	}
	if e := (*fs.PathError)(nil); errors.As(err, &e) {
		return e.Err.Error()
	}
	return err.Error()
}

// valid keeps a name of a file within what messages can carry.
func valid(name string) error {
	if len(name) > maxName || !utf8.ValidString(name) {
		return fmt.Errorf("`name` has more than %d bytes, or is no UTF-8", maxName)
	}
	return nil
}

// maxName is the longest file name that common file systems take, with its directories.
const maxName = 4096
