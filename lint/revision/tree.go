package revision

import (
	"path/filepath"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// Tree is one side of a comparison. The zero value is empty.
type Tree struct {
	Versions []Version
	Unread   []Unread
	unread   map[string]bool // places of which something could not be read
}

// Unread is a file with something that could not be read.
type Unread struct {
	File    *source.File
	Problem source.Problem // the first of its kind
	Old     bool           // it is the old version of the file; Tree.Add leaves this to the caller
}

// Add takes in the documents of a file. place is its path within the tree, and was the place it had in the old tree when it is known to
// have been renamed, else empty. A nil file adds nothing.
func (t *Tree) Add(file *source.File, place, was string) {
	if file == nil {
		return
	}
	documents, _ := rules.Parse(file)
	v := Version{Path: file.Path, Place: place, WasPlace: was}
	for _, d := range documents {
		v.Document = d
		t.Versions = append(t.Versions, v)
	}
	for _, p := range file.Problems {
		switch p.Kind {
		case source.KindUnreadable, source.KindLimit, source.KindEncoding, source.KindSyntax:
			if t.unread == nil {
				t.unread = map[string]bool{}
			}
			if !t.unread[v.origin()] {
				t.Unread = append(t.Unread, Unread{File: file, Problem: p})
			}
			t.unread[v.origin()] = true
		}
	}
}

// PlaceIn is the place of a path below the path that was named for its tree. For a file that was named itself it is empty, so that it
// pairs with the one file on the other side.
func PlaceIn(named, path string) string {
	place, err := filepath.Rel(named, path)
	if err != nil || place == "." {
		return ""
	}
	return filepath.ToSlash(place)
}
