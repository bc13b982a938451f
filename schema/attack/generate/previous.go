package main

import (
	"fmt"
	"io"
	"slices"
	"sort"

	"github.com/sigtune/sigtune/schema/attack"
)

// carryOver adds to a freshly read table what only its predecessor knows: the tactics a technique had before,
// the earlier names, the versions that brought and retired an id, retired ids that MITRE has dropped, and every
// object of a domain for which no bundle was given.
func carryOver(fresh, previous *attack.Table, notes io.Writer) *attack.Table {
	header := fresh.Header
	header.Previous = previous.Version
	if previous.Version == fresh.Version {
		header.Previous = previous.Previous
	}
	var covered attack.Domain
	seen := map[string]bool{}
	var objects []attack.Object
	for _, o := range fresh.Objects() {
		covered |= o.Domains
		seen[o.ID] = true
		objects = append(objects, withHistory(o, fresh, previous))
	}
	kept := 0
	for _, old := range previous.Objects() {
		if seen[old.ID] {
			continue
		}
		if old.Domains&covered != 0 && old.Status == attack.Live {
			old.Status, old.Removed = attack.Deprecated, fresh.Version
			fmt.Fprintf(notes, "note: %s %s is missing from the bundles; kept as deprecated\n", old.ID, old.Name)
		} else {
			kept++
		}
		objects = append(objects, old)
	}
	if kept > 0 {
		header.Sources = append(header.Sources, fmt.Sprintf("%d objects carried over from the table of %s", kept, previous.Version))
		fmt.Fprintf(notes, "note: %d objects carried over from the table of %s\n", kept, previous.Version)
	}
	return attack.NewTable(header, objects)
}

// withHistory compares one object with its earlier row.
func withHistory(o attack.Object, fresh, previous *attack.Table) attack.Object {
	old, known := previous.Lookup(o.ID)
	if !known {
		o.Added = fresh.Version
		return o
	}
	o.Added, o.Removed = old.Added, old.Removed
	if o.Status != attack.Live && old.Status == attack.Live {
		o.Removed = fresh.Version
	}
	if o.Successor == "" && o.Status == attack.Revoked {
		o.Successor, o.Derived = old.Successor, old.Derived
	}
	o.LegacyTactics = earlierTactics(o.Tactics, old)
	switch {
	case o.Kind == attack.Tactic && o.Shortname != old.Shortname:
		o.AlsoKnownAs = addName(append(slices.Clone(o.AlsoKnownAs), old.AlsoKnownAs...), old.Shortname)
	case o.Kind == attack.Tactic:
		o.AlsoKnownAs = old.AlsoKnownAs
	case o.Kind == attack.Technique:
		o.AlsoKnownAs = slices.Clone(old.AlsoKnownAs)
		if o.Name != old.Name {
			o.AlsoKnownAs = addName(o.AlsoKnownAs, old.Name)
		}
	}
	return o
}

// earlierTactics is what the previous table says a technique was filed under: the lists of both versions before
// when the tactics changed again, so that a tactic retired long ago still finds its techniques.
func earlierTactics(now []string, old attack.Object) []string {
	earlier := slices.Clone(old.LegacyTactics)
	if !sameSet(now, old.Tactics) {
		for _, t := range old.Tactics {
			earlier = addName(earlier, t)
		}
	}
	sort.Strings(earlier)
	return earlier
}

func sameSet(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	sort.Strings(a)
	sort.Strings(b)
	return slices.Equal(a, b)
}

func addName(names []string, name string) []string {
	if slices.Contains(names, name) {
		return names
	}
	return append(names, name)
}
