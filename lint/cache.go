package lint

import (
	"crypto/sha256"
	"encoding/json"
	"io"

	"github.com/sigtune/sigtune/rules/source"
)

// Cache remembers what linting gave, by a checksum of everything it depends on. What it returns is only used when it decodes; losing
// an entry costs time and nothing else. Get and Put are called from several goroutines.
type Cache interface {
	Get(Key) []byte
	Put(Key, []byte)
}

// Key is a checksum of a file's path and bytes, or of all files of a run.
type Key [sha256.Size]byte

func contentKey(path string, data []byte) (k Key) {
	h := sha256.New()
	io.WriteString(h, path)
	h.Write([]byte{0})
	h.Write(data)
	h.Sum(k[:0])
	return k
}

// treeKey is zero, which is never stored, when a file of the run was not read by its path.
func treeKey(results []linted) (k Key) {
	h := sha256.New()
	for _, l := range results {
		if l.context {
			continue
		}
		if l.key == (Key{}) {
			return Key{}
		}
		h.Write(l.key[:])
	}
	h.Sum(k[:0])
	return k
}

// record is what the cache holds of a file. Linted is false when only its facts were wanted.
type record struct {
	Linted     bool
	Entries    []*Entry
	Findings   []storedFinding `json:",omitempty"`
	Directives []Directive     `json:",omitempty"`
}

// storedFinding is a finding without the things that only exist in memory. An empty path is that of the file itself.
type storedFinding struct {
	Check    string
	Severity Severity
	Path     string `json:",omitempty"`
	Span     source.Span
	Message  string
	Help     string          `json:",omitempty"`
	Related  []storedRelated `json:",omitempty"`
	Fix      *source.Fix     `json:",omitempty"`
	Subject  Subject
	Place    Place
}

type storedRelated struct {
	Path    string `json:",omitempty"`
	Span    source.Span
	Message string
}

func store(f Finding, own string) storedFinding {
	path := func(f *source.File) string {
		if f.Path == own {
			return ""
		}
		return f.Path
	}
	s := storedFinding{
		Check: f.Check.Name, Severity: f.Severity, Path: path(f.File), Span: f.Span, Message: f.Message, Help: f.Help, Fix: f.Fix,
		Subject: f.Subject, Place: f.Place,
	}
	for _, r := range f.Related {
		s.Related = append(s.Related, storedRelated{path(r.File), r.Span, r.Message})
	}
	return s
}

// restore gives back the findings, or false when one names a check or a file that this run does not have.
func (r *run) restore(stored []storedFinding, files func(path string) *source.File) ([]Finding, bool) {
	var out []Finding
	for _, s := range stored {
		f := Finding{
			Check: r.byName[s.Check], Severity: s.Severity, File: files(s.Path), Span: s.Span, Message: s.Message, Help: s.Help, Fix: s.Fix,
			Subject: s.Subject, Place: s.Place,
		}
		if f.Check == nil || f.File == nil {
			return nil, false
		}
		for _, related := range s.Related {
			file := files(related.Path)
			if file == nil {
				return nil, false
			}
			f.Related = append(f.Related, Related{File: file, Span: related.Span, Message: related.Message})
		}
		out = append(out, f)
	}
	return out, true
}

// recall fills in what the cache knows about a file. False means that it must be linted.
func (r *run) recall(out *linted, data []byte) bool {
	if r.Cache == nil {
		return false
	}
	var stored record
	if raw := r.Cache.Get(out.key); raw == nil || json.Unmarshal(raw, &stored) != nil || !stored.Linted && !out.context {
		return false
	}
	if !out.context {
		bare := (*source.File)(nil)
		findings, ok := r.restore(stored.Findings, func(string) *source.File {
			if bare == nil {
				bare = source.Bare(out.held.path, data)
				out.held.bare = bare
			}
			return bare
		})
		if !ok {
			return false
		}
		out.findings, out.directives = findings, stored.Directives
		if len(stored.Directives) > 0 && bare == nil {
			out.held.bare = source.Bare(out.held.path, data)
		}
	}
	out.entries = stored.Entries
	for _, e := range out.entries {
		e.held, e.Context = out.held, out.context
	}
	return true
}

// remember stores what came of a file. Findings about a run that failed are not kept.
func (r *run) remember(out *linted) {
	if r.Cache == nil || out.key == (Key{}) {
		return
	}
	stored := record{Linted: !out.context, Entries: out.entries, Directives: out.directives}
	for _, f := range out.findings {
		if f.Check.Family() == engineFamily {
			return
		}
		stored.Findings = append(stored.Findings, store(f, out.held.path))
	}
	if raw, err := json.Marshal(stored); err == nil {
		r.Cache.Put(out.key, raw)
	}
}

// recallTree adds what the deep checks found when they last saw exactly these files.
func (r *run) recallTree(key Key, pass *TreePass, results []linted) bool {
	if r.Cache == nil || key == (Key{}) {
		return false
	}
	raw := r.Cache.Get(key)
	var stored []storedFinding
	if raw == nil || json.Unmarshal(raw, &stored) != nil {
		return false
	}
	byPath := map[string]*held{}
	for i := range results {
		byPath[results[i].held.path] = results[i].held
	}
	findings, ok := r.restore(stored, func(path string) *source.File {
		if h := byPath[path]; h != nil {
			return h.file()
		}
		return nil
	})
	if ok {
		*pass.findings = append(*pass.findings, findings...)
	}
	return ok
}

func (r *run) rememberTree(key Key, findings []Finding) {
	if r.Cache == nil || key == (Key{}) {
		return
	}
	stored := []storedFinding{}
	for _, f := range findings {
		if f.Check.Family() == engineFamily {
			return
		}
		stored = append(stored, store(f, ""))
	}
	if raw, err := json.Marshal(stored); err == nil {
		r.Cache.Put(key, raw)
	}
}
