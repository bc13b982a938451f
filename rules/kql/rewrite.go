package kql

import (
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

const (
	hashesField    = "Hashes"
	initiatedField = "Initiated"
)

// rewriter makes the tree of an item in a column whose values are not those of Sigma (spec/kql.md section 5).
type rewriter func(j *job, item *rules.Item, name string) *node

// rewriters by dialect and column.
var rewriters map[Dialect]map[string]rewriter

func init() {
	rewriters = map[Dialect]map[string]rewriter{
		ASIM: {
			hashesField:           hashes,
			"RegistryKey":         registryKey,
			"RegistryPreviousKey": registryPreviousKey,
			"EventType":           registryAction,
			"NetworkDirection":    direction,
		},
		XDR: {
			hashesField:                       hashes,
			"RegistryKey":                     registryKey,
			"PreviousRegistryKey":             registryPreviousKey,
			"ActionType":                      registryAction,
			"AccountName":                     account("AccountDomain"),
			"InitiatingProcessAccountName":    account("InitiatingProcessAccountDomain"),
			"InitiatingProcessParentFileName": parentFile,
		},
	}
}

func (j *job) rewriting(name string) rewriter { return rewriters[j.options.Dialect][name] }

// registryRoots are the short names of hives at the beginning of a key, the longest first.
var registryRoots = []struct{ short, long string }{
	{"HKLM", `HKEY_LOCAL_MACHINE`},
	{"HKU", `HKEY_USERS`},
	{"HKCR", `HKEY_LOCAL_MACHINE\CLASSES`},
}

const currentControlSet = `HKLM\SYSTEM\CurrentControlSet`

// controlSets are where CurrentControlSet may be found in a log: as the link's own name or as the set that most machines boot.
var controlSets = []string{`HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet`, `HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001`}

func registryKey(j *job, item *rules.Item, name string) *node {
	return j.registry(item, name, true)
}

// registryPreviousKey leaves control sets alone in ASIM, as the reference does.
func registryPreviousKey(j *job, item *rules.Item, name string) *node {
	return j.registry(item, name, j.options.Dialect == XDR || !j.parity())
}

func (j *job) registry(item *rules.Item, name string, sets bool) *node {
	c, ok := j.checked(item, name)
	if !ok {
		return nil
	}
	return j.leaves(item, c, func(p rules.Pattern) []rules.Pattern {
		keys := j.roots(item, p, sets)
		if !j.parity() {
			if !roundTrip(p).Equal(p) {
				j.note(defectRegistryText, item, "")
			}
			return keys
		}
		for i := range keys {
			trip := roundTrip(keys[i])
			if !trip.Equal(merged(keys[i])) {
				j.note(defectRegistryText, item, "")
			}
			keys[i] = trip
		}
		return keys
	})
}

// roots writes the hive at the beginning of a key out.
func (j *job) roots(item *rules.Item, p rules.Pattern, sets bool) []rules.Pattern {
	if len(p) == 0 || p[0].Kind != rules.Literal {
		return []rules.Pattern{p}
	}
	text := p[0].Text
	begin := func(short, long string) rules.Pattern {
		return append(rules.Pattern{{Kind: rules.Literal, Text: long + text[len(short):]}}, p[1:]...)
	}
	if sets && hasPrefixFold(text, currentControlSet) {
		j.note(defectControlSet, item, "")
		if j.parity() {
			return []rules.Pattern{begin(currentControlSet, `HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet001`)}
		}
		var out []rules.Pattern
		for _, set := range controlSets {
			out = append(out, begin(currentControlSet, set))
		}
		return out
	}
	for _, root := range registryRoots {
		if hasPrefixFold(text, root.short) {
			return []rules.Pattern{begin(root.short, root.long)}
		}
	}
	return []rules.Pattern{p}
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// roundTrip is what is left of a text that was written without escapes and read again.
func roundTrip(p rules.Pattern) rules.Pattern {
	var b strings.Builder
	for _, t := range p {
		switch t.Kind {
		case rules.AnyRun:
			b.WriteByte('*')
		case rules.AnyOne:
			b.WriteByte('?')
		default:
			b.WriteString(t.Text)
		}
	}
	return rules.ParsePattern(b.String())
}

// registryActions are Sysmon's event types as Defender and ASIM name them.
var registryActions = map[string][]string{
	"CreateKey": {"RegistryKeyCreated"},
	"SetValue":  {"RegistryValueSet"},
	"DeleteKey": {"RegistryKeyDeleted", "RegistryValueDeleted"},
	"RenameKey": {"RegistryValueSet", "RegistryKeyCreated"},
}

func registryAction(j *job, item *rules.Item, name string) *node {
	c, ok := j.checked(item, name)
	if !ok {
		return nil
	}
	return j.leaves(item, c, func(p rules.Pattern) []rules.Pattern {
		text, plain := p.Plain()
		actions, known := registryActions[text]
		if !plain || !known {
			return []rules.Pattern{p}
		}
		if len(actions) > 1 && item.All {
			j.note(defectEventType, item, "")
		}
		var out []rules.Pattern
		for _, a := range actions {
			out = append(out, rules.ParsePattern(a))
		}
		return out
	})
}

// directions are what Initiated says as a direction.
var directions = map[string]string{"true": "Outbound", "false": "Inbound"}

// direction writes Sysmon's Initiated as a network direction; the reference leaves it as it is.
func direction(j *job, item *rules.Item, name string) *node {
	c, ok := j.checked(item, name)
	if !ok {
		return nil
	}
	if item.Field != initiatedField {
		return j.leaves(item, c, nil)
	}
	j.note(defectInitiated, item, "")
	if j.parity() {
		return j.leaves(item, c, nil)
	}
	var args []*node
	for _, t := range item.Tests {
		text := fmt.Sprint(t.Bool)
		if t.Kind == rules.TextTest && len(t.Patterns) == 1 {
			text, _ = t.Patterns[0].Plain()
		} else if t.Kind != rules.BoolTest {
			args = append(args, j.test(item, c, t, nil)...)
			continue
		}
		to, known := directions[strings.ToLower(text)]
		if !known {
			j.fail(CauseValue, t.Value.Node.Span, fmt.Sprintf("`%s` is neither true nor false", source.Shorten(text)), "write 'true' for outbound")
			return nil
		}
		args = append(args, leafNode(&leaf{kind: leafText, column: c, pattern: rules.ParsePattern(to), test: t, item: item}))
	}
	if item.All {
		return join(opAnd, args)
	}
	return join(opOr, args)
}

// hashLengths are the lengths of the hex text of hashes that stand without their algorithm's name.
var hashLengths = map[int]string{32: "MD5", 40: "SHA1", 64: "SHA256", 128: "SHA512"}

// hashes gives each algorithm of a `Hashes` item its own column. Tables without hash columns keep the item.
func hashes(j *job, item *rules.Item, name string) *node {
	targets := j.tables.hashColumns(j.table)
	if len(targets) == 0 {
		if c, ok := j.checked(item, name); ok {
			return j.leaves(item, c, nil)
		}
		return nil
	}
	type group struct {
		column column
		args   []*node
	}
	var groups []*group
	dropped, kept := 0, 0
	for _, t := range item.Tests {
		if t.Kind != rules.TextTest {
			j.fail(CauseHash, item.Span(), "`Hashes` is compared with something else than text", "write `ALGORITHM=hash`")
			return nil
		}
		for _, p := range t.Patterns {
			algorithm, hash := splitHash(p)
			target := ""
			for _, c := range targets {
				if strings.HasSuffix(c, algorithm) && algorithm != "" && hashName(c) == algorithm {
					target = c
				}
			}
			if target == "" {
				dropped++
				j.note(defectDroppedHash, item, source.Shorten(p.String()))
				continue
			}
			kept++
			c, _ := j.tables.column(j.table, target, j.parity())
			if whole := wholeHash(hash, algorithm); whole != nil {
				j.note(defectHashContains, item, "")
				if !j.parity() {
					hash = whole
				}
			}
			var g *group
			for _, known := range groups {
				if known.column.name == c.name {
					g = known
				}
			}
			if g == nil {
				g = &group{column: c}
				groups = append(groups, g)
			}
			g.args = append(g.args, leafNode(&leaf{kind: leafText, column: c, pattern: hash, test: t, item: item}))
		}
	}
	if kept == 0 || dropped > 0 && j.options.Dialect == ASIM {
		j.fail(CauseHash, item.Span(), "no supported algorithm in `Hashes`", "supported: "+strings.Join(hashNames(targets), ", "))
		return nil
	}
	across := opOr
	inside := opOr
	if item.All {
		j.note(defectHashAll, item, "")
		inside = opAnd
		if !j.parity() {
			across = opAnd
		}
	}
	var args []*node
	for _, g := range groups {
		args = append(args, join(inside, g.args))
	}
	return join(across, args)
}

// hashName is the algorithm that a column holds.
func hashName(column string) string {
	for _, name := range []string{"IMPHASH", "SHA512", "SHA256", "SHA1", "MD5"} {
		if strings.HasSuffix(column, name) {
			return name
		}
	}
	return ""
}

func hashNames(columns []string) []string {
	var out []string
	for _, c := range columns {
		out = append(out, hashName(c))
	}
	return out
}

// splitHash cuts `SHA1=…` into algorithm and hash. The wildcard before the algorithm goes with it.
func splitHash(p rules.Pattern) (algorithm string, hash rules.Pattern) {
	text := p.String()
	name, rest, ok := strings.Cut(text, "|")
	if !ok {
		name, rest, ok = strings.Cut(text, "=")
	}
	if !ok {
		return hashLengths[len(text)], p
	}
	return strings.ToUpper(strings.TrimLeft(name, "*")), rules.ParsePattern(rest)
}

// wholeHash is a hash of full length that only lacks its closing star, without the star; else nil.
func wholeHash(p rules.Pattern, algorithm string) rules.Pattern {
	if len(p) != 2 || p[0].Kind != rules.Literal || p[1].Kind != rules.AnyRun {
		return nil
	}
	if algorithm != "IMPHASH" && hashLengths[len(p[0].Text)] != algorithm || len(p[0].Text) < 32 {
		return nil
	}
	return p[:1]
}

// account splits DOMAIN\user into two columns.
func account(domain string) rewriter {
	return func(j *job, item *rules.Item, name string) *node {
		c, ok := j.checked(item, name)
		if !ok {
			return nil
		}
		splits := false
		for _, t := range item.Tests {
			for _, p := range t.Patterns {
				splits = splits || strings.Contains(p.LiteralText(), `\`)
			}
			if t.Kind == rules.NullTest && j.parity() {
				j.fail(CauseValue, item.Span(), "the reference cannot write an account that is null", "leave parity mode")
				return nil
			}
		}
		if !splits {
			return j.leaves(item, c, nil)
		}
		d, ok := j.checked(item, domain)
		if !ok {
			return nil
		}
		var args []*node
		for _, t := range item.Tests {
			if t.Kind != rules.TextTest || len(t.Patterns) != 1 {
				args = append(args, j.test(item, c, t, nil)...)
				continue
			}
			args = append(args, j.accountLeaves(item, c, d, t))
		}
		if item.All {
			return join(opAnd, args)
		}
		return join(opOr, args)
	}
}

func (j *job) accountLeaves(item *rules.Item, name, domain column, t *rules.Test) *node {
	leaf := func(c column, p rules.Pattern) *node {
		return leafNode(&leaf{kind: leafText, column: c, pattern: p, test: t, item: item})
	}
	parts := splitBackslash(t.Patterns[0])
	switch len(parts) {
	case 1:
		return leaf(name, parts[0])
	case 2:
		return &node{op: opAnd, args: []*node{leaf(name, parts[1]), leaf(domain, parts[0])}}
	}
	var args []*node
	for _, p := range parts {
		args = append(args, leaf(name, p))
	}
	return &node{op: opOr, args: args}
}

// splitBackslash cuts a pattern at its backslashes.
func splitBackslash(p rules.Pattern) []rules.Pattern {
	parts := []rules.Pattern{nil}
	for _, t := range p {
		if t.Kind != rules.Literal {
			parts[len(parts)-1] = append(parts[len(parts)-1], t)
			continue
		}
		for i, text := range strings.Split(t.Text, `\`) {
			if i > 0 {
				parts = append(parts, nil)
			}
			if text != "" {
				parts[len(parts)-1] = append(parts[len(parts)-1], rules.Token{Kind: rules.Literal, Text: text})
			}
		}
	}
	return parts
}

// parentFile cuts a parent's path to the file name, all that the table holds of it.
func parentFile(j *job, item *rules.Item, name string) *node {
	c, ok := j.checked(item, name)
	if !ok {
		return nil
	}
	if item.Field != "ParentImage" {
		return j.leaves(item, c, nil)
	}
	return j.leaves(item, c, func(p rules.Pattern) []rules.Pattern {
		text := p.String()
		at := strings.LastIndexAny(text, `\/`)
		if at < 0 {
			return []rules.Pattern{p}
		}
		if strings.Trim(text[:at], "*") != "" {
			j.note(defectParentFile, item, "")
		}
		file := rules.ParsePattern(text[at+1:])
		if !j.parity() && strings.Trim(file.String(), "*?") == "" {
			j.fail(CauseValue, item.Span(), fmt.Sprintf("`%s` has no file name, and the table holds nothing else of the parent", source.Shorten(text)),
				"test the parent's file name")
		}
		return []rules.Pattern{file}
	})
}
