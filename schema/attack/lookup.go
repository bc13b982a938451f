package attack

import (
	"slices"
	"sort"
	"strings"

	"github.com/sigtune/sigtune/rules/nearest"
)

// longestID is the length of the longest id, "T1059.001" and "TA0112" included, with room to spare.
const longestID = 12

// Lookup returns the object with this id, in either case, from the bundled table.
func Lookup(id string) (Object, bool) { return Bundled().Lookup(id) }

// Describe is Table.Describe on the bundled table.
func Describe(name string) string { return Bundled().Describe(name) }

// Lookup returns the object with this id, in either case.
func (t *Table) Lookup(id string) (Object, bool) {
	if o := t.find(id); o != nil {
		return *o, true
	}
	return Object{}, false
}

func (t *Table) find(id string) *Object {
	if len(id) > longestID {
		return nil
	}
	var upper [longestID]byte
	for i := 0; i < len(id); i++ {
		c := id[i]
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		upper[i] = c
	}
	if i, ok := t.byID[string(upper[:len(id)])]; ok {
		return &t.objects[i]
	}
	return nil
}

// Tactic returns the tactics with this short name, one per domain that has or had it. `defense-evasion` is one
// mobile tactic, `collection` is three.
func (t *Table) Tactic(shortname string) []Object {
	var found []Object
	for _, i := range t.tactics[shortname] {
		found = append(found, t.objects[i])
	}
	return found
}

// tacticDomains are the domains in which the short name is a live tactic.
func (t *Table) tacticDomains(shortname string) Domain {
	var live Domain
	for _, i := range t.tactics[shortname] {
		if o := &t.objects[i]; o.Status == Live {
			live |= o.Domains
		}
	}
	return live
}

// TacticsOf returns the tactics of a technique, following revocations to the live one; nil when there is none.
func (t *Table) TacticsOf(id string) []string {
	o := t.find(id)
	if o != nil && o.Status == Revoked {
		if live, ok := t.Successor(id); ok {
			o = t.find(live)
		}
	}
	if o == nil || o.Status != Live {
		return nil
	}
	return o.Tactics
}

// Successor follows the revocations of an id to the live object that stands for it today. It is false for a
// live or unknown id, and when the chain ends in a deprecated object, in nothing, or in itself.
func (t *Table) Successor(id string) (string, bool) {
	last := t.chainEnd(id)
	if last == nil || last.Status != Live || strings.EqualFold(last.ID, id) {
		return "", false
	}
	return last.ID, true
}

// chainEnd is the last object of the revocation chain that begins with id: itself when it has no successor, nil
// when the id is unknown or the chain runs in a circle.
func (t *Table) chainEnd(id string) *Object {
	o := t.find(id)
	for steps := 0; o != nil && o.Successor != ""; steps++ {
		if steps > len(t.objects) {
			return nil
		}
		o = t.find(o.Successor)
	}
	return o
}

// Subtechniques returns the ids of the live sub-techniques of a technique, sorted.
func (t *Table) Subtechniques(id string) []string {
	o := t.find(id)
	if o == nil || o.Kind != Technique || Parent(o.ID) != "" {
		return nil
	}
	var subs []string
	prefix := o.ID + "."
	for i := int(t.byID[o.ID]) + 1; i < len(t.objects) && strings.HasPrefix(t.objects[i].ID, prefix); i++ {
		if t.objects[i].Status == Live {
			subs = append(subs, t.objects[i].ID)
		}
	}
	return subs
}

// Newer reports whether an unknown id lies above the highest live one of its kind, so that it may belong to a
// later version of ATT&CK than the table. Retired outliers (S9000) do not count.
func (t *Table) Newer(id string) bool {
	parts, ok := parseID(id)
	if !ok || t.find(id) != nil || t.highest[parts.kind] == 0 {
		return false
	}
	return baseNumber(strings.ToUpper(id)) > t.highest[parts.kind]
}

// Nearest returns what an unknown id or tactic name may have been meant to be, best first: for an id, the live
// ids of its kind with two neighbouring digits swapped or one digit different, nearest number first; for a
// name, the live tactics that a slip may have made it from. At most limit are returned.
func (t *Table) Nearest(name string, limit int) []string {
	if _, ok := parseID(name); ok {
		return firstOf(t.nearestIDs(name), limit)
	}
	return nearest.Of(name, t.liveTactics(Enterprise|Mobile|ICS), limit)
}

// nearestIDs tries every swap of neighbouring digits, then every change of one digit.
func (t *Table) nearestIDs(id string) []string {
	id = strings.ToUpper(id)
	digit := func(i int) bool { return id[i] >= '0' && id[i] <= '9' }
	var found []string
	try := func(b []byte) {
		if o := t.find(string(b)); o != nil && o.Status == Live && o.ID != id {
			found = append(found, o.ID)
		}
	}
	for i := 0; i+1 < len(id); i++ {
		if digit(i) && digit(i+1) {
			b := []byte(id)
			b[i], b[i+1] = b[i+1], b[i]
			try(b)
		}
	}
	swaps := len(found)
	for i := range id {
		if !digit(i) {
			continue
		}
		for c := byte('0'); c <= '9'; c++ {
			b := []byte(id)
			b[i] = c
			try(b)
		}
	}
	far := func(other string) int { // a change in the last digit is nearer than one in the first
		for i := range id {
			if id[i] != other[i] {
				return (len(id)-i)*16 + abs(int(id[i])-int(other[i]))
			}
		}
		return 0
	}
	changed := found[swaps:]
	sort.SliceStable(changed, func(i, j int) bool { return far(changed[i]) < far(changed[j]) })
	return unique(found)
}

// liveTactics are the short names of the live tactics of the domains, each once, in table order.
func (t *Table) liveTactics(in Domain) []string {
	var names []string
	for i := range t.objects {
		o := &t.objects[i]
		if o.Kind == Tactic && o.Status == Live && o.Domains&in != 0 {
			names = append(names, o.Shortname)
		}
	}
	return unique(names)
}

// shortName is the length below which a word is no name anybody would look up by.
const shortName = 5

// named returns the live objects that carry this name or also-known-as name, compared without case, blanks and
// punctuation: "os_credential-dumping" finds T1003. It walks the table: for unknown tags only.
func (t *Table) named(name string) []Object {
	key := foldName(name)
	if len(key) < shortName {
		return nil
	}
	var found []Object
	for i := range t.objects {
		o := &t.objects[i]
		if o.Status != Live || o.Kind == Tactic {
			continue
		}
		same := foldName(o.Name) == key
		for _, other := range o.AlsoKnownAs {
			same = same || foldName(other) == key
		}
		if same {
			found = append(found, *o)
		}
	}
	return found
}

func foldName(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, name)
}

// Describe says in one line what the name part of an ATT&CK tag stands for, for hovers and reports:
// "T1049 System Network Connections Discovery (discovery)". Empty when the table does not know it.
func (t *Table) Describe(name string) string {
	o := t.find(name)
	if o == nil {
		return t.describeTactic(name)
	}
	title := o.ID + " " + o.Name
	if parent := t.find(Parent(o.ID)); parent != nil {
		title = o.ID + " " + parent.Name + ": " + o.Name
	}
	var note string
	switch last := t.chainEnd(o.ID); {
	case o.Status == Deprecated:
		note = "deprecated " + o.Kind.String()
	case o.Status == Revoked && last != nil && last != o:
		note = "revoked, now " + last.ID + " " + last.Name
		if last.Status != Live {
			note += ", " + last.Status.String()
		}
	case o.Status == Revoked:
		note = "revoked, no successor"
	case o.Kind == Technique:
		note = strings.Join(o.Tactics, ", ")
	case o.Kind == Tactic:
		note = o.Domains.String() + " tactic"
	default:
		note = o.Kind.String()
	}
	return title + " (" + note + ")"
}

func (t *Table) describeTactic(name string) string {
	var ids []string
	var title string
	for _, o := range t.Tactic(strings.ToLower(name)) {
		ids = append(ids, o.Domains.String()+" "+o.ID)
		title = o.Name
	}
	if ids == nil {
		return ""
	}
	return title + " (tactic: " + strings.Join(ids, ", ") + ")"
}

func firstOf(names []string, limit int) []string {
	if len(names) > limit {
		names = names[:limit]
	}
	return names
}

// unique drops repetitions in place and keeps the order.
func unique(names []string) []string {
	kept := names[:0]
	for _, name := range names {
		if !slices.Contains(kept, name) {
			kept = append(kept, name)
		}
	}
	return kept
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
