package mine

import (
	"math"
	"strings"
	"unicode/utf8"

	"github.com/sigtune/sigtune/schema/commonness"
	"github.com/sigtune/sigtune/schema/taxonomy"
	"github.com/sigtune/sigtune/tuning"
	"github.com/sigtune/sigtune/tuning/scenario"
)

// Bits are minus the binary logarithm of an estimated share: of the other events that the rule finds, those that meet a condition all the
// same. A word that the rule looks for says little, an account of the system a bit, a program of Windows three, the name of a maker eight.
// The estimates are to about a bit either way; they order conditions and tell background from identity, and nothing else is concluded.
const (
	bitsAbsent    = 3.0 // most events have a program, a command line, a parent
	bitsRoot      = 1.5 // where all programs are installed, or those of the system are
	bitsSystem    = 3.0 // one of the dozen programs of the system that do the work of others
	bitsWindows   = 4.0 // another program of the system
	bitsWritable  = 4.0 // a place where anybody writes, without a name
	bitsService   = 1.5 // an account of the system: every third event
	bitsPerson    = 3.0
	bitsNumber    = 2.0 // a number, an access mask, a port
	bitsInside    = 2.0 // an address of one's own network
	bitsAddress   = 4.0
	bitsMicrosoft = .5 // what the maker of the system says of its programs
	bitsLetter    = .7 // for each letter of a word that names something
	bitsMost      = 9.0
	bitsDictated  = 3.0 // at most, of what the rule lists itself
)

// bits of a form: of its conditions together.
func (m *miner) bits(f form) float64 {
	total := 0.0
	for _, c := range f.conditions {
		total += m.conditionBits(f, c)
	}
	return min(total, bitsMost)
}

func (m *miner) conditionBits(f form, c tuning.Condition) float64 {
	if c.Negated {
		return bitsAbsent
	}
	least, all := bitsMost, 0.0
	for _, v := range c.Values {
		b := m.valueBits(f, v)
		least, all = min(least, b), all+b
	}
	if c.All {
		return min(all, bitsMost)
	}
	return max(0, least-math.Log2(float64(max(1, len(c.Values)))))
}

func (m *miner) valueBits(f form, v string) float64 {
	fresh := m.freshLetters(f.field, v)
	role := f.field.role
	if fresh == 0 && m.fields.selected[f.field.name] {
		// The rule looks for it: what it tells is which of the rule's values it is.
		return min(bitsDictated, math.Log2(float64(max(1, len(m.fields.listed[f.field.name])))))
	}
	if row, known := commonness.Of(commonness.Value, f.field.name+"/"+v); known {
		return row.Bits
	}
	switch {
	case programRoles[role] || role == taxonomy.NoRole && f.field.kind == pathKind:
		return m.programBits(v, fresh)
	case role == taxonomy.RoleUser, role == taxonomy.RoleParentUser, role == taxonomy.RoleTargetUser:
		if serviceAccount.MatchString(v) || v == "$" || v == "AUTHORI" || v == "AUTORI" {
			return bitsService
		}
		return bitsPerson
	case role == taxonomy.RoleIntegrity:
		return 1
	case f.field.kind == addressKind:
		if strings.Contains(v, "/") || insideAddress(v) {
			return bitsInside
		}
		return bitsAddress
	case role == taxonomy.RoleMetadata, role == taxonomy.RoleSignature:
		if holdsMicrosoft(v) || m.ruleNames(v) {
			return bitsMicrosoft
		}
		return min(bitsPerson, bitsLetter*float64(fresh))
	case whatHappened.MatchString(f.field.name), role == taxonomy.RoleEventID:
		return bitsMicrosoft
	case serviceAccount.MatchString(v):
		return bitsService
	case f.field.kind == wholeKind:
		return min(bitsPerson, max(1, bitsLetter*float64(fresh)))
	}
	if fresh == 0 {
		return min(bitsNumber, float64(utf8.RuneCountInString(v)))
	}
	return min(bitsMost, bitsLetter*float64(fresh))
}

// ruleNames reports a name that the rule looks for, in whatever field: what a file says of itself follows from which file it is.
func (m *miner) ruleNames(v string) bool {
	for _, w := range strings.FieldsFunc(strings.ToLower(v), func(r rune) bool { return !isWord(r) }) {
		for _, own := range m.fields.words {
			if own[w] && !emptyWords[w] {
				return true
			}
		}
	}
	return false
}

// programRoles hold paths of programs.
var programRoles = map[taxonomy.Role]bool{taxonomy.RoleImage: true, taxonomy.RoleParentImage: true, taxonomy.RoleTargetImage: true}

func (m *miner) programBits(v string, fresh int) float64 {
	name := strings.ToLower(baseName(v))
	switch {
	case name == "" && !tells(v):
		return bitsRoot
	case shells[name] || hosts[name]:
		return bitsSystem
	case scenario.WindowsProgram(strings.TrimSuffix(name, ".exe")) && strings.HasPrefix(strings.ToLower(v), `c:\windows\`):
		return bitsWindows
	case m.writable(v) && fresh == 0:
		return bitsWritable
	}
	return min(bitsMost, max(bitsRoot, bitsLetter*float64(fresh)))
}

func insideAddress(v string) bool {
	for _, p := range privateNetworks {
		if a, ok := parsedAddress(v); ok && p.Contains(a) {
			return true
		}
	}
	return false
}

func holdsMicrosoft(v string) bool { return strings.Contains(strings.ToLower(v), "microsoft") }

// freshLetters counts the letters of the words that name something and that the rule does not look for in that field.
func (m *miner) freshLetters(f *field, v string) int {
	own := m.fields.words[f.name]
	n := 0
	for _, w := range strings.FieldsFunc(strings.ToLower(v), func(r rune) bool { return !isWord(r) }) {
		if emptyWords[w] || own[w] || w[0] >= '0' && w[0] <= '9' {
			continue
		}
		n += utf8.RuneCountInString(w)
	}
	return n
}
