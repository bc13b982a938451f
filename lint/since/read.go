package since

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/revision"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// Scope is what a run looks at.
type Scope struct {
	Paths    []string               // as the user named them, relative to the working directory
	Complete bool                   // the run sees the whole repository
	Rule     func(path string) bool // goes by the name: a path of the repository that is a rule file
	Linted   func(path string) bool // whether a file below Paths is linted, not only looked at; path as the user would name it
	Limits   source.Limits
}

// Tree is the files of a run as they were at a revision, and what changed since.
type Tree struct {
	Inputs  []lint.Input  // the files as they were; those that did not change are read from the working tree
	Changes []lint.Change // documents of the run that differ in their file, with their old version
	Was     []lint.Change // the old versions alone, as documents of the old tree

	who     map[document]identity // of paired documents, in both trees
	renamed map[string]string     // the old path of a changed file by its new one
	changed map[string]bool       // the old paths of changed files
}

// document names a document of one of the trees.
type document struct {
	old   bool
	path  string
	index int // 1-based, as in lint.Subject
}

// Changed reports whether anything differs.
func (t *Tree) Changed() bool { return len(t.Changes)+len(t.Was)+len(t.renamed) > 0 }

// Read rebuilds the tree of a commit around the files of a run. A file that the run does not see is no part of either tree, unless a file of
// the run is what became of it.
func Read(ctx context.Context, repository *revision.Repository, commit string, now []lint.Input, scope Scope) (*Tree, error) {
	names, err := newNames(repository.Root, now, scope.Paths)
	if err != nil {
		return nil, err
	}
	below, err := repository.Below(names.full(scope.Paths))
	if err != nil {
		return nil, err
	}
	keep := func(path string) bool { return scope.Rule(path) || names.input[path] != nil }
	files, err := repository.Changed(ctx, commit, keep)
	if err != nil {
		return nil, err
	}
	files = slices.DeleteFunc(files, func(f revision.File) bool {
		return names.input[f.Path] == nil && !(scope.Complete || f.Was != "" && below(f.Was))
	})
	gone := map[string]bool{} // paths that are not in the working tree as they were
	for i := range files {
		f := &files[i]
		if f.Was != f.Path && names.input[f.Was] != nil || !keep(f.Was) {
			f.Was = "" // a copy, or a file that was no rule
		}
		gone[f.Path] = true
	}
	old, err := repository.Old(ctx, files, scope.Limits)
	if err != nil {
		return nil, err
	}
	out := &Tree{who: map[document]identity{}, renamed: map[string]string{}, changed: map[string]bool{}}
	var before, after revision.Tree
	linted := map[string]bool{} // old files, by their path in the repository
	for i, f := range files {
		if old[i] != nil {
			old[i].Path = names.user(f.Was)
			before.Add(old[i], f.Was, "")
			linted[f.Was] = below(f.Was) && scope.Linted(old[i].Path)
		}
		in := names.input[f.Path]
		if in == nil {
			continue
		}
		after.Add(source.Load(in.Path, scope.Limits), f.Path, f.Was)
		linted[f.Was] = linted[f.Was] || !in.Context
		out.renamed[in.Path] = in.Path
		if f.Was != "" {
			out.renamed[in.Path] = names.user(f.Was)
		}
	}
	pairs := repaired(revision.Match(before, after))
	for n, p := range pairs {
		if !p.Removed() {
			out.who[document{false, p.New.Path, p.New.Document.Base().Index + 1}] = identity{pair: n + 1}
			if in := names.input[p.New.Place]; !in.Context {
				out.Changes = append(out.Changes, lint.Change{Old: p.Old.Document, New: p.New.Document})
				linted[p.Old.Place] = linted[p.Old.Place] || !p.Added() // a rule that moved here is not a new one
			}
		}
		if !p.Added() {
			out.who[document{true, p.Old.Path, p.Old.Document.Base().Index + 1}] = identity{pair: n + 1}
		}
	}
	for _, p := range pairs {
		if !p.Added() && linted[p.Old.Place] {
			out.Was = append(out.Was, lint.Change{New: p.Old.Document})
		}
	}
	for _, in := range now {
		if place, ok := names.repository(in.Path); !ok || !gone[place] {
			out.Inputs = append(out.Inputs, in)
		}
	}
	for i, f := range files {
		if old[i] != nil {
			out.Inputs = append(out.Inputs, lint.Input{Path: old[i].Path, File: old[i], Context: !linted[f.Was]})
		}
	}
	for _, was := range out.renamed {
		out.changed[was] = true
	}
	return out, nil
}

// repaired corrects pairs that only stand in the same file: one of several documents with another id and title is another rule. What is left
// pairs by its title, where that is the only one of its kind.
func repaired(pairs []revision.Pair) []revision.Pair {
	var out, added, removed []revision.Pair
	for _, p := range pairs {
		switch {
		case p.Added():
			added = append(added, p)
		case p.Removed():
			removed = append(removed, p)
		case strangers(p):
			added, removed = append(added, revision.Pair{New: p.New}), append(removed, revision.Pair{Old: p.Old})
		default:
			out = append(out, p)
		}
	}
	count := map[string]int{}
	for _, p := range added {
		count[titleOf(p)] += 1
	}
	twin := map[string]int{}
	for i, p := range removed {
		if title := titleOf(p); count[title] == 1 {
			if _, twice := twin[title]; twice {
				count[title] = 0
			}
			twin[title] = i
		}
	}
	for _, p := range added {
		if i, ok := twin[titleOf(p)]; ok && count[titleOf(p)] == 1 && p.Head().Title.Value != "" {
			p.Old = removed[i].Old
			removed[i] = revision.Pair{}
		}
		out = append(out, p)
	}
	for _, p := range removed {
		if p.Old.Document != nil {
			out = append(out, p)
		}
	}
	return out
}

func strangers(p revision.Pair) bool {
	a, b := p.Old.Document.Base(), p.New.Document.Base()
	several := len(a.File.Documents) > 1 || len(b.File.Documents) > 1
	return several && !strings.EqualFold(a.ID.Value, b.ID.Value) && plainTitle(a) != plainTitle(b)
}

func titleOf(p revision.Pair) string { return p.Kind() + " " + plainTitle(p.Head()) }

func plainTitle(h *rules.Head) string {
	return strings.ToLower(strings.Join(strings.Fields(h.Title.Value), " "))
}

// names translates between paths as the user names them and paths of the repository.
type names struct {
	root, working string
	dirs          []string               // directories that the user named
	input         map[string]*lint.Input // by the path in the repository
	places        map[string]string      // paths in the repository by those of the inputs
	real          map[string]string      // directories without links
}

func newNames(root string, now []lint.Input, paths []string) (*names, error) {
	working, err := os.Getwd()
	if err == nil {
		working, err = filepath.EvalSymlinks(working)
	}
	if err != nil {
		return nil, err
	}
	n := &names{root: root, working: working, input: map[string]*lint.Input{}, places: map[string]string{}, real: map[string]string{}}
	for i := range now {
		if place, ok := n.below(now[i].Path); ok {
			n.input[place], n.places[now[i].Path] = &now[i], place
		}
	}
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			n.dirs = append(n.dirs, path)
		}
	}
	return n, nil
}

func (n *names) repository(path string) (string, bool) {
	place, ok := n.places[path]
	return place, ok
}

// below is a path as the repository calls it; false when it lies elsewhere.
func (n *names) below(path string) (string, bool) {
	dir, ok := n.real[filepath.Dir(path)]
	if !ok {
		dir = filepath.Dir(path)
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(n.working, dir)
		}
		if real, err := filepath.EvalSymlinks(dir); err == nil {
			dir = real
		}
		n.real[filepath.Dir(path)] = dir
	}
	relative, err := filepath.Rel(n.root, filepath.Join(dir, filepath.Base(path)))
	if err != nil || relative == ".." || strings.HasPrefix(relative, ".."+string(filepath.Separator)) {
		return "", false
	}
	return filepath.ToSlash(relative), true
}

// full are named paths that do not depend on where git is run.
func (n *names) full(paths []string) []string {
	var out []string
	for _, path := range paths {
		if place, ok := n.below(path); ok {
			path = filepath.Join(n.root, filepath.FromSlash(place))
		} else if !filepath.IsAbs(path) {
			path = filepath.Join(n.working, path)
		}
		out = append(out, path)
	}
	return out
}

// user is a path of the repository as the user would name it: as in the run, below a directory that was named, or from the working directory.
func (n *names) user(place string) string {
	if in := n.input[place]; in != nil {
		return in.Path
	}
	full := filepath.Join(n.root, filepath.FromSlash(place))
	inside := func(dir string) (string, bool) {
		relative, err := filepath.Rel(dir, full)
		return relative, err == nil && relative != ".." && !strings.HasPrefix(relative, ".."+string(filepath.Separator))
	}
	for _, dir := range n.dirs {
		absolute := dir
		if !filepath.IsAbs(dir) {
			absolute = filepath.Join(n.working, dir)
		}
		if real, err := filepath.EvalSymlinks(absolute); err == nil {
			absolute = real
		}
		if relative, ok := inside(absolute); ok {
			return filepath.Join(dir, relative)
		}
	}
	if relative, ok := inside(n.working); ok {
		return relative
	}
	return full
}
