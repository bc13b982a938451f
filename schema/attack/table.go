package attack

import (
	_ "embed"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"sync"
)

// Version is the ATT&CK version of the bundled table.
const Version = "19.1"

// Notice is what MITRE asks to go with every copy of ATT&CK data. Reports that reproduce names from the table
// carry it.
const Notice = `© 2025 The MITRE Corporation. This work is reproduced and distributed with the permission of The MITRE Corporation.

The MITRE Corporation (MITRE) hereby grants you a non-exclusive, royalty-free license to use ATT&CK® for research, development, and commercial purposes. Any copy you make for such purposes is authorized provided that you reproduce MITRE's copyright designation and this license in any such copy.`

//go:embed data/attack.tsv
var bundledAttack string

// Bundled returns the ATT&CK table that is part of the program. It is parsed once, on the first call.
var Bundled = sync.OnceValue(func() *Table {
	t, err := ParseTable("data/attack.tsv", bundledAttack)
	if err != nil {
		// The tests parse and validate the embedded file; an empty table calls nothing wrong but knows nothing.
		return NewTable(Header{Version: Version}, nil)
	}
	return t
})

// Table is one version of ATT&CK. It is read-only and may be used from many goroutines.
type Table struct {
	Header
	objects []Object         // by kind, then id
	byID    map[string]int32 // upper-case id → index in objects
	tactics map[string][]int32
	highest [len(kinds)]int // highest base number among live objects, per kind
}

// Header is what a table says about itself.
type Header struct {
	Version  string   // "19.1"
	Previous string   // version that Object.LegacyTactics comes from: "18.1"
	Sources  []string // where the data came from, one sentence each
	Notice   []string // lines of the notice to reproduce
}

// NewTable indexes objects. Of two objects with one id the first counts; Validate reports the other.
func NewTable(h Header, objects []Object) *Table {
	t := &Table{
		Header:  h,
		objects: objects,
		byID:    make(map[string]int32, len(objects)),
		tactics: make(map[string][]int32),
	}
	if !sort.SliceIsSorted(objects, t.before) {
		t.objects = append([]Object(nil), objects...)
		sort.SliceStable(t.objects, t.before)
	}
	for i := range t.objects {
		o := &t.objects[i]
		if _, taken := t.byID[o.ID]; !taken {
			t.byID[o.ID] = int32(i)
		}
		if o.Kind == Tactic {
			t.tactics[o.Shortname] = append(t.tactics[o.Shortname], int32(i))
		}
		if o.Status == Live {
			t.highest[o.Kind] = max(t.highest[o.Kind], baseNumber(o.ID))
		}
	}
	return t
}

func (t *Table) before(i, j int) bool {
	a, b := &t.objects[i], &t.objects[j]
	if a.Kind != b.Kind {
		return a.Kind < b.Kind
	}
	return a.ID < b.ID
}

// Objects returns every object, by kind and then id. The slice is the table's own and must not be changed.
func (t *Table) Objects() []Object { return t.objects }

// baseNumber returns the digits of an id as a number, without those of a sub-technique: 1059 for T1059.001.
func baseNumber(id string) int {
	id = strings.TrimLeft(id, "ACDGMST")
	if dot := strings.IndexByte(id, '.'); dot >= 0 {
		id = id[:dot]
	}
	n, err := strconv.Atoi(id)
	if err != nil {
		return 0
	}
	return n
}

// Validate reports the first contradiction inside the table: a repeated id, a successor or tactic that no row
// defines, a live object with a successor. The bundled table has none.
func (t *Table) Validate() error {
	for i := range t.objects {
		if err := t.validate(&t.objects[i], i); err != nil {
			return fmt.Errorf("ATT&CK table %s: %s: %w", t.Version, t.objects[i].ID, err)
		}
	}
	return nil
}

func (t *Table) validate(o *Object, i int) error {
	id, ok := parseID(o.ID)
	switch {
	case !ok || id.kind != o.Kind:
		return fmt.Errorf("%q is not the shape of a %s id", o.ID, o.Kind)
	case int(t.byID[o.ID]) != i:
		return fmt.Errorf("the id is in two rows; keep one")
	case o.Domains == 0:
		return fmt.Errorf("no domain; name at least one of enterprise, mobile, ics")
	case (o.Kind == Tactic) != (o.Shortname != ""):
		return fmt.Errorf("only tactics have a short name, and every tactic has one")
	case o.Status == Live && o.Successor != "":
		return fmt.Errorf("a live object cannot have a successor (%s)", o.Successor)
	case o.Kind == Technique && o.Status == Live && len(o.Tactics) == 0:
		return fmt.Errorf("a live technique needs a tactic")
	}
	if o.Successor != "" {
		if _, ok := t.byID[o.Successor]; !ok {
			return fmt.Errorf("successor %s is not in the table", o.Successor)
		}
	}
	if parent := Parent(o.ID); parent != "" {
		if _, ok := t.byID[parent]; !ok {
			return fmt.Errorf("parent %s is not in the table", parent)
		}
	}
	if o.Status == Live {
		for _, name := range o.Tactics {
			if t.tacticDomains(name)&o.Domains == 0 {
				return fmt.Errorf("tactic %q is not live in %s", name, o.Domains)
			}
		}
	}
	return nil
}
