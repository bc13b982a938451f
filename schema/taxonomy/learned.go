package taxonomy

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"

	"github.com/sigtune/sigtune/rules/source"
)

// LearnedSchema names the form of a learned taxonomy. Keys may be added; none is removed or changes its meaning within /1.
const LearnedSchema = "sigtune.taxonomy/1"

// LearnedName is the usual name of the file.
const LearnedName = ".sigtune-taxonomy.json"

// DefaultMinimum is how many rules have to use a field before it counts as known: one rule alone may hold a slip.
const DefaultMinimum = 2

// Learned is what was counted in the user's own rules, or what a person wrote in the same form. Nil is a user without such a file.
type Learned struct {
	// Minimum is how many rules have to use a field before it counts as known; at least 1.
	Minimum int
	// Logsources are in the order of their keys.
	Logsources []LearnedLogsource

	once  sync.Once
	table *Table
}

// LearnedLogsource is one log source of the user's own rules.
type LearnedLogsource struct {
	Key
	Rules int // that run on exactly this key
	// Complete is set by hand: the fields here, those below the minimum too, are all there are.
	Complete bool
	// Fields count the rules that use a name. Of a log source whose bundled list is complete only Overrules says something new.
	Fields map[string]int
	// Overrules are fields that the bundled list of the log source lacks although it is complete. They stand apart so that nobody adds one by
	// accident.
	Overrules map[string]int
}

// known are the names that the file makes known, in alphabetical order.
func (l *LearnedLogsource) known(minimum int) []string {
	var names []string
	for _, list := range []map[string]int{l.Fields, l.Overrules} {
		for name, n := range list {
			if n >= minimum || l.Complete {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Table is the embedded table with what was learned, the embedded one itself for nil. A log source that is new inherits what is known of the one
// that Lookup finds in its place; it stays complete where only its service is new.
func (l *Learned) Table() *Table {
	if l == nil {
		return Default()
	}
	l.once.Do(func() { l.table = l.extend(Default()) })
	return l.table
}

func (l *Learned) extend(base *Table) *Table {
	t := &Table{Version: base.Version, events: base.events, header: base.header, logsources: make(map[Key]*Logsource, len(base.logsources)+len(l.Logsources))}
	for k, known := range base.logsources {
		own := *known
		own.table = t
		t.logsources[k] = &own
	}
	for i := range l.Logsources {
		learned := &l.Logsources[i]
		own := &Logsource{Key: learned.Key, content: func() content { return index(nil) }}
		if found, match := base.Lookup(learned.Product, learned.Category, learned.Service); found != nil {
			copied := *found
			own = &copied
			own.Key, own.Complete = learned.Key, found.Complete && match.Authoritative()
			if match != Exact {
				own.Rules = 0
			}
		}
		own.table = t
		inherited, names := own.content, learned.known(l.Minimum)
		own.content = sync.OnceValue(func() content {
			fields := map[string]Field{}
			for name, f := range inherited().fields {
				fields[name] = f
			}
			for _, name := range names {
				f, ok := fields[name]
				if !ok {
					f = meaning(Field{Name: name, Count: learned.Fields[name] + learned.Overrules[name]}, learned.Key)
				}
				f.Why |= User
				fields[name] = f
			}
			return index(fields)
		})
		if learned.Complete {
			own.Complete, own.Authority = true, "user"
		}
		t.logsources[own.Key] = own
	}
	t.Version.Additions += len(l.Logsources)
	t.sortKeys()
	return t
}

// Learned reports a log source that the user's own rules taught.
func (l *Logsource) Learned() bool {
	for _, f := range l.content().fields {
		if f.Why&User != 0 {
			return true
		}
	}
	return false
}

// Each visits every field of every log source with the number of rules that use it, in a fixed order.
func (l *Learned) Each(visit func(k Key, field string, rules int)) {
	if l == nil {
		return
	}
	for _, s := range l.Logsources {
		for _, list := range []map[string]int{s.Fields, s.Overrules} {
			for _, name := range Names(list) {
				visit(s.Key, name, list[name])
			}
		}
	}
}

// Names are the keys of a count, in alphabetical order.
func Names(counts map[string]int) []string {
	names := make([]string, 0, len(counts))
	for name := range counts {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Digest tells one learned taxonomy from another; it is empty for nil.
func (l *Learned) Digest() string {
	if l == nil {
		return ""
	}
	sum := sha256.Sum256(l.JSON())
	return hex.EncodeToString(sum[:])
}

// learnedFile is the form of the file.
type learnedFile struct {
	Schema     string                     `json:"schema"`
	Minimum    int                        `json:"minimum"`
	Logsources map[string]learnedFileItem `json:"logsources"`
}

type learnedFileItem struct {
	Rules     int            `json:"rules"`
	Complete  bool           `json:"complete,omitempty"`
	Fields    map[string]int `json:"fields,omitempty"`
	Overrules map[string]int `json:"overrules,omitempty"`
}

// JSON writes the file: one field a line in alphabetical order, so that it reads well and a change of one name is a change of one line.
func (l *Learned) JSON() []byte {
	file := learnedFile{Schema: LearnedSchema, Minimum: l.Minimum, Logsources: map[string]learnedFileItem{}}
	for _, s := range l.Logsources {
		file.Logsources[s.Key.String()] = learnedFileItem{s.Rules, s.Complete, s.Fields, s.Overrules}
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(file); err != nil {
		panic(err) // cannot happen: texts and numbers
	}
	return b.Bytes()
}

// ReadLearned reads the file, with the place of whatever does not fit. Then the first result is nil.
func ReadLearned(f *source.File) (*Learned, []source.Problem) {
	r := learnedReader{file: f, problems: slices.Clone(f.Problems)}
	if len(r.problems) > 0 {
		return nil, r.problems
	}
	if len(f.Documents) != 1 || f.Documents[0].Root == nil || f.Documents[0].Root.Kind != source.Map {
		r.report(source.Span{}, "the file is no taxonomy", "`sigtune learn` writes one")
		return nil, r.problems
	}
	l := r.read(f.Documents[0].Root)
	if len(r.problems) > 0 {
		return nil, r.problems
	}
	return l, nil
}

type learnedReader struct {
	file     *source.File
	problems []source.Problem
}

func (r *learnedReader) report(at source.Span, message, help string) {
	r.problems = append(r.problems, source.Problem{Span: r.file.FirstLine(at), Message: message, Help: help})
}

func (r *learnedReader) read(root *source.Node) *Learned {
	l := &Learned{Minimum: DefaultMinimum}
	if schema := root.Find("schema"); schema == nil || schema.Value != LearnedSchema {
		r.report(root.Span, "the file does not say `\"schema\": \""+LearnedSchema+"\"`", "`sigtune learn` writes files of this form")
		return nil
	}
	for _, e := range root.Entries {
		switch e.Key.Value {
		case "schema", "$schema":
		case "minimum":
			l.Minimum = r.number(e, 1)
		case "logsources":
			if !r.isMap(e) {
				continue
			}
			for _, s := range e.Value.Entries {
				r.logsource(l, s)
			}
		default:
			r.unknown(e, "the file", "schema, minimum and logsources")
		}
	}
	sort.Slice(l.Logsources, func(i, j int) bool { return l.Logsources[i].Key.String() < l.Logsources[j].Key.String() })
	for i := 1; i < len(l.Logsources); i++ {
		if k := l.Logsources[i].Key; k == l.Logsources[i-1].Key {
			r.report(root.Span, "the log source `"+k.String()+"` stands there twice", "keep one")
		}
	}
	return l
}

func (r *learnedReader) logsource(l *Learned, e source.Entry) {
	key, ok := ParseKey(strings.ToLower(e.Key.Value))
	if !ok || key == (Key{}) {
		r.report(e.Key.Span, "`"+source.Shorten(e.Key.Value)+"` is no log source", "write product/category/service, and `*` for a part that is not set")
		return
	}
	if !r.isMap(e) {
		return
	}
	s := LearnedLogsource{Key: key}
	base, match := Default().Lookup(key.Product, key.Category, key.Service)
	for _, a := range e.Value.Entries {
		switch a.Key.Value {
		case "rules":
			s.Rules = r.number(a, 0)
		case "complete":
			if s.Complete = a.Value.Value == "true"; a.Value.Tag != source.TagBool {
				r.report(a.Value.Span, "`complete` is true or false", "say true when no other field exists")
			}
		case "fields":
			s.Fields = r.counts(a)
			if base == nil || !base.Complete || !match.Authoritative() {
				continue
			}
			for _, f := range a.Value.Entries {
				if _, known := base.Field(f.Key.Value); !known {
					r.report(f.Key.Span, fmt.Sprintf("the bundled list of `%s` is complete and lacks `%s`", base.Key, source.Shorten(f.Key.Value)),
						"write the field under `overrules` if events really have it")
				}
			}
		case "overrules":
			s.Overrules = r.counts(a)
		default:
			r.unknown(a, "a log source", "rules, complete, fields and overrules")
		}
	}
	l.Logsources = append(l.Logsources, s)
}

func (r *learnedReader) unknown(e source.Entry, what, known string) {
	r.report(e.Key.Span, fmt.Sprintf("%s has no key `%s`", what, source.Shorten(e.Key.Value)), "known keys are "+known)
}

func (r *learnedReader) isMap(e source.Entry) bool {
	if e.Value.Kind == source.Map {
		return true
	}
	r.report(e.Value.Span, "`"+source.Shorten(e.Key.Value)+"` has to be a mapping", "")
	return false
}

func (r *learnedReader) number(e source.Entry, least int) int {
	n, err := strconv.Atoi(e.Value.Value)
	if e.Value.Tag != source.TagInt || err != nil || n < least {
		r.report(e.Value.Span, fmt.Sprintf("`%s` has to be a whole number of at least %d", source.Shorten(e.Key.Value), least), "write how many rules")
	}
	return n
}

func (r *learnedReader) counts(e source.Entry) map[string]int {
	if !r.isMap(e) {
		return nil
	}
	counts := map[string]int{}
	for _, f := range e.Value.Entries {
		if strings.TrimSpace(f.Key.Value) == "" {
			r.report(f.Key.Span, "a field without a name", "remove it")
		}
		counts[f.Key.Value] = r.number(f, 0)
	}
	return counts
}
