package recover

import (
	"strings"

	"github.com/sigtune/sigtune/rules"
)

// place is where keys or list items can stand in a Sigma document.
type place uint8

const (
	root          place = iota
	logsourceKeys       // category, product, service, definition
	identifiers         // of a detection; `condition` and `timeframe` too
	filterKeys          // identifiers of a filter document, and `rules`
	fields              // `Field|modifier:` of an identifier, or of one map of its list
	fieldMaps           // the list of an identifier: maps or keywords
	values              // the list of values of a field
	texts               // references, tags, …: a list of text
	relations           // the list of `related`
	relationKeys
	correlationKeys
	thresholdKeys // `condition` of a correlation
	aliases       // names of aliases
	aliasKeys     // rule names of one alias
	customKeys    // below a key of the author's own
	customList
	nowhere
)

// Costs of a reading. They only rank readings against each other: 0 is what every rule does, 1 to 9 what some rules do,
// 10 to 19 what only a rule with a fault does, 20 and more what no reader would take. The values were settled on the 3,780
// published rules, where the right reading costs 0 in 97 %.
const (
	unusual   = 2
	rare      = 6
	faulty    = 15
	absurd    = 40
	hopeless  = 400 // given up at once
	ambiguous = 8   // readings that cost this much more than the best are not worth a mention
)

// rootKeys are the attributes of the specification, in the order in which SigmaHQ writes them.
var rootKeys = []struct {
	name string
	list place // what a list below it holds
	keys place // what keys below it are
}{
	{"title", nowhere, nowhere}, {"id", nowhere, nowhere}, {"name", nowhere, nowhere}, {"related", relations, nowhere},
	{"taxonomy", nowhere, nowhere}, {"action", nowhere, nowhere}, {"status", nowhere, nowhere},
	{"description", nowhere, nowhere}, {"license", nowhere, nowhere}, {"references", texts, nowhere},
	{"author", nowhere, nowhere}, {"date", nowhere, nowhere}, {"modified", nowhere, nowhere}, {"tags", texts, nowhere},
	{"scope", texts, nowhere}, {"logsource", nowhere, logsourceKeys}, {"detection", nowhere, identifiers},
	{"correlation", nowhere, correlationKeys}, {"filter", nowhere, filterKeys}, {"fields", texts, nowhere},
	{"falsepositives", texts, nowhere}, {"level", nowhere, nowhere}, {"generate", nowhere, nowhere},
	{"regression_tests_path", nowhere, nowhere}, {"simulation", customList, nowhere}, // SigmaHQ's own
}

var rootRank = func() map[string]int {
	m := map[string]int{}
	for i, k := range rootKeys {
		m[k.name] = i
	}
	return m
}()

// closed sets of keys, by their place.
var keysOf = map[place]map[string]bool{
	logsourceKeys:   set("category product service definition"),
	relationKeys:    set("id type"),
	correlationKeys: set("type rules group-by timespan condition aliases generate"),
	thresholdKeys:   set("field gt gte lt lte eq neq percentile"),
	// SigmaHQ's own `simulation` list.
	customKeys: set("type name technique atomic_guid"),
}

// belongsElsewhere are keys of closed sets that are no attributes.
var belongsElsewhere = func() map[string]bool {
	m := map[string]bool{}
	for _, keys := range keysOf {
		for k := range keys {
			if _, top := rootRank[k]; !top {
				m[k] = true
			}
		}
	}
	return m
}()

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// below says what can stand under a key: keys, or a list.
func below(at place, key string) (keys, list place) {
	switch at {
	case root:
		if rank, ok := rootRank[key]; ok {
			return rootKeys[rank].keys, rootKeys[rank].list
		}
		return customKeys, customList
	case identifiers, filterKeys:
		switch {
		case key == "condition" || key == "rules" && at == filterKeys:
			return nowhere, texts
		case key == "timeframe" && at == identifiers:
			return nowhere, nowhere
		}
		return fields, fieldMaps
	case fields:
		return nowhere, values
	case correlationKeys:
		switch key {
		case "rules", "group-by":
			return nowhere, texts
		case "condition":
			return thresholdKeys, nowhere
		case "aliases":
			return aliases, nowhere
		}
	case thresholdKeys:
		return nowhere, texts
	case aliases:
		return aliasKeys, nowhere
	case customKeys:
		return customKeys, customList
	}
	return nowhere, nowhere
}

// mapsIn says what the keys of a map in a list are, and what such a map costs there.
func mapsIn(list place) (keys place, cost int) {
	switch list {
	case fieldMaps:
		return fields, 0
	case relations:
		return relationKeys, 0
	case customList:
		return customKeys, 0
	case texts:
		return customKeys, faulty
	}
	return customKeys, absurd
}

// names is what the conditions of a document refer to: the best witness for which keys are identifiers.
type names struct {
	exact    map[string]bool
	patterns []string
	them     bool
	any      bool // there is a condition at all
}

// readNames collects the words of every `condition:` among the lines.
func readNames(lines []*line) names {
	n := names{exact: map[string]bool{}}
	for i, l := range lines {
		if l.kind != keyLine || l.key != "condition" {
			continue
		}
		_, text, _ := cutKey(strings.TrimRight(l.text, " \t"))
		n.read(text)
		for _, next := range lines[i+1:] {
			if next.kind == keyLine || next.kind == commentLine && l.value != blockValue {
				break
			}
			if next.kind == itemLine && l.value != noValue {
				break
			}
			n.read(next.text)
		}
	}
	return n
}

func (n *names) read(text string) {
	text, _, _ = strings.Cut(text, " #")
	// Of a retired aggregation only `near` names identifiers.
	text, aggregation, _ := strings.Cut(text, "|")
	if near, ok := strings.CutPrefix(strings.TrimSpace(aggregation), "near "); ok {
		text += " " + near
	}
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\r\n()'\",[]>-", r) && r != '-' })
	for _, w := range words {
		switch strings.ToLower(w) {
		case "and", "or", "not", "of", "1", "any", "all", "-", "":
			continue
		case "them":
			n.them, n.any = true, true
			continue
		}
		n.any = true
		if strings.Contains(w, "*") {
			n.patterns = append(n.patterns, w)
			continue
		}
		n.exact[w] = true
	}
}

func (n *names) matched(key string) bool {
	for _, p := range n.patterns {
		if rules.MatchName(p, key) {
			return true
		}
	}
	return false
}

// identifierWords begin the names of identifiers by convention.
var identifierWords = []string{"selection", "sel_", "filter", "keyword", "fp_", "exclusion", "exclude", "select", "optional_"}

func soundsLikeIdentifier(key string) bool {
	key = strings.TrimPrefix(key, "_")
	for _, w := range identifierWords {
		if strings.HasPrefix(key, w) {
			return true
		}
	}
	return false
}

// soundsLikeField: CamelCase, dotted or with blanks.
func soundsLikeField(key string) bool {
	return strings.ContainsAny(key, ".| @") || key != strings.ToLower(key)
}

// keyCost is what it costs to read a key at a place. value says whether something follows on its line.
func (s *search) keyCost(f *frame, l *line) int {
	key := l.key
	cost := 0
	if f.has(key) {
		cost += absurd
	}
	if strings.Contains(key, " ") {
		cost += unusual
	}
	switch f.place {
	case root:
		return cost + s.rootCost(f, l)
	case identifiers, filterKeys:
		return cost + s.identifierCost(f, l)
	case fields:
		return cost + s.fieldCost(f, l)
	case aliases, aliasKeys:
		if _, top := rootRank[key]; top {
			cost += rare + rare
		}
		if (l.value == noValue) != (f.place == aliases) {
			cost += faulty
		}
		return cost
	case customKeys:
		_, top := rootRank[key]
		if top && rootRank[key] >= rootRank["regression_tests_path"] {
			return cost + faulty
		}
		switch {
		case keysOf[customKeys][key]:
		case strings.Contains(key, "|"):
			cost += faulty
		case top && s.root(f).has(key):
			cost += unusual
		case top:
			cost += rare + unusual
		}
		return cost
	}
	if !keysOf[f.place][key] {
		cost += faulty
		if f.place == logsourceKeys && !soundsLikeField(key) {
			cost -= 5 // some authors add their own
		}
	}
	return cost
}

func (s *search) rootCost(f *frame, l *line) int {
	rank, known := rootRank[l.key]
	cost := 0
	switch {
	case !known && (strings.Contains(l.key, "|") || keysOf[logsourceKeys][l.key] || l.key == "condition" || s.names.exact[l.key]):
		return absurd
	case !known && belongsElsewhere[l.key]:
		cost = faulty + rare
	case !known:
		cost = rare
		if s.names.matched(l.key) {
			cost += faulty
		}
		if soundsLikeField(l.key) { // attributes of an author's own are lower case; `Note: …` is prose
			cost += rare
		}
	case rank < f.rank:
		cost++
	}
	if known && !plausible(l) {
		cost += rare
	}
	return cost
}

// closedValues are attributes with a fixed vocabulary.
var closedValues = map[string]map[string]bool{
	"level":  set("informational low medium high critical"),
	"status": set("stable test experimental deprecated unsupported"),
}

// plausible reports that an attribute's value is of its kind.
func plausible(l *line) bool {
	vocabulary, ok := closedValues[l.key]
	if !ok {
		switch l.key {
		case "title", "id", "name", "date", "modified", "author", "license":
			return l.value != noValue
		case "logsource", "detection", "correlation", "filter", "tags", "references", "related":
			return l.value == noValue || l.value == flowValue || l.value == closedValue
		}
		return true
	}
	return vocabulary[strings.ToLower(valueText(l))]
}

// valueText is the text behind the key of a line, without quotes and comment.
func valueText(l *line) string {
	_, rest, _ := cutKey(strings.TrimRight(l.text, " \t"))
	rest, _, _ = strings.Cut(rest, " #")
	return strings.Trim(rest, " \t'\"")
}

// isDuration reports a time span such as 5m or 24h.
func isDuration(s string) bool {
	digits := strings.TrimRight(s, "smhdwMy")
	return len(s) == len(digits)+1 && digits != "" && strings.Trim(digits, "0123456789") == ""
}

func (s *search) identifierCost(f *frame, l *line) int {
	key := l.key
	switch {
	case key == "condition":
		return 0
	case key == "timeframe" && f.place == identifiers, key == "rules" && f.place == filterKeys:
		return 0
	case strings.Contains(key, "|"):
		return absurd
	}
	cost := 0
	if l.value != noValue {
		cost += rare // a lone keyword
	}
	switch {
	case s.names.exact[key]:
	case s.names.matched(key):
	case s.names.them || !s.names.any:
		switch {
		case soundsLikeIdentifier(key):
		case soundsLikeField(key) && key[:1] != strings.ToLower(key[:1]):
			cost += ambiguous + 1 // no published identifier begins with a capital letter and holds a list of keywords
		case soundsLikeField(key):
			cost += rare
		default:
			cost += unusual
		}
	default:
		cost += faulty
		if soundsLikeIdentifier(key) {
			cost -= 4
		}
	}
	if _, top := rootRank[key]; top && !s.names.exact[key] && !soundsLikeIdentifier(key) {
		cost += faulty
	}
	return cost
}

func (s *search) fieldCost(f *frame, l *line) int {
	key := l.key
	if strings.Contains(key, "|") {
		return 0
	}
	cost := 0
	switch {
	case s.names.exact[key]:
		cost += faulty - 3
	case s.names.matched(key) && l.value == noValue:
		cost += rare
		if soundsLikeIdentifier(key) {
			cost += rare
		}
	case s.names.them && soundsLikeIdentifier(key):
		cost += rare
	}
	if key == "timeframe" && isDuration(valueText(l)) {
		cost += faulty
	}
	if key == "condition" || key == "timeframe" {
		cost += rare
		if l.value == plainValue && f.inDetection().has(key) {
			cost -= rare - 1
		}
	}
	if _, top := rootRank[key]; top {
		switch {
		case s.root(f).has(key):
			cost++
		case f.inDetection().has("condition") && plausible(l):
			cost += rare + unusual
		default:
			cost += unusual
		}
	}
	return cost
}

// missingCost is what a key without any value costs.
func missingCost(at place, key string) int {
	switch at {
	case root:
		switch key {
		case "logsource", "detection", "correlation", "filter":
			return hopeless
		}
		if _, ok := rootRank[key]; ok {
			return rare
		}
		return unusual + 1
	case identifiers, filterKeys:
		return absurd
	case fields:
		if strings.Contains(key, "|") {
			return faulty
		}
		return ambiguous + 1 // `Field: null` is what authors write; a bare key opens something
	case customKeys:
		return unusual + 1
	}
	return rare
}
