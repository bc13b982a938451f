package baseline

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/source"
)

// Baseline is a set of recorded findings, sorted.
type Baseline struct {
	Path    string  // of the file, as the user named it; empty when it was just recorded
	Root    string  // the directory that paths of entries are relative to; empty takes paths as they are
	Entries []Entry // sorted by path, code, place and value

	data []byte
}

// Entry is one recorded finding, or several equal ones. Name and Title are there for people; a check that was renamed is found by its code.
type Entry struct {
	Path  string `json:"path"`            // of the file when it was recorded, with slashes
	Rule  string `json:"rule,omitempty"`  // the id of the rule, as written
	Title string `json:"title,omitempty"` // of the rule, as written
	Code  string `json:"code"`
	Name  string `json:"name"`            // of the check
	Place string `json:"place,omitempty"` // the keys that lead to the finding; empty for one about the whole document
	Value string `json:"value,omitempty"` // what is marked there, without its spelling
	Count int    `json:"count,omitempty"` // equal findings; 0 means 1

	span source.Span // in the file it was read from
}

// Record makes a baseline of findings. Those that nothing may silence are left out: they would come back anyway.
func Record(findings []lint.Finding, root string) *Baseline {
	b := &Baseline{Root: root}
	names := b.namer()
	for i := range findings {
		if f := &findings[i]; lint.Recordable(f.Check) && f.File != nil {
			b.Entries = append(b.Entries, names.entry(f))
		}
	}
	b.tidy()
	return b
}

// tidy sorts and merges equal entries.
func (b *Baseline) tidy() {
	slices.SortStableFunc(b.Entries, compare)
	kept := b.Entries[:0]
	for _, e := range b.Entries {
		if n := len(kept); n > 0 && compare(kept[n-1], e) == 0 {
			kept[n-1].Count = kept[n-1].count() + e.count()
			continue
		}
		kept = append(kept, e)
	}
	b.Entries = kept
}

func compare(a, b Entry) int {
	return cmp.Or(
		strings.Compare(a.Path, b.Path), strings.Compare(a.Code, b.Code), strings.Compare(a.Place, b.Place), strings.Compare(a.Value, b.Value),
		strings.Compare(a.Rule, b.Rule), strings.Compare(a.Title, b.Title),
	)
}

func (e *Entry) count() int { return max(e.Count, 1) }

func (n *namer) entry(f *lint.Finding) Entry {
	return Entry{
		Path: n.path(f.File.Path), Rule: f.Subject.ID, Title: f.Subject.Title, Code: f.Check.Code, Name: f.Check.Name,
		Place: f.Place.Path, Value: f.Place.Value,
	}
}

// namer words paths as entries have them.
type namer struct {
	root  string            // absolute, or empty
	known map[string]string // by the path as the user named it
}

func (b *Baseline) namer() *namer {
	n := namer{known: map[string]string{}}
	if b.Root != "" {
		if root, err := filepath.Abs(b.Root); err == nil {
			n.root = root
		}
	}
	return &n
}

func (n *namer) path(path string) string {
	name, ok := n.known[path]
	if !ok {
		name = path
		if n.root != "" {
			if full, err := filepath.Abs(path); err == nil {
				if short, err := filepath.Rel(n.root, full); err == nil {
					name = short
				}
			}
		}
		name = filepath.ToSlash(filepath.Clean(name))
		n.known[path] = name
	}
	return name
}

// Run is what a run looked at: of the rest a baseline cannot say whether its entries still hold.
type Run struct {
	Checks   []*lint.Check // that looked; leave out those of a whole tree when the run saw only a part
	Paths    []string      // the files that were linted
	Complete bool          // these are all files there are, so that an entry for any other file is about one that is gone
}

// Apply tells findings that are new from those that are recorded, in the order given; the recorded ones say so in Suppressed. Stale are the
// entries that nothing answers to although their check looked at their file, with the count of what is missing.
func (b *Baseline) Apply(findings []lint.Finding, run Run) (fresh, known []lint.Finding, stale []Entry) {
	left := make([]int, len(b.Entries))
	for i := range b.Entries {
		left[i] = b.Entries[i].count()
	}
	recorded := make([]bool, len(findings))
	wanted := make([]Entry, len(findings))
	wholeTree, names := map[string]bool{}, b.namer()
	for i := range findings {
		wanted[i] = names.entry(&findings[i])
		wholeTree[findings[i].Check.Code] = findings[i].Check.Tree != nil
	}
	for _, same := range likenesses {
		byKey := map[key][]int{}
		for i := range b.Entries {
			if e := &b.Entries[i]; left[i] > 0 {
				if k, ok := same(e, wholeTree[e.Code]); ok {
					byKey[k] = append(byKey[k], i)
				}
			}
		}
		for i := range findings {
			if recorded[i] || !lint.Recordable(findings[i].Check) {
				continue
			}
			k, ok := same(&wanted[i], wholeTree[wanted[i].Code])
			if !ok {
				continue
			}
			for _, n := range byKey[k] {
				if left[n] > 0 {
					left[n]--
					recorded[i] = true
					break
				}
			}
		}
	}
	for i, f := range findings {
		if recorded[i] {
			f.Suppressed = &lint.Suppression{By: lint.ByBaseline}
			known = append(known, f)
		} else {
			fresh = append(fresh, f)
		}
	}
	return fresh, known, b.stale(left, run, names)
}

// key is what an entry and a finding must have in common.
type key struct{ path, rule, title, code, place, value string }

// likenesses are the ways in which a finding answers to an entry, the surest first: one that answers in a surer way takes the entry. A
// false second result means that this way is not open to it.
var likenesses = []func(e *Entry, wholeTree bool) (key, bool){
	// The same rule in the same file.
	func(e *Entry, _ bool) (key, bool) {
		return key{path: e.Path, rule: strings.ToLower(e.Rule), title: noID(e), code: e.Code, place: e.Place, value: e.Value}, true
	},
	// The rule is in another file.
	func(e *Entry, _ bool) (key, bool) {
		return key{rule: strings.ToLower(e.Rule), code: e.Code, place: e.Place, value: e.Value}, e.Rule != ""
	},
	// The rule got another id, or its first one.
	func(e *Entry, _ bool) (key, bool) {
		return key{path: e.Path, title: e.Title, code: e.Code, place: e.Place, value: e.Value}, e.Title != ""
	},
	// A rule without id got another title.
	func(e *Entry, _ bool) (key, bool) {
		return key{path: e.Path, code: e.Code, place: e.Place, value: e.Value}, e.Rule == ""
	},
	// A rule without id is in another file.
	func(e *Entry, _ bool) (key, bool) {
		return key{title: e.Title, code: e.Code, place: e.Place, value: e.Value}, e.Rule == "" && e.Title != ""
	},
	// A file that names no rule is in another directory.
	func(e *Entry, _ bool) (key, bool) {
		return key{path: e.Path[strings.LastIndexByte(e.Path, '/')+1:], code: e.Code, place: e.Place, value: e.Value}, e.Rule == "" && e.Title == ""
	},
	// Of two documents that are alike the one that comes second is reported, and files that move change the order.
	func(e *Entry, wholeTree bool) (key, bool) {
		return key{code: e.Code, place: e.Place, value: e.Value}, wholeTree && e.Value != ""
	},
}

// noID is the title where there is no id: a file may hold several rules.
func noID(e *Entry) string {
	if e.Rule == "" {
		return e.Title
	}
	return ""
}

func (b *Baseline) stale(left []int, run Run, names *namer) []Entry {
	ran, linted := map[string]bool{}, map[string]bool{}
	for _, c := range run.Checks {
		ran[c.Code] = true
	}
	for _, p := range run.Paths {
		linted[names.path(p)] = true
	}
	var stale []Entry
	for i, e := range b.Entries {
		if left[i] > 0 && ran[e.Code] && (run.Complete || linted[e.Path]) {
			e.Count = left[i]
			stale = append(stale, e)
		}
	}
	return stale
}

// Prune removes entries as Apply gives them, each as often as its count says.
func (b *Baseline) Prune(stale []Entry) {
	gone := map[Entry]int{}
	for _, e := range stale {
		n := e.count()
		e.Count = 0
		gone[e] += n
	}
	kept := b.Entries[:0:0]
	for _, e := range b.Entries {
		same := e
		same.Count = 0
		n := min(gone[same], e.count())
		gone[same] -= n
		if e.Count = e.count() - n; e.Count > 0 {
			kept = append(kept, e)
		}
	}
	b.Entries = kept
}

// Unused words stale entries as findings in the file of the baseline. check is the one named lint.UnusedSuppression.
func (b *Baseline) Unused(check *lint.Check, stale []Entry) []lint.Finding {
	file := source.Bare(b.Path, b.data)
	var findings []lint.Finding
	for _, e := range stale {
		where := e.Place
		if where == "" {
			where = "the document"
		}
		findings = append(findings, lint.Finding{
			Check: check, Severity: check.Severity, File: file, Span: e.span,
			Message: "no finding of `" + e.Code + "` is left for the recorded one at `" + source.Shorten(where) + "`",
			Help:    "remove the entry, or all such entries with `sigtune baseline --prune`",
			Place:   lint.Place{Path: e.Path + " " + e.Code + " " + e.Place, Value: e.Value},
		})
	}
	return findings
}
