package schema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/rules/nearest"
	"github.com/sigtune/sigtune/rules/source"
)

// CustomAttributes are the attributes outside the specification that SigmaHQ's rules carry.
var CustomAttributes = []string{"regression_tests_path", "simulation"}

// attribute is a top-level key of the specification.
type attribute struct {
	name string
	fits func(*source.Node) bool // whether a value could be meant for it
	only string                  // kinds of documents that may lack it by a slip, parted by blanks; empty for all
}

// attributes come in the order in which rules have them, which is the order of suggestions.
var attributes = []attribute{
	{"title", isText, ""},
	{"id", isUUID, ""},
	{"name", isText, ""},
	{"related", isList, ""},
	{"taxonomy", isText, ""},
	{"status", isWord("stable", "test", "experimental", "deprecated", "unsupported"), ""},
	{"description", isText, ""},
	{"license", isText, ""},
	{"references", isList, ""},
	{"author", isText, ""},
	{"date", isDay, ""},
	{"modified", isDay, ""},
	{"tags", isList, ""},
	{"scope", isList, ""},
	{"logsource", isMap, "rule filter unknown"},
	{"detection", isMap, "unknown"},
	{"correlation", isMap, "unknown"},
	{"filter", isMap, "unknown"},
	{"generate", isBool, "correlation"},
	{"fields", isList, ""},
	{"falsepositives", isList, ""},
	{"level", isWord("informational", "low", "medium", "high", "critical"), ""},
}

func isText(n *source.Node) bool { return n.IsString() && !blank(n) }
func isList(n *source.Node) bool { return n.Kind == source.List }
func isMap(n *source.Node) bool  { return n.Kind == source.Map }
func isBool(n *source.Node) bool { return n.Kind == source.Scalar && n.Tag == source.TagBool }

func isUUID(n *source.Node) bool {
	_, ok := canonicalUUID(n.Value)
	return n.Kind == source.Scalar && ok
}

func isDay(n *source.Node) bool {
	if n.Kind != source.Scalar {
		return false
	}
	_, reason := readDay(n.Value)
	return reason == "" || n.Tag == source.TagTimestamp
}

func isWord(words ...string) func(*source.Node) bool {
	return func(n *source.Node) bool {
		return n.IsString() && (slices.Contains(words, strings.ToLower(strings.TrimSpace(n.Value))) || len(nearest.Of(n.Value, words, 1)) > 0)
	}
}

// suits reports whether an unknown key may be this attribute: its value fits, a text for a list only where the key is the singular.
func (a *attribute) suits(key string, n *source.Node) bool {
	if a.fits(n) {
		return true
	}
	list := a.name == "references" || a.name == "tags" || a.name == "fields" || a.name == "falsepositives"
	return list && isText(n) && strings.EqualFold(key+"s", a.name)
}

// Keys with a meaning inside parts of a document.
var (
	relatedKeys   = []string{"id", "type"}
	logsourceKeys = []string{"category", "product", "service", "definition"}
	filterKeys    = []string{"rules", "condition"}
	detectionKeys = []string{"condition"}
)

// spelling reports keys that nobody reads: other letter case, a slip of the keyboard, custom attributes.
func (d *document) spelling(custom []string) []Problem {
	var out []Problem
	names := make([]string, len(attributes))
	for i := range attributes {
		names[i] = attributes[i].name
	}
	for i := range d.Root.Entries {
		e := &d.Root.Entries[i]
		key := e.Key.Value
		switch {
		case slices.Contains(names, key), slices.Contains(CustomAttributes, key), slices.Contains(custom, key), !e.Key.IsString():
		case lowerCase(key, names) != "":
			out = append(out, d.notLowercase(d.Root, e, lowerCase(key, names)))
		default:
			out = append(out, d.unknownAttribute(e))
		}
	}
	inside := func(n *source.Node, keys []string) {
		if n == nil || n.Kind != source.Map {
			return
		}
		for i := range n.Entries {
			if e := &n.Entries[i]; lowerCase(e.Key.Value, keys) != "" {
				out = append(out, d.notLowercase(n, e, lowerCase(e.Key.Value, keys)))
			}
		}
	}
	inside(d.Root.Find("logsource"), logsourceKeys)
	if related := d.Root.Find("related"); related != nil {
		for _, item := range related.Items {
			inside(item, relatedKeys)
		}
	}
	switch {
	case d.unknown:
	case d.kind == ruleKind:
		inside(d.Root.Find("detection"), detectionKeys)
	case d.kind == correlationKind:
		inside(d.Root.Find("correlation"), correlationKeys)
	case d.kind == filterKind:
		inside(d.Root.Find("filter"), filterKeys)
	}
	return out
}

func (d *document) notLowercase(n *source.Node, e *source.Entry, lower string) Problem {
	p := Problem{
		Kind: NotLowercase, Span: e.Key.Span,
		Message: fmt.Sprintf("the key %s is not read as `%s`: letter case counts", quoted(e.Key.Value), lower),
		Help:    "write `" + lower + "`",
	}
	if there := n.Entry(lower); there != nil {
		p.Help = fmt.Sprintf("remove it; `%s` is there as well", lower)
		p.Related = []source.Related{{Span: there.Key.Span, Message: "the one that is read"}}
	} else if edits := rewrite(d.File, e.Key, lower); edits != nil && !e.Merged {
		p.Fix = &source.Fix{Title: "write `" + lower + "`", Edits: edits}
	}
	return p
}

func (d *document) unknownAttribute(e *source.Entry) Problem {
	key := e.Key.Value
	kind := string(d.kind)
	if d.unknown {
		kind = "unknown"
	}
	var candidates []string
	for i := range attributes {
		a := &attributes[i]
		if (a.only == "" || slices.Contains(strings.Fields(a.only), kind)) && d.Root.Entry(a.name) == nil && a.suits(key, e.Value) {
			candidates = append(candidates, a.name)
		}
	}
	if near := nearest.Of(key, candidates, nearest.Suggestions); len(near) > 0 {
		return Problem{
			Kind: Misspelt, Span: e.Key.Span,
			Message: fmt.Sprintf("Sigma does not know the attribute %s, so nothing reads it", quoted(key)),
			Help:    didYouMean(near),
		}
	}
	return Problem{
		Kind: Custom, Span: e.Key.Span,
		Message: fmt.Sprintf("%s is a custom attribute", quoted(key)),
		Help:    "add it to `attributes.allow` of the configuration when it is meant",
	}
}

// lowerCase is the key that a text equals but for letter case, or the empty string.
func lowerCase(text string, keys []string) string {
	for _, k := range keys {
		if text != k && strings.EqualFold(text, k) {
			return k
		}
	}
	return ""
}

// shortestGuess keeps `id` from being seen in every word of two letters.
const shortestGuess = 4

// lookalike is a key of a map that was probably meant as the wanted one, or nil.
func lookalike(n *source.Node, wanted string) *source.Node {
	if n == nil {
		return nil
	}
	for _, e := range n.Entries {
		if strings.EqualFold(e.Key.Value, wanted) || len(wanted) >= shortestGuess && len(nearest.Of(e.Key.Value, []string{wanted}, 1)) > 0 {
			return e.Key
		}
	}
	return nil
}

// absent are the keys that a map does not have.
func absent(n *source.Node, keys []string) []string {
	var out []string
	for _, k := range keys {
		if n.Entry(k) == nil {
			out = append(out, k)
		}
	}
	return out
}
