package revision

import (
	"sort"

	"github.com/sigtune/sigtune/rules"
)

// Version is one document of a tree.
type Version struct {
	Document rules.Document
	Path     string // where the document stands, for people
	Place    string // the path within its tree; of two files that were named to be compared, the same
	WasPlace string // of a renamed file in the new tree: the place it had
}

// Pair is a document in two versions. One of them is zero when the document was added or removed.
type Pair struct {
	Old, New Version
	Context  bool // it is not reported itself: it is there for filters that apply to it, and correlations that count it
}

// Added reports a document that the old tree lacks.
func (p Pair) Added() bool { return p.Old.Document == nil }

// Removed reports a document that the new tree lacks.
func (p Pair) Removed() bool { return p.New.Document == nil }

// Path is where the document is now, or was last.
func (p Pair) Path() string {
	if p.Removed() {
		return p.Old.Path
	}
	return p.New.Path
}

// Match pairs the documents of two trees: by id, the same place first; what is left by place, the same title first. Documents
// of different kinds are never paired. A document without a twin is left out when its twin may be in what could not be read: it is
// neither new nor gone. The result is sorted by path.
func Match(old, new Tree) []Pair {
	m := matcher{old: old.Versions, new: new.Versions, twin: make([]int, len(new.Versions)), taken: make([]bool, len(old.Versions))}
	for i := range m.twin {
		m.twin[i] = -1
	}
	type key struct{ id, place, title string }
	for _, of := range []func(v Version) (key, bool){
		func(v Version) (key, bool) { id := v.head().ID.Value; return key{id: id, place: v.origin()}, id != "" },
		func(v Version) (key, bool) { id := v.head().ID.Value; return key{id: id}, id != "" },
		func(v Version) (key, bool) { return key{place: v.origin(), title: v.head().Title.Value}, true },
		func(v Version) (key, bool) { return key{place: v.origin()}, true },
	} {
		waiting := map[key][]int{}
		for i, v := range m.old {
			if k, ok := of(v); ok && !m.taken[i] {
				waiting[k] = append(waiting[k], i)
			}
		}
		for j, v := range m.new {
			if k, ok := of(v); ok && m.twin[j] < 0 {
				waiting[k] = m.pair(j, waiting[k])
			}
		}
	}
	var out []Pair
	for _, p := range m.pairs() {
		if p.Added() && old.unread[p.New.origin()] || p.Removed() && new.unread[p.Old.Place] {
			continue
		}
		out = append(out, p)
	}
	return out
}

// origin is the place that the document had in the old tree, as far as its file tells.
func (v Version) origin() string {
	if v.WasPlace != "" {
		return v.WasPlace
	}
	return v.Place
}

// moved reports that the file of a document has another place now.
func moved(p Pair) bool { return p.Old.Place != p.New.Place }

func (v Version) head() *rules.Head { return v.Document.Base() }

type matcher struct {
	old, new []Version
	twin     []int // of a new document: the index of the old one, or -1
	taken    []bool
}

// pair takes the first candidate of the kind of the new document, and gives back the others.
func (m *matcher) pair(j int, candidates []int) []int {
	for n, i := range candidates {
		if kind(m.old[i].Document) == kind(m.new[j].Document) {
			m.twin[j], m.taken[i] = i, true
			return append(append([]int(nil), candidates[:n]...), candidates[n+1:]...)
		}
	}
	return candidates
}

func (m *matcher) pairs() []Pair {
	var out []Pair
	for j, v := range m.new {
		p := Pair{New: v}
		if i := m.twin[j]; i >= 0 {
			p.Old = m.old[i]
		}
		out = append(out, p)
	}
	for i, v := range m.old {
		if !m.taken[i] {
			out = append(out, Pair{Old: v})
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Path() < out[j].Path() })
	return out
}

// The kinds of documents, in words.
const (
	kindRule        = "rule"
	kindCorrelation = "correlation"
	kindFilter      = "filter"
	kindUnknown     = "document of no known kind"
)

func kind(d rules.Document) string {
	switch d.(type) {
	case *rules.Rule:
		return kindRule
	case *rules.Correlation:
		return kindCorrelation
	case *rules.Filter:
		return kindFilter
	}
	return kindUnknown
}

// Kind is the kind of the document in words.
func (p Pair) Kind() string { return kindOf(p) }

func kindOf(p Pair) string {
	if p.Removed() {
		return kind(p.Old.Document)
	}
	return kind(p.New.Document)
}

// Head is what a reader knows of the document: the new version, or the last there was.
func (p Pair) Head() *rules.Head {
	if p.Removed() {
		return p.Old.head()
	}
	return p.New.head()
}
